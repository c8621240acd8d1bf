"""`logveil account …`: who is behind a pseudonym, and where accounts stand."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from pipelines.commands.account_options import Json, Keys, Now, VaultUrl, in_ms, iso, moment, opened
from pipelines.commands.clock import earlier, noted, system_clock
from pipelines.commands.policy import PolicyOption
from pipelines.commands.terminal import console, say, say_json
from pipelines.database.database import Database
from pipelines.vault.account_events_import import import_events, watch
from pipelines.vault.actors import actor_of
from pipelines.vault.disclosure import count_states, find, find_for, reveal, status_of
from pipelines.vault.erasure import overdue_accounts
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.schema_version import migrate
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import VaultError
from transforms.accounts.events import FUTURE_SKEW_MS

app = typer.Typer(help="Who is behind a pseudonym, and which accounts must go.", no_args_is_help=True)

Actor = Annotated[
    str | None,
    typer.Option(
        help="Who asks: the user of this system, or whom the identity source /etc/logveil/identity vouches for."
    ),
]
Uin = Annotated[str, typer.Argument(help="The UIN, or - to read it from standard input.")]


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="A file of JSON lines, or a folder of *.jsonl files.")],
    vault: VaultUrl,
    keys: Keys = None,
    policy: PolicyOption = None,
    now: Now = None,
    watch_seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Keep watching the folder, looking this often.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Apply account life-cycle events; the exit code is 1 if a line could not be used."""
    opened_vault = opened(vault, keys, policy)
    if watch_seconds is not None:
        for path, counts in watch(opened_vault, source, watch_seconds, lambda: in_ms(system_clock())):
            _say({"file": path.name, **counts}, as_json)
        return
    counts = import_events(opened_vault, source, in_ms(earlier(now)))
    _say(dict(counts) or {"applied": 0}, as_json)
    if any(name.startswith("rejected/") for name in counts):
        raise typer.Exit(1)


@app.command()
def terminate(
    uin: Uin, vault: VaultUrl, keys: Keys = None, policy: PolicyOption = None, now: Now = None
) -> None:
    """Terminate an account now; it must be erased within the policy's days."""
    opened_vault = opened(vault, keys, policy)
    value = _value(uin)
    if status_of(opened_vault, value) is None and len(find(opened_vault, value)) == len(
        opened_vault.cipher.epochs
    ):
        say("The vault has seen nothing of this account; the termination is noted all the same.", err=True)
    at = in_ms(moment(now))
    if at > in_ms(system_clock()) + FUTURE_SKEW_MS:
        raise VaultError("that is more than a day ahead of the system's clock: it would put the deadline off")
    event = AccountEvent(f"cli-{uuid4().hex}", AccountEventKind.TERMINATED, at, value)
    apply_events(opened_vault, [event])
    status = status_of(opened_vault, value)
    if status is None:
        raise VaultError("this account was erased before: nothing is left to terminate")
    say(f"terminated; must be erased by {iso(status.erase_by)}")


@app.command()
def status(
    vault: VaultUrl,
    uin: Annotated[str | None, typer.Argument(help="One account's UIN, or -.")] = None,
    keys: Keys = None,
    policy: PolicyOption = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Show where one account, or all of them, stand; the exit code is 1 if any is overdue."""
    opened_vault = opened(vault, keys, policy)
    if uin is None:
        counts = count_states(opened_vault, in_ms(moment(now)))
        _say(dict(counts), as_json)
        raise typer.Exit(1 if counts["overdue"] else 0)
    found = status_of(opened_vault, _value(uin))
    if found is None:
        raise VaultError("the vault knows no event of this account")
    shown = {**asdict(found), "terminated_at": iso(found.terminated_at), "erase_by": iso(found.erase_by)}
    _say(shown, as_json)


@app.command()
def overdue(vault: VaultUrl, now: Now = None, as_json: Json = False) -> None:
    """List the accounts that should be gone and are not, which takes no key; exit code 1 if there are any."""
    late = overdue_accounts(Database(vault), in_ms(moment(now)))
    for account in late:
        _say({"account_id": account.account_id, "erase_by": iso(account.erase_by)}, as_json)
    raise typer.Exit(1 if late else 0)


@app.command("reveal")
def reveal_(
    pseudonym: Annotated[str, typer.Argument(help="Such as uin_1_… or usr_1_….")],
    vault: VaultUrl,
    reason: Annotated[str, typer.Option(help="Why; it is recorded first.")] = "",
    actor: Actor = None,
    keys: Keys = None,
    policy: PolicyOption = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Show whom a pseudonym stands for, after the request was recorded."""
    who, why = actor_of(actor), _why(reason, now)
    found = reveal(opened(vault, keys, policy), pseudonym, why, who, in_ms(system_clock()))
    shown = {"uin": list(found.uins), "username": list(found.usernames)}
    if as_json:
        say_json(shown)
        return
    for name, values in shown.items():
        for value in values:
            say(f"{name} {value}")


@app.command("find")
def find_(
    uin: Uin,
    vault: VaultUrl,
    reason: Annotated[str, typer.Option(help="Why; it is recorded first.")] = "",
    actor: Actor = None,
    keys: Keys = None,
    policy: PolicyOption = None,
    as_json: Json = False,
) -> None:
    """Show the pseudonyms under which an account's log lines are found, by key epoch, after that was recorded."""
    who = actor_of(actor)
    found = find_for(opened(vault, keys, policy), _value(uin), reason, who, in_ms(system_clock()))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    table = Table("epoch", "field", "pseudonym")
    for one in found:
        table.add_row(one.epoch, one.field, one.pseudonym)
    console().print(table)


@app.command("migrate")
def migrate_(vault: VaultUrl) -> None:
    """Bring the vault's tables to the version of this program."""
    say(f"the vault's tables are of version {migrate(Database(vault))}")


def _why(reason: str, now: datetime | None) -> str:
    """Return the reason as it is recorded: with the moment that was stated, as the record's own is the system's."""
    return f"{reason} (--now {noted(now)})" if reason.strip() and now is not None else reason


def _value(argument: str) -> str:
    """Return an argument, or the line on standard input that it stands for."""
    value = sys.stdin.readline().strip() if argument == "-" else argument
    if not value:
        raise VaultError("a UIN is needed")
    return value


def _say(values: Mapping[str, Any], as_json: bool) -> None:
    """Print values as one line for a person or a machine."""
    if as_json:
        say_json(values)
    else:
        say(", ".join(f"{name} {value}" for name, value in values.items()))
