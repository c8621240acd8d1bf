"""Tell which triggers occur in which texts: one Hyperscan scan for a batch, else RE2, else Python's `re`.

All three read the triggers over UTF-8 bytes, a text standing between two line feeds. A trigger never refuses
what its detector would find, so the choice of the engine changes the cost and nothing else.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import accumulate
from typing import TYPE_CHECKING

from schemas.errors import DetectorError

if TYPE_CHECKING:
    import hyperscan

ENGINES = ("hyperscan", "re2", "re")
Scan = Callable[[Sequence[str]], list[int]]

_COMPILED = 4
"""How many sets of triggers stay compiled, two megabytes each: a process has that of its policy and the default one's."""


def compile_scan(triggers: Sequence[str], engine: str | None = None) -> tuple[str, Scan]:
    """Return the engine's name and a function that gives, for each text, the set bits of triggers that occur.

    Raises:
        DetectorError: The engine is unknown, or cannot compile a trigger.

    Example:
        >>> engine, scan = compile_scan(["a[0-9]", "b"], "re")
        >>> scan(["a1 b", "a", "xb"])
        [3, 0, 2]
    """
    name = engine or _best()
    match name:
        case "hyperscan":
            return name, _hyperscan(triggers)
        case "re2":
            return name, _re2(triggers)
        case "re":
            return name, _re(triggers)
        case _:
            message = f"scan engine {name!r} is not one of {', '.join(ENGINES)}"
            raise DetectorError(message)


def compiles(trigger: str, engine: str) -> bool:
    """Tell whether an engine can scan for a trigger; one that is not installed does not object.

    Example:
        >>> compiles("a[0-9]", "re2"), compiles("(?=a)b", "re2")
        (True, False)
    """
    if find_spec(engine) is None:
        return True
    try:
        compile_scan([trigger], engine)
    except DetectorError:
        return False
    return True


def _best() -> str:
    return next((name for name in ENGINES if find_spec(name) is not None), "re")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _hyperscan(triggers: Sequence[str]) -> Scan:
    import hyperscan

    database = _hyperscan_database(tuple(map(_encoded, triggers)))
    scratch = hyperscan.Scratch(database)  # what a scan writes to: two threads may not share one
    bits = [1 << index for index in range(len(triggers))]

    def scan(texts: Sequence[str]) -> list[int]:
        joined = "\n".join(texts)
        lengths = map(len, texts) if joined.isascii() else (len(_encoded(text)) for text in texts)
        ends = list(accumulate(length + 1 for length in lengths))
        masks = [0] * len(texts)
        last = len(masks) - 1

        def matched(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            # A match may end on the line feed behind its text, which is at ends[i] of the wrapped bytes.
            text = bisect_right(ends, end - 2)
            masks[text if text < last else last] |= bits[index]

        database.scan(b"\n" + _encoded(joined) + b"\n", match_event_handler=matched, scratch=scratch)
        return masks

    return scan


@lru_cache(maxsize=_COMPILED)
def _hyperscan_database(triggers: tuple[bytes, ...]) -> "hyperscan.Database":
    """Compile triggers once in a process: for the catalogue it takes a second."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=triggers,
            ids=range(len(triggers)),
            elements=len(triggers),
            flags=[0] * len(triggers),
        )
    except hyperscan.error as error:
        raise DetectorError(f"a trigger does not compile for hyperscan: {error}") from None
    return database


def _re2(triggers: Sequence[str]) -> Scan:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    expressions = re2.Set.SearchSet(options)
    try:
        for trigger in triggers:
            expressions.Add(_encoded(trigger))
    except re2.error as error:
        raise DetectorError(f"a trigger does not compile for re2: {error}") from None
    expressions.Compile()

    def scan(texts: Sequence[str]) -> list[int]:
        return [
            sum(1 << index for index in expressions.Match(b"\n" + _encoded(text) + b"\n") or ())
            for text in texts
        ]

    return scan


def _re(triggers: Sequence[str]) -> Scan:
    try:
        searches = [
            (1 << index, re.compile(_encoded(trigger)).search) for index, trigger in enumerate(triggers)
        ]
    except re.error as error:
        raise DetectorError(f"a trigger does not compile for re: {error}") from None

    def scan(texts: Sequence[str]) -> list[int]:
        wrapped = (b"\n" + _encoded(text) + b"\n" for text in texts)
        return [sum(bit for bit, search in searches if search(data)) for data in wrapped]

    return scan
