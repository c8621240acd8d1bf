"""Make of a policy what the engine is handed at its start."""

import re
from collections.abc import Sequence

from schemas.events import FieldOutcome
from schemas.policy.policy import MAX_KEPT_CHARACTERS, FieldPolicy, Personal, Policy, Treatment
from transforms.avro.encode import encoded_tag_around_day
from transforms.engine.stated import (
    KEEP,
    ODD_FIELD,
    PERSON,
    TEXT,
    URL,
    Limits,
    Settings,
    StatedField,
    StatedOutcome,
    Times,
)
from transforms.event_id import EVENT_DOMAIN
from transforms.event_people import SHORTEST_PERSON
from transforms.parsing.envelope import TAG
from transforms.parsing.event_time import TIMESTAMP
from transforms.parsing.time_forms import EARLIEST_MS, LATEST_MS
from transforms.pseudonyms import PseudonymKey
from transforms.repeats import REMEMBERED_IDS
from transforms.tag import MS_A_DAY, tag_of
from transforms.unknown_names import ACCOUNT_PREFIXES

_TAKES = {
    Treatment.PSEUDONYMISE: PERSON,
    Treatment.TRUNCATE_IP: PERSON,
    Treatment.KEEP: KEEP,
    Treatment.REDACT_TEXT: TEXT,
    Treatment.REDACT_URL: URL,
    Treatment.DROP: ODD_FIELD,
}
_MOST_FIELDS = 255
_LIMITS = Limits(most_keys=4096, most_values=16_384, most_texts=100_000, most_bytes=32 << 20)
_PLAIN_FORM = re.compile(
    r"(?:[A-Za-z0-9 _\-:/,@#=.|?*+)]|\((?:\?:|\?i:|(?!\?))|\\[dw.\-+?*()\[\]{}|/\\]|\{\d+(?:,\d*)?\}"
    r"|\[\^?-?(?:[A-Za-z0-9 _:/,@#=.+*?|]|\\[dw.]|(?<=[A-Za-z0-9])-(?=[A-Za-z0-9]))+-?\])*"
)


def unfit(policy: Policy) -> str | None:
    """Return what of a policy the engine can't do, None if nothing."""
    if policy.time_fields != (TIMESTAMP,):
        return "the policy takes the event time from keys of its own"
    return "the policy has too many fields" if len(policy.fields) > _MOST_FIELDS else None


def settings_of(policy: Policy, key: PseudonymKey, opened: Sequence[bool]) -> Settings:
    """Return what holds for a whole run; `opened` tells of each field whether objects in its texts are opened."""
    days = policy.categories[policy.event_category].retention_days or 0
    return Settings(
        secret=key.secret,
        fields=[
            _field(rule, number, is_opened)
            for number, (rule, is_opened) in enumerate(zip(policy.fields, opened, strict=True))
        ],
        stated_time=Times(EARLIEST_MS, LATEST_MS, MS_A_DAY),
        category_days=days,
        one_retention={rule.retention_days for rule in policy.fields} == {days},
        id_domain=EVENT_DOMAIN.encode() + b"\0",
        tag_prefix=f"{TAG}.",
        forged_mark=ord("_"),
        longest_kept=MAX_KEPT_CHARACTERS,
        shortest_person=SHORTEST_PERSON,
        limits=_LIMITS,
        remembered_ids=REMEMBERED_IDS,
    )


def field_outcomes(policy: Policy) -> list[FieldOutcome]:
    """Return the outcome of each field whose value is taken whole, in the order of the fields."""
    return [FieldOutcome(rule.name, rule.treatment) for rule in policy.fields]


def stated_outcome(policy: Policy, outcome: FieldOutcome) -> StatedOutcome:
    """Return what the tag of an outcome is made of."""
    rule = next((rule for rule in policy.fields if rule.name == outcome.field), None)
    tag = tag_of(policy, rule, outcome)
    head, tail = encoded_tag_around_day(tag)
    return StatedOutcome(head, tag.retention_days, tail)


def plain_form(form: str | None) -> str | None:
    """Return a form that every engine of expressions reads alike where the value is ASCII, else None.

    Example:
        >>> plain_form("(?:[0-9a-f]{8}-x)|(?:ON)"), plain_form(r"[[:alpha:]]+"), plain_form(r"[a&&b]")
        ('(?:[0-9a-f]{8}-x)|(?:ON)', None, None)
    """
    return form if form is not None and _PLAIN_FORM.fullmatch(form) else None


def _field(rule: FieldPolicy, number: int, is_opened: bool) -> StatedField:
    return StatedField(
        take=_TAKES[rule.treatment],
        opened=is_opened,
        is_people=rule.treatment in (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP),
        is_account=rule.treatment is Treatment.PSEUDONYMISE and rule.prefix in ACCOUNT_PREFIXES,
        days=None if rule.personal is Personal.NO else rule.retention_days,
        form=plain_form(rule.form) if rule.treatment is Treatment.KEEP else None,
        outcome=number,
    )
