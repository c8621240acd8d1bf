"""The options that the commands on accounts, keys and erasure share."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.moments import moment as moment
from pipelines.commands.policy import read_policy
from pipelines.keys.files import KEY_VARIABLE
from pipelines.keys.rings import load_keys
from pipelines.vault.vault import Vault, open_vault

VaultUrl = Annotated[
    str,
    typer.Option("--vault", envvar="LOGVEIL_VAULT", help="The vault's database, such as sqlite:///vault.db."),
]
EventsUrl = Annotated[
    str | None,
    typer.Option("--mysql", envvar="LOGVEIL_MYSQL", help="The database of redacted events, if there is one."),
]
TableName = Annotated[str, typer.Option("--table", help="The table of redacted events.")]
Keys = Annotated[
    Path | None, typer.Option(help=f"Key file or directory. Default: the variable {KEY_VARIABLE}.")
]
Now = Annotated[
    datetime | None, typer.Option(help="The moment (UTC) that counts as now. Default: the clock.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Do it all the same.")]
Reason = Annotated[str | None, typer.Option(help="Why; it is recorded.")]


def opened(url: str, keys: Path | None, policy: Path | None) -> Vault:
    """Return the vault, open, under the keys and the policy.

    Raises:
        KeyFileError: There is no usable key.
        PolicyError: The policy cannot be used, or says nothing of accounts.
        VaultError: The database refused, or its tables are of another version.
    """
    return open_vault(url, load_keys(keys, os.environ), read_policy(policy))


def in_ms(now: datetime) -> int:
    """Return a moment in milliseconds since the epoch."""
    return int(now.timestamp() * 1000)


def iso(time_ms: int | None) -> str | None:
    """Return a time as people read it, in UTC.

    Example:
        >>> iso(0), iso(None)
        ('1970-01-01T00:00:00+00:00', None)
    """
    return None if time_ms is None else datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
