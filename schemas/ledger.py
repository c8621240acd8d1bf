"""The ledger of a run: what was read, what became of each record, and where the written records stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from schemas.errors import LedgerError
from schemas.events import Counts
from schemas.stated import (
    DIGEST,
    FILE,
    INPUT,
    PASSED_OVER,
    RUN_ID,
    SKIPPED,
    checked,
    checked_counts,
    has_form,
    is_moment,
    is_text,
)

PYTHON = "python"
"""What made the records where the event engine did not."""

LEDGER_VERSION = 1
REJECTED_CATEGORY = "rejected"
COMMIT_KEY = "commit"
"""Where a ledger's file says how its run was committed; it is no part of the ledger."""


@dataclass(frozen=True, slots=True)
class LedgerInput:
    """One input of a run: safe name, size of its file in bytes, SHA-256 of its content in hex, format, and the parts it
    was read in; how its text was encoded, and how it was packed, from outside in.

    `place` is a keyed hash of its path. Of an input whose content was read under another path too, `checksum` is the
    SHA-256 of content and place, and `content` that of the content.
    """

    name: str
    bytes: int
    checksum: str
    format: str
    parts: int = 1
    place: str = ""
    content: str = ""
    encoding: str = "utf-8"
    packing: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that was named and not read: safe name, SHA-256, the safe name of the input that it is the same as.

    `same_place` says that it is that very file, and no other of equal content.
    """

    name: str
    checksum: str
    same_as: str
    same_place: bool


@dataclass(frozen=True, slots=True)
class LedgerSkipped:
    """An input that was set aside because it could not be read: safe name, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """One file of a run: partition relative to the root, name, records, size in bytes and SHA-256 in hex."""

    partition: str
    name: str
    records: int
    bytes: int
    checksum: str

    @property
    def path(self) -> str:
        """Return the path relative to the root."""
        return str(PurePosixPath(self.partition, self.name))

    @property
    def input_prefix(self) -> str:
        """Return the start of the checksum of the input that the file was made from.

        Example:
            >>> LedgerFile("category=x", "part-0123456789abcdef-00000.avro", 1, 2, "").input_prefix
            '0123456789abcdef'
        """
        return self.name.split("-")[1]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A complete file in the staging folder and where it belongs.

    `partition` is relative to the output root; `temp` is the name in the staging folder, unique to this
    attempt; `final` is the name in the partition, equal in every attempt; `sha256` is in hex.
    """

    partition: str
    temp: str
    final: str
    records: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Ledger:
    """What one run did.

    `now`, `started` and `ended` are ISO 8601 times in UTC; `replaces` maps the checksum of an input that had
    been committed before to the run whose files this one took the place of; `forced` is the reason of a person who
    let the run's moment be far ahead of the clock; `skipped` are the inputs that were set aside; `timezone` is that of
    times without an offset; `key_fingerprint` tells the key from any other of its epoch, `allow_digest` the allow list
    that was given beside the policy, `known_accounts` number and digest of the table of them; `engine` is what made the
    records, `python` or `native` with its version.
    """

    run_id: str
    inputs: tuple[LedgerInput, ...]
    counts: Counts
    policy_version: str
    policy_digest: str
    key_epoch: str
    now: str
    started: str
    ended: str
    wall_seconds: float
    runner: str
    versions: Mapping[str, str] = field(default_factory=dict)
    files: tuple[LedgerFile, ...] = ()
    replaces: Mapping[str, str] = field(default_factory=dict)
    passed_over: tuple[PassedOver, ...] = ()
    forced: str | None = None
    skipped: tuple[LedgerSkipped, ...] = ()
    timezone: str = "UTC"
    key_fingerprint: str = ""
    allow_digest: str = ""
    known_accounts: str = ""
    engine: str = PYTHON

    def with_files(self, files: Iterable[LedgerFile], replaces: Mapping[str, str] | None = None) -> "Ledger":
        """Return the ledger with the files that hold its records."""
        return replace(self, files=tuple(files), replaces=dict(replaces or {}))

    def balance(self) -> None:
        """Check that every record read is accounted for once, and that the files hold what was counted.

        Raises:
            LedgerError: The counts don't add up.
        """
        check_balance(self.counts, self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the ledger as JSON values, with the counts in order of their names."""
        return {"version": LEDGER_VERSION, **asdict(self), "counts": dict(sorted(self.counts.items()))}

    @classmethod
    def from_json(cls, content: Any) -> "Ledger":
        """Return the ledger that JSON values hold.

        Raises:
            LedgerError: They are not a ledger of this version.
        """
        values = of_version(content, "ledger", LEDGER_VERSION)
        try:
            values["inputs"] = tuple(LedgerInput(**checked(item, INPUT)) for item in values["inputs"])
            skipped = values.get("skipped", ())
            values["skipped"] = tuple(LedgerSkipped(**checked(item, SKIPPED)) for item in skipped)
            values["files"] = stated_files(values["files"])
            values["passed_over"] = tuple(
                PassedOver(**checked(item, PASSED_OVER)) for item in values.get("passed_over", ())
            )
            values["counts"] = Counter(checked_counts(values["counts"]))
            return cls(**checked(values, _FORMS))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError("the ledger lacks a key, or holds one that is not known") from error


_FORMS: dict[str, Callable[[Any], bool]] = {
    "run_id": has_form(RUN_ID),
    **dict.fromkeys(
        (
            "policy_version",
            "policy_digest",
            "allow_digest",
            "known_accounts",
            "key_epoch",
            "key_fingerprint",
            "runner",
            "timezone",
            "engine",
        ),
        is_text,
    ),
    **dict.fromkeys(("now", "started", "ended"), is_moment),
    "replaces": lambda value: (
        all(map(has_form(DIGEST), value)) and all(map(has_form(RUN_ID), value.values()))
    ),
}


def stated_files(items: Iterable[Mapping[str, Any]]) -> tuple[LedgerFile, ...]:
    """Return the files that a record names.

    Raises:
        TypeError: One of them lacks a value, or has one that is not known.
        ValueError: A value has not its form, such as a path that leads out of the root.
    """
    return tuple(LedgerFile(**checked(item, FILE)) for item in items)


def of_version(content: Any, kind: str, version: int) -> dict[str, Any]:
    """Return what JSON values hold beside their version and how they were committed.

    Raises:
        LedgerError: They are not of this version.

    Example:
        >>> of_version({"version": 2, "lanes": 4}, "dealing", 2)
        {'lanes': 4}
    """
    if not isinstance(content, dict) or content.get("version") != version:
        raise LedgerError(f"this is not a {kind} of version {version}")
    return {name: value for name, value in content.items() if name not in ("version", COMMIT_KEY)}


def total(counts: Mapping[str, int], prefix: str) -> int:
    """Return the sum of the counts whose names start with a prefix.

    Example:
        >>> total({"rejected/not_json": 2, "rejected/too_long": 1, "read": 9}, "rejected/")
        3
    """
    return sum(number for name, number in counts.items() if name.startswith(prefix))


def check_balance(counts: Mapping[str, int], files: Iterable[LedgerFile]) -> None:
    """Check that every record read is accounted for once, and that the files hold what was counted.

    Example:
        >>> check_balance({"read": 2, "expired_on_arrival": 1, "duplicates_dropped": 1}, [])
        >>> check_balance({"read": 2}, [])
        Traceback (most recent call last):
        ...
        schemas.errors.LedgerError: the run doesn't balance: 2 read, 0 accounted for (0 written, 0 rejected, \
0 expired on arrival, 0 erased on arrival, 0 duplicates dropped)

    Raises:
        LedgerError: The counts don't add up, or one of them is negative.
    """
    negative = sorted(name for name, number in counts.items() if number < 0)
    if negative:
        raise LedgerError(f"the run doesn't balance: {negative[0]} is negative")
    read, written = counts.get("read", 0), counts.get("written", 0)
    rejected = total(counts, "rejected/")
    expired, dropped = counts.get("expired_on_arrival", 0), counts.get("duplicates_dropped", 0)
    erased = counts.get("erased_on_arrival", 0)
    accounted = written + rejected + expired + erased + dropped
    if read != accounted:
        raise LedgerError(
            f"the run doesn't balance: {read} read, {accounted} accounted for ({written} written,"
            f" {rejected} rejected, {expired} expired on arrival, {erased} erased on arrival,"
            f" {dropped} duplicates dropped)"
        )
    _check_files(written, rejected, files)


def _check_files(written: int, rejected: int, files: Iterable[LedgerFile]) -> None:
    held: Counter[bool] = Counter()
    for file in files:
        held[file.partition.startswith(f"category={REJECTED_CATEGORY}/")] += file.records
    if held[False] != written or held[True] != rejected:
        raise LedgerError(
            f"the run doesn't balance: {written} written and {rejected} rejected,"
            f" but the files hold {held[False]} and {held[True]}"
        )
