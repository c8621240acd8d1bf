"""An allow list that would let identifiers of persons through is refused, with file, line and entry."""

import json
from collections.abc import Callable

import pytest

from schemas.errors import PolicyError
from schemas.policy.allow import load_allow
from schemas.policy.file import load_policy


@pytest.mark.parametrize(
    ("key", "entry", "why"),
    [
        ("words", "100012345678", "a UIN"),
        ("words", "zhangwei", "a user name"),
        ("words", "anna.smith@example.com", "an e-mail address"),
        ("words", "anna@CORP", "an e-mail address, or a name with a domain"),
        ("words", "13800138000", "a telephone number"),
        ("words", "case 2024001374", "a number that long"),
        ("words", "138 0013 8001", "a number that long"),
        ("words", "Anna Smith", "a person's name"),
        ("prefixes", "us", "at least 3 characters"),
        ("prefixes", "123-", "a letter among them"),
        ("prefixes", "zhang.wei", "a user name"),
        ("patterns", ".*", "a user name has it"),
        ("patterns", "[^@]+@[^@]+", "an e-mail address has it"),
        ("patterns", "1[0-9]{10}", "a telephone number has it"),
        ("patterns", r"nf-core/\w+", "behind or before fixed letters"),
        ("patterns", "patient-[0-9]{4,12}", "behind letters that say so"),
        ("patterns", r"(a)\1", "RE2"),
        ("patterns", "(", "RE2"),
    ],
)
def test_an_entry_that_a_person_has_is_refused(key: str, entry: str, why: str) -> None:
    text = f"# ours\n{key}:\n  - 'fine-word-7'\n  - {json.dumps(entry, ensure_ascii=False)}"
    if key == "patterns":
        text = text.replace("fine-word-7", "fine-[0-9]")
    with pytest.raises(PolicyError, match=rf"own\.yaml:\d+: allow\.{key}\[1\]: .*{why}"):
        load_allow(text, "own.yaml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "expected at least one of words, prefixes, patterns"),
        ("words: []", "at least one item"),
        ("words: [vep, vep]", "repeated"),
        ("word: [vep]", "unknown key"),
        ("- vep", "expected a mapping"),
        ("", "empty"),
        ("words: [' ']", "blank"),
    ],
)
def test_a_file_that_is_no_allow_list_is_refused(text: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        load_allow(text, "own.yaml")


def test_entries_are_kept_as_stated_and_the_digest_names_them() -> None:
    one = load_allow(
        "words: [Smith-Waterman, 8.8.8.8]\nprefixes: [nf-core-]\npatterns: ['dbsnp_[0-9]{3}']", "a"
    )
    same = load_allow(
        "patterns:\n- dbsnp_[0-9]{3}\nprefixes: [nf-core-]  # x\nwords: [Smith-Waterman, 8.8.8.8]", "b"
    )
    assert (one.words, one.prefixes) == (("Smith-Waterman", "8.8.8.8"), ("nf-core-",))
    assert (one.patterns, one.source) == (("dbsnp_[0-9]{3}",), "file")
    assert (one, one.digest) == (same, same.digest)
    assert len(one.digest) == 64
    assert load_allow("words: [Smith-Waterman]", "a").digest != one.digest


def test_a_policy_states_one_too_and_its_digest_sees_it(small_policy: str) -> None:
    allowing = load_policy(small_policy + "allow: {words: [vep]}\n", "own.yaml")
    other = load_policy(small_policy + "allow: {words: [hisat]}\n", "own.yaml")
    assert (allowing.allow.words, allowing.allow.source) == (("vep",), "policy")
    assert len({allowing.digest, other.digest, load_policy(small_policy, "own.yaml").digest}) == 3


def test_a_policy_that_allows_a_person_is_refused(changed: Callable[[str, str], str]) -> None:
    text = changed("title: Small", "title: Small\nallow: {words: [zhangwei]}")
    with pytest.raises(PolicyError, match=r"own\.yaml:\d+: allow\.words\[0\]: a user name"):
        load_policy(text, "own.yaml")
