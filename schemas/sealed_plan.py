"""A plan that is carried out as it stands: it states the SHA-256 of all else in it, and is read back or refused."""

import json
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar, Self

from schemas.errors import RetentionError


@dataclass(frozen=True)
class SealedPlan:
    """What plans of deletions and rewritings share; a plan has a field `digest`, its last, `""` until it is sealed."""

    KIND: ClassVar[str]
    VERSION: ClassVar[int]

    def sealed(self) -> Self:
        """Return the plan with its digest."""
        return replace(self, digest=self._seal())  # type: ignore[call-arg]

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {"kind": self.KIND, "version": self.VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Return the plan that JSON values hold.

        Raises:
            RetentionError: They are no such plan, were changed since it was made, or name a place outside a partition.
        """
        if not isinstance(content, dict) or (content.get("kind"), content.get("version")) != (
            cls.KIND,
            cls.VERSION,
        ):
            raise RetentionError(f"this is no plan of `logveil {cls.KIND}`, version {cls.VERSION}")
        try:
            plan = cls.of({name: value for name, value in content.items() if name not in ("kind", "version")})
            is_as_made = content["digest"] == plan._seal()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RetentionError("the plan lacks a key, or holds one that is not known") from error
        if not is_as_made:
            raise RetentionError("the plan was changed since it was made")
        try:
            plan.check()
        except (TypeError, ValueError, AttributeError) as error:
            raise RetentionError("the plan holds a date or name that is none") from error
        return plan

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Return the plan of its fields as JSON values.

        Raises:
            KeyError, TypeError, ValueError: A field is missing, unknown, or of another kind.
        """
        raise NotImplementedError

    def check(self) -> None:
        """Check what the plan names, which a seal doesn't vouch for: anyone can seal.

        Raises:
            RetentionError: It names what it may not.
            TypeError, ValueError: A date or name is none.
        """
        raise NotImplementedError

    def _seal(self) -> str:
        content = {name: value for name, value in asdict(self).items() if name != "digest"}
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def check_file_name(name: str) -> None:
    """Check that a plan's file stands in its partition.

    Raises:
        RetentionError: The name leads elsewhere.
    """
    if "/" in name or name in ("", ".", ".."):
        raise RetentionError("the plan names a file outside its partition")
