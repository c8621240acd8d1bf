"""The options that say what inputs are: format, encoding, zone, lines, and what becomes of one that is broken."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from schemas.errors import OptionsError
from schemas.formats import FileFormat
from transforms.framing.text_events import Lines

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?")


class BadInput(StrEnum):
    """What becomes of an input that cannot be read."""

    STOP = "stop"
    SKIP = "skip"


Format = Annotated[
    str | None,
    typer.Option(help=f"One of {', '.join(FileFormat)}. Default: found by content, each input by itself."),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(help="Of all texts, such as gb18030, utf-16 or latin-1. Default: found by content."),
]
TimezoneOption = Annotated[
    str,
    typer.Option(help="The zone of times that state none: a name as Asia/Shanghai, or an offset as +08:00."),
]
LinesOption = Annotated[
    Lines,
    typer.Option(
        help="Of plain text. events: a line without a time belongs to the event before; single: none does."
    ),
]
BadInputOption = Annotated[
    BadInput,
    typer.Option(
        help="skip: set aside an input that is broken or no text, list it, and end with exit code 1."
    ),
]


def zone_named(name: str) -> tzinfo:
    """Return the zone of a name of the IANA database, or of an offset from UTC.

    Example:
        >>> zone_named("+08:00"), zone_named("UTC") is UTC
        (datetime.timezone(datetime.timedelta(seconds=28800)), True)

    Raises:
        OptionsError: There is no such zone.
    """
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    try:
        if offset is not None:
            size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return timezone(-size if offset[1] == "-" else size)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise OptionsError(
            f"--timezone {name}: no such zone; such as Asia/Shanghai, Europe/Berlin or +08:00"
        ) from None
