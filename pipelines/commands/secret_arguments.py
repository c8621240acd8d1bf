"""Refuse passwords on the command line, which every user of the host can read there."""

from collections.abc import Iterator, Sequence

from schemas.errors import OptionsError

_VARIABLES = {"--vault": "LOGVEIL_VAULT", "--mysql": "LOGVEIL_MYSQL"}


def refuse_passwords(arguments: Sequence[str]) -> None:
    """Refuse the URL of a database with a password in it.

    Raises:
        OptionsError: There is one; the message names the variable for it.
    """
    for option, url in _urls(arguments):
        from pipelines.database.urls import holds_secret

        if holds_secret(url):
            raise OptionsError(
                f"{option}: other users can read a command line, so a URL with a password goes into the variable"
                f" {_VARIABLES[option]}"
            )


def _urls(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, argument in enumerate(arguments):
        option, joined, url = argument.partition("=")
        if option in _VARIABLES:
            yield option, url if joined else "".join(arguments[number + 1 : number + 2])
