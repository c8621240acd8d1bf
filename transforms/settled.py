"""What becomes of the values of a field that are taken whole, and whom they name: remembered by value."""

from collections.abc import Callable

from schemas.events import FieldOutcome
from schemas.policy.policy import Treatment
from transforms.batches.remembered import Remembered
from transforms.detect import Known
from transforms.event_people import known_person
from transforms.treatments import Treat

_CACHED_VALUES = 16_384
_CACHED_KEPT = 4096  # kept values are few words or, as request ids are, new in each event

Settled = tuple[str, FieldOutcome, Known | None, tuple[Known, ...]]
"""What became of a value that was taken whole, its outcome, whom it names, and the accounts that are parts of it."""


def settled_values(
    outcome: FieldOutcome, treat: Treat, kind: str | None, read_parts: Callable[[str], tuple[Known, ...]]
) -> Remembered[Settled | None]:
    """Return what becomes of one field's values, None of one without its form; `kind` is that of its people."""

    def settle(value: str) -> Settled | None:
        text = treat(value)
        if text is None:
            return None
        person = None if kind is None else known_person(value, text, kind)
        is_account = person is not None and outcome.treatment is Treatment.PSEUDONYMISE
        return text, outcome, person, read_parts(value) if is_account else ()

    return Remembered(settle, _CACHED_KEPT if kind is None else _CACHED_VALUES)
