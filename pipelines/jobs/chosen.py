"""Choose what a run reads of the files that were named, and say of each other one why it was passed over.

The content of a file is its identity: a log that was rotated or moved is still the one that was read. So two files of
equal content on two hosts count as one, unless the run reads the same content under each path.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from pipelines.sources.inputs import InputFile
from schemas.ledger import LedgerInput, PassedOver
from transforms.pseudonyms import PseudonymKey, keyed_digest
from transforms.safe_names import safe_name

_HEX_OF_A_PLACE = 32


class SameContent(StrEnum):
    """What becomes of a file whose content was read under another path."""

    SKIP = "skip"
    READ = "read"


@dataclass(frozen=True)
class Chosen:
    """The files that a run reads, and those that it passes over."""

    files: tuple[InputFile, ...]
    passed_over: tuple[PassedOver, ...]


def place_token(key: PseudonymKey, file: InputFile) -> str:
    """Return what tells the path of a file from others, and says nothing of it: a keyed hash in hex."""
    return keyed_digest(key.secret, "path", file.place.encode("utf-8", "surrogatepass")).hex()[
        :_HEX_OF_A_PLACE
    ]


def choose(
    files: Sequence[InputFile],
    read_before: Iterable[LedgerInput],
    key: PseudonymKey,
    same_content: SameContent = SameContent.SKIP,
    again: bool = False,
) -> Chosen:
    """Return what is read of the files; `read_before` are the inputs that runs have committed, read `again` or not."""
    before = {item.checksum: item for item in read_before}
    chosen: dict[str, InputFile] = {}
    passed_over: list[PassedOver] = []
    for file in files:
        place = place_token(key, file)
        identity = file.checksum
        if same_content is SameContent.READ and not _is_same_place(identity, place, before, chosen, key):
            identity = sha256(f"{file.checksum}\0{place}".encode()).hexdigest()
        if (identity in before and not again) or identity in chosen:
            passed_over.append(_passed_over(file, place, before.get(identity), chosen.get(identity), key))
        else:
            content = "" if identity == file.checksum else file.checksum
            chosen[identity] = replace(file, checksum=identity, content=content)
    return Chosen(tuple(chosen.values()), tuple(passed_over))


def _is_same_place(
    checksum: str,
    place: str,
    before: Mapping[str, LedgerInput],
    chosen: Mapping[str, InputFile],
    key: PseudonymKey,
) -> bool:
    """Tell whether a content is new, or was read under this very path."""
    if checksum in chosen:
        return place_token(key, chosen[checksum]) == place
    return checksum not in before or before[checksum].place in ("", place)


def _passed_over(
    file: InputFile, place: str, earlier: LedgerInput | None, other: InputFile | None, key: PseudonymKey
) -> PassedOver:
    """Say of a file that is not read whose content it has."""
    if other is not None:
        same_place, name = place_token(key, other) == place, shown_name(key, other)
    else:
        same_place = earlier is None or earlier.place in ("", place)
        name = "" if earlier is None else earlier.name
    return PassedOver(shown_name(key, file), file.checksum, name, same_place)


def shown_name(key: PseudonymKey, file: InputFile) -> str:
    """Return the name of an input, and of each archive around it, as it is written down."""
    return "!".join(safe_name(key, part.rpartition("/")[2]) for part in file.name.split("!"))
