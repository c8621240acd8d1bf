"""What the operators write in Presidio's anonymizer is what logveil writes."""

import logging
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig

from schemas.errors import KeyFileError
from schemas.policy.file import default_policy
from schemas.policy.policy import Policy
from schemas.policy.tokens import Tokens
from tests.transforms.detect.test_catalog import unmarked
from transforms.detect import CATALOG, Detection, TextRedactor
from transforms.detect.presidio import logveil_recognizers
from transforms.detect.recognizers import LogveilRecognizer
from transforms.operators import (
    OPERATORS,
    PseudonymiseOperator,
    RedactUrlOperator,
    TruncateIpOperator,
    policy_operators,
    pseudonyms_in,
)
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, pseudonym
from transforms.treatments import compile_treatments, field_treatment

KEY = PseudonymKey(b"k" * 32, "1")
POLICY = default_policy()
SHORTEST_SURE = 4  # a shorter value may stand in a pseudonym by chance
LIN = pseudonym(KEY, "usr", "username", "lin")


@pytest.fixture(scope="module")
def anonymizer() -> AnonymizerEngine:
    engine = AnonymizerEngine()
    for operator in OPERATORS:
        engine.add_anonymizer(operator)
    return engine


@pytest.fixture(scope="module")
def catalogue_texts() -> list[str]:
    return [
        unmarked(marked)[0]
        for detector in CATALOG
        for marked in (*detector.examples, *detector.counter_examples, detector.boundary)
    ]


@pytest.fixture(scope="module")
def redactor() -> TextRedactor:
    return Detection.of(POLICY).build(field_treatment(compile_treatments(POLICY, KEY)))


def analyzer_of(recognizers: list) -> AnalyzerEngine:
    nlp = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
    return AnalyzerEngine(RecognizerRegistry(recognizers), nlp)


def whole(text: str, entity: str) -> list[RecognizerResult]:
    return [RecognizerResult(entity, 0, len(text), 0.9)]


def test_the_operators_are_registered_under_the_names_of_the_policys_treatments(
    anonymizer: AnonymizerEngine,
) -> None:
    assert {"pseudonymise", "truncate_ip", "redact_url"} <= set(anonymizer.get_anonymizers())


@pytest.mark.parametrize(
    "key", [pytest.param(KEY, id="by-reference"), pytest.param(lambda: KEY, id="by-a-function")]
)
def test_a_value_gets_the_pseudonym_of_its_field(anonymizer: AnonymizerEngine, key: object) -> None:
    operators = {"USERNAME": OperatorConfig("pseudonymise", {"key": key})}

    assert anonymizer.anonymize("lin", whole("lin", "USERNAME"), operators).text == LIN
    assert anonymizer.anonymize(LIN, whole(LIN, "USERNAME"), operators).text == LIN


@pytest.mark.parametrize(
    ("value", "entity", "field", "account"),
    [
        pytest.param("CORP\\Lin ", "USERNAME", "username", "lin", id="name"),
        pytest.param("1.00012345678e+11", "UIN", "uin", "100012345678", id="number"),
    ],
)
def test_every_spelling_of_an_account_gets_the_pseudonym_of_the_account(
    anonymizer: AnonymizerEngine, value: str, entity: str, field: str, account: str
) -> None:
    written = anonymizer.anonymize(value, whole(value, entity), policy_operators(POLICY, KEY)).text
    assert written == pseudonym(KEY, entity.lower().replace("username", "usr"), field, account)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("77.113.0.203.in-addr.arpa", "<IP_ADDRESS>.in-addr.arpa"),
        ("is 77.113.0.203.dialup.example.net", "is <IP_ADDRESS>.dialup.example.net"),
    ],
)
def test_of_an_address_that_stands_backwards_no_octet_is_left(
    anonymizer: AnonymizerEngine, text: str, written: str
) -> None:
    analyzer = analyzer_of([LogveilRecognizer()])
    assert (
        anonymizer.anonymize(text, analyzer.analyze(text, "en"), policy_operators(POLICY, KEY)).text
        == written
    )
    only = analyzer.analyze(text, "en", entities=["IP_ADDRESS"])
    assert "77" not in anonymizer.anonymize(text, only, {"IP_ADDRESS": OperatorConfig("truncate_ip")}).text


def test_a_policy_that_follows_mail_addresses_gives_them_its_pseudonyms_here_too(
    anonymizer: AnonymizerEngine,
) -> None:
    keyed = replace(POLICY, tokens=Tokens.KEYED)
    text, entity = "Anna <A.Smith@Example.com>", "EMAIL_ADDRESS"
    written = anonymizer.anonymize(text, whole(text, entity), policy_operators(keyed, KEY)).text
    assert written == pseudonym(KEY, "eml", "text.mail", "a.smith@example.com")
    assert [one.entity_type for one in pseudonyms_in(written)] == ["EMAIL"]
    masked = anonymizer.anonymize(text, whole(text, entity), policy_operators(POLICY, KEY)).text
    assert masked == "<EMAIL_ADDRESS>"


def test_an_entity_of_presidio_gets_the_pseudonym_of_the_field_that_is_named(
    anonymizer: AnonymizerEngine,
) -> None:
    operators = {"PERSON": OperatorConfig("pseudonymise", {"key": KEY, "field": "username"})}

    assert anonymizer.anonymize("lin", whole("lin", "PERSON"), operators).text == LIN


def test_a_policy_of_ones_own_says_which_field_has_the_entity() -> None:
    def own() -> Policy:
        fields = tuple(
            replace(rule, entity="LOGIN", prefix=None) if rule.name == "username" else rule
            for rule in POLICY.fields
        )
        return replace(POLICY, fields=fields)

    params = {"key": KEY, "policy": own, "entity_type": "LOGIN"}

    assert PseudonymiseOperator().operate("lin", params) == pseudonym(KEY, "fld", "username", "lin")


SECRET = "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMhISEhISE="
NO_KEY = "`key` must be a PseudonymKey or a function that returns one: "
NO_POLICY = "`policy` must be a Policy or a function that returns one: "
NO_FIELD = "the policy pseudonymises no field of PERSON: name one by the parameter `field`"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        pytest.param({}, f"{NO_KEY}there is none", id="no key"),
        pytest.param({"key": SECRET.encode()}, f"{NO_KEY}not a bytes", id="bytes"),
        pytest.param({"key": SECRET}, f"{NO_KEY}not a str", id="text"),
        pytest.param(
            {"key": lambda: SECRET, "field": "uin"},
            "the function `key` returned no PseudonymKey",
            id="a function of text",
        ),
        pytest.param({"key": KEY, "policy": "p.yaml"}, f"{NO_POLICY}not a str", id="a policy's path"),
        pytest.param({"key": KEY, "field": "nope"}, "the policy has no field 'nope'", id="no such field"),
        pytest.param({"key": KEY}, NO_FIELD, id="no field of the entity"),
    ],
)
def test_parameters_that_do_not_do_are_refused_and_never_shown(
    anonymizer: AnonymizerEngine, params: dict[str, object], message: str
) -> None:
    operators = {"PERSON": OperatorConfig("pseudonymise", params)}

    with pytest.raises(InvalidParamError) as caught:
        anonymizer.anonymize("lin", whole("lin", "PERSON"), operators)

    assert str(caught.value) == message


def test_what_hinders_a_key_from_being_read_is_said(anonymizer: AnonymizerEngine) -> None:
    def absent() -> PseudonymKey:
        raise KeyFileError("there is no key")

    operators = {"USERNAME": OperatorConfig("pseudonymise", {"key": absent})}

    with pytest.raises(KeyFileError, match="there is no key"):
        anonymizer.anonymize("lin", whole("lin", "USERNAME"), operators)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        pytest.param("203.0.113.77", "203.0.113.0/24", id="v4"),
        pytest.param("203.0.113.77/32", "203.0.113.0/24", id="v4 with its prefix"),
        pytest.param("::ffff:203.0.113.77", "203.0.113.0/24", id="v4-mapped"),
        pytest.param("2001:db8:1:2::7", "2001:db8:1::/48", id="v6"),
        pytest.param("203.0.113.0/24", "203.0.113.0/24", id="a network"),
        pytest.param("host", "<IP_ADDRESS>", id="no address"),
    ],
)
def test_an_address_becomes_its_network(anonymizer: AnonymizerEngine, address: str, written: str) -> None:
    operators = {"IP_ADDRESS": OperatorConfig("truncate_ip")}

    assert anonymizer.anonymize(address, whole(address, "IP_ADDRESS"), operators).text == written


@given(st.text(min_size=1))
def test_what_is_no_network_leaves_nothing_of_the_value(text: str) -> None:
    written = TruncateIpOperator().operate(text, {"entity_type": "HOST"})

    assert written == "<HOST>" or written.endswith(("/24", "/48"))


def test_a_url_keeps_its_shape_and_its_pseudonyms_are_the_policys(
    anonymizer: AnonymizerEngine, redactor: TextRedactor
) -> None:
    url = "https://h.example/users/lin?page=2&q=x#top"
    plain = {"URL": OperatorConfig("redact_url")}
    keyed = {"URL": OperatorConfig("redact_url", {"redactor": redactor})}

    shown = anonymizer.anonymize(url, whole(url, "URL"), plain).text
    assert shown == "https://h.example/users/<USERNAME>?page=2&q=<QUERY_VALUE>#<FRAGMENT>"
    assert anonymizer.anonymize(url, whole(url, "URL"), keyed).text == shown.replace("<USERNAME>", LIN)


def test_a_redactor_that_is_none_is_refused() -> None:
    message = "`redactor` must be a TextRedactor or a function that returns one: not a str"

    with pytest.raises(InvalidParamError, match=message):
        RedactUrlOperator().validate({"redactor": "default"})


def test_both_engines_together_write_what_logveil_writes(
    anonymizer: AnonymizerEngine, redactor: TextRedactor, catalogue_texts: list[str]
) -> None:
    analyzer = analyzer_of([LogveilRecognizer()])
    singly = analyzer_of(logveil_recognizers())
    operators = policy_operators(POLICY, lambda: KEY)

    for text, expected in zip(
        catalogue_texts, redactor.redact(catalogue_texts, [()] * len(catalogue_texts)), strict=True
    ):
        written = anonymizer.anonymize(text, analyzer.analyze(text, "en"), operators).text
        # The pseudonym of a united span is the best one's in logveil and that of the whole in Presidio.
        assert PSEUDONYM.sub("…", written) == PSEUDONYM.sub("…", expected.text)
        if _are_apart(singly.analyze(text, "en")):
            assert written == expected.text


def _are_apart(found: list[RecognizerResult]) -> bool:
    places = sorted({(one.start, one.end) for one in found})
    return all(end <= start for (_, end), (start, _) in pairwise(places))


def test_nothing_that_a_detector_marks_is_left_where_each_answers_for_itself(
    anonymizer: AnonymizerEngine,
) -> None:
    analyzer = analyzer_of(logveil_recognizers())
    operators = policy_operators(POLICY, KEY)

    for detector in CATALOG:
        for marked in (*detector.examples, detector.boundary):
            text, places = unmarked(marked)
            written = anonymizer.anonymize(text, analyzer.analyze(text, "en"), operators).text
            for start, end in places:
                value = text[start:end]
                assert written.count(value) < text.count(value) or len(value) < SHORTEST_SURE


def test_a_new_key_of_the_policys_operators_is_used_from_then_on(anonymizer: AnonymizerEngine) -> None:
    keys = [KEY]
    operators = policy_operators(POLICY, lambda: keys[-1])
    url = "https://h.example/users/lin"

    before = anonymizer.anonymize(url, whole(url, "URL"), operators).text
    keys.append(PseudonymKey(b"n" * 32, "2"))
    after = anonymizer.anonymize(url, whole(url, "URL"), operators).text

    assert (before.split("/")[-1], after.split("/")[-1]) == (
        LIN,
        pseudonym(keys[-1], "usr", "username", "lin"),
    )


def test_no_secret_and_no_value_is_logged_or_shown(
    anonymizer: AnonymizerEngine, caplog: pytest.LogCaptureFixture
) -> None:
    key = PseudonymKey(SECRET.encode()[:32], "1")
    text = "user=lin from 203.0.113.77"
    operators = policy_operators(POLICY, key)

    with caplog.at_level(logging.DEBUG):
        analyzer = analyzer_of(logveil_recognizers())
        result = anonymizer.anonymize(text, analyzer.analyze(text, "en"), operators)

    assert "lin" not in result.text.split()
    shown = f"{caplog.text} {operators} {result}"
    assert "presidio" in caplog.text
    for hidden in (SECRET[:32], repr(key.secret), key.secret.hex(), "203.0.113.77", "=lin", " lin "):
        assert hidden not in shown


def test_pseudonyms_are_found_as_words_of_their_own() -> None:
    text = f"{LIN}: x{LIN} {LIN}, usr_1_short"

    assert [(one.start, one.end, one.text) for one in pseudonyms_in(text)] == [
        (0, 26, LIN),
        (30 + 26, 30 + 52, LIN),
    ]
