"""The engine makes the very records, rejections and counts of the plain steps, in the same order."""

import json
from collections import Counter
from dataclasses import replace
from itertools import chain

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.accounts import ErasedMark
from schemas.events import RawRecord, Reason, RecordFormat, Source
from schemas.policy.allow_list import AllowList
from schemas.policy.file import default_policy
from schemas.policy.policy import Treatment
from tests.conftest import NOW_MS
from transforms.accounts.erased import ErasedAccounts, erasure_digest
from transforms.classify import UnknownFields
from transforms.detect import Detection
from transforms.engine.self_check import UNEQUAL, agrees, check_records
from transforms.engine.step import EngineWork
from transforms.framing.lines import frame_lines
from transforms.pseudonyms import pseudonym
from transforms.tag import MS_A_DAY

SOURCE = Source("a.jsonl", "ab" * 32)
TOPIC = Source("topic")
PLAIN = {
    "__TIMESTAMP__": NOW_MS - 86_400_000,
    "uin": "100012345678",
    "username": "lin.qiao",
    "client_ip": "203.0.113.77",
    "output": "user lin.qiao from 203.0.113.77",
    "url": "https://example.com/users/lin.qiao?page=2",
    "state": "SUCCESS",
}


def seen(outcome):
    """Return all that a batch became; what says that the engine was not asked is left out."""
    counts = Counter(outcome.counts)
    del counts[UNEQUAL]
    return [(one.source, dict(one.partitions)) for one in outcome.kept], outcome.rejections, counts


def records(*lines, source=SOURCE):
    data = [line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]
    return [RawRecord(line, source, 1000 * number, number) for number, line in enumerate(data, 1)]


def check(engine, steps, batch):
    """Let both work on a batch, the engine twice: the second time it has seen all of it. Return how many it made."""
    engine.start_bundle()
    steps.start_bundle()
    expected = seen(steps(batch))
    odd = len(engine._take(batch))
    for _ in range(2):
        engine.start_bundle()
        assert seen(engine(batch)) == expected
    return len(batch) - odd


def test_a_plain_event_is_made_by_the_engine(engine, steps):
    assert check(engine, steps, records(PLAIN)) == 1


ODD = {
    "not JSON": b"{",
    "an empty line": b"",
    "no object": b"[1]",
    "a repeated key": orjson.dumps(PLAIN)[:-1] + b',"uin":"100012345679"}',
    "a repeated key that nobody knows": orjson.dumps(PLAIN)[:-1] + b',"x":1,"x":2}',
    "a tab between tokens": orjson.dumps(PLAIN).replace(b'":', b'":\t'),
    "a byte order mark": b"\xef\xbb\xbf" + orjson.dumps(PLAIN),
    "GB 18030": orjson.dumps(PLAIN).replace(b"SUCCESS", "用户".encode("gbk")),
    "half a surrogate pair": orjson.dumps(PLAIN).replace(b"SUCCESS", rb"\ud800"),
    "NaN": orjson.dumps(PLAIN)[:-1] + b',"x":NaN}',
    "a big integer": orjson.dumps(PLAIN)[:-1] + b',"x":123456789012345678901234567890}',
    "a number for a text": PLAIN | {"uin": 100012345678},
    "what is nested": PLAIN | {"output": {"a": "b"}},
    "what is nested in a text": PLAIN | {"uin": '["100012345678", "100012345679"]'},
    "a second value": PLAIN | {"userName": "anna"},
    "several accounts": PLAIN | {"username": "anna;lin.qiao"},
    "a mail address for an account": PLAIN | {"username": "anna@example.com"},
    "accounts in one name": PLAIN | {"username": "./lin.qiao", "output": "by lin.qiao"},
    "a plural of people that no field has": PLAIN | {"ownerUins": ["100012345678"], "output": "of 100012345678"},
    "an account for an address": PLAIN | {"client_ip": "anna"},
    "a kept value that names a person": PLAIN | {"username": "success"},
    "a forged pseudonym": PLAIN | {"output": "by usr_1_c3lhkz3nubgk36ljmayr"},
    "a time from the future": PLAIN | {"__TIMESTAMP__": NOW_MS + 90_000_000},
    "an expired time": PLAIN | {"__TIMESTAMP__": NOW_MS - 200 * 86_400_000},
    "a time in seconds": PLAIN | {"__TIMESTAMP__": NOW_MS // 1000},
    "no time": {key: value for key, value in PLAIN.items() if key != "__TIMESTAMP__"},
    "no field": {"__TIMESTAMP__": NOW_MS, "colour": "red"},
    "a key of a person that no field has": PLAIN | {"login": "anna"},
    "content in the envelope": {"__TIMESTAMP__": NOW_MS, "__CONTENT__": '{"output": "by anna"}'},
    "an answer of SearchLog": {"Time": NOW_MS, "TopicId": "t", "LogJson": '{"output": "by anna"}'},
}  # fmt: skip


@pytest.mark.parametrize("line", ODD.values(), ids=ODD)
def test_an_odd_event_goes_through_the_plain_steps(engine, steps, line):
    assert check(engine, steps, records(PLAIN, line, PLAIN)) == 2


SAME = {
    "escapes": PLAIN | {"output": 'a "quoted"\ttext\n\u0000 of lin.qiao'},
    "escapes in keys": orjson.dumps(PLAIN).replace(b'"output"', rb'"out\u0070ut"'),
    "pairs of surrogates": orjson.dumps(PLAIN).replace(b"SUCCESS", rb"\ud83d\ude00"),
    "other letters": PLAIN | {"output": "用户 lin.qiao 失败 é", "username": "lin.qiao"},
    "spaces": json.dumps(PLAIN).encode(),
    "spaces before colons": orjson.dumps(PLAIN).replace(b'":', b'" :'),
    "empty values and null": PLAIN | {"uin": "", "ip_address": None, "error_message": ""},
    "a state without its form": PLAIN | {"state": "all was well with lin.qiao"},
    "tags in an object": PLAIN | {"__TAG__": {"region": "ap-guangzhou", "cluster_id": "cls-a1b2c3d4", "pod": 7}},
    "tags as keys": PLAIN | {"__TAG__.region": "ap-guangzhou", "__TOPIC__": "12345678-1234-1234-1234-123456789012"},
    "a tag that is no text": PLAIN | {"__TAG__": {"pod": True}},
    "coordinates": PLAIN | {"__PKGID__": "A-1", "__PKG_LOGID__": 7},
    "half of the coordinates": PLAIN | {"__PKGID__": "A-1", "__PKG_LOGID__": None},
    "unknown keys": PLAIN | {"retry.count": 7, "x": None, "y": 1.5, "z": True, "13800138000": "a"},
    "an unknown key that holds a person": PLAIN | {"quota.LIN.QIAO": "a"},
    "unknown keys of nobody": {"__TIMESTAMP__": NOW_MS, "output": "a", "retry.count": 7},
    "an address of version 6": PLAIN | {"client_ip": "2001:db8:1:2::7", "output": "from 2001:db8:1:2::7"},
    "a name in another case": PLAIN | {"username": "CORP\\Lin.Qiao", "output": "of LIN.QIAO and lin.qiao"},
    "one named by one text alone": PLAIN | {"output": "user=tomek.nowak", "error_message": "no room for tomek.nowak"},
    "an encoded name": PLAIN | {"output": "path=%6c%69%6e.qiao"},
    "a long text": PLAIN | {"output": "line of lin.qiao\n" * 500},
}  # fmt: skip


@pytest.mark.parametrize("line", SAME.values(), ids=SAME)
def test_what_only_looks_odd_is_made_by_the_engine(engine, steps, line):
    assert check(engine, steps, records(line)) == 1


def with_rule(policy, name, **change):
    """Return a policy in which a field's rule is another."""
    return replace(
        policy, fields=tuple(replace(rule, **change) if rule.name == name else rule for rule in policy.fields)
    )


POLICY = default_policy()
RUNS = {
    "days of their own": {
        "policy": with_rule(with_rule(POLICY, "uin", retention_days=3), "state", retention_days=1)
    },
    "a dropped person": {"policy": with_rule(POLICY, "username", treatment=Treatment.DROP, form=None)},
    "a dropped text": {"policy": with_rule(POLICY, "output", treatment=Treatment.DROP)},
    "an address that is pseudonymised": {
        "policy": with_rule(
            POLICY, "client_ip", treatment=Treatment.PSEUDONYMISE, prefix="adr", entity="IP_ADDRESS"
        )
    },
    "a form that engines read differently": {"policy": with_rule(POLICY, "state", form=r"[[:upper:]]+")},
    "unknown fields that are kept": {"unknown_fields": UnknownFields.REDACT},
    "unknown fields that are rejected": {"unknown_fields": UnknownFields.REJECT},
    "an allow list": {"detection": Detection.of(POLICY, allow=AllowList(words=("tomek.nowak", "lin.qiao")))},
}


@pytest.mark.parametrize("change", RUNS.values(), ids=RUNS)
def test_other_policies_and_options_are_equal(engine_is_there, body, change):
    work, steps = EngineWork(replace(body, **change)), EngineWork(replace(body, **change))
    steps.uses_engine = False
    check(work, steps, records(*SAME.values(), *ODD.values(), *SAME.values()))


def test_records_stay_in_order_among_those_of_the_plain_steps(engine, steps):
    lines = [
        PLAIN | {"uin": number} if number % 3 else PLAIN | {"request_id": f"r-{number}"}
        for number in range(80)
    ]
    lines[10:10] = [b"{", {"__TIMESTAMP__": NOW_MS}, b"[]", PLAIN | {"__TIMESTAMP__": NOW_MS + 90_000_000}]
    assert 0 < check(engine, steps, records(*lines)) < len(lines)


def test_a_repeat_is_dropped_whoever_made_the_first(engine, steps):
    once = PLAIN | {"__PKGID__": "A-1", "__PKG_LOGID__": "7"}
    odd = PLAIN | {"__PKGID__": "A-1", "__PKG_LOGID__": "8", "uin": 100012345678}
    assert check(engine, steps, [*records(once, odd), *records(once, odd, once)]) == 3


@pytest.mark.parametrize("source", [TOPIC, Source("a", "cd" * 32, RecordFormat.TEXT)], ids=["topic", "text"])
def test_sources_of_other_kinds_are_equal_too(engine, steps, source):
    check(engine, steps, records(PLAIN, b"{", source=source))


def test_a_batch_of_two_sources_is_equal(engine, steps):
    check(engine, steps, [*records(PLAIN, b"{"), *records(PLAIN, b"[]", source=TOPIC)])


def test_what_framing_says_of_a_record_counts(engine, steps):
    batch = records(PLAIN, PLAIN, b"")
    batch[1].repair, batch[2].fault = "nul_prefix", Reason.TOO_LONG
    assert check(engine, steps, batch) == 1


KEYS = """userName clientIp x retry.count login __TAG__ __TOPIC__ __PKGID__ __PKG_LOGID__ __TAG__.region __CONTENT__
    __REALTIME_TIMESTAMP TopicId error_message request_id Σ access_time""".split()
WORDS = """lin.qiao root 203.0.113.77 user= from\u2007 a.smith@example.com 失败 SUCCESS usr_1_ c3lhkz3nubgk36ljmayr { "
    İ Σ 100012345678 LIN.QIAO %6c é""".split(" ")
TEXTS = st.lists(st.sampled_from([*WORDS, "\t", "\0", " "]), max_size=6).map("".join) | st.text(max_size=12)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats()
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, TEXTS, TEXTS)
ARRAYS = st.lists(SCALARS, max_size=3)
VALUES = ARRAYS | st.dictionaries(TEXTS, SCALARS | ARRAYS, max_size=3)
PAIRS = st.dictionaries(st.sampled_from([*PLAIN, *KEYS]) | TEXTS, SCALARS | VALUES, max_size=10)
LINES = PAIRS.map(
    lambda pairs: json.dumps(PLAIN | pairs, ensure_ascii=len(pairs) % 2 == 0).encode(errors="surrogatepass")
)
PIECES = st.sampled_from([b'"', b",", b":", b'","', b"\\", b"\xff", b"}"])


@st.composite
def damaged(draw):
    """Draw the line of an event in which some bytes were changed."""
    line = bytearray(draw(LINES))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(line)))
        end = min(len(line), start + draw(st.integers(0, 8)))
        line[start:end] = draw(st.binary(max_size=4) | PIECES)
    return bytes(line).replace(b"\n", b" ")


@settings(max_examples=400)
@given(st.lists(LINES | damaged(), min_size=1, max_size=4))
def test_any_events_are_equal(engine, steps, lines):
    check(engine, steps, records(*lines))


FORMS = st.sampled_from([rule for rule in default_policy().fields if rule.form])
KEPT = FORMS.flatmap(
    lambda rule: st.tuples(st.just(rule.name), st.from_regex(rule.form, fullmatch=True) | st.text(max_size=9))
)


@settings(max_examples=300)
@given(KEPT, st.text(max_size=2), st.text(max_size=2))
def test_values_with_their_form_or_almost_are_kept_alike(engine, steps, kept, before, behind):
    name, value = kept
    check(engine, steps, records(PLAIN | {name: before + value + behind}, PLAIN | {name: value}))


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(("seed", "tags"), [("x", "nested"), ("y", "flat")])
def test_made_events_are_equal(make_events, engine, steps, seed, tags):
    path = make_events(count=1500, seed=seed, start=NOW_MS - 30 * 86_400_000, bad_share=0.05, dup_share=0.05,
                       old_share=0.03, nested_share=0.05, unknown_share=0.2, tag_style=tags)  # fmt: skip
    made = 0
    for batch in frame_lines([path.read_bytes()], SOURCE, 8 << 20):
        made += check(engine, steps, batch)
    assert made > 1000


def test_erased_accounts_stay_out_by_the_engine_as_by_the_steps(engine_is_there, body):
    tokens = [
        pseudonym(body.key, "uin", "uin", "100012345678"),
        pseudonym(body.key, "usr", "username", "tomek.nowak"),
    ]
    marks = [
        ErasedMark(erasure_digest(body.key, token), NOW_MS - 2 * MS_A_DAY, NOW_MS - MS_A_DAY // 2)
        for token in tokens
    ]
    erased = ErasedAccounts({mark.digest: (mark,) for mark in marks}, (body.key,))
    native, plain = (EngineWork(replace(body, erased=erased)) for _ in range(2))
    plain.uses_engine = False
    other = PLAIN | {"uin": "100012345679", "username": "anna"}
    lines = [
        PLAIN,
        other,
        PLAIN | {"__TIMESTAMP__": NOW_MS - 3 * MS_A_DAY},
        other | {"output": "user=tomek.nowak failed", "error_message": "no room for tomek.nowak"},
        other | {"output": "user=tomek.nowak failed", "__TIMESTAMP__": NOW_MS - 3 * MS_A_DAY},
    ]
    assert check(native, plain, records(*lines)) == 1
    outcome = native(records(*lines))
    assert outcome.counts["erased_on_arrival"] == 1
    written = b"".join(data for one in outcome.kept for data in chain.from_iterable(one.partitions.values()))
    assert written.count(b"<ERASED>") == 2
    assert written.count(tokens[1].encode()) == 1


def test_a_detector_that_fails_rejects_the_same_events(engine_is_there, body, engine, steps, monkeypatch):
    from schemas.errors import DetectorError

    def failing(uses_engine):
        work = EngineWork(body)
        work.uses_engine = uses_engine
        texts = work._plain.redactor.texts
        analyse = texts._analyse

        def fail(of):
            if any("fatal" in text for text in of):
                raise DetectorError("this one fails")
            return analyse(of)

        monkeypatch.setattr(texts, "_analyse", fail)
        return work

    check(
        failing(True), failing(False), records(PLAIN, PLAIN | {"output": "fatal"}, PLAIN | {"output": "well"})
    )


def test_most_events_of_the_self_check_are_made_by_the_engine(engine, body):
    checked = list(check_records(body.policy, body.now_ms))
    assert len(engine._take(checked)) <= len(checked) - 4
    assert agrees(engine, body)


def test_the_self_check_finds_a_difference(engine_is_there, body):
    work = EngineWork(body)
    texts = work._answers.texts
    work._answers.texts = lambda *asked: [
        one if isinstance(one, bool) else one._replace(redacted="x") for one in texts(*asked)
    ]
    assert not agrees(work, body)
