"""Turn a record that cannot be used into a rejection that holds none of its content."""

from dataclasses import dataclass
from datetime import date, timedelta

from schemas.events import RawRecord, Reason, Rejection, Stage
from transforms.pseudonyms import PseudonymKey, keyed_digest


@dataclass
class Rejecter:
    """Makes the rejections of one run: it knows the run's key and when its rejections expire (ISO date, UTC).

    A stream sets another date when a day has passed.
    """

    key: PseudonymKey
    expires_on: str

    def __call__(self, record: RawRecord, stage: Stage, reason: Reason) -> Rejection:
        """Return the rejection of a record: coordinates, length and the keyed hash of its raw bytes."""
        digest = keyed_digest(self.key.secret, "raw", record.data).hex()[:32] if record.data else ""
        length = len(record.data) if record.length < 0 else record.length
        return Rejection(
            stage, reason, record.source, record.offset, record.line, length, digest, self.expires_on
        )


def rejected_until(run_day: date, retention_days: int) -> str:
    """Return the ISO date from which rejections of a run on this day are to be dropped.

    A rejected record has no event time that could be trusted, and its event can't be later than the run.

    Example:
        >>> rejected_until(date(2026, 11, 24), 180)
        '2027-05-23'
    """
    return (run_day + timedelta(days=retention_days)).isoformat()
