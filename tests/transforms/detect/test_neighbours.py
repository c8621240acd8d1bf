"""Every example of every detector between every neighbour: what is found there, and what is not and why."""

import pytest

from tests.transforms.detect.test_catalog import unmarked
from transforms.detect import CATALOG, Detector, TextRedactor

BEFORE = (
    " ", "\t", "'", '"', "`", "“", "‘", "「", "《", "(", "[", "{", "<", "（", "【", ",", "7,", ";", ":", "|", "=", "_", "-", "%", "\u00a0",
    "\u3000", "–", "—", "用户", "，", "。", "：", "%27", "%20", "\\n", '\\"', "\\u0027", "&quot;", "&#39;", "*", "#", "/", "\\x27",
)  # fmt: skip
BEHIND = (
    " ", "\t", "'", '"', "`", "”", "’", "」", "》", ")", "]", "}", ">", "）", "】", ",", ",7", ";", "|", "=", "_", "-", "%", "\u00a0",
    "\u3000", "–", "—", "登录", "，", "。", "%27", "%20", "\\n", '\\"', "\\u0027", "&quot;", "&#39;", "*", "#", ".", "?", "!", ".csv",
)  # fmt: skip
WORD = "an underscore makes the cue another word"
KEY = "what stands before `=` is a key, not a value"
NAME = "an underscore goes on in a name"
EXCEPTIONS = {
    # (detector, side): the neighbours between which an example is not found, and the reason
    ("account_beside_number", "before"): ("_", WORD),
    ("account_in_sql", "before"): ("_", WORD),
    ("account_tools", "before"): ("_", WORD),
    ("authorization", "before"): ("_", WORD),
    ("bearer", "before"): ("_", WORD),
    ("by_account", "before"): ("_", WORD),
    ("cookie", "before"): ("_", WORD),
    ("mysql_option", "before"): ("_", WORD),
    ("person_beside_word", "before"): ("_", WORD),
    ("person_title", "before"): ("_", WORD),
    ("secret_short_option", "before"): ("_", WORD),
    ("sasl", "before"): ("_", WORD),
    ("tool_option", "before"): ("_", WORD),
    ("url_userinfo", "before"): ("_", WORD),
    ("windows_home", "before"): ("_", WORD),
    ("password_said", "before"): ("-/_", "an option, a path or a name ends in the word: the values of these have detectors of their own"),
    ("directory_name", "before"): ("-_", "another attribute ends in the word"),
    ("home_directory", "before"): ("-/_", "the path goes on to the left: it is relative, or a part of a URL"),
    ("address_in_host_name", "before"): ("-_", "the numbers go on to the left"),
    ("account_in_queue", "before"): (None, "a queue's line begins with the job's number"),
    ("person_honorific_zh", "before"): ("用户", "without another sign a surname stands alone in Chinese"),
    ("account_option", "behind"): ("=", KEY),
    ("by_account", "behind"): ("=", KEY),
    ("password_said", "behind"): ("=\"'", KEY),
    ("person_beside_word", "behind"): ("=_", KEY),
    ("person_by", "behind"): ("=_", KEY),
    ("person_role", "behind"): ("=_", KEY),
    ("person_capitals", "behind"): ("=_", KEY),
    ("patient_id", "behind"): ("=_", KEY),
    ("sample_id", "behind"): ("=_", KEY),
    ("card", "behind"): ("_", "a number before an underscore is a block's or a job's"),
    ("ipv6", "behind"): ("_", NAME),
    ("reverse_name", "behind"): ("_", NAME),
    ("age_over_89", "behind"): ("%", "a share, not an age"),
}  # fmt: skip


@pytest.mark.parametrize("side", ["before", "behind"])
@pytest.mark.parametrize("detector", CATALOG, ids=lambda one: one.name)
def test_an_example_is_found_between_all_neighbours_but_those_that_are_listed(
    detector: Detector, side: str, redactor: TextRedactor
) -> None:
    allowed = EXCEPTIONS.get((detector.name, side), ("", ""))[0]
    for marked in detector.examples:
        text, expected = unmarked(marked)
        neighbours = BEFORE if side == "before" else BEHIND
        texts = [one + text if side == "before" else text + one for one in neighbours]
        for neighbour, spans in zip(neighbours, redactor.spans(texts, [()] * len(texts)), strict=True):
            shift = len(neighbour) if side == "before" else 0
            found = all(
                any(span.start <= start + shift and end + shift <= span.end for span in spans)
                for start, end in expected
            )
            assert found or allowed is None or neighbour in (*allowed, allowed), (neighbour, text)
