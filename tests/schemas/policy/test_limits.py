"""What no policy file may change: who is identified directly, what a kept value may be, the published days."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PolicySyntaxError
from schemas.policy.file import default_policy, load_policy
from schemas.policy.limits import admitted, published
from schemas.policy.policy import Personal, form_problem, matches_form
from schemas.policy.sample_identifiers import KINDS, user_names

KEPT = "personal: indirect\n    treatment: keep\n    form: ['key-[0-9]']"
ACKNOWLEDGED = """\
acknowledged_weakenings:
  - change: "categories.events.retention_days: 180 -> 365"
    reason: the regulator asked for a year
    person: A. Officer
"""


def load(text: str) -> None:
    load_policy(text, "own.yaml")


@pytest.mark.parametrize(
    "form",
    [
        ".*",
        ".+",
        "(?s).{1,128}",
        r"[^\n]*",
        r"\S+",
        r"\w+",
        r"\pL+",
        r"[\x21-\x7e]+",
        "[a-z]{8}",
        "j[a-z]+",
        "(?i)[A-Z.]+",
        "[a-z]+ [a-z]+",
        "[A-Z][a-z]+[A-Z][a-z]+",
        "[a-z]+[0-9]{4,}",
        "(?:lin.qiao|zhang.wei)",
        "anna|berta",
        "x-[a-z]+",
        "[a-z]+@corp",
        "<[a-z]+>",
        r"u\.[a-z.]+",
        "[一-龥]{2,4}",
        "[0-9]{9,12}",
        "1[0-9]{10}",
        "[^@]+@.+",
        r"[0-9.]+",
        "[0-9A-Fa-f:.]+",
        "(?:ON|OFF|.*)",
        "()|.*",
        "/home/.*",
        "[0-9]{17}[0-9X]",
        "(?:[0-9]{4} ?){4}",
        ".{30,}",
        ".* .* .*",
        ".*error.*",
        r"\w+ error \w+",
        r"[A-Z]\w+ (?:failed|ok)",
        "uin-[0-9]{12}",
        "(?:job|customer)[-_][0-9]+",
        "phone: ?[0-9]+",
        "[A-Z0-9]{20}",
        "https?://.*",
        "[a-z]+=[a-z]+",
        r"\{.*\}",
    ],
)
def test_a_form_that_admits_identifiers_is_refused_whatever_its_spelling(
    form: str, changed: Callable[[str, str], str]
) -> None:
    assert form_problem(form) is None
    with pytest.raises(
        PolicySyntaxError, match=r"own\.yaml:34: fields\.state\.form\[1\]: the form admits too much"
    ):
        load(changed('"OFF"', f"'{form}'"))


@pytest.mark.parametrize(
    "form",
    [
        "(?i:on|off)",
        "-?[0-9]{1,3}",
        "v[0-9]+",
        "job-[0-9]{4,12}",
        "zone-[a-z]",
        "[0-9a-f]{40}",
        "成功|失败",
    ],
)
def test_a_form_that_admits_none_is_taken(form: str, changed: Callable[[str, str], str]) -> None:
    load(changed('"OFF"', f"'{form}'"))


def test_the_forms_of_the_shipped_policy_admit_no_identifier() -> None:
    kept = [rule for rule in default_policy().fields if rule.form]
    samples = [*user_names(), *(sample for samples in KINDS.values() for sample in samples)]
    assert [(rule.name, text) for rule in kept for text in samples if matches_form(rule, text)] == []


@given(st.sampled_from([*user_names()]), st.sampled_from(["{}", "(?:{}|x)", "(?i:{})", "{}[0-9]?", ".?{}"]))
def test_no_way_of_writing_a_sample_into_a_form_is_taken(name: str, wrapped: str) -> None:
    assert admitted([wrapped.format(re.escape(name))]) is not None


DIRECT = "    personal: direct\n    treatment: pseudonymise\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(DIRECT, f"    {KEPT}\n", id="kept under a narrow form"),
        pytest.param("personal: direct", "personal: indirect", id="called indirect"),
        pytest.param("personal: direct", 'personal: "no"', id="called not personal"),
        pytest.param("treatment: pseudonymise", "treatment: redact_text", id="read as text"),
        pytest.param("treatment: pseudonymise", "treatment: redact_url", id="read as a URL"),
        pytest.param("treatment: pseudonymise", "treatment: truncate_ip", id="read as an address"),
        pytest.param(
            "aliases: [status]", "aliases: [status, ownerUin]", id="a spelling given to a kept field"
        ),
        pytest.param("aliases: [status]", "aliases: [status, User-Name]", id="spelled with a mark"),
        pytest.param("aliases: [status]", "aliases: [status, ctx.request.UserName]", id="the end of a path"),
        pytest.param("aliases: [status]", "aliases: [status, 用户名]", id="in Chinese"),
        pytest.param("aliases: [status]", "aliases: [status, patient_name]", id="the name of another person"),
        pytest.param("aliases: [status]", "aliases: [name]\nalias_prefixes: [user]", id="made by a prefix"),
    ],
)
def test_a_direct_identifier_is_pseudonymised_or_dropped_whatever_the_file_calls_it(
    old: str, new: str, small_policy: str
) -> None:
    assert old in small_policy
    text = small_policy.replace(old, new)
    if "alias_prefixes" in text:
        text = text.replace("\nalias_prefixes: [user]", "") + "alias_prefixes: [user]\n"
    with pytest.raises(PolicySyntaxError, match="direct"):
        load(text)


def test_a_direct_identifier_may_be_dropped(changed: Callable[[str, str], str]) -> None:
    load(changed("treatment: pseudonymise", "treatment: drop"))


def test_the_published_spellings_cover_those_of_the_shipped_policy_and_no_other_fields() -> None:
    for rule in default_policy().fields:
        for spelling in (rule.name, *rule.aliases):
            assert published().is_direct(spelling) == (rule.personal is Personal.DIRECT), spelling


@pytest.mark.parametrize(
    "line",
    [
        "url_query_keys: [page, uin]",
        "url_query_keys: [LOGIN]",
        "url_query_keys: [e-mail]",
        "url_query_keys: [access_token]",
    ],
)
def test_a_url_keeps_no_person(line: str, small_policy: str) -> None:
    with pytest.raises(PolicySyntaxError, match="names a person"):
        load(small_policy + line + "\n")


def test_a_key_that_names_a_person_gives_no_time(changed: Callable[[str, str], str]) -> None:
    with pytest.raises(PolicySyntaxError, match=r"time_fields\[0\]: 'user' names a person"):
        load(changed("[__TIME__]", "[user]"))


def test_more_days_than_published_need_an_acknowledgement(changed: Callable[[str, str], str]) -> None:
    longer = changed("retention_days: 180", "retention_days: 365")
    with pytest.raises(PolicySyntaxError, match=r"180 -> 365' with a reason"):
        load(longer)
    assert load_policy(longer + ACKNOWLEDGED, "own.yaml").acknowledged[0].person == "A. Officer"
    with pytest.raises(PolicySyntaxError, match="366 days is above the 180"):
        load(longer.replace("365", "366") + ACKNOWLEDGED)


def test_more_days_until_an_account_is_erased_need_an_acknowledgement(small_policy: str) -> None:
    accounts = (
        "  accounts: {text: Accounts, clause: Section 2, purpose: repair, legal_basis: contract,\n"
        "     erase_within_days: 31, systems: [store], fields: [who]}\n"
        "time_fields: [__TIME__]\naccount_category: accounts\n"
    )
    with pytest.raises(PolicySyntaxError, match="erase_within_days: 31 days is above the 30"):
        load(small_policy.replace("time_fields: [__TIME__]\n", accounts))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    person: A. Officer\n", "", "the key 'person' is missing"),
        ("A. Officer", "''", "expected a string, found a blank one"),
        ("  - change", "  - changes", "unknown key"),
    ],
)
def test_an_acknowledgement_says_what_why_and_who(
    old: str, new: str, message: str, small_policy: str
) -> None:
    with pytest.raises(Exception, match=message):
        load(small_policy + ACKNOWLEDGED.replace(old, new))


def test_an_acknowledgement_is_made_once_and_is_no_part_of_the_digest(small_policy: str) -> None:
    again = ACKNOWLEDGED + "".join(ACKNOWLEDGED.splitlines(keepends=True)[1:])
    with pytest.raises(PolicySyntaxError, match="acknowledged twice"):
        load(small_policy + again)
    with_it, without = (load_policy(text, "own.yaml") for text in (small_policy + ACKNOWLEDGED, small_policy))
    assert with_it.digest == without.digest
