"""The accounts that the platform knows as one table of keyed hashes: without the key it says nothing of any name."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from itertools import groupby

from schemas.errors import SecretError
from schemas.identities import Identity, canonical
from transforms.detect.neighbours import MARKS
from transforms.detect.words import ORDINARY
from transforms.pseudonyms import PseudonymKey, keyed_digest

UIN, NAME = b"u", b"n"
_ATOM, _SHAPE = b"a", b"s"
"""Of which kind a known value is: equal texts of both are two entries."""

_LETTERS = r"[^\W_\u4e00-\u9fff]"
ATOM = re.compile(rf"{_LETTERS}+(?:[{MARKS}]+{_LETTERS}*)*")
"""Letters with their marks and digits in a row: a name is made of one or several of them."""

HAN = re.compile(r"[\u4e00-\u9fff]+")
_MAGIC = 0x4C56_4B41_0000_0001  # "LVKA", version 1
_HEADER = 5
_BYTES = 8
_REMEMBERED = 65_536
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_PLAIN_NUMBER = re.compile(r"[1-9][0-9]*")
_LONGEST_COMMON_NUMBER = 4
COMMON_ATOMS = ORDINARY | {
    f"{number:0{width}d}" for width in range(1, _LONGEST_COMMON_NUMBER + 1) for number in range(10**width)
}
"""What tells nobody: ordinary words of English and programs, and numbers of up to four digits."""


class Hashing:
    """Makes the keyed hashes of names, 64 bits each: BLAKE2b (RFC 7693) under a key that is derived from a run's key.

    Of a million names and a million words of logs, a chance of one in ten million has any two alike.
    """

    def __init__(self, key: PseudonymKey) -> None:
        self._key = keyed_digest(key.secret, "known accounts", b"")

    def of(self, kind: bytes, text: str) -> int:
        """Return the hash of a text of a kind."""
        data = kind + text.encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(data, digest_size=_BYTES, key=self._key).digest(), "little")


def shape_of(atom: str) -> str:
    """Return what an atom shares with many others, so that most atoms of a text are told to be of no name by it.

    Example:
        >>> shape_of("qiao") == shape_of("quno"), shape_of("qiao") == shape_of("qian")
        (True, False)
    """
    return atom[0] + atom[-1] + chr(len(atom))


@dataclass(frozen=True)
class KnownTable:
    """Sorted hashes of names, of their atoms, and of the atoms' shapes as bytes; `digest` is their SHA-256 in hex, `number` that of the names."""

    data: bytes = field(repr=False)
    digest: str
    number: int

    @classmethod
    def of(
        cls, key: PseudonymKey, values: Iterable[tuple[bytes, str]], uins: Identity, names: Identity
    ) -> "KnownTable":
        """Return the table of UINs and user names, each as it is stated, under a key.

        Example:
            >>> made = KnownTable.of(PseudonymKey(bytes(32), "1"), [(NAME, " Lin.Qiao "), (UIN, "100012345678")],
            ...                      Identity.NUMBER, Identity.FOLDED_NAME)
            >>> made.number, b"qiao" in made.data
            (2, False)
        """
        hashing = Hashing(key)
        hashes, atoms = array("Q"), array("Q")
        shapes: set[str] = set()
        longest_han = 0
        for kind, stated in values:
            form = _canonical(stated, uins if kind == UIN else names)
            if not form:
                continue
            hashes.append(hashing.of(kind, form))
            for atom in told_apart(form):
                atoms.append(hashing.of(_ATOM, atom))
                shapes.add(shape_of(atom))
            longest_han = max(longest_han, *map(len, HAN.findall(form)), 0)
        held, parts = _sorted(hashes), _sorted(atoms)
        table = array("Q", [_MAGIC, len(held), len(parts), len(shapes), longest_han])
        for entries in (held, parts, sorted(hashing.of(_SHAPE, shape) for shape in shapes)):
            table.extend(entries)
        data = table.tobytes()
        return cls(data, sha256(data).hexdigest(), len(held))


def told_apart(name: str) -> Iterator[str]:
    """Yield the atoms of a name, in small letters, that are no ordinary words: by one of them a text is told to name it.

    Example:
        >>> list(told_apart("Lin.Qiao")), list(told_apart("admin"))
        (['lin', 'qiao'], [])
    """
    return (atom for atom in ATOM.findall(name.lower()) if len(atom) > 1 and atom not in COMMON_ATOMS)


def _sorted(entries: "array[int]") -> "array[int]":
    """Return entries in order, each once, and leave nothing of the others."""
    found = array("Q", (entry for entry, _ in groupby(sorted(entries))))
    del entries[:]
    return found


def _canonical(stated: str, identity: Identity) -> str:
    """Return the canonical form of a name; most are plain, and most of a million take no longer than they must."""
    if identity is Identity.NUMBER:
        return stated if _PLAIN_NUMBER.fullmatch(stated) else canonical(stated, identity)
    if _PLAIN_NAME.fullmatch(stated):
        return stated.casefold() if identity is Identity.FOLDED_NAME else stated
    return canonical(stated, identity)


class KnownLookup:
    """Looks texts up in a table, whose bytes may be a file's: what is remembered of texts is bounded."""

    def __init__(self, key: PseudonymKey, data: bytes | memoryview, digest: str) -> None:
        """Check that these are the bytes of that digest.

        Raises:
            SecretError: They are others.
        """
        table = memoryview(data)
        if sha256(table).hexdigest() != digest or len(table) < _HEADER * _BYTES:
            raise SecretError("the table of known accounts is not the one that this job was given")
        entries = table.cast("Q")
        magic, names, atoms, shapes, self.longest_han = entries[:_HEADER]
        if magic != _MAGIC or len(entries) != _HEADER + names + atoms + shapes:
            raise SecretError("the table of known accounts is of another version of logveil")
        self._names = entries[_HEADER : _HEADER + names]
        self._atoms = entries[_HEADER + names : _HEADER + names + atoms]
        self._shapes = entries[_HEADER + names + atoms :]
        self._hashing = Hashing(key)
        self._passed, self._held = set(COMMON_ATOMS), set[str]()
        self._shaped: dict[str, bool] = {}

    def kind_of(self, text: str) -> bytes | None:
        """Return as what a text, in canonical form, is known; None if it is not."""
        kinds = (UIN, NAME) if text.isdecimal() else (NAME,)
        return next((kind for kind in kinds if _holds(self._names, self._hashing.of(kind, text))), None)

    def of_names(self, atoms: Iterable[str]) -> list[str]:
        """Return those of some atoms, in small letters, that names have; the others are passed over from now on."""
        unknown = set(atoms) - self._passed
        if not unknown:
            return []
        found = [atom for atom in unknown if atom in self._held or self._is_of_a_name(atom)]
        self._remember(unknown.difference(found), found)
        return found

    def _is_of_a_name(self, atom: str) -> bool:
        shape = shape_of(atom)
        if shape not in self._shaped:
            self._shaped[shape] = _holds(self._shapes, self._hashing.of(_SHAPE, shape))
        return self._shaped[shape] and _holds(self._atoms, self._hashing.of(_ATOM, atom))

    def _remember(self, passed: Iterable[str], held: Iterable[str]) -> None:
        self._passed.update(passed)
        self._held.update(held)
        if len(self._passed) + len(self._held) + len(self._shaped) > len(COMMON_ATOMS) + _REMEMBERED:
            self._passed, self._held, self._shaped = set(COMMON_ATOMS), set(), {}


def _holds(table: memoryview, entry: int) -> bool:
    at = bisect_left(table, entry)
    return at < len(table) and table[at] == entry
