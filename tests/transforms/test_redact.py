"""The treatment of whole events: who is known from the event itself, and second application changes nothing."""

import json
import random
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.redact import RedactStep
from transforms.rejections import Rejecter

KEY = PseudonymKey(bytes(range(32)), "1")
SOURCE = Source("a.jsonl", "c" * 64)
REDACT = RedactStep(default_policy(), KEY, Rejecter(KEY, "2027-05-23")).build()
REDACT_OWN = RedactStep(default_policy(), KEY, Rejecter(KEY, "2027-05-23"), arriving=False).build()
USER = pseudonym(KEY, "usr", "username", "lin.qiao")


def redact(values, others=None, offset=0, data=b"", package=None):
    record = RawRecord(data, SOURCE, offset)
    event = ClassifiedEvent(record, values, others or {}, NOW_MS, package=package)
    (redacted,) = REDACT([event]).kept
    return redacted


def redact_again(values):
    (redacted,) = REDACT_OWN([ClassifiedEvent(RawRecord(b"", SOURCE), values, {}, NOW_MS)]).kept
    return redacted


def test_the_events_own_people_are_replaced_alike_wherever_it_repeats_them():
    redacted = redact(
        {"username": "lin.qiao", "client_ip": "36.110.4.77", "output": "lin.qiao@36.110.4.77 left"}
    )
    assert redacted.values["username"] == USER
    assert "lin.qiao" not in redacted.values["output"]
    assert "36.110.4.77" not in redacted.values["output"]


@pytest.mark.parametrize(("stated", "written"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_name_has_one_pseudonym_however_its_marks_are_written(stated, written):
    name = normalize(stated, "Bj\u00f6rn.\u00c5gren")
    path = normalize(written, "/srv/bj\u00f6rn.\u00e5gren/x")
    redacted = redact({"username": name, "output": path, "url": f"https://h.example{path}", "state": path})

    user = pseudonym(KEY, "usr", "username", "bj\u00f6rn.\u00e5gren")
    assert redacted.values == {
        "username": user,
        "output": f"/srv/{user}/x",
        "url": f"https://h.example/srv/{user}/x",
        "state": f"/srv/{user}/x",
    }


@pytest.mark.parametrize("field", ["username", "uin"])
@pytest.mark.parametrize(
    "value",
    [
        "100012345678/lin.qiao",
        "lin.qiao:100012345678",
        "lin.qiao (100012345678)",
        "./lin.qiao#100012345678",
        "uin=100012345678 name=lin.qiao",
        "\u0661\u0660\u0660\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668 <lin.qiao>",
    ],
)
def test_the_parts_of_what_is_more_than_one_account_are_looked_for(field, value):
    redacted = redact({field: value, "output": "lin.qiao is 100012345678"})

    uin = pseudonym(KEY, "uin", "uin", "100012345678")
    assert redacted.values["output"] == f"{USER} is {uin}"
    assert redacted.values[field].startswith(("usr_1_", "uin_1_"))


@pytest.mark.parametrize("value", ["Anna Lindqvist", "root/admin", "-", "data pipeline (nightly)"])
def test_words_and_full_names_have_no_parts(value):
    text = "lindqvist: the data pipeline of root ran nightly"

    assert redact({"username": value, "output": text}).values["output"] == text


def test_digits_of_another_script_are_the_same_number():
    value = "".join(chr(0x0660 + int(digit)) for digit in "100012345678")
    redacted = redact({"uin": value, "output": f"of 100012345678 and {value}"})

    uin = pseudonym(KEY, "uin", "uin", "100012345678")
    assert redacted.values == {"uin": uin, "output": f"of {uin} and {uin}"}


def test_a_kept_value_that_holds_a_person_of_the_event_is_read_as_free_text():
    redacted = redact({"username": "running1", "state": "running1"})
    assert (
        redacted.values["state"]
        == redacted.values["username"]
        == pseudonym(KEY, "usr", "username", "running1")
    )


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("\x00lin.qiao", id="nul"),
        pytest.param("\x1b[31mlin.qiao", id="terminal-colour"),
        pytest.param(" lin.qiao\n", id="space"),
    ],
)
def test_a_name_is_known_without_the_control_characters_around_it(written):
    assert "lin.qiao" not in redact({"username": written, "output": "seen lin.qiao twice"}).values["output"]


def test_a_second_value_of_a_field_is_treated_like_the_first():
    redacted = redact({"uin": "100012345678"}, {"uin": "100087654321", "uin.2": "100087654322"})
    assert redacted.others == {
        "uin": pseudonym(KEY, "uin", "uin", "100087654321"),
        "uin.2": pseudonym(KEY, "uin", "uin", "100087654322"),
    }
    assert [(outcome.field, outcome.treatment) for outcome in redacted.outcomes] == [
        ("uin", "pseudonymise"),
        ("others.uin", "pseudonymise"),
        ("others.uin.2", "pseudonymise"),
    ]


def test_a_second_name_of_an_event_is_known_in_its_text():
    redacted = redact({"username": "chen.wei", "output": "seen lin.qiao twice"}, {"username": "lin.qiao"})
    assert redacted.values["output"] == f"seen {USER} twice"


def test_an_address_that_is_none_is_read_as_free_text():
    redacted = redact({"client_ip": "from 36.110.4.77 via proxy"})
    assert redacted.values["client_ip"] == "from 36.110.4.0/24 via proxy"
    assert [outcome.treatment for outcome in redacted.outcomes] == ["redact_text"]


def test_the_id_of_an_event_depends_on_bytes_and_place():
    ids = {
        redact({"state": "OK"}, offset=offset, data=data).event_id
        for offset in (0, 1)
        for data in (b"a", b"b")
    }
    assert len(ids) == 4


def test_the_id_of_an_event_with_a_package_does_not_depend_on_its_place():
    ids = {redact({"state": "OK"}, offset=offset, data=b"a", package="AB-1/7").event_id for offset in (0, 1)}
    assert len(ids) == 1


PEOPLE = [
    "lin.qiao",
    "36.110.4.77",
    "100012345678",
    "13912345678",
    "chen.wei@example.org",
    "/home/lin.qiao/x",
]
PIECES = st.sampled_from(
    [*PEOPLE, "user=", "from ", "uin: ", "密码 ", "<EMAIL>", USER, "=", "%40", "\x00", "\n"]
)
_PARTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=8)
TEXTS = _PARTS.map("".join)
APART = _PARTS.map(" ".join)


@settings(max_examples=150, deadline=None)
@given(output=APART, description=APART, url=APART)
def test_redaction_of_redacted_text_changes_nothing(output, description, url):
    values = {"username": "lin.qiao", "client_ip": "36.110.4.77", "uin": "100012345678"}
    once = redact({**values, "output": output or "-", "description": description or "-", "url": url or "-"})
    assert redact_again(once.values).values == once.values


@settings(max_examples=150, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_a_long_own_name_never_stays_between_other_texts(before, after):
    redacted = redact({"username": "lin.qiao", "output": f"{before} lin.qiao {after}"})
    assert " lin.qiao " not in redacted.values["output"]


@pytest.mark.data
def test_redaction_of_redacted_real_lines_changes_nothing(shared_data):
    lines = []
    for path in sorted(shared_data.rglob("*.log")):
        lines += [line for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    for line in random.Random(1).sample(lines, min(3000, len(lines))):
        once = redact({"username": "root", "output": line})
        assert redact_again(once.values).values == once.values, "a line is redacted further by a second run"


@pytest.mark.data
def test_redaction_of_redacted_made_events_changes_nothing(make_events):
    path = make_events(count=400, pii_share=1, start="2026-11-20")
    for line in path.read_bytes().splitlines():
        event = json.loads(line)
        names = ("uin", "username", "client_ip", "output", "description", "error_message", "url")
        once = redact(
            {name: event[name] for name in names if isinstance(event.get(name), str) and event[name]}
        )
        assert redact_again(once.values).values == once.values, "an event is redacted further by a second run"
