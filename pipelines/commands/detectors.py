"""The detectors that others add: in their own packages, in Presidio's recognizer YAML, and as formats of log lines."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.terminal import say
from pipelines.commands.typed import read_typed
from schemas.errors import DetectorError, FormatFileError, PolicySyntaxError, RecognizerFileError
from schemas.policy.allow import load_allow
from schemas.policy.allow_list import AllowList
from schemas.policy.policy import Policy
from schemas.recognizer_file import CustomEntry, load_recognizers
from transforms.detect import Detection, Recognizer
from transforms.detect.custom import CustomRecognizer
from transforms.detect.formats import GivenFormats, given_formats
from transforms.detect.names import NameRecognizer
from transforms.detect.presidio import PresidioRecognizer
from transforms.detect.scan import compile_scan

GROUP = "logveil.detectors"
"""The entry-point group: each entry names a recognizer, or an iterable of them."""

RecognizersOption = Annotated[
    Path | None, typer.Option("--recognizers", help="More recognizers, in Presidio's registry YAML.")
]
FormatsOption = Annotated[
    Path | None,
    typer.Option(
        "--formats",
        metavar="DIR",
        help="Formats of log lines: format files, grok patterns, Logstash's filters, ingest pipelines.",
    ),
]
AllowOption = Annotated[
    Path | None,
    typer.Option(
        "--allow",
        help="Words, prefixes and patterns (YAML) that stay in texts although a detector takes them.",
    ),
]
NamesOption = Annotated[
    str | None,
    typer.Option(
        "--names",
        metavar="MODEL",
        help="Ask this installed spaCy model for persons too (logveil[names] brings one).",
    ),
]


def detection_of(
    policy: Policy,
    recognizers: Path | None = None,
    formats: Path | None = None,
    names: str | None = None,
    allow: Path | None = None,
) -> Detection:
    """Return the detection that a policy asks for, with what packages, files, a folder, a model and an allow list add.

    What the folder's patterns name and the policy does not know is said on standard error.

    Raises:
        DetectorError: An added recognizer is none, can't be pickled, has a bad trigger or a name that is taken, or the
            model is not installed.
        RecognizerFileError: The file is wrong.
        FormatFileError: A file of the folder is wrong.
        PolicyError: The allow list is wrong, or would let identifiers of persons through.
    """
    extra = (*installed_recognizers(), *(read_recognizers(recognizers) if recognizers else ()))
    if formats is not None:
        given = read_formats(formats, policy)
        extra += given.recognizers
        if given.ignored:
            say(f"{formats}: no field of the policy, so not replaced: {', '.join(given.ignored)}", err=True)
    if names is not None:
        extra += (NameRecognizer(names),)
    detection = Detection.of(policy, extra=extra, allow=None if allow is None else read_allow_list(allow))
    _refuse_repeated_names(detection.recognizers())
    return detection


def installed_recognizers() -> tuple[Recognizer, ...]:
    """Return the recognizers of the entry points, in the order of the points' names.

    Raises:
        DetectorError: An entry point cannot be loaded, or names no usable recognizer.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return tuple(recognizer for point in points for recognizer in _loaded(point))


def read_recognizers(path: Path) -> tuple[Recognizer, ...]:
    """Return the enabled recognizers of a registry file, in its order.

    Raises:
        RecognizerFileError: The file cannot be read or is wrong.
    """
    entries = load_recognizers(read_typed(path, "the file of recognizers", RecognizerFileError), str(path))
    return tuple(
        CustomRecognizer.of(entry) if isinstance(entry, CustomEntry) else PresidioRecognizer.of(entry)
        for entry in entries
    )


def read_allow_list(path: Path) -> AllowList:
    """Return the allow list of a file.

    Raises:
        PolicyError: The file cannot be read, is none, or would let identifiers of persons through.
    """
    return load_allow(read_typed(path, "the allow list", PolicySyntaxError), str(path))


def read_formats(folder: Path, policy: Policy) -> GivenFormats:
    """Return the formats of a folder's files, in order of their names; those that begin with a dot are left out.

    Raises:
        FormatFileError: The folder or a file cannot be read, or is wrong.
    """
    if not folder.is_dir():
        raise FormatFileError(f"{folder}: no folder of formats is there")
    try:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path, folder))
        texts = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as error:
        raise FormatFileError(f"{folder}: the formats cannot be read: {type(error).__name__}") from None
    if not texts:
        raise FormatFileError(f"{folder}: no file of formats is there")
    return given_formats(texts, policy)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _loaded(point: EntryPoint) -> Iterator[Recognizer]:
    place = f"entry point {GROUP}: {point.name} = {point.value}"
    try:
        found: Any = point.load()
    except (ImportError, AttributeError) as error:
        raise DetectorError(f"{place}: it cannot be loaded: {error}") from error
    for recognizer in found if isinstance(found, Iterable) else (found,):
        yield _checked(recognizer, place)


def _checked(recognizer: Any, place: str) -> Recognizer:
    name, trigger = getattr(recognizer, "name", None), getattr(recognizer, "trigger", None)
    if not isinstance(name, str) or not isinstance(trigger, str) or not hasattr(recognizer, "find"):
        raise DetectorError(f"{place}: expected recognizers, each with name, trigger and find")
    try:
        compile_scan([trigger])
    except DetectorError as error:
        raise DetectorError(f"{place}: {name}: {error}") from None
    try:
        pickle.dumps(recognizer)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise DetectorError(f"{place}: {name}: it cannot be pickled for the workers: {error}") from error
    found: Recognizer = recognizer
    return found


def _refuse_repeated_names(recognizers: Sequence[Recognizer]) -> None:
    seen: set[str] = set()
    for recognizer in recognizers:
        if recognizer.name in seen:
            raise DetectorError(f"two recognizers have the name {recognizer.name!r}")
        seen.add(recognizer.name)
