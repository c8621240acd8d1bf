"""Known accounts are found in any text, by a table of keyed hashes that holds no name."""

import pickle
from dataclasses import replace
from hashlib import sha256
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SecretError
from schemas.identities import Identity, canonical
from schemas.policy.allow_list import AllowList
from schemas.policy.file import default_policy
from transforms.detect import Detection
from transforms.detect.known_accounts import Held, KnownAccounts
from transforms.detect.known_table import NAME, UIN, Hashing, KnownTable
from transforms.detect.words import COMMON_ACCOUNTS
from transforms.pseudonyms import PseudonymKey, pseudonym
from transforms.token_treatments import text_treatment

KEY = PseudonymKey(bytes(range(32)), "1")
NAMES = [
    "lin.qiao",
    "wronat17",
    "zheng_kf",
    "Anna.Smith@example.com",
    "admin",
    "li",
    "joy",
    "blue-sky",
    "张伟明",
    "O_x77",
    "mu\u0308ller.j",
    "adébáyọ̀",
]
UINS = ["100012345678", "00700001234567", "12345"]
VALUES = [*((NAME, name) for name in NAMES), *((UIN, uin) for uin in UINS)]


def table(values: list[tuple[bytes, str]], folds: bool = False, key: PseudonymKey = KEY) -> KnownAccounts:
    names = Identity.FOLDED_NAME if folds else Identity.NAME
    return KnownAccounts.of(key, KnownTable.of(key, values, Identity.NUMBER, names), folds)


KNOWN = table(VALUES)
FOLDED = table(VALUES, folds=True)


def found(text: str, known: KnownAccounts = KNOWN) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.kind) for span in known.find(text)]


@pytest.mark.parametrize(
    "text",
    ["{}", "x {} y", "({})", "[{}]", "'{}'", "<{}>", "a={};", "/data/{}/run", "{}:", "，{}。", "用户{}登录", "{}.", "{},b",
     "\\{}\\", "~{}", "@{}", "{}@", "job {}\nnext", "a\tb\t{}\tc", "-{}-", "_{}_", "{}@CORP", "CORP\\{}", "x.{}.y.z"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["lin.qiao", "wronat17", "100012345678", "张伟明"])
def test_a_name_is_found_between_whatever_parts_words(text: str, name: str) -> None:
    kind = "UIN" if name.isdigit() else "USERNAME"
    assert found(text.format(name)) == [(name, kind)]


@pytest.mark.parametrize(
    "text", ["alin.qiao", "lin.qiaos", "wronat171", "wronat", "1000123456789", "lin qiao", "linqiao"]
)
def test_a_part_of_a_word_or_another_word_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("name", ["müller.j", "adébáyọ̀"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_however_its_marks_are_written(name: str, form: Literal["NFC", "NFD"]) -> None:
    redactor = Detection(known=KNOWN).build()

    assert redactor.redact([normalize(form, f"x {name}/y")], [()])[0].text == "x <USERNAME>/y"


def test_the_case_of_names_counts_as_the_policy_says() -> None:
    assert found("LIN.QIAO ran") == []
    assert found("LIN.QIAO ran", FOLDED) == [("LIN.QIAO", "USERNAME")]
    assert found("ｌｉｎ.qiao ran") == [("ｌｉｎ.qiao", "USERNAME")]


def test_names_in_other_spellings_are_the_same_account() -> None:
    known = table([(NAME, " CORP\\lin.qiao "), (UIN, "1.00012345678e+11"), (NAME, "")])
    assert known.number == 2
    assert found("lin.qiao of 100012345678", known) == [
        ("lin.qiao", "USERNAME"),
        ("100012345678", "UIN"),
    ]


def test_a_mail_address_that_is_a_name_is_found_whole() -> None:
    assert found("to Anna.Smith@example.com now") == [("Anna.Smith@example.com", "USERNAME")]


@pytest.mark.parametrize("name", ["admin", "li", "joy", "blue-sky", "12345"])
def test_short_and_ordinary_names_are_left_to_the_detectors_that_know_cues(name: str) -> None:
    assert found(f"the {name} is here, {name}: {name}") == []
    assert KNOWN.is_known(name)


def test_no_common_account_is_searched_for() -> None:
    known = table([(NAME, name) for name in sorted(COMMON_ACCOUNTS)])
    assert found(" ".join(sorted(COMMON_ACCOUNTS)), known) == []


def test_what_is_found_gets_the_pseudonym_of_its_account_whatever_the_program() -> None:
    detection = replace(Detection.of(default_policy()), known=KNOWN)
    redactor = detection.build(text_treatment(default_policy(), KEY))
    name, uin = pseudonym(KEY, "usr", "username", "wronat17"), pseudonym(KEY, "uin", "uin", "100012345678")
    texts = [
        "qz7: wronat17 -> 100012345678 (k)",
        "q=%77ronat17%20",
        "no one",
        "https://h.example/x/wronat17?page=1",
    ]
    done = redactor.redact(texts, [()] * 4, [False, False, False, True])
    assert [one.text for one in done] == [
        f"qz7: {name} -> {uin} (k)", f"q={name}%20", "no one", f"https://h.example/x/{name}?page=1",
    ]  # fmt: skip
    assert redactor.redact([done[0].text], [()])[0].text == done[0].text


def test_a_mail_address_of_somebody_else_stays_one_though_its_local_part_is_known() -> None:
    redactor = replace(Detection.of(default_policy()), known=KNOWN).build()
    assert redactor.redact(["to wronat17@example.org"], [()])[0].text == "to <EMAIL>"


def test_an_allow_list_does_not_let_a_known_account_be() -> None:
    allow = AllowList(("wronat17", "tomek", "joy"))
    redactor = replace(Detection.of(default_policy(), allow=allow), known=KNOWN).build()
    assert (
        redactor.redact(["user=wronat17 user=tomek user=joy"], [()])[0].text
        == "user=<USERNAME> user=tomek user=<USERNAME>"
    )


def test_neither_table_nor_pickle_nor_repr_holds_a_name_or_the_key() -> None:
    blobs = [
        Held(KNOWN.load()).data,
        pickle.dumps(KNOWN),
        pickle.dumps(replace(Detection(), known=KNOWN)),
        repr(KNOWN).encode(),
    ]
    secrets = [
        *(name.encode() for _, name in VALUES if len(name) > 4),
        b"qiao",
        KEY.secret,
        KEY.secret.hex().encode(),
    ]
    list(KNOWN.find("lin.qiao wronat17"))  # what is remembered is not pickled either
    blobs.append(pickle.dumps(KNOWN))
    assert [secret for blob in blobs for secret in secrets if secret in blob] == []


def test_a_pickled_table_finds_the_same() -> None:
    assert found("by wronat17", pickle.loads(pickle.dumps(KNOWN))) == [("wronat17", "USERNAME")]


def test_another_key_makes_another_table_and_reads_none_of_this_one() -> None:
    other = PseudonymKey(bytes(range(1, 33)), "2")
    assert table(VALUES, key=other).digest != KNOWN.digest
    assert found("by wronat17", replace(KNOWN, key=other)) == []
    assert Hashing(KEY).of(NAME, "anna") != Hashing(other).of(NAME, "anna") != Hashing(other).of(UIN, "anna")


@pytest.mark.parametrize("data", [b"", b"x" * 40, KNOWN.load()[:-8], KNOWN.load() + bytes(8)])
def test_another_tables_bytes_are_refused_when_the_detectors_are_built(data: bytes) -> None:
    with pytest.raises(SecretError, match="not the one"):
        replace(Detection(), known=replace(KNOWN, load=Held(data))).build()
    with pytest.raises(SecretError):
        replace(Detection(), known=replace(KNOWN, load=Held(data), digest=sha256(data).hexdigest())).build()


def test_the_table_is_the_same_whatever_the_order_and_repetition() -> None:
    assert table(VALUES[::-1] + VALUES).digest == KNOWN.digest
    assert (KNOWN.number, table([]).number, found("lin.qiao", table([]))) == (len(VALUES), 0, [])


_WORD = st.from_regex(r"[a-z]{2,8}q[a-z]{1,4}(?:[._-][a-z]{2,6}){0,2}[0-9]{0,3}", fullmatch=True)


@given(st.lists(_WORD, min_size=1, max_size=5, unique=True), st.data())
def test_every_name_that_tells_is_found_in_a_text_of_words(names: list[str], data: st.DataObject) -> None:
    known = table([(NAME, name) for name in names])
    name = data.draw(st.sampled_from(names))
    around = data.draw(
        st.lists(st.sampled_from(["job", "x7", "ran", "at", "0f3c", "张", "=", "/"]), max_size=4)
    )
    text = " ".join([*around, name, *around])
    assert (name, "USERNAME") in found(text, known) or canonical(name, Identity.NAME) != name
