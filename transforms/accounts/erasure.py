"""Remove erased accounts from written records: their own events go, and other events no longer name them."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import fastavro

from schemas.accounts import LOCAL_NAME, LOCAL_PART, UIN_FIELD, USERNAME_FIELD, ErasureTarget
from schemas.errors import SchemaError
from transforms.avro.blocks import SYNC_BYTES, Codec, block
from transforms.avro.faults import NOT_AVRO
from transforms.pseudonyms import PSEUDONYM

ERASED = "<ERASED>"
_LOCAL = f".{LOCAL_PART}"
_TOKEN = re.compile(PSEUDONYM.pattern)
_TOKEN_BYTES = re.compile(PSEUDONYM.pattern.encode())


class RecordEraser:
    """Knows the pseudonyms that must go; `erase` treats one written record."""

    def __init__(self, targets: Iterable[ErasureTarget] = ()) -> None:
        """Know the pseudonyms of these targets."""
        self._targets: dict[str, list[ErasureTarget]] = {}
        for target in targets:
            self.add(target)

    def add(self, target: ErasureTarget) -> None:
        """Know one target more."""
        known = self._targets.setdefault(target.pseudonym, [])
        if target not in known:
            known.append(target)

    def targets_of(self, pseudonym: str) -> Sequence[ErasureTarget]:
        """Return when a pseudonym must go."""
        return self._targets.get(pseudonym, ())

    def names(self, text: str) -> bool:
        """Tell whether a text holds any of the pseudonyms, whenever it must go."""
        return any(map(self.targets_of, _TOKEN.findall(text)))

    def may_hold(self, data: bytes) -> bool:
        """Tell whether the bytes of records hold any of the pseudonyms."""
        return any(self.targets_of(token.decode()) for token in _TOKEN_BYTES.findall(data))

    def erase(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record without the accounts' pseudonyms, or None where the event is of such an account.

        An event is of the account whose UIN it has; without a UIN, of whoever held its user name then, whole or, where
        it is a mail address, its local part.

        Example:
            >>> target = ErasureTarget("uin_1_" + "a" * 20, "uin")
            >>> eraser = RecordEraser([target])
            >>> eraser.erase({"event_time": 5, "uin": target.pseudonym})
            >>> eraser.erase({"event_time": 5, "uin": None, "output": f"for {target.pseudonym}."})["output"]
            'for <ERASED>.'
        """
        time = record["event_time"]
        milliseconds = time if isinstance(time, int) else round(time.timestamp() * 1000)
        others = record.get("others")
        if self.owns(record, others if isinstance(others, Mapping) else {}, milliseconds):
            return None
        erased = {name: self._without(value, milliseconds) for name, value in record.items()}
        if isinstance(erased.get("others"), dict):
            join_local_parts(erased, erased["others"])
        return erased

    def owns(self, values: Mapping[str, Any], others: Mapping[str, str], time: int) -> bool:
        """Tell whether an event with these values at a time (milliseconds since the epoch) is of such an account."""
        owner = values.get(UIN_FIELD)
        if owner is not None and PSEUDONYM.fullmatch(owner) is not None:
            return self.covers(owner, time)
        names = (values.get(USERNAME_FIELD), others.get(LOCAL_NAME))
        return any(name is not None and self.covers(name, time) for name in names)

    def erase_text(self, text: str, time: int) -> str:
        """Return a text of an event at a time (milliseconds since the epoch) without the pseudonyms."""
        return _TOKEN.sub(lambda match: ERASED if self.covers(match[0], time) else match[0], text)

    def covers(self, pseudonym: str, time: int) -> bool:
        """Tell whether a pseudonym in an event at a time (milliseconds since the epoch) must go."""
        return any(target.covers(time) for target in self.targets_of(pseudonym))

    def _without(self, value: Any, time: int) -> Any:
        """Return a field's value without the pseudonyms."""
        if isinstance(value, str):
            return self.erase_text(value, time)
        if isinstance(value, dict):
            return {key: self._without(inner, time) for key, inner in value.items()}
        return value


def join_local_parts(values: dict[str, Any], others: dict[str, str]) -> None:
    """Erase a mail address with its local part, and the part with the address: both name one account."""
    for local in [name for name in others if name.endswith(_LOCAL)]:
        whole = local.removesuffix(_LOCAL)
        beside = values if whole == USERNAME_FIELD else others
        if ERASED in (others[local], beside.get(whole)):
            others[local] = beside[whole] = ERASED


@dataclass(frozen=True, slots=True)
class ErasedFile:
    """A container file without the accounts: its bytes, how many records it had, how many went or changed."""

    data: bytes
    records: int
    removed: int
    changed: int


def erase_from_file(data: bytes, eraser: RecordEraser) -> ErasedFile | None:
    """Return an Avro container file without the accounts, or None where it holds nothing of them.

    Header and untouched blocks stay byte for byte, so equal files and targets give equal bytes.

    Raises:
        SchemaError: The bytes are no whole file, or have a codec that logveil doesn't write.
    """
    try:
        return _erase_from_file(data, eraser)
    except NOT_AVRO as error:
        raise SchemaError(f"not whole Avro: {type(error).__name__}") from None


def _erase_from_file(data: bytes, eraser: RecordEraser) -> ErasedFile | None:
    reader = fastavro.block_reader(io.BytesIO(data))
    schema, codec = fastavro.parse_schema(reader.writer_schema), Codec(reader.codec)
    parts: list[bytes] = []
    records = removed = changed = 0
    for found in reader:
        if not parts:
            parts.append(data[: found.offset])
        raw = data[found.offset : found.offset + found.size]
        records += found.num_records
        plain = found.bytes_.getvalue()  # type: ignore[attr-defined]  # in fastavro, not in its stub
        if not eraser.may_hold(plain):
            parts.append(raw)
            continue
        kept, differing = _erase_records(plain, found.num_records, schema, eraser)
        removed += found.num_records - len(kept)
        changed += differing
        if kept:
            parts.append(block(kept, raw[-SYNC_BYTES:], codec))
    return ErasedFile(b"".join(parts), records, removed, changed) if removed or changed else None


def _erase_records(plain: bytes, count: int, schema: Any, eraser: RecordEraser) -> tuple[list[bytes], int]:
    """Return the encoded records of a block that stay, and how many of them changed."""
    source = io.BytesIO(plain)
    kept: list[bytes] = []
    changed = 0
    for _ in range(count):
        start = source.tell()
        record = fastavro.schemaless_reader(source, schema, None)
        raw = plain[start : source.tell()]
        if not eraser.may_hold(raw):
            kept.append(raw)
            continue
        result = eraser.erase(record)  # type: ignore[arg-type]
        if result is not None:
            changed += result != record
            kept.append(raw if result == record else _encode(schema, result))
    return kept, changed


def _encode(schema: Any, record: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, record)
    return out.getvalue()
