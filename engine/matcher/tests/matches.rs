//! What `re` itself finds, for programs as Python hands them over.

use logveil_matcher::{Exhausted, Fault, Pattern, Room};
use serde_json::{json, Value};

type Spans = Vec<Vec<Option<(usize, usize)>>>;

fn pattern(groups: usize, sets: Value, root: Value) -> Pattern {
    Pattern::of(&json!({"groups": groups, "sets": sets, "root": root})).unwrap()
}

fn find(pattern: &Pattern, text: &str, start: usize, end: usize) -> Result<Spans, Exhausted> {
    pattern
        .matches(text, start, end, &mut Room::default())
        .map(|one| one.map(|found| (0..=pattern.groups()).map(|group| found.group(group)).collect()))
        .collect()
}

fn whole(pattern: &Pattern, text: &str) -> Vec<(usize, usize)> {
    find(pattern, text, 0, usize::MAX).unwrap().into_iter().filter_map(|groups| groups[0]).collect()
}

const WORD: [[u32; 2]; 4] = [[48, 57], [65, 90], [95, 95], [97, 122]];
const ALL: [[u32; 2]; 1] = [[0, 0x0010_FFFF]];

#[test]
fn a_greedy_run_gives_back_what_follows_it_needs() {
    let one = pattern(
        1,
        json!([WORD]),
        json!(["all", ["group", 1, ["repeat", "greedy", 1, null, ["one", 0]]], ["text", "b"]]),
    );
    assert_eq!(find(&one, "aabbc", 0, 9), Ok(vec![vec![Some((0, 4)), Some((0, 3))]]));
}

#[test]
fn a_lazy_run_takes_no_more_than_it_must_and_a_possessive_one_gives_nothing_back() {
    let run = |mode| {
        pattern(0, json!([WORD]), json!(["all", ["repeat", mode, 0, null, ["one", 0]], ["text", "b"]]))
    };
    assert_eq!(whole(&run("lazy"), "aabb"), [(0, 3), (3, 4)]);
    assert_eq!(whole(&run("possessive"), "aabb"), []);
}

#[test]
fn a_loop_of_groups_remembers_its_last_round_and_forgets_those_that_failed() {
    let body = json!(["all", ["group", 1, ["one", 0]], ["text", ","]]);
    let one = pattern(1, json!([WORD]), json!(["repeat", "greedy", 1, null, body]));
    assert_eq!(find(&one, "a,b,c", 0, 9), Ok(vec![vec![Some((0, 4)), Some((2, 3))]]));
}

#[test]
fn an_empty_match_moves_on_by_a_character_and_may_touch_the_one_before() {
    let one = pattern(0, json!([]), json!(["repeat", "greedy", 0, null, ["text", "é"]]));
    assert_eq!(whole(&one, "éaé"), [(0, 2), (2, 2), (3, 5), (5, 5)]);
}

#[test]
fn what_stands_before_the_part_is_seen_and_what_stands_behind_it_is_not() {
    let one = pattern(
        0,
        json!([[[97, 97]], [[98, 98]]]),
        json!([
            "all",
            ["look", "behind", false, 1, ["one", 0]],
            ["text", "中"],
            ["look", "ahead", true, 0, ["one", 1]]
        ]),
    );
    assert_eq!(find(&one, "a中b", 1, 4), Ok(vec![vec![Some((1, 4))]]));
    assert_eq!(find(&one, "a中b", 1, 5), Ok(vec![]));
    assert_eq!(find(&one, "b中c", 0, 5), Ok(vec![]));
}

#[test]
fn a_look_that_must_fail_leaves_no_group_behind() {
    let look = json!(["look", "ahead", true, 0, ["all", ["group", 1, ["text", "a"]], ["text", "b"]]]);
    let one = pattern(1, json!([ALL]), json!(["all", look, ["one", 0]]));
    assert_eq!(find(&one, "ab", 0, 2), Ok(vec![vec![Some((1, 2)), None]]));
}

#[test]
fn a_reference_and_a_choice_follow_what_a_group_took() {
    let same = pattern(1, json!([WORD]), json!(["all", ["group", 1, ["one", 0]], ["same", 1, true]]));
    assert_eq!(whole(&same, "abB"), [(1, 3)]);
    let quote = json!(["repeat", "greedy", 0, 1, ["group", 1, ["text", "("]]]);
    let choice = json!(["if", 1, ["text", ")"], ["all"]]);
    let one = pattern(1, json!([]), json!(["all", quote, ["text", "a"], choice]));
    assert_eq!(whole(&one, "(a) a (a"), [(0, 3), (4, 5), (7, 8)]);
}

#[test]
fn what_follows_a_run_is_never_sought_within_a_character() {
    let group = json!(["group", 1, ["repeat", "greedy", 0, 1, ["text", "-"]]]);
    let tail = json!(["all", ["same", 1, false], ["one", 0]]);
    let one =
        pattern(1, json!([ALL]), json!(["all", group, ["repeat", "greedy", 0, null, ["one", 0]], tail]));
    assert_eq!(whole(&one, "é中😀"), [(0, 9)]);
}

#[test]
fn a_search_that_takes_too_many_steps_says_so() {
    let inner = json!(["repeat", "greedy", 1, null, ["one", 0]]);
    let outer =
        json!(["repeat", "greedy", 1, null, ["all", inner, ["repeat", "greedy", 0, 1, ["text", "-"]]]]);
    let one = pattern(0, json!([WORD]), json!(["all", outer, ["text", "!"], ["at", "text_end"]]));
    assert_eq!(find(&one, &format!("{}!a", "a".repeat(60)), 0, 99), Err(Exhausted));
}

#[test]
fn a_long_text_needs_no_stack_of_the_thread() {
    let pair = json!(["any", ["text", "ab"], ["text", "cd"]]);
    let one = pattern(0, json!([]), json!(["repeat", "greedy", 0, null, pair]));
    let text = "abcd".repeat(100_000);
    assert_eq!(whole(&one, &text)[0], (0, text.len()));
}

#[test]
fn a_tree_that_is_not_understood_is_refused() {
    let refused = |root| Pattern::of(&json!({"groups": 0, "sets": [], "root": root})).unwrap_err();
    assert_eq!(refused(json!(["one", 0])), Fault("a class that is not there"));
    assert_eq!(refused(json!(["group", 1, ["all"]])), Fault("a group that is not there"));
    assert_eq!(refused(json!(["bag"])), Fault("a node of no known kind"));
    assert_eq!(refused(json!("x")), Fault("expected a list"));
    let unsorted = Pattern::of(&json!({"groups": 0, "sets": [[[5, 9], [1, 2]]], "root": ["one", 0]}));
    assert_eq!(unsorted.unwrap_err(), Fault("the ranges of a class are not sorted"));
}
