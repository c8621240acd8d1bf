"""The canonical form of an identity: every spelling of one account gives one form, and none gives another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identities import Identity, accounts_in, canonical

NUMBER, NAME, FOLDED = Identity.NUMBER, Identity.NAME, Identity.FOLDED_NAME
UIN = "100012345678"


@pytest.mark.parametrize(
    "text",
    [
        f"uin: {UIN}", f"UIN{UIN}",
        UIN, f" {UIN}", f"{UIN}\n", "1.00012345678e+11", "1.00012345678E11", f"{UIN}.0", f"000{UIN}", f'["{UIN}"]',
        f"[{UIN}.0]", f'"{UIN}"', f'="{UIN}"', f"'{UIN}'", "１００012345678", f"\ufeff{UIN}\u200b", "100,012,345,678",
        "100 012 345 678", "1000 1234 5678", "1000-1234-5678", "100-012-345-678", f"qcs::cam::uin/{UIN}", f"{UIN},",
    ],
)  # fmt: skip
def test_every_spelling_of_a_number_is_its_digits(text: str) -> None:
    assert accounts_in(text, NUMBER) == ((UIN,),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.00012E+11", (("1.00012E+11",),)),
        ("100012345678,100023456781", ((UIN,), ("100023456781",))),
        ("100012345678;100012345678", ((UIN,),)),
        ("qcs::cam::uin/100012345678:uin/100023456781", ((UIN,), ("100023456781",))),
        ('["100012345678", null, ""]', ((UIN,),)),
        ("not a number", (("not a number",),)),
        (" \u200b", ()),
        ("[]", ()),
    ],
)
def test_what_a_number_field_names_besides(text: str, found: tuple[tuple[str, ...], ...]) -> None:
    assert accounts_in(text, NUMBER) == found


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mlin.qiao\x1b[0m", "\x00lin.qiao",
        "lin.qiao", " lin.qiao ", "Lin.Qiao", "ＬＩＮ.QIAO", "CORP\\lin.qiao", "CORP\\\\Lin.Qiao", "lin.qiao@CORP",
        "lin.qiao@EXAMPLE.COM", "lin.qiao@10.0.0.1", "'lin.qiao'@'localhost'", '["lin.qiao"]', "['lin.qiao']",
        "uid=lin.qiao,ou=people,dc=example", "lin.qiao\u200b", '"lin.qiao"', "lin.qiao,lin.qiao",
    ],
)  # fmt: skip
def test_every_spelling_of_a_name_is_the_name(text: str) -> None:
    assert accounts_in(text, FOLDED) == (("lin.qiao",),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anna@Example.COM", (("anna@example.com", "anna"),)),
        ("Anna Smith <anna@example.com>", (("anna@example.com", "anna"),)),
        ("anna,bob", (("anna",), ("bob",))),
        ('["anna", "CORP\\\\bob"]', (("anna",), ("bob",))),
        ("Smith, Anna", (("smith, anna",),)),
        ("Anna Smith", (("anna smith",),)),
        ("system:serviceaccount:kube-system:dns", (("system:serviceaccount:kube-system:dns",),)),
    ],
)
def test_what_a_name_field_names_besides(text: str, found: tuple[tuple[str, ...], ...]) -> None:
    assert accounts_in(text, FOLDED) == found


def test_a_name_keeps_its_case_where_case_tells_accounts_apart() -> None:
    assert (canonical("Anna", NAME), canonical("Anna", FOLDED)) == ("Anna", "anna")


@given(st.text(max_size=60), st.sampled_from(Identity))
def test_a_canonical_form_is_its_own_canonical_form(text: str, identity: Identity) -> None:
    once = canonical(text, identity)
    assert canonical(once, identity) == once
    assert all(form for names in accounts_in(text, identity) for form in names)


@given(st.integers(10_000, 10**19))
def test_every_whole_number_is_read_from_every_notation(number: int) -> None:
    notations = (
        str(number),
        f"{number}.0",
        f" {number} ",
        f"{number:,}" if number > 999_999 else str(number),
    )
    assert {canonical(text, NUMBER) for text in notations} == {str(number)}
