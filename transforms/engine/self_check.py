"""Let engine and plain steps work on the same few events, made from the policy, before a run relies on the engine."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from schemas.events import RawRecord, Source
from schemas.identities import Identity
from schemas.policy.policy import FieldPolicy, Policy, Treatment
from transforms.batches.steps import Outcome
from transforms.tag import MS_A_DAY

if TYPE_CHECKING:
    from transforms.engine.step import EngineWork

UNEQUAL = "engine/unequal"
"""Counts batches that the plain steps did because the engine failed its self-check; no count of a ledger."""

_NUMBERS, _NAMES = ("100012345678", "7"), ("lin.qiao", "root")
_ADDRESSES = ("203.0.113.77", "2001:db8:1:2::7", "n/a")
_TEXTS = (
    "Failed password for {name} from {address} port 22",
    'user="{name}" said: "1\t2 \u00e9\u7528\u6237" mail a.smith@example.com',
    "job of {number} done",
    "nothing here",
)
_URLS = ("https://example.com/a/b?user={name}&page=2", "https://{address}:8443/login", "not a url")
_OTHERS = {"name": "anna.kovacs", "number": "100098765432", "address": "198.51.100.9"}
_KEPT = ("SUCCESS", "2f9c1a7e-1111-4222-8333-123456789abc", "a value of many words")


def agrees(work: "EngineWork", body: Any) -> bool:
    """Tell whether both make the same records, counts and rejections of the events of a policy."""
    records = list(check_records(body.policy, body.now_ms))
    work.uses_engine = False
    plainly = _seen(work(records))
    del plainly[2][UNEQUAL]
    work.uses_engine = True
    natively = [_seen(work(records)), _seen(work(records))]  # the second time all texts are remembered
    work.start_bundle()
    return natively == [plainly, plainly]


def _seen(outcome: Outcome) -> tuple[Any, ...]:
    return [dict(one.partitions) for one in outcome.kept], outcome.rejections, outcome.counts


def check_records(policy: Policy, now_ms: int) -> Iterator[RawRecord]:
    """Yield records that hold each field of a policy, in plain and in odd forms."""
    source = Source("self-check", "0" * 64)
    lines = [orjson.dumps(event) for event in _events(policy, now_ms)]
    lines += [
        lines[0][:-1] + b"," + lines[0][1:],
        lines[0].replace(b":", b" :\t"),
        lines[0][:-1],
        b"",
        b"[1]",
    ]
    return (RawRecord(line, source, number * 1000, number) for number, line in enumerate(lines, 1))


def _events(policy: Policy, now_ms: int) -> Iterator[dict[str, Any]]:
    for turn in range(6):
        said = {
            "name": _turn(_NAMES, turn),
            "number": _turn(_NUMBERS, turn),
            "address": _ADDRESSES[turn % 6 // 2],
        }
        event: dict[str, Any] = {
            "__TIMESTAMP__": now_ms - (turn % 5) * 50 * MS_A_DAY,
            "__TAG__": {"region": "ap-guangzhou", "pod": "a"},
            "retry.count": turn,
            f"quota_{said['name']}": True,
        }
        for place, rule in enumerate(policy.fields):
            aliases = [alias for alias in rule.aliases if not alias.startswith("__")]
            key = _turn((rule.name, rule.label, *aliases), turn)
            event[key] = _value(rule, turn + place, said, said if turn % 2 else _OTHERS)
            if turn == 0 and rule.treatment is Treatment.REDACT_TEXT:
                event[key] = f"request from 198.51.100.{place} took 7 ms"  # no name that several texts have
        yield event


def _value(rule: FieldPolicy, turn: int, said: dict[str, str], named: dict[str, str]) -> str:
    """Return a value of a field; a text names the event's own people, or others."""
    match rule.treatment:
        case Treatment.PSEUDONYMISE:
            return said["number"] if rule.identity is Identity.NUMBER else said["name"]
        case Treatment.TRUNCATE_IP:
            return said["address"]
        case Treatment.KEEP:
            return _turn(_KEPT, turn)
        case Treatment.REDACT_URL:
            return _turn(_URLS, turn).format(**named)
        case Treatment.REDACT_TEXT | Treatment.DROP:
            return _turn(_TEXTS, turn).format(**named)


def _turn(values: Sequence[str], turn: int) -> str:
    return values[turn % len(values)]
