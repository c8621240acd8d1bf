"""Look-up of pseudonyms through the vault as an operator of Presidio's `DeanonymizeEngine`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType

from pipelines.vault.disclosure import Revealed, reveal
from pipelines.vault.vault import Vault
from schemas.errors import VaultError

Params = Mapping[str, Any] | None


@dataclass(frozen=True)
class Inquiry:
    """Who wants to see through pseudonyms, and why: the vault records it for each before it answers.

    `clock` returns the moment in milliseconds since the epoch. A pseudonym is asked for once, however often a text
    holds it, so an inquiry should live no longer than the question that it answers. Its repr shows nothing.

    Raises:
        VaultError: There is no reason, or nobody asks.
    """

    vault: Vault = field(repr=False)
    reason: str = field(repr=False)
    actor: str = field(repr=False)
    clock: Callable[[], int] = field(repr=False)
    _revealed: dict[str, Revealed] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an inquiry that could not be recorded."""
        if not self.reason.strip() or not self.actor.strip():
            raise VaultError(
                "pseudonyms are revealed only to somebody and with a reason: give `actor` and `reason`"
            )

    def value_of(self, pseudonym: str) -> str:
        """Return the UIN or user name that a pseudonym stands for, after the request was recorded.

        Raises:
            VaultError: It is no pseudonym, too many were revealed in the last hour, or nobody is known by it.
        """
        if pseudonym not in self._revealed:
            self._revealed[pseudonym] = reveal(self.vault, pseudonym, self.reason, self.actor, self.clock())
        found, cipher = self._revealed[pseudonym], self.vault.cipher
        for values, pseudonyms_of in (
            (found.uins, cipher.uin_pseudonyms),
            (found.usernames, cipher.username_pseudonyms),
        ):
            for value in values:
                if pseudonym in pseudonyms_of(value).values():
                    return value
        raise VaultError("the vault knows whose this pseudonym is, but not the value that it stands for")


class RevealOperator(Operator):
    """Replaces a pseudonym by the UIN or user name that it stands for, under a recorded reason.

    Parameter: `inquiry`, an `Inquiry` or a function that returns one. A pseudonym that cannot be revealed ends the
    whole with a `VaultError`: no text is given back that looks answered and is so in part.

    Raises:
        InvalidParamError: The inquiry is something else.
    """

    NAME = "reveal"

    def operate(self, text: str, params: Params = None) -> str:
        """Return whom a pseudonym stands for."""
        stated = (params or {}).get("inquiry")
        inquiry = stated() if callable(stated) else stated
        if not isinstance(inquiry, Inquiry):
            raise InvalidParamError("the function `inquiry` returned no Inquiry")
        return inquiry.value_of(text)

    def validate(self, params: Params = None) -> None:
        """Refuse what is neither an inquiry nor a function."""
        stated = (params or {}).get("inquiry")
        if not isinstance(stated, Inquiry) and not callable(stated):
            raise InvalidParamError("`inquiry` must be an Inquiry or a function that returns one")

    def operator_name(self) -> str:
        """Return the name under which an engine knows the operator."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """Return that it deanonymizes."""
        return OperatorType.Deanonymize
