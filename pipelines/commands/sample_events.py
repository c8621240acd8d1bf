"""The sample that the repository ships, dated relative to the day of the run so that it never ages."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Annotated

import orjson
import typer

_ACCESS_TIME = "@access_time"


def sample_lines(now: datetime) -> Iterator[bytes]:
    """Yield the sample's lines; the file holds event times as milliseconds relative to now."""
    text = files("pipelines.commands").joinpath("sample", "events.jsonl").read_bytes()
    for line in text.splitlines(keepends=True):
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield line
            continue
        moment = now + timedelta(milliseconds=event["__TIMESTAMP__"])
        event["__TIMESTAMP__"] = int(moment.timestamp() * 1000)
        if event.get("access_time") == _ACCESS_TIME:
            event["access_time"] = moment.astimezone(UTC).isoformat(timespec="milliseconds")
        yield orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)


def sample(
    now: Annotated[datetime | None, typer.Option(help="The moment (UTC) that the events lead up to.")] = None,
) -> None:
    """Write the sample events to standard output, dated up to now."""
    moment = now or datetime.now(UTC)
    for line in sample_lines(moment if moment.tzinfo else moment.replace(tzinfo=UTC)):
        sys.stdout.buffer.write(line)
