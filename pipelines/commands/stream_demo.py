"""`logveil stream --local-demo`: sample events go through a topic in this process, and partitions grow."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from pipelines.commands.printable import printable
from pipelines.commands.sample_events import sample_lines
from pipelines.commands.terminal import console
from pipelines.root.partition_folders import list_partitions
from pipelines.sources.memory_topic import MemoryTopic
from pipelines.streams.job import StreamJob, deal_topic
from pipelines.streams.micro_batches import Progress, run_micro_batches
from schemas.errors import InputError
from transforms.engine.choice import EngineChoice
from transforms.redact_logs import RedactLogEvents

TURNS = 5
_PARTITIONS = 4
_LANES = 2
_MOST_SECONDS_A_TURN = 2.0


def show_demo(
    root: Path, body: RedactLogEvents, files: Sequence[str], roll_seconds: float, engine: EngineChoice
) -> None:
    """Feed a topic in a few turns, stream it, and print how the partitions grow.

    Raises:
        InputError: A file can't be read.
    """
    lines = _lines_of(files) if files else list(sample_lines(datetime.now(UTC)))
    topic = MemoryTopic(f"demo-{time.time_ns()}", _PARTITIONS)
    job = StreamJob(root, topic, deal_topic(root, topic, _LANES), body, engine=engine)
    stop = threading.Event()
    shares = iter([lines[turn::TURNS] for turn in range(TURNS)])

    def feed(progress: Progress) -> None:
        if progress.messages:
            console().print(_partitions(root, progress))
        share = next(shares, None)
        if share is None:
            stop.set()
        for line in share or ():
            topic.produce(line)

    run_micro_batches(job, min(roll_seconds, _MOST_SECONDS_A_TURN), stop, show=feed)
    console().print(
        f"Next  logveil verify {printable(str(root))}", markup=False, highlight=False, soft_wrap=True
    )


def _lines_of(files: Sequence[str]) -> list[bytes]:
    return [line for file in files for line in _read_lines(Path(file))]


def _read_lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from (line.rstrip(b"\r\n") for line in file)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _partitions(root: Path, progress: Progress) -> Table:
    table = Table(title=f"{progress.messages} messages committed", title_justify="left")
    table.add_column("partition")
    for name in ("files", "records", "bytes"):
        table.add_column(name, justify="right")
    for partition in list_partitions(root).partitions:
        files = partition.files
        sizes = sum(file.bytes for file in files)
        table.add_row(partition.path, str(len(files)), f"{partition.records:,}", f"{sizes:,}")
    return table
