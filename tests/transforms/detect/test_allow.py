"""What an allow list names stays in texts, counted by entry; nobody whom the event or a detector knows does."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PolicySyntaxError
from schemas.events import ClassifiedEvent, RawRecord, Source
from schemas.policy.allow_list import AllowList
from schemas.policy.file import default_policy
from schemas.policy.sample_identifiers import KINDS, user_names
from transforms.checks.texts import checking_redactor
from transforms.detect import Detection, Known
from transforms.detect.allow import PUBLIC, Allowed, check_allow
from transforms.detect.catalog import CATALOG
from transforms.detect.explain import explain_text
from transforms.pseudonyms import PseudonymKey
from transforms.redact import RedactStep
from transforms.rejections import Rejecter

KEY = PseudonymKey(bytes(range(32)), "1")
LIST = AllowList(
    ("Smith-Waterman", "tomek", "8.8.8.8", "gatk4"), ("nf-core-",), ("dbsnp_[0-9]{3}",), "file", "a.yaml", "d"
)
DETECTION = Detection.of(default_policy(), allow=LIST)
REDACTOR = DETECTION.build()
STEP = RedactStep(default_policy(), KEY, Rejecter(KEY, ""), DETECTION)


def redacted(text: str, *known: Known) -> tuple[str, dict[str, int]]:
    done = REDACTOR.redact([text], [known])[0]
    return done.text, dict(done.allowed)


def step(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, int]]:
    event = ClassifiedEvent(RawRecord(b"", Source("a")), dict(values), {}, 1_790_000_000_000)
    done = STEP.build()([event])
    return dict(done.kept[0].values), dict(done.counts)


def test_a_word_stays_where_a_detector_takes_it_whole_and_is_counted_by_kind_and_entry() -> None:
    assert redacted("failed login for user tomek from 192.0.2.7 via 8.8.8.8") == (
        "failed login for user tomek from 192.0.2.0/24 via 8.8.8.8",
        {"USERNAME/file.words.2": 1, "IP_ADDRESS/file.words.3": 1},
    )


@pytest.mark.parametrize("text", ["user=Tomek", "user=tomek2", "user=tomek.k", "user=xtomek"])
def test_a_value_that_has_more_than_the_word_goes(text: str) -> None:
    assert redacted(text) == ("user=<USERNAME>", {})


def test_prefixes_and_patterns_let_be_what_they_match_in_full() -> None:
    assert redacted("user=nf-core-tools user=dbsnp_146") == (
        "user=nf-core-tools user=dbsnp_146",
        {"USERNAME/file.prefixes.1": 1, "USERNAME/file.patterns.1": 1},
    )
    assert redacted("user=nf-core-zhangwei user=dbsnp_1467") == ("user=<USERNAME> user=<USERNAME>", {})


def test_the_events_own_people_go_whatever_is_allowed() -> None:
    own = Known("tomek", "usr_1_" + "a" * 20, "USERNAME")
    assert redacted("user=tomek, again tomek", own) == (
        f"user={own.replacement}, again {own.replacement}",
        {},
    )
    short = Known("gatk4", "usr_1_" + "b" * 20, "USERNAME")
    assert redacted("user=gatk4 ran", short) == (f"user={short.replacement} ran", {})


def test_a_field_that_names_a_person_is_never_let_be() -> None:
    values, counts = step({"username": "tomek", "output": "tomek logged in, user=tomek"})
    assert values["username"].startswith("usr_1_")
    assert values["output"] == f"{values['username']} logged in, user={values['username']}"
    assert not any(name.startswith("allowed/") for name in counts)


def test_what_is_let_be_is_no_echo_in_other_texts_and_is_counted_once_a_place() -> None:
    values, counts = step(
        {"output": "login of user=tomek failed", "description": "user=tomek; tomek asked again"}
    )
    assert values == {"output": "login of user=tomek failed", "description": "user=tomek; tomek asked again"}
    assert counts == {"allowed/USERNAME/file.words.2": 2}


def test_texts_that_are_remembered_are_counted_each_time() -> None:
    build = STEP.build()
    for _ in range(2):
        event = ClassifiedEvent(RawRecord(b"", Source("a")), {"output": "user=tomek"}, {}, 1_790_000_000_000)
        assert dict(build([event]).counts) == {"allowed/USERNAME/file.words.2": 1}


def test_urls_keep_an_allowed_value() -> None:
    (done,) = REDACTOR.redact_url(["https://h.example/users/tomek?q=x"], [()])
    assert done.text == "https://h.example/users/tomek?q=<QUERY_VALUE>"
    assert dict(done.allowed) == {"USERNAME/file.words.2": 1}


def test_a_secret_behind_its_key_goes_though_its_word_is_allowed() -> None:
    assert redacted("password=gatk4")[0] == "password=<SECRET>"


def test_a_check_of_written_texts_lets_be_the_same() -> None:
    assert checking_redactor(default_policy(), DETECTION).find("user=tomek") == []
    assert [
        span.kind
        for span in checking_redactor(default_policy(), Detection.of(default_policy())).find("user=tomek")
    ]


def test_explain_says_which_entry_lets_a_value_be() -> None:
    explained = explain_text(REDACTOR, "user=tomek")
    assert (explained.redacted, explained.taken) == ("user=tomek", ())
    assert "the allow list lets it be: file.words.2" in [one.reason for one in explained.not_taken]


def test_the_policys_own_entries_are_told_from_the_files() -> None:
    policy = replace(default_policy(), allow=AllowList(("wronat17",)))
    both = Detection.of(policy, allow=LIST)
    done = both.build().redact(["user=wronat17 user=tomek"], [()])[0]
    assert dict(done.allowed) == {"USERNAME/policy.words.1": 1, "USERNAME/file.words.2": 1}
    assert (both.allow_digest, Detection.of(policy).allow_digest) == ("d", "")


@pytest.mark.parametrize(
    "word",
    ["anna", "Anna Schmitt", "anna.li", "Jean-Baptiste", "欧阳娜", "京A12345", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
     "DE89370400440532013000", "b.li@example.com"],
)  # fmt: skip
def test_a_word_that_a_detector_or_a_list_of_names_knows_is_refused(word: str) -> None:
    with pytest.raises(PolicySyntaxError, match=r"a\.yaml: allow\.words\[1\]: .* cannot be allowed"):
        Detection.of(default_policy(), allow=AllowList(("vep", word), name="a.yaml"))


@pytest.mark.parametrize("prefix", ["mrn-", "patient-", "user", "uid=", "lin.", "zhang"])
def test_a_prefix_that_somebodys_name_or_number_follows_is_refused(prefix: str) -> None:
    with pytest.raises(PolicySyntaxError, match=r"a\.yaml: allow\.prefixes\[0\]"):
        Detection.of(default_policy(), allow=AllowList((), (prefix,), name="a.yaml"))


@pytest.mark.parametrize(
    "word", ["Smith-Waterman", "Burrows-Wheeler", "Needleman Wunsch", "dbsnp_146", "255.255.0.0", "ACGT" * 10]
)
def test_names_of_methods_data_and_hosts_are_accepted(word: str) -> None:
    check_allow([AllowList((word,))])


def test_no_example_of_a_detector_of_persons_may_be_allowed() -> None:
    for detector in CATALOG:
        if detector.kind in PUBLIC:
            continue
        for example in detector.examples:
            value = example.partition("«")[2].partition("»")[0]
            if any((span.start, span.end) == (0, len(value)) for span in detector.find(value)):
                with pytest.raises(PolicySyntaxError):
                    check_allow([AllowList((value,))])


@given(
    st.sampled_from(["nf-core-", "gatk", "GRCh38.", "dbsnp_"]),
    st.sampled_from([*user_names(), *sum(KINDS.values(), ())]),
)
def test_no_prefix_lets_a_person_be(prefix: str, sample: str) -> None:
    common = {"root3", "dba7", "Root3", "Dba7", "ROOT3", "DBA7"}  # no person's
    if sample not in common and sample not in KINDS["an address of a host"]:
        assert Allowed([AllowList(prefixes=(prefix,))]).entry(prefix + sample) is None
