"""A key where it lies: in a file that only its owner can read, or in the environment."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.durable import sync_folder
from pipelines.keys.trust import check_file, check_note
from schemas.errors import KeyFileError
from transforms.pseudonyms import PseudonymKey

KEY_VARIABLE = "LOGVEIL_KEY"
KEY_BYTES = 32

_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class KeyPlace:
    """Where the key of an epoch lies: in a file, or in the environment if no file is given.

    It is what a job graph holds in place of the key; each worker reads the key from there.
    """

    epoch: str
    file: Path | None = None

    def __call__(self) -> PseudonymKey:
        """Return the key as this process finds it.

        Raises:
            KeyFileError: It is not there, is not ours alone, or is not 32 bytes.
        """
        return self.read(os.environ)

    def read(self, environ: Mapping[str, str]) -> PseudonymKey:
        """Return the key; `environ` is where it is looked for if no file is given.

        Raises:
            KeyFileError: It is not there, is not ours alone, or is not 32 bytes.
        """
        if self.file is None:
            return PseudonymKey(_key_of_environment(environ), self.epoch, self)
        key = PseudonymKey(_key_of_file(self.file), self.epoch, self)
        _check_fingerprint(self.file, key)
        return key


def _key_of_environment(environ: Mapping[str, str]) -> bytes:
    text = environ.get(KEY_VARIABLE)
    if text is None:
        raise KeyFileError(f"there is no key: name a key file or directory, or set {KEY_VARIABLE}")
    return _decode_key(text)


def _key_of_file(path: Path) -> bytes:
    """Return the key of a file: 32 raw bytes, or hex or base64; refuse one that is not ours alone."""
    try:
        with path.open("rb") as file:
            check_file(path, os.fstat(file.fileno()))
            data = file.read(4 * KEY_BYTES)
    except OSError as error:
        raise KeyFileError(f"cannot read the key {path}: {error.strerror}") from None
    if len(data) == KEY_BYTES:
        return data
    try:
        return _decode_key(data.decode("ascii"))
    except (UnicodeDecodeError, KeyFileError):
        raise KeyFileError(f"{path} does not hold {KEY_BYTES} bytes, nor their hex or base64 form") from None


def _decode_key(text: str) -> bytes:
    """Return the 32 bytes that a text holds in hex or base64."""
    text = text.strip()
    try:
        data = bytes.fromhex(text) if _HEX.fullmatch(text) else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != KEY_BYTES:
        raise KeyFileError(f"{KEY_VARIABLE} must hold {KEY_BYTES} bytes in hex or base64")
    return data


def make_key(directory: Path, epoch: str) -> PseudonymKey:
    """Write a new key; its staging name is the claim that keeps two processes from making one epoch."""
    final, claim = directory / f"{epoch}.key", directory / f"{epoch}.new"
    try:
        descriptor = os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(
            f"epoch {epoch} is being made by another process; if none runs, remove {claim}"
        ) from None
    secret = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    if final.exists():
        claim.unlink()
        raise KeyFileError(f"epoch {epoch} was made by another process meanwhile")
    key = PseudonymKey(secret, epoch, KeyPlace(epoch, final))
    write_note(_fingerprint_file(final), key.fingerprint)
    claim.rename(final)
    sync_folder(directory)
    return key


def _fingerprint_file(key_file: Path) -> Path:
    return key_file.with_suffix(".fingerprint")


def _check_fingerprint(key_file: Path, key: PseudonymKey) -> None:
    """Refuse a key that is not the one that was made under its number; a ring without fingerprints has no say."""
    note = _fingerprint_file(key_file)
    try:
        check_note(note)
        noted = note.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        raise KeyFileError(f"cannot read {note}") from None
    if noted != key.fingerprint:
        raise KeyFileError(
            f"{key_file} is not the key that was made for epoch {key.epoch}: its fingerprint is {key.fingerprint},"
            f" {note.name} says {noted[:16]}"
        )


def write_note(path: Path, text: str) -> None:
    """Write a note into a ring, which nobody else can write either."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def overwrite(path: Path) -> None:
    """Overwrite a file in place; what a copying file system keeps of it is beyond reach."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
