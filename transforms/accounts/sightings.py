"""Collect, in bounded memory, the accounts that a bundle's events show: one sighting for each account."""

from schemas.accounts import AccountSighting

_LIMIT = 10_000


class SightingCollector:
    """Merges the accounts of events; full or at the end of a bundle it is drained into the vault's upsert."""

    def __init__(self, epoch: str, limit: int = _LIMIT) -> None:
        self._epoch = epoch
        self._limit = limit
        self._seen: dict[tuple[str, str], list[int]] = {}
        self._values: dict[tuple[str, str], tuple[str, str]] = {}

    def see(self, uin: tuple[str, str], username: tuple[str, str], time: int) -> None:
        """Note an event's account: (pseudonym, value) of the UIN and of the user name, empty where absent.

        `time` is the event time in milliseconds since the epoch.
        """
        key = (uin[0], username[0])
        seen = self._seen.get(key)
        if seen is None:
            if key != ("", ""):
                self._seen[key] = [time, time]
                self._values[key] = (uin[1], username[1])
        elif time < seen[0]:
            seen[0] = time
        elif time > seen[1]:
            seen[1] = time

    @property
    def full(self) -> bool:
        """Tell whether it is time to drain."""
        return len(self._seen) >= self._limit

    def drain(self) -> list[AccountSighting]:
        """Return the sightings so far and forget them.

        Example:
            >>> collector = SightingCollector("1")
            >>> collector.see(("uin_1_a", "100"), ("", ""), 7)
            >>> collector.see(("uin_1_a", "100"), ("", ""), 5)
            >>> [(seen.uin_pseudonym, seen.first_seen, seen.last_seen) for seen in collector.drain()]
            [('uin_1_a', 5, 7)]
            >>> collector.drain()
            []
        """
        sightings = [
            AccountSighting(self._epoch, *key, *self._values[key], first_seen=first, last_seen=last)
            for key, (first, last) in self._seen.items()
        ]
        self._seen.clear()
        self._values.clear()
        return sightings
