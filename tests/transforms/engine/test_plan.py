"""What the engine is handed: forms that every engine of expressions reads alike, and what it can't do is said."""

from dataclasses import replace

import pytest

from schemas.policy.file import default_policy
from transforms.engine.plan import plain_form, unfit


@pytest.mark.parametrize(
    "form",
    [r"[[:alpha:]]", "[a&&b]", "[a--b]", r"\<a", r"\pL", "a{,5}", r"a\s", "(?s)a", "[[]", "a^", "é", "[a-]]"],
)
def test_a_form_that_engines_read_differently_stays_with_python(form):
    assert plain_form(form) is None


@pytest.mark.parametrize(
    "form", [r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}", r"(?:ON)|(?:OFF)", r"\d+\.\d{1,3}", "[^ab]?"]
)
def test_a_plain_form_is_handed_over(form):
    assert plain_form(form) == form


def test_every_form_of_the_policy_is_judged():
    forms = {rule.name: plain_form(rule.form) is not None for rule in default_policy().fields if rule.form}
    assert forms["request_id"]


def test_a_policy_with_times_of_its_own_is_not_for_the_engine():
    assert unfit(default_policy()) is None
    assert "event time" in unfit(replace(default_policy(), time_fields=("at",)))
