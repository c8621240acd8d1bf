"""Let sightings go on the day on which the last log line that shows their account goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, func, select

from pipelines.database.database import Database
from pipelines.vault.tables import sightings
from schemas.accounts import DAY_MS
from schemas.retention_plan import PlannedTable


@dataclass(frozen=True)
class SightingTable:
    """The sightings of a vault, each of which may be kept for some days after its account was seen last."""

    database: Database
    days: int

    @property
    def name(self) -> str:
        """Return the name by which plans and receipts call it."""
        return f"{self.database.name}/{sightings.name}"

    def due(self, as_of: date) -> list[PlannedTable]:
        """Return the sightings that may go on a date (UTC), by date of expiry; bytes are what is encrypted.

        Raises:
            VaultError: The database refused.
        """
        day, length = sightings.c.last_seen // DAY_MS, func.length
        size = func.coalesce(length(sightings.c.uin), 0) + func.coalesce(length(sightings.c.username), 0)
        query = (
            select(day, func.count(), func.sum(size))
            .where(sightings.c.last_seen < self._first_ms(as_of + timedelta(1)))
            .group_by(day)
            .order_by(day)
        )
        rows = self.database.run(lambda connection: connection.execute(query).all())
        return [
            PlannedTable(
                self.name,
                f"last seen {_date(int(last))}",
                str(_date(int(last) + self.days)),
                count,
                int(sum_),
            )
            for last, count, sum_ in rows
        ]

    def drop(self, days: Iterable[date], as_of: date) -> None:
        """Delete the sightings that expire on the given dates; an account that was seen again since stays.

        Raises:
            VaultError: The database refused.
        """
        bounds = [(self._first_ms(day), self._first_ms(day + timedelta(1))) for day in days]

        def delete(connection: Connection) -> None:
            for first, following in bounds:
                of_day = (sightings.c.last_seen >= first) & (sightings.c.last_seen < following)
                connection.execute(sightings.delete().where(of_day))

        self.database.run(delete)

    def _first_ms(self, expires_on: date) -> int:
        """Return the first moment whose sightings expire on a date, in milliseconds since the epoch."""
        midnight = datetime(expires_on.year, expires_on.month, expires_on.day, tzinfo=UTC)
        return int(midnight.timestamp()) * 1000 - self.days * DAY_MS


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(day)
