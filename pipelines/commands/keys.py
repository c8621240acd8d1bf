"""`logveil keys …`: make, list and destroy the epochs of a key ring."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.account_options import EventsUrl, Force, Json, Now, Reason, TableName
from pipelines.commands.clock import forced, noted, system_clock
from pipelines.commands.existing_root import existing
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.terminal import say, say_json
from pipelines.keys.epochs import live_partitions
from pipelines.keys.rings import KeyRing, load_keys, make_ring
from pipelines.mysql.retention import EventTable
from pipelines.mysql.table import DEFAULT_TABLE
from pipelines.retention.rewriting import finish_runs
from pipelines.vault.actors import system_user
from pipelines.vault.epochs import carry_accounts, forget_epoch
from pipelines.vault.vault import open_vault
from schemas.errors import OptionsError

app = typer.Typer(help="The keys of pseudonyms, by epoch.", no_args_is_help=True)

Ring = Annotated[Path, typer.Argument(help="The key ring: a directory, such as OUTPUT.keys.")]
OptionalVault = Annotated[
    str | None, typer.Option("--vault", envvar="LOGVEIL_VAULT", help="The vault that uses these keys.")
]


@app.command()
def new(ring: Ring, vault: OptionalVault = None, policy: PolicyOption = None) -> None:
    """Make a new epoch, which new pseudonyms will carry; the vault's accounts are carried into it."""
    keys = load_keys(ring, {}).new_epoch() if ring.exists() else _new_ring(ring)
    if vault is not None:
        carry_accounts(open_vault(vault, keys, read_policy(policy)))
    say(f"epoch {keys.current.epoch} is current in {ring}")


@app.command("list")
def list_(ring: Ring, as_json: Json = False) -> None:
    """List the epochs, living and destroyed."""
    keys = load_keys(ring, {})
    living = [key.epoch for key in keys.keys]
    if as_json:
        say_json({"living": living, "destroyed": list(keys.destroyed)})
        return
    for epoch in sorted([*living, *keys.destroyed], key=lambda epoch: (len(epoch), epoch)):
        state = "destroyed" if epoch in keys.destroyed else "current" if epoch == living[-1] else "living"
        say(f"{epoch} {state}")


@app.command()
def destroy(
    ring: Ring,
    epoch: Annotated[str, typer.Argument(help="The epoch whose key goes for good.")],
    root: Annotated[
        list[Path] | None, typer.Option(help="An output root under these keys; repeatable.")
    ] = None,
    vault: OptionalVault = None,
    mysql: EventsUrl = None,
    table: TableName = DEFAULT_TABLE,
    policy: PolicyOption = None,
    now: Now = None,
    force: Force = False,
    reason: Reason = None,
) -> None:
    """Destroy an epoch's key: its pseudonyms can then be linked to nobody. This cannot be undone."""
    keys, why = load_keys(ring, {}), forced(force, reason)
    if force and why is None:
        raise OptionsError("to destroy a key by --force takes a --reason, which stays in its place")
    roots = [existing(one) for one in root or _beside(ring)]
    living = keys.find(epoch) is not None
    if living and not force:
        _refuse_needed(keys, epoch, roots, None if mysql is None else EventTable(mysql, table))
    if vault is not None:
        opened = open_vault(vault, keys, read_policy(policy))
        if living and len(keys.keys) > 1:
            carry_accounts(opened)
        forget_epoch(opened, epoch)
    keys.destroy(epoch, _note(now, why))
    say(f"epoch {epoch} is destroyed")


def _beside(ring: Path) -> list[Path]:
    """Return the root that a development ring stands beside, if it is there."""
    root = ring.with_suffix("")
    return [root] if ring.suffix == ".keys" and root.exists() else []


def _note(now: datetime | None, why: str | None) -> str:
    """Return what stays in a key's place: when it was destroyed by the system's clock, by whom, and why by force."""
    stated = "" if now is None else f", --now {noted(now)}"
    return f"{system_clock().isoformat()}{stated}, {system_user()}" + (
        f": {' '.join(why.split())}" if why else ""
    )


def _refuse_needed(keys: KeyRing, epoch: str, roots: list[Path], events: EventTable | None) -> None:
    """Refuse to destroy what is still needed: the only epoch, or one whose pseudonyms live somewhere."""
    if len(keys.keys) == 1:
        raise OptionsError(
            f"epoch {epoch} is the only one: make a new one first, or use --force and a --reason"
        )
    for one in roots:
        finish_runs(one)
    places = {str(root): live_partitions(root, epoch) for root in roots}
    if events is not None:
        places[events.name] = [day.isoformat() for day in events.days_of_epoch(epoch)]
    for place, needed in places.items():
        if needed:
            raise OptionsError(
                f"{len(needed)} partitions of {place} hold pseudonyms of epoch {epoch}, the last of them"
                f" {needed[-1]}: wait until they expire, or use --force and a --reason"
            )
    if not roots:
        raise OptionsError(
            "nobody can tell whether this key is still needed: name its output roots by --root, or use --force and"
            " a --reason"
        )


def _new_ring(ring: Path) -> KeyRing:
    make_ring(ring)
    return load_keys(ring, {})
