"""Keyed pseudonyms: HMAC-SHA-256 (RFC 2104, FIPS 180-4), one domain per field, stable within a key epoch."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from schemas.errors import KeyFileError
from schemas.policy.policy import PREFIXES
from transforms.at_hand import Origin, note, recall

PSEUDONYM = re.compile(rf"(?:{'|'.join(PREFIXES)})_[0-9a-z]{{1,8}}_[a-z2-7]{{20}}")
"""The form of a pseudonym: a prefix of the policy's, key epoch, 100 bits in lower-case base 32 (RFC 4648)."""

_STARTS = tuple(f"{prefix}_" for prefix in PREFIXES)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(one + other for one in _LETTERS for other in _LETTERS)
"""What ten bits are in base 32: `base64.b32encode` takes ten times as long as the digest that it writes."""

_CACHED_VALUES = 16_384
_STARTED_DIGESTS = 256


@dataclass(frozen=True)
class PseudonymKey:
    """A key of 32 bytes and the name of its epoch; its secret never shows in a repr, nor in a pickle.

    A pickled key is its epoch, its fingerprint and its `origin`, which reads it where it is unpickled; without an
    origin it can be unpickled only in the process that pickled it.
    """

    secret: bytes
    epoch: str
    origin: Origin | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """Show the epoch alone."""
        return f"PseudonymKey(epoch={self.epoch!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle where the key is to be read, not the key."""
        name = note(f"the key of epoch {self.epoch} with fingerprint {self.fingerprint}", self)
        return _recall_key, (name, self.fingerprint, self.origin)

    @cached_property
    def fingerprint(self) -> str:
        """Return what tells this key from any other of the same epoch, 16 hex digits that say nothing of the secret.

        Example:
            >>> PseudonymKey(bytes(32), "1").fingerprint
            '9b6920b022580970'
        """
        return keyed_digest(self.secret, "fingerprint", b"").hex()[:16]

    @property
    def mark(self) -> str:
        """Return epoch and fingerprint, as the header of a file states them.

        Example:
            >>> PseudonymKey(bytes(32), "1").mark
            '1 9b6920b022580970'
        """
        return f"{self.epoch} {self.fingerprint}"


def _recall_key(name: str, fingerprint: str, origin: Origin | None) -> PseudonymKey:
    key: PseudonymKey = recall(name, origin)
    if key.fingerprint != fingerprint:
        raise KeyFileError(f"{name} is not the one that lies here: its fingerprint is {key.fingerprint}")
    return key


def keyed_digest(secret: bytes, domain: str, data: bytes) -> bytes:
    """Return the HMAC-SHA-256 of data under a domain, 32 bytes.

    Example:
        >>> keyed_digest(b"k", "raw", b"x") == keyed_digest(b"k", "event", b"x")
        False
    """
    digest = _started(secret, domain).copy()
    digest.update(data)
    return digest.finalize()


@lru_cache(maxsize=_STARTED_DIGESTS)
def _started(secret: bytes, domain: str) -> HMAC:
    """Return the digest that has read key and domain: copying it takes half the time of a new one."""
    started = HMAC(secret, SHA256())
    started.update(domain.encode() + b"\0")
    return started


def pseudonym(key: PseudonymKey, prefix: str, domain: str, value: str) -> str:
    """Return the pseudonym of a field's value as it arrives, whatever its form: one that looks like a pseudonym too.

    Example:
        >>> key = PseudonymKey(bytes(32), "1")
        >>> pseudonym(key, "usr", "username", "lin")
        'usr_1_c3lhkz3nubgk36ljmayr'
        >>> pseudonym(key, "usr", "username", "usr_1_c3lhkz3nubgk36ljmayr")
        'usr_1_hnvast5nime7k4d5nbgy'
    """
    digest = keyed_digest(key.secret, domain, value.encode("utf-8", "surrogatepass"))
    return f"{prefix}_{key.epoch}_{_written(digest)}"


def _written(digest: bytes) -> str:
    """Return the first 100 bits of a digest in lower-case base 32."""
    bits = int.from_bytes(digest[:13], "big") >> 4
    return "".join([_PAIRS[bits >> at & 0x3FF] for at in range(90, -1, -10)])


def pseudonym_once(key: PseudonymKey, prefix: str, domain: str, value: str) -> str:
    """Return the pseudonym of a value in what is redacted already, where a pseudonym is its own.

    Example:
        >>> key = PseudonymKey(bytes(32), "1")
        >>> pseudonym_once(key, "usr", "username", "usr_1_c3lhkz3nubgk36ljmayr")
        'usr_1_c3lhkz3nubgk36ljmayr'
    """
    return value if PSEUDONYM.fullmatch(value) else pseudonym(key, prefix, domain, value)


def caching_pseudonym(key: PseudonymKey, arriving: bool = False) -> Callable[[str, str, str], str]:
    """Return `pseudonym`, if values arrive, or else `pseudonym_once`, with a bounded memory of recent values."""
    return lru_cache(maxsize=_CACHED_VALUES)(partial(pseudonym if arriving else pseudonym_once, key))


def looks_forged(text: str) -> bool:
    """Tell whether a text that arrives holds what has the form of a pseudonym.

    Example:
        >>> looks_forged("user usr_1_c3lhkz3nubgk36ljmayr"), looks_forged("user_id usr_1")
        (True, False)
    """
    if "_" in text:
        for start in _STARTS:  # a generator would cost more than what it looks for
            if start in text:
                return PSEUDONYM.search(text) is not None
    return False
