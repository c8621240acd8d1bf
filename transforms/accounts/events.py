"""Account life-cycle events: reading one, and adding an account's events up whatever order they came in."""

import codecs
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from schemas.accounts import (
    DAY_MS,
    AccountEvent,
    AccountEventKind,
    AccountFault,
    AccountLife,
    AccountState,
)
from schemas.identities import Identity, is_one_account
from transforms.parsing.event_time import value_time_ms

MAX_ID_LENGTH = 256
MAX_ACCOUNT_BYTES = 512
FUTURE_SKEW_MS = DAY_MS
EARLIEST_ACCOUNT_MS = 1_262_304_000_000  # 2010-01-01: no account of the platform is older
_RANK = {kind: rank for rank, kind in enumerate(AccountEventKind)}
_KINDS = {kind.value: kind for kind in AccountEventKind}
_ENDS = (AccountEventKind.TERMINATED, AccountEventKind.DELETED)
_REVIVES = (AccountEventKind.CREATED, AccountEventKind.RESTORED)


def parse_account_event(line: bytes, now_ms: int) -> AccountEvent | AccountFault:
    """Return the event of one JSON line, or why it cannot be used.

    The line holds `id`, `type` (its last dotted part is the kind, as in `ciam.account.terminated`), `time` (as the
    times of log events: RFC 3339, seconds, milliseconds) and `account` with `uin` and, where known, `username`; both
    may also stand at top level. A time before 2010 is refused, as it would erase at once, and so is one more than a day
    after `now_ms`, as it would delay a deadline.

    Example:
        >>> line = b'{"id": "e1", "type": "terminated", "time": "2026-11-24T00:00:00Z", "uin": 100}'
        >>> event = parse_account_event(line, 1795651200000)
        >>> event.kind.value, event.time, event.uin
        ('terminated', 1795478400000, '100')
        >>> parse_account_event(b'{"id": "e1"', 0).value
        'not_json'
    """
    try:
        document = orjson.loads(line.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return AccountFault.NOT_JSON
    if not isinstance(document, dict):
        return AccountFault.NOT_AN_OBJECT
    identifier = _text(document.get("id"))
    kind = _KINDS.get(str(document.get("type", "")).rpartition(".")[2].casefold())
    time = value_time_ms(document.get("time"))
    if not identifier or kind is None:
        return AccountFault.UNKNOWN_KIND if identifier else AccountFault.MISSING_ID
    if time is None or time < EARLIEST_ACCOUNT_MS:
        return AccountFault.BAD_TIME
    if time > now_ms + FUTURE_SKEW_MS:
        return AccountFault.FUTURE_TIME
    return _with_account(identifier, kind, time, document)


def _with_account(
    identifier: str, kind: AccountEventKind, time: int, document: Mapping[str, Any]
) -> AccountEvent | AccountFault:
    """Return the event with the account that the document names."""
    account = document.get("account", document)
    if not isinstance(account, dict):
        return AccountFault.MISSING_ACCOUNT
    uin, username = _text(account.get("uin")), _text(account.get("username"))
    if not is_one_account(uin, Identity.NUMBER):
        return AccountFault.UNSURE_ACCOUNT if uin.strip() else AccountFault.MISSING_ACCOUNT
    if len(identifier) > MAX_ID_LENGTH or not (fits(uin) and fits(username)):
        return AccountFault.TOO_LONG
    return AccountEvent(identifier, kind, time, uin, username or None)


def fits(value: str) -> bool:
    """Tell whether a UIN or user name is short enough for the vault.

    Example:
        >>> fits("lin"), fits("林" * 171)
        (True, False)
    """
    return len(value.encode("utf-8", "surrogatepass")) <= MAX_ACCOUNT_BYTES


def life_of(steps: Iterable[tuple[AccountEventKind, int]], erase_within_days: int) -> AccountLife:
    """Return what an account's events add up to, read by time whatever order they came in.

    Of several terminations in a row the first starts the clock. Only a restoration or creation stops it.

    Example:
        >>> kind = AccountEventKind
        >>> life = life_of([(kind.DELETED, 20), (kind.CREATED, 0), (kind.TERMINATED, 10)], 30)
        >>> life.state.value, life.terminated_at, life.erase_by
        ('terminated', 10, 2592000010)
        >>> life_of([(kind.RESTORED, 11), (kind.TERMINATED, 10)], 30).state.value
        'active'
    """
    state, terminated_at = AccountState.ACTIVE, None
    for kind, time in sorted(steps, key=lambda step: (step[1], _RANK[step[0]])):
        if kind in _REVIVES:
            state, terminated_at = AccountState.ACTIVE, None
        elif state is AccountState.TERMINATED:
            continue
        elif kind in _ENDS:
            state, terminated_at = AccountState.TERMINATED, time
        elif kind is AccountEventKind.SUSPENDED:
            state = AccountState.SUSPENDED
    if terminated_at is None:
        return AccountLife(state)
    return AccountLife(state, terminated_at, terminated_at + erase_within_days * DAY_MS)


def revives(kind: AccountEventKind) -> bool:
    """Tell whether an event gives an erased account a new life.

    Example:
        >>> revives(AccountEventKind.RESTORED), revives(AccountEventKind.UPDATED)
        (True, False)
    """
    return kind in _REVIVES


def may_be_erased_from(erase_by: int) -> int:
    """Return the moment from which an account may go: 00:00 UTC of the day of its deadline, as partitions do.

    Example:
        >>> may_be_erased_from(3 * DAY_MS + 5)
        259200000
    """
    return erase_by - erase_by % DAY_MS


def _text(value: Any) -> str:
    """Return a string, or a number as one; anything else is empty."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
