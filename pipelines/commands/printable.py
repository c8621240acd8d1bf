"""Texts that a terminal shows as they stand, whoever chose them: names of files, of people, of columns."""


def printable(text: str) -> str:
    r"""Return a text as one line in which what is not printable is written as escapes.

    Example:
        >>> printable("\x1b[31m张\n")
        '\\x1b[31m张\\n'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
