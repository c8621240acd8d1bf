"""Keep erased accounts out of what is written: they are known by the keyed hash of their pseudonyms alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from schemas.accounts import ErasedMark, ErasureTarget
from schemas.events import RedactedEvent
from transforms.accounts.erasure import RecordEraser, join_local_parts
from transforms.pseudonyms import PseudonymKey, keyed_digest, pseudonym

ERASED_ON_ARRIVAL = "erased_on_arrival"
_CACHED_TOKENS = 65_536

Marks = Mapping[str, Sequence[ErasedMark]]
"""What was erased, by the keyed hash of the pseudonym."""

MakePseudonym = Callable[[str, str, str], str]


def erasure_digest(key: PseudonymKey, pseudonym: str) -> str:
    """Return the keyed hash by which an erased pseudonym is remembered, 64 hex digits."""
    return keyed_digest(key.secret, "erased", pseudonym.encode()).hex()


def joined_marks(of_root: Marks, of_vault: Marks) -> dict[str, tuple[ErasedMark, ...]]:
    """Return all marks; where the vault knows that an account lives again, its mark stands alone.

    Example:
        >>> old, new = ErasedMark("d", 0, None), ErasedMark("d", 0, 7, revived=True)
        >>> joined_marks({"d": [old]}, {"d": [new]}), len(joined_marks({"d": [old]}, {"d": [old]})["d"])
        ({'d': (ErasedMark(digest='d', since=0, until=7, revived=True),)}, 2)
    """
    joined = {digest: tuple(marks) for digest, marks in of_root.items()}
    for digest, marks in of_vault.items():
        alone = any(mark.revived for mark in marks)
        joined[digest] = tuple(marks) if alone else (*joined.get(digest, ()), *marks)
    return joined


@dataclass(frozen=True)
class ErasedAccounts:
    """What was erased, and the living keys under which it can be recognised."""

    marks: Marks
    keys: tuple[PseudonymKey, ...]

    def eraser(self) -> "MarkedEraser":
        """Return what finds erased accounts in written records."""
        return MarkedEraser(self)

    def watch(self) -> "ErasedWatch":
        """Return what keeps erased accounts out of events that are being redacted."""
        return ErasedWatch(self)

    def found(self, epoch: str, pseudonym: str) -> Sequence[ErasedMark]:
        """Return what was erased of a pseudonym of an epoch; nothing where the key of the epoch is not here."""
        key = next((key for key in self.keys if key.epoch == epoch), None)
        return () if key is None else self.marks.get(erasure_digest(key, pseudonym), ())


class MarkedEraser(RecordEraser):
    """Erases what the marks know from written records."""

    def __init__(self, erased: ErasedAccounts) -> None:
        """Know no pseudonym: each one that is met is looked up by its hash."""
        super().__init__()
        self._erased = erased
        self._looked_up = lru_cache(maxsize=_CACHED_TOKENS)(self._look_up)

    def targets_of(self, pseudonym: str) -> Sequence[ErasureTarget]:
        """Return when a pseudonym must go."""
        return self._looked_up(pseudonym)

    def _look_up(self, pseudonym: str) -> tuple[ErasureTarget, ...]:
        marks = self._erased.found(pseudonym.split("_")[1], pseudonym)
        return tuple(ErasureTarget(pseudonym, "", mark.since, mark.until) for mark in marks)


class ErasedWatch:
    """Knows of each pseudonym that is made whether it is an erased account's, under whichever key that was erased."""

    def __init__(self, erased: ErasedAccounts) -> None:
        """Watch with the keys that live."""
        self._erased = erased
        self._eraser = RecordEraser()
        self._any = False

    def watching(self, make: MakePseudonym) -> MakePseudonym:
        """Return what makes pseudonyms, and notes those that must not be written."""

        def watched(prefix: str, domain: str, value: str) -> str:
            token = make(prefix, domain, value)
            for key in self._erased.keys:
                for mark in self._erased.found(key.epoch, pseudonym(key, prefix, domain, value)):
                    self._eraser.add(ErasureTarget(token, domain, mark.since, mark.until))
                    self._any = True
            return token

        return lru_cache(maxsize=_CACHED_TOKENS)(watched)

    def names_erased(self, text: str) -> bool:
        """Tell whether a text that was made by now holds a pseudonym that at some time must not be written."""
        return self._any and self._eraser.names(text)

    def without_erased(self, event: RedactedEvent) -> RedactedEvent | None:
        """Return an event without the erased accounts that it names, or None where it is of such an account."""
        if not self._any:
            return event
        time = event.event_time
        if self._eraser.owns(event.values, event.others, time):
            return None
        values, others = self._cleaned(event.values, time), self._cleaned(event.others, time)
        join_local_parts(values, others)
        if values == event.values and others == event.others:
            return event
        return replace(event, values=values, others=others)

    def _cleaned(self, values: Mapping[str, str], time: int) -> dict[str, str]:
        return {name: self._eraser.erase_text(value, time) for name, value in values.items()}
