"""The options of `logveil stream`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.kafka_options import BROKER
from pipelines.streams.topic_writers import ValueFormat
from transforms.framing.messages import MessageFormat

MIB = 1 << 20
_ROLLING, _OTHERS = "Segments", "Without a broker"


class OnGap(StrEnum):
    """What is done where the broker has dropped messages that were not read."""

    STOP = "stop"
    RECORD = "record"


class Begin(StrEnum):
    """Where a topic is read from that was never read before."""

    EARLIEST = "earliest"
    LATEST = "latest"


Arguments = Annotated[
    list[str] | None,
    typer.Argument(
        help="With --local-demo, files to feed. Options of Beam go last, after --.",
        show_default=False,
    ),
]
TopicName = Annotated[
    str | None,
    typer.Option("--topic", help="The topic; of the log service, the topic's id.", rich_help_panel=BROKER),
]
Group = Annotated[
    str | None,
    typer.Option(
        help="Consumer group that is told how far reading has come. Default: logveil-<topic>.",
        rich_help_panel=BROKER,
    ),
]
From = Annotated[
    Begin, typer.Option("--from", help="Where a topic begins that was never read.", rich_help_panel=BROKER)
]
Gap = Annotated[
    OnGap,
    typer.Option("--on-gap", help="Where the broker has dropped what was not read.", rich_help_panel=BROKER),
]
Format = Annotated[
    MessageFormat,
    typer.Option(
        help="json: an event a message, or a LogGroupList; text: an original line a message.",
        rich_help_panel=BROKER,
    ),
]
RollSeconds = Annotated[
    float,
    typer.Option(
        min=0.1,
        help="A lane begins a segment each so many seconds, and reads for so long at most.",
        rich_help_panel=_ROLLING,
    ),
]
RollBytes = Annotated[
    int, typer.Option(min=1, help="A segment ends after so many bytes of messages.", rich_help_panel=_ROLLING)
]
RollMessages = Annotated[
    int, typer.Option(min=1, help="A segment ends after so many messages.", rich_help_panel=_ROLLING)
]
Lanes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=999,
        help="Deal the partitions to so many lanes. Default: as they are dealt, at first 1, on a cluster 4.",
        rich_help_panel=_ROLLING,
    ),
]
UntilCaughtUp = Annotated[
    bool,
    typer.Option(
        "--until-caught-up", help="End when everything is read that was there.", rich_help_panel=_ROLLING
    ),
]
OutputTopic = Annotated[
    str | None, typer.Option(help="Also write the redacted events to this topic.", rich_help_panel=BROKER)
]
OutputFormat = Annotated[
    ValueFormat,
    typer.Option(help="How events are written to --output-topic.", rich_help_panel=BROKER),
]
RejectTopic = Annotated[
    str | None,
    typer.Option(
        help="Also write the coordinates of rejected messages to this topic.", rich_help_panel=BROKER
    ),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="On a cluster: end when the job is submitted, and let it run.")
]
Watch = Annotated[
    Path | None,
    typer.Option(help="Redact each file that comes into this directory, once.", rich_help_panel=_OTHERS),
]
StableSeconds = Annotated[
    float,
    typer.Option(
        min=0,
        help="With --watch: a file is whole when it did not change for so long.",
        rich_help_panel=_OTHERS,
    ),
]
Marker = Annotated[
    str | None,
    typer.Option(
        help="With --watch: a file is whole when one of its name and this ending stands beside it.",
        rich_help_panel=_OTHERS,
    ),
]
LocalDemo = Annotated[
    bool,
    typer.Option(
        "--local-demo", help="Stream sample events through a topic in this process.", rich_help_panel=_OTHERS
    ),
]
