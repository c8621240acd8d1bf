"""Presidio's engine sees through pseudonyms by way of the vault: recorded, with a reason, whole or not at all."""

import logging

import pytest
from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import EngineResult, InvalidParamError, OperatorConfig, RecognizerResult
from sqlalchemy import select

from pipelines.vault.life_cycle import apply_events
from pipelines.vault.reveal_operator import Inquiry, RevealOperator
from pipelines.vault.tables import disclosures
from pipelines.vault.vault import Vault
from schemas.accounts import DAY_MS, AccountEvent, AccountEventKind
from schemas.errors import VaultError
from schemas.policy.file import default_policy
from transforms.operators import OPERATORS, policy_operators, pseudonyms_in

NOW = 20_000 * DAY_MS


@pytest.fixture
def filled(vault: Vault) -> Vault:
    """Return a vault that knows two accounts, of which one has had two names."""
    apply_events(
        vault,
        [
            AccountEvent("a", AccountEventKind.CREATED, NOW, "100", "lin"),
            AccountEvent("b", AccountEventKind.UPDATED, NOW + 1, "100", "lin.qiao"),
            AccountEvent("c", AccountEventKind.CREATED, NOW, "200", "anna"),
        ],
    )
    return vault


def of_uin(vault: Vault, uin: str) -> str:
    return vault.cipher.uin_pseudonyms(uin)["1"]


def of_name(vault: Vault, name: str) -> str:
    return vault.cipher.username_pseudonyms(name)["1"]


def ask(vault: Vault, text: str, inquiry: object = None, **operators: OperatorConfig) -> EngineResult:
    engine = DeanonymizeEngine()
    engine.add_deanonymizer(RevealOperator)
    asked = inquiry or Inquiry(vault, "ticket 4711", "support-3", lambda: NOW)
    reveal = OperatorConfig("reveal", {"inquiry": asked})
    keep = OperatorConfig("deanonymize_keep")
    configured = {"UIN": reveal, "USERNAME": reveal, "DEFAULT": keep, **operators}
    return engine.deanonymize(text, list(pseudonyms_in(text)), configured)


def recorded(vault: Vault) -> list[tuple[str, str, str, str]]:
    columns = disclosures.c
    query = select(columns.pseudonym, columns.actor, columns.reason, columns.outcome)
    rows = vault.database.run(lambda connection: connection.execute(query).all())
    return sorted(tuple(row) for row in rows)


def test_each_pseudonym_becomes_the_value_that_it_stands_for(filled: Vault) -> None:
    names = [of_name(filled, name) for name in ("lin", "lin.qiao", "anna")]
    text = f"uin={of_uin(filled, '100')} was {names[0]}, is {names[1]}, not {names[2]} from 203.0.113.0/24"

    assert ask(filled, text).text == "uin=100 was lin, is lin.qiao, not anna from 203.0.113.0/24"


def test_a_row_says_who_asked_and_why_once_for_each_pseudonym(filled: Vault) -> None:
    lin, anna = of_name(filled, "lin"), of_name(filled, "anna")

    assert ask(filled, f"{lin} {lin} {anna} {lin}").text == "lin lin anna lin"
    assert recorded(filled) == sorted((one, "support-3", "ticket 4711", "revealed") for one in (lin, anna))


def test_what_the_anonymizer_pseudonymised_is_turned_back(filled: Vault) -> None:
    text = "user=lin from 203.0.113.77"
    anonymizer = AnonymizerEngine()
    for operator in OPERATORS:
        anonymizer.add_anonymizer(operator)
    found = [RecognizerResult("USERNAME", 5, 8, 0.9), RecognizerResult("IP_ADDRESS", 14, 26, 0.9)]
    operators = policy_operators(default_policy(), lambda: filled.cipher.ring.current)
    written = anonymizer.anonymize(text, found, operators)

    engine = DeanonymizeEngine()
    engine.add_deanonymizer(RevealOperator)
    inquiry = Inquiry(filled, "ticket 1", "me", lambda: NOW)
    turned = engine.deanonymize(
        written.text,
        written.items,
        {
            "USERNAME": OperatorConfig("reveal", {"inquiry": lambda: inquiry}),
            "DEFAULT": OperatorConfig("deanonymize_keep"),
        },
    )

    assert turned.text == "user=lin from 203.0.113.0/24"


def test_a_text_with_one_pseudonym_of_nobody_is_not_answered_and_recorded(filled: Vault) -> None:
    nobody = "usr_1_" + "a" * 20

    with pytest.raises(VaultError, match="nobody is known"):
        ask(filled, f"{of_name(filled, 'lin')} {nobody}")

    assert (nobody, "support-3", "ticket 4711", "unknown") in recorded(filled)


def test_what_is_no_pseudonym_is_refused_unrecorded(filled: Vault) -> None:
    inquiry = Inquiry(filled, "ticket 1", "me", lambda: NOW)

    with pytest.raises(VaultError, match="not a pseudonym"):
        RevealOperator().operate("lin", {"inquiry": inquiry})

    assert recorded(filled) == []


def test_the_limit_of_an_hour_holds_for_the_engine_too(filled: Vault) -> None:
    def many(count: int) -> str:
        names = [f"name-{number}" for number in range(count)]
        events = [
            AccountEvent(name, AccountEventKind.CREATED, NOW, f"3{number}", name)
            for number, name in enumerate(names)
        ]
        apply_events(filled, events)
        return " ".join(of_name(filled, name) for name in names)

    assert ask(filled, many(20)).text.split()[-1] == "name-19"
    with pytest.raises(VaultError, match="within an hour"):
        ask(filled, of_uin(filled, "100"))


@pytest.mark.parametrize(
    ("reason", "actor"),
    [pytest.param(" ", "me", id="no reason"), pytest.param("ticket 1", "", id="nobody asks")],
)
def test_an_inquiry_without_reason_or_asker_is_none(filled: Vault, reason: str, actor: str) -> None:
    with pytest.raises(VaultError, match="give `actor` and `reason`"):
        Inquiry(filled, reason, actor, lambda: NOW)


@pytest.mark.parametrize(
    ("inquiry", "message"),
    [
        pytest.param(
            "ticket 1", "`inquiry` must be an Inquiry or a function that returns one", id="a reason alone"
        ),
        pytest.param(lambda: None, "the function `inquiry` returned no Inquiry", id="a function of nothing"),
    ],
)
def test_what_is_no_inquiry_is_refused(filled: Vault, inquiry: object, message: str) -> None:
    with pytest.raises(InvalidParamError) as caught:
        ask(filled, of_name(filled, "lin"), inquiry)

    assert str(caught.value) == message
    assert recorded(filled) == []


def test_neither_value_nor_vault_is_logged_or_shown(filled: Vault, caplog: pytest.LogCaptureFixture) -> None:
    inquiry = Inquiry(filled, "ticket of anna", "support-3", lambda: NOW)
    config = OperatorConfig("reveal", {"inquiry": inquiry})

    with caplog.at_level(logging.DEBUG):
        ask(filled, of_name(filled, "lin.qiao"), inquiry)

    assert "presidio" in caplog.text
    assert "lin.qiao" not in caplog.text
    assert repr(config) == "operator_name: reveal, params: {'inquiry': Inquiry()}"
