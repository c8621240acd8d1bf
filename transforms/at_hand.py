"""Secrets that pickle by name: a job graph says which secret a worker needs, never what it is.

An object that holds a secret notes itself here when it is pickled, and pickles a call that recalls it. The process
that has it already takes it from here; any other reads it anew at its origin, a picklable function that the object
was made with, such as one that reads a mounted file.
"""

from collections.abc import Callable
from typing import Any

from schemas.errors import SecretError

Origin = Callable[[], Any]
"""Reads a secret's object where it is called, which may be another machine."""

_at_hand: dict[str, Any] = {}


def note(name: str, holder: Any) -> str:
    """Note what this process has at hand by a name that is unique to it, and return the name.

    Example:
        >>> recall(note("the key of epoch 1", b"secret"), None)
        b'secret'
    """
    _at_hand.setdefault(name, holder)
    return name


def recall(name: str, origin: Origin | None) -> Any:
    """Return the object of a name: this process's own, else what its origin reads.

    Raises:
        SecretError: This process doesn't have it, and it has no origin.
    """
    if name not in _at_hand:
        if origin is None:
            raise SecretError(
                f"{name} is at hand only in the process that read it: workers elsewhere need a file or variable"
            )
        _at_hand[name] = origin()
    return _at_hand[name]
