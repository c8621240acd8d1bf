"""Where raw events live outside the output root, and for how long: a part of retention and of its record."""

from dataclasses import asdict, dataclass
from typing import Any

from schemas.policy.document import read_document
from schemas.policy.policy import Policy

_PLACE = ("place", "system", "holds", "kept_days")


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place that holds raw events for `kept_days`: a topic, a consumer's lag, a cluster's folders."""

    place: str
    system: str
    holds: str
    kept_days: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """The places of one deployment, in the order of its file."""

    raw_events: tuple[RawPlace, ...]

    def kept_too_long(self, policy: Policy) -> tuple[RawPlace, ...]:
        """Return the places that keep raw events longer than the policy keeps what it makes of them."""
        days = policy.categories[policy.event_category].retention_days or 0
        return tuple(place for place in self.raw_events if place.kept_days > days)


def load_deployment(text: str, name: str, policy: Policy) -> Deployment:
    """Return the deployment that a YAML text states; `name` is what errors call the text.

    Example:
        >>> from schemas.policy.file import default_policy
        >>> text = "raw_events: [{place: topic a, system: cls, holds: all events, kept_days: 7}]"
        >>> load_deployment(text, "deployment.yaml", default_policy()).raw_events[0].kept_days
        7

    Raises:
        PolicyError: The text is no deployment, or names a system that the policy doesn't; with file, line and key.
    """
    root = read_document(text, name).record(("raw_events",))
    places = []
    for item in root["raw_events"].items():
        entry = item.record(_PLACE)
        system = entry["system"].choice(policy.systems)
        days = entry["kept_days"].days()
        places.append(RawPlace(entry["place"].text(), system, entry["holds"].text(), days))
    return Deployment(tuple(places))


def raw_event_rows(deployment: Deployment, policy: Policy) -> list[dict[str, Any]]:
    """Return what the record of processing says of each place, as values that JSON can hold."""
    too_long = deployment.kept_too_long(policy)
    return [{**asdict(place), "longer_than_the_policy": place in too_long} for place in deployment.raw_events]
