"""Tell the newest time that a root has seen: a witness of the time beside the clock of this machine."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from pipelines.root.layout import PLANS, RECEIPTS
from pipelines.root.ledger_files import ledger_paths, read_ledger
from pipelines.root.receipts import read_receipt
from pipelines.root.segment_files import all_lanes, last_sequence, read_segment
from schemas.errors import LedgerError, RetentionError
from transforms.checks.clock import MAX_LEAP


def newest_time(root: Path, step: timedelta = MAX_LEAP) -> datetime | None:
    """Return when the root was last worked on, by its ledgers, segments, receipts and plans; None if it never was.

    A run counts by the clock at its end, whatever counted as now. Plans of expiry carry the time on while nothing else
    happens, each by at most a `step`: a clock that leapt before an empty plan, which nothing guards, is no witness.
    """
    newest = max(_times_of_deeds(root), default=None)
    for planned in sorted(_times_of_plans(root)):
        if newest is not None and newest < planned <= newest + step:
            newest = planned
    return newest


def _times_of_deeds(root: Path) -> Iterator[datetime]:
    for path in ledger_paths(root):
        with suppress(LedgerError, OSError, ValueError):
            yield _aware(read_ledger(path).ended)
    with suppress(LedgerError, OSError, ValueError):
        for lane in all_lanes(root):
            last = last_sequence(lane)
            if last:
                yield _aware(read_segment(lane, last)[0].ended)
    for folder in (root / RECEIPTS).glob("[0-9]*"):
        with suppress(RetentionError, OSError, ValueError):
            yield _aware(read_receipt(folder).at)


def _times_of_plans(root: Path) -> Iterator[datetime]:
    for path in (root / PLANS).glob("[!.]*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            yield _aware(orjson.loads(path.read_bytes())["made_at"])


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
