"""An event's own people: what its fields say of whom, which its texts are searched for."""

import re
from collections.abc import Sequence

from schemas.events import ClassifiedEvent
from schemas.policy.policy import Policy, Treatment
from transforms.detect import Known
from transforms.detect.own import literal_of

SHORTEST_PERSON = 4
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f]")


def holds_a_person(value: str, known: Sequence[Known]) -> bool:
    """Tell whether a value that is kept names one of an event's people, short names apart."""
    lower = literal_of(value)
    for person in known:
        if person.literal in lower and len(person.literal) >= SHORTEST_PERSON:
            return True
    return False


def entities_of(policy: Policy) -> dict[str, str]:
    """Return the kind of personal data that each field holds whose values are the event's own people."""
    return {
        rule.name: rule.entity or rule.name.upper()
        for rule in policy.fields
        if rule.treatment in (Treatment.PSEUDONYMISE, Treatment.TRUNCATE_IP)
    }


def hidden_people(event: ClassifiedEvent) -> list[Known]:
    """Return the people of an event whom no field holds: a token of their kind stands for them in its texts."""
    found = (known_person(value, f"<{kind}>", kind) for kind, value in event.hidden)
    return [person for person in found if person is not None]


def known_person(value: str, treated: str, kind: str) -> Known | None:
    """Return what is searched for in an event's texts because one of its fields held it; None if nothing is."""
    person = _CONTROL.sub("", value).strip()
    return Known(person, treated, kind) if person and treated != value else None
