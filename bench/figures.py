"""How figures are written, and when they are not to be trusted."""

from collections.abc import Mapping
from typing import Any

_BUSY = 0.5


def shown(value: float) -> str:
    """Return a figure in as many digits as it is good for.

    Example:
        >>> [shown(value) for value in (12345.6, 123.4, 9.876, 0.2184, 4.0)]
        ['12,346', '123', '9.876', '0.2184', '4']
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def change(value: float, last: float | None) -> str:
    """Return how a figure differs from the last time, in per cent.

    Example:
        >>> change(110, 100), change(1, None), change(1, 0)
        ('+10 %', '', '')
    """
    return f"{(value / last - 1) * 100:+.0f} %" if last else ""


def is_busy(machine: Mapping[str, Any]) -> bool:
    """Tell whether other work ran before the measurement, so that wall times are not to be trusted."""
    return machine["load"] > _BUSY
