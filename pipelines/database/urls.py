"""The URL of a database: what is supported, how it may be shown, and where a worker finds one with a password."""

import os
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from schemas.errors import OptionsError, SecretError

MYSQL_DRIVER = "mysql+pymysql"
VAULT_VARIABLE = "LOGVEIL_VAULT"
EVENTS_VARIABLE = "LOGVEIL_MYSQL"
_PUBLIC_OPTIONS = frozenset(
    ("charset", "connect_timeout", "read_timeout", "write_timeout", "unix_socket", "mode", "uri")
)


@dataclass(frozen=True)
class UrlVariable:
    """The environment variable that holds a URL: what a job graph has in place of a password."""

    variable: str

    @classmethod
    def of(cls, url: str) -> "UrlVariable | None":
        """Return the variable that holds a URL in this process, None if none does."""
        names = (VAULT_VARIABLE, EVENTS_VARIABLE)
        return next((cls(name) for name in names if os.environ.get(name) == url), None)

    def __call__(self) -> str:
        """Return the URL.

        Raises:
            SecretError: The variable is not set where the worker runs.
        """
        url = os.environ.get(self.variable)
        if url is None:
            raise SecretError(f"{self.variable} is not set in the environment of a worker")
        return url


def holds_secret(url: str) -> bool:
    """Tell whether a URL holds a password, or an option that could be one.

    Example:
        >>> holds_secret("mysql://lv@db.example/vault?ssl_ca=/ca.pem"), holds_secret("mysql://lv:x@db.example/vault")
        (False, True)
        >>> holds_secret("mysql://lv@db.example/vault?passwd=x")
        True
    """
    parsed = parse_url(url)
    return parsed.password is not None or not all(map(_is_public, parsed.query))


def _is_public(option: str) -> bool:
    return option in _PUBLIC_OPTIONS or (option.startswith("ssl") and "pass" not in option)


@lru_cache
def url_token(url: str) -> str:
    """Return what stands for a URL within this process; nothing of it can be worked out from that."""
    return uuid4().hex[:8]


def parse_url(url: str) -> URL:
    """Return a database URL of a kind that is supported; a bare `mysql://` gets its driver.

    Raises:
        OptionsError: It is no such URL; the message does not repeat it.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise OptionsError(NO_URL) from None
    if parsed.get_backend_name() in ("mysql", "mariadb"):
        return parsed.set(drivername=MYSQL_DRIVER)
    if parsed.get_backend_name() != "sqlite":
        raise OptionsError(NO_URL)
    return parsed


NO_URL = "a database is named as sqlite:///FILE or mysql+pymysql://USER:PASSWORD@HOST/NAME?ssl_ca=FILE"


def safe_url(url: str) -> str:
    """Return a database URL without its password and options.

    Example:
        >>> safe_url("mysql+pymysql://lv:secret@db.example/vault?ssl_key=/k")
        'mysql+pymysql://lv:***@db.example/vault'
    """
    return parse_url(url).set(query={}).render_as_string(hide_password=True)
