"""`logveil keys …`: make, list and destroy the epochs of a key ring."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.account_options import Force, Json, Now, moment
from pipelines.key_epochs import live_partitions
from pipelines.keys import KeyRing, load_keys, make_ring
from pipelines.vault.epochs import carry_accounts, forget_epoch
from pipelines.vault.vault import Vault, open_vault
from schemas.errors import KeyFileError, OptionsError
from schemas.policy_file import default_policy

app = typer.Typer(help="The keys of pseudonyms, by epoch.", no_args_is_help=True)

Ring = Annotated[Path, typer.Argument(help="The key ring: a directory, such as OUTPUT.keys.")]
OptionalVault = Annotated[
    str | None, typer.Option("--vault", envvar="LOGVEIL_VAULT", help="The vault that uses these keys.")
]


@app.command()
def new(ring: Ring, vault: OptionalVault = None) -> None:
    """Make a new epoch, which new pseudonyms will carry; the vault's accounts are carried into it."""
    keys = load_keys(ring, {}).new_epoch() if ring.exists() else _new_ring(ring)
    if vault is not None:
        carry_accounts(_open(vault, keys))
    typer.echo(f"epoch {keys.current.epoch} is current in {ring}")


@app.command("list")
def list_(ring: Ring, as_json: Json = False) -> None:
    """List the epochs, living and destroyed."""
    keys = load_keys(ring, {})
    living = [key.epoch for key in keys.keys]
    if as_json:
        typer.echo(json.dumps({"living": living, "destroyed": list(keys.destroyed)}))
        return
    for epoch in sorted([*living, *keys.destroyed], key=lambda epoch: (len(epoch), epoch)):
        state = "destroyed" if epoch in keys.destroyed else "current" if epoch == living[-1] else "living"
        typer.echo(f"{epoch} {state}")


@app.command()
def destroy(
    ring: Ring,
    epoch: Annotated[str, typer.Argument(help="The epoch whose key goes for good.")],
    root: Annotated[
        list[Path] | None, typer.Option(help="An output root under these keys; repeatable.")
    ] = None,
    vault: OptionalVault = None,
    now: Now = None,
    force: Force = False,
) -> None:
    """Destroy an epoch's key: its pseudonyms can then be linked to nobody. This cannot be undone."""
    keys = load_keys(ring, {})
    _refuse_needed(keys, epoch, ring, root, force)
    if vault is not None:
        opened = _open(vault, keys)
        if keys.find(epoch) is not None and len(keys.keys) > 1:
            carry_accounts(opened)
        forget_epoch(opened, epoch)
    keys.destroy(epoch, moment(now))
    typer.echo(f"epoch {epoch} is destroyed")


def _refuse_needed(keys: KeyRing, epoch: str, ring: Path, root: list[Path] | None, force: bool) -> None:
    """Refuse to destroy what is still needed, unless that is what is wanted."""
    if keys.find(epoch) is None:
        raise KeyFileError(f"there is no living epoch of that name in {ring}")
    beside = ring.with_suffix("") if ring.suffix == ".keys" else None
    roots = root or ([beside] if beside is not None and beside.is_dir() else [])
    if force:
        return
    if len(keys.keys) == 1:
        raise OptionsError(f"epoch {epoch} is the only one: make a new one first, or use --force")
    for one in roots:
        needed = live_partitions(one, epoch)
        if needed:
            raise OptionsError(
                f"{len(needed)} partitions of {one} hold pseudonyms of epoch {epoch}, the last of them"
                f" {needed[-1]}: wait until they expire, or use --force"
            )


def _new_ring(ring: Path) -> KeyRing:
    make_ring(ring)
    return load_keys(ring, {})


def _open(url: str, keys: KeyRing) -> Vault:
    return open_vault(url, keys, default_policy())
