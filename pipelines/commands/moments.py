"""The moment that counts as now, as a person gives it."""

from datetime import UTC, datetime

from schemas.errors import OptionsError

_FIRST_YEAR, _LAST_YEAR = 1970, 8999
"""From the epoch to where every retention still ends within the calendar (year 9999)."""


def moment(now: datetime | None) -> datetime:
    """Return the moment that counts as now, aware and in UTC: the clock's, if none is given.

    Example:
        >>> moment(datetime(2026, 11, 24))
        datetime.datetime(2026, 11, 24, 0, 0, tzinfo=datetime.timezone.utc)

    Raises:
        OptionsError: It lies outside the years that can be reckoned with.
    """
    if now is None:
        return datetime.now(UTC)
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        raise OptionsError(f"a moment is of the years {_FIRST_YEAR} to {_LAST_YEAR}, not of {now.year}")
    return now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
