"""Write redacted events into MySQL, once each however often a bundle is repeated."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

import apache_beam as beam
import orjson
from apache_beam.pvalue import PCollection
from sqlalchemy import Connection

from pipelines.database.database import Database
from pipelines.mysql.table import (
    DEFAULT_TABLE,
    account_fields,
    ensure_partitions,
    event_table,
    partition_name,
)
from schemas.errors import DatabaseError, OptionsError
from schemas.events import Tag, TaggedEvent
from schemas.policy.policy import Policy
from transforms.batches.display import Shown, shown_policy
from transforms.batches.metrics import Meter
from transforms.batches.steps import SinkFn
from transforms.pseudonyms import PSEUDONYM
from transforms.tag import MS_A_DAY, iso_day

Values = tuple[Any, ...]

_NO_SUCH_PARTITION = 1735


class EventWriter:
    """Inserts batches of events, each into the partition of its day; a repeated event changes nothing."""

    def __init__(self, database: Database, table: str, policy: Policy) -> None:
        self._database = database
        self._name = table
        self._policy = policy
        self._row = compile_row(policy)
        self._mentions = compile_mentions(policy)
        columns = [column.name for column in event_table(table, policy).columns]
        self._columns = ", ".join(f"`{name}`" for name in columns)
        self._marks = ", ".join(["%s"] * len(columns))
        self._days: set[date] = set()

    def write(self, events: Sequence[TaggedEvent]) -> None:
        """Insert a batch in one transaction.

        Raises:
            VaultError: The database refused.
        """
        days = sorted({date.fromisoformat(day) for day in {event.expires_on for event in events}})
        rows = sorted((self._row(event) for event in events), key=itemgetter(0, 1))
        mentions = sorted(mention for event in events for mention in self._mentions(event))
        self._ensure(days)
        try:
            self._database.run(lambda connection: self._insert(connection, days, rows, mentions))
        except DatabaseError as error:
            if error.code != _NO_SUCH_PARTITION:
                raise
            self._days = set()
            self._ensure(days)
            self._database.run(lambda connection: self._insert(connection, days, rows, mentions))

    def _ensure(self, days: Collection[date]) -> None:
        """Make the partitions that are not known to be there."""
        if not self._days.issuperset(days):
            self._days = ensure_partitions(self._database, self._name, self._policy, days)

    def _insert(
        self,
        connection: Connection,
        days: Sequence[date],
        rows: Sequence[Values],
        mentions: Sequence[Values],
    ) -> None:
        # Named, so that rows of a day that was dropped meanwhile are refused, not kept with the next day's.
        partitions = ", ".join(map(partition_name, days))
        connection.exec_driver_sql(
            f"INSERT INTO `{self._name}` PARTITION ({partitions}) ({self._columns}) "
            f"VALUES ({self._marks}) ON DUPLICATE KEY UPDATE event_id = event_id",
            list(rows),
        )
        if mentions:
            connection.exec_driver_sql(
                f"INSERT INTO `{self._name}_mentions` (pseudonym, expires_on, event_id) "
                "VALUES (%s, %s, %s) ON DUPLICATE KEY UPDATE event_id = event_id",
                list(mentions),
            )


def compile_row(policy: Policy) -> Callable[[TaggedEvent], Values]:
    """Return the function from an event to its row, in the order of the table's columns."""
    names = [rule.name for rule in policy.fields]
    tag_json = lru_cache(maxsize=65536)(_tag_json)

    def row(tagged: TaggedEvent) -> Values:
        event = tagged.event
        values = event.values
        event_day = event.event_time // MS_A_DAY
        return (
            tagged.expires_on,
            event.event_id,
            event.event_time,
            tagged.expires_at,
            tagged.policy_version,
            tagged.key_epoch,
            event.source,
            *[None if (value := values.get(name)) is None else _sendable(value) for name in names],
            orjson.dumps({name: _sendable(text) for name, text in event.others.items()}).decode(),
            f"[{','.join([tag_json(tag, event_day) for tag in tagged.tags])}]",
        )

    return row


def compile_mentions(policy: Policy) -> Callable[[TaggedEvent], Iterator[Values]]:
    """Return the function from an event to the pseudonyms that its texts hold beside its own account's."""
    own = [rule.name for rule in account_fields(policy.fields)]
    starts = tuple(f"{rule.prefix}_" for rule in account_fields(policy.fields))

    def mentions(tagged: TaggedEvent) -> Iterator[Values]:
        event = tagged.event
        found: set[str] = set()
        for text in (*event.values.values(), *event.others.values()):
            if any(start in text for start in starts):
                found.update(PSEUDONYM.findall(text))
        for pseudonym in found.difference([event.values.get(name) for name in own]):
            if pseudonym.startswith(starts):
                yield pseudonym, tagged.expires_on, event.event_id

    return mentions


def _sendable(text: str) -> str:
    """Return a text without lone surrogates, which UTF-8 has no form for."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _tag_json(tag: Tag, event_day: int) -> str:
    stated = {
        "field": tag.field,
        "category": tag.category,
        "purpose": tag.purpose,
        "legal_basis": tag.legal_basis,
        "treatment": tag.treatment,
        "expires_on": iso_day(event_day + tag.retention_days),
        "detected": tag.detected,
    }
    return orjson.dumps(stated).decode()


class _WriteEventsFn(SinkFn):
    def __init__(self, database: Database, table: str, policy: Policy, batch_size: int) -> None:
        self._database = database
        self._table = table
        self._policy = policy
        self._batch_size = batch_size
        self._batch: list[TaggedEvent] = []
        self._meter = Meter("WriteEventsToMySql")

    def setup(self) -> None:
        self._writer = EventWriter(self._database, self._table, self._policy)

    def start_bundle(self) -> None:
        self._batch = []

    def teardown(self) -> None:
        self._database.close()

    def take(self, events: Sequence[TaggedEvent]) -> None:
        self._meter.count(taken=len(events), given=0)
        self._batch.extend(events)
        while len(self._batch) >= self._batch_size:
            self.flush()

    def flush(self) -> None:
        events, self._batch = self._batch[: self._batch_size], self._batch[self._batch_size :]
        if events:
            self._writer.write(events)
            self._meter.count(taken=0, given=len(events))


@beam.typehints.with_input_types(TaggedEvent)
@dataclass
class WriteEventsToMySql(beam.PTransform[Any, Any]):
    """Write redacted events into a table with one partition a day of expiry.

    *Input*: `TaggedEvent`. *Output*: none. *Bounded/unbounded*: both. *Windowing*: kept.
    *Rejects*: nothing. *Guarantee*: an event is in the table once, however often its bundle is repeated.
    """

    database: Database
    policy: Policy
    table: str = DEFAULT_TABLE
    batch_size: int = 2_000

    def __post_init__(self) -> None:
        """Refuse what is no table of a MySQL server.

        Raises:
            OptionsError: The URL or the table's name is wrong.
        """
        event_table(self.table, self.policy)
        if not self.database.is_mysql:
            raise OptionsError("events are written to a server of the MySQL protocol only: mysql+pymysql://…")

    def display_data(self) -> Shown:
        """Return what a runner's page may show."""
        return {**shown_policy(self.policy), "table": self.table, "batch_size": self.batch_size}

    def expand(self, events: PCollection[TaggedEvent]) -> PCollection[None]:
        """Apply the writing."""
        return events | "InsertEvents" >> beam.ParDo(self.writer())

    def writer(self) -> beam.DoFn:
        """Return what writes, for a step that must know when it has written."""
        return _WriteEventsFn(self.database, self.table, self.policy, self.batch_size)
