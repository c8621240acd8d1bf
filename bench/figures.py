"""How figures are written."""


def shown(value: float) -> str:
    """Return a figure in as many digits as it is good for.

    Example:
        >>> [shown(value) for value in (12345.6, 123.4, 9.876, 0.2184, 4.0)]
        ['12,346', '123', '9.88', '0.218', '4']
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def change(value: float, last: float | None) -> str:
    """Return how a figure differs from the last time, in per cent.

    Example:
        >>> change(110, 100), change(1, None), change(1, 0)
        ('+10 %', '', '')
    """
    return f"{(value / last - 1) * 100:+.0f} %" if last else ""
