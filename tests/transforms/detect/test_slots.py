import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.detect.test_catalog import unmarked
from transforms.detect import TextRedactor
from transforms.detect.scan import ENGINES, compile_scan
from transforms.detect.slots import SLOTS, Slot
from transforms.detect.slots.evidence import evidence
from transforms.detect.slots.recognizer import judge_of, weigh, weights

_NAMES = st.sampled_from(
    [
        "tomek",
        "wronat17",
        "anna.w",
        "root",
        "database",
        "x",
        "Error",
        "192.0.2.7",
        "jana-k",
        "Ünal",
        "svc_etl",
        "99",
    ]
)
_PIECES = st.sampled_from(
    [
        "login ",
        "user ",
        " for ",
        " by ",
        "[",
        "]",
        "(",
        ")",
        "'",
        '"',
        " from 192.0.2.7",
        "sshd[7]: ",
        " failed",
        "@db ",
        "\\",
        ": ",
        ", ",
        "\n",
        " password",
        "acls to: ",
        "=",
    ]
)
TEXTS = st.lists(_NAMES | _PIECES, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("slot", "marked"),
    [
        pytest.param(slot, text, id=f"{slot.name}-{n}")
        for slot in SLOTS
        for n, text in enumerate(slot.form.examples)
    ],
)
def test_a_slot_finds_the_account_of_its_examples(slot: Slot, marked: str) -> None:
    text, expected = unmarked(marked)

    assert expected[0] in [(span.start, span.end) for span in slot.find(text)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("slot", SLOTS, ids=lambda slot: slot.name)
def test_the_trigger_of_a_slot_occurs_wherever_it_finds_something(slot: Slot, engine: str) -> None:
    _, scan = compile_scan([slot.trigger], engine)

    @settings(max_examples=150, deadline=None)
    @given(text=TEXTS)
    def check(text: str) -> None:
        assert scan([text])[0] or not list(slot.find(text))

    check()


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_what_is_looked_at_last_never_changes_what_the_whole_evidence_says(text: str) -> None:
    for slot in SLOTS:
        for match in slot.candidates(text):
            assert (judge_of(slot.form.name)(match) > 0) == (
                weigh(evidence(match, slot.form.name), weights()) > 0
            )


@pytest.mark.parametrize(
    "text",
    [
        "user database connection failed for the login window",
        "Accepted connection from server at port 22",
        "authentication method password (required) by default",
        "session timeout of 30 minutes for all users",
        "login ok",
        "user okay, login nok",
        "denied by rule 7",
    ],
)
def test_ordinary_words_in_slots_stay(text: str, redactor: TextRedactor) -> None:
    assert redactor.redact([text], [()])[0].text == text


def test_the_evidence_is_told() -> None:
    slot = next(slot for slot in SLOTS if slot.form.name == "preposition")
    text = "Bad password for tomek (192.0.2.7)"

    assert "word suspect" in slot.reason(text, text.index("tomek"))
    assert [one.reason.partition(":")[0] for one in slot.refused("login by default")] == [
        "the evidence is too little"
    ]
