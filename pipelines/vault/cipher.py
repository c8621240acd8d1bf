"""Encryption of UINs and user names under the key of a pseudonym's epoch.

AES-256-SIV (RFC 5297) under a key derived by HKDF-SHA-256 (RFC 5869). It is deterministic, so that a repeated
write of one account is the same row, and authenticated: a value moved to another column does not decrypt.
"""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipelines.keys.rings import KeyRing
from schemas.accounts import UIN_FIELD, USERNAME_FIELD, AccountRules
from schemas.errors import VaultError
from schemas.policy.tokens import KEYED_KINDS
from transforms.accounts.erased import erasure_digest
from transforms.pseudonyms import PseudonymKey, keyed_digest, pseudonym

_SIV_KEY_BYTES = 64
_PURPOSE = b"logveil account vault 1"


@dataclass(frozen=True)
class VaultCipher:
    """Encrypts, decrypts and names accounts under every living epoch."""

    ring: KeyRing
    rules: AccountRules
    _ciphers: dict[str, AESSIV] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["VaultCipher"], tuple[KeyRing, AccountRules]]:
        """Pickle the keys; the derived ciphers are made again."""
        return VaultCipher, (self.ring, self.rules)

    @property
    def epochs(self) -> tuple[str, ...]:
        """Return the living epochs, oldest first."""
        return tuple(key.epoch for key in self.ring.keys)

    def encrypt(self, epoch: str, name: str, value: str) -> bytes:
        """Return the encrypted value of a field, the same for the same value."""
        return self._cipher(epoch).encrypt(
            value.encode("utf-8", "surrogatepass"), [name.encode(), epoch.encode()]
        )

    def decrypt(self, epoch: str, name: str, data: bytes) -> str:
        """Return the value of a field.

        Raises:
            VaultError: The epoch's key was destroyed, or it is not the key that encrypted the value.
        """
        try:
            plain = self._cipher(epoch).decrypt(data, [name.encode(), epoch.encode()])
        except InvalidTag:
            raise VaultError(
                f"the key of epoch {epoch} is not the one that this vault was filled with"
            ) from None
        return plain.decode("utf-8", "surrogatepass")

    def uin_pseudonyms(self, uin: str) -> dict[str, str]:
        """Return the pseudonym of a UIN in each living epoch."""
        account = self.rules.uin(uin)
        return {
            key.epoch: pseudonym(key, self.rules.uin_prefix, UIN_FIELD, account) for key in self.ring.keys
        }

    def username_pseudonyms(self, username: str) -> dict[str, str]:
        """Return the pseudonym of a user name in each living epoch."""
        account = self.rules.username(username)
        return {
            key.epoch: pseudonym(key, self.rules.username_prefix, USERNAME_FIELD, account)
            for key in self.ring.keys
        }

    def mail_pseudonyms(self, username: str) -> dict[str, str]:
        """Return, in each living epoch, what a user name that is a mail address becomes in texts."""
        if not self.rules.mail_tokens or "@" not in username:
            return {}
        kind = KEYED_KINDS["EMAIL"]
        address = kind.canonical(username)
        return {key.epoch: pseudonym(key, kind.prefix, kind.domain, address) for key in self.ring.keys}

    def erasure_digest(self, epoch: str, pseudonym: str) -> str:
        """Return the keyed hash by which an erased pseudonym is remembered, 64 hex digits."""
        return erasure_digest(self._key(epoch), pseudonym)

    def account_id(self, uin: str) -> str:
        """Return the identifier that a new account gets, 32 hex digits, the same for every process."""
        data = uin.encode("utf-8", "surrogatepass")
        return keyed_digest(self.ring.current.secret, "account", data).hex()[:32]

    def _key(self, epoch: str) -> PseudonymKey:
        key = self.ring.find(epoch)
        if key is None:
            raise VaultError(f"there is no key of epoch {epoch}: what it protects cannot be read")
        return key

    def _cipher(self, epoch: str) -> AESSIV:
        if epoch not in self._ciphers:
            derivation = HKDF(SHA256(), _SIV_KEY_BYTES, salt=None, info=_PURPOSE)
            self._ciphers[epoch] = AESSIV(derivation.derive(self._key(epoch).secret))
        return self._ciphers[epoch]
