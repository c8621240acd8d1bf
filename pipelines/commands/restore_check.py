"""`logveil restore-check`: what a restored copy brought back goes again, and nothing else."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import stores
from pipelines.commands.account_options import Force, Json, Keys, Now, Reason, moment
from pipelines.commands.clock import forced, guard_clock, system_clock
from pipelines.commands.existing_root import ExistingRoot
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.terminal import say, say_json
from pipelines.keys.files import KEY_VARIABLE
from pipelines.keys.rings import KeyRing, load_keys
from pipelines.retention.restored import Returned, erased_for_good, find_returned, remove_returned
from pipelines.root.erased_marks import erasures
from pipelines.root.key_marks import check_keys
from schemas.errors import KeyFileError, OptionsError
from schemas.policy.policy import Policy
from transforms.accounts.erased import ErasedAccounts

_SOMETHING_RETURNED = 1

Apply = Annotated[bool, typer.Option("--apply", help="Remove what came back, and write a receipt.")]
OptionalVault = Annotated[
    str | None,
    typer.Option(
        "--vault",
        envvar="LOGVEIL_VAULT",
        help="Also what this vault (database URL) remembers, if receipts came back too.",
    ),
]


def restore_check(
    root: ExistingRoot,
    apply: Apply = False,
    keys: Keys = None,
    vault: OptionalVault = None,
    policy: PolicyOption = None,
    now: Now = None,
    force: Force = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """List what a restored copy brought back, expired or of erased accounts; exit code 1 if there is any."""
    present, why = moment(now), forced(force, reason)
    erased = erased_accounts(root, keys, vault, read_policy(policy))
    found = find_returned(root, erased, present)
    if not apply:
        _report(found, as_json)
        return
    guard_clock(root, present, reason=why, at_stake=bool(found.partitions))
    clock = system_clock()
    if present > clock and now is not None and why is None:
        raise OptionsError("--now is ahead of the system's clock: that needs --force and a --reason")
    removed, receipt = remove_returned(root, erased, present, None if now is None else clock)
    if as_json:
        say_json(None if receipt is None else asdict(receipt))
    elif receipt is None:
        say("nothing had come back")
    else:
        for problem in removed.problems():
            say(str(problem))
        say(f"removed; receipt {receipt.number}, {receipt.digest}")


def erased_accounts(root: Path, keys: Path | None, vault: str | None, policy: Policy) -> ErasedAccounts:
    """Return the accounts that must not come back, as far as receipts and vault remember them.

    Raises:
        KeyFileError: Accounts were erased from the root, and there is no key to recognise them by.
    """
    ring = ring_beside(root, keys)
    if ring is None:
        if vault is not None or erasures(root):
            raise KeyFileError(f"accounts were erased from {root}: to recognise them, name the keys (--keys)")
        return ErasedAccounts({}, ())
    remembered = {} if vault is None else stores.erased_accounts(vault, ring, policy)
    return erased_for_good(root, ring.keys, remembered)


def ring_beside(root: Path, keys: Path | None) -> KeyRing | None:
    """Return the keys that are named, or of the environment, or that stand beside the root; None if there are none."""
    beside = root.absolute().with_name(f"{root.absolute().name}.keys")
    if keys is None and KEY_VARIABLE not in os.environ and not beside.is_dir():
        return None
    ring = load_keys(keys or (None if KEY_VARIABLE in os.environ else beside), os.environ)
    check_keys(root, ring.keys)
    return ring


def _report(returned: Returned, as_json: bool) -> None:
    problems = list(returned.problems())
    if as_json:
        say_json([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            say(str(problem))
        say("Nothing was removed; --apply removes it." if problems else "nothing has come back")
    if problems:
        raise typer.Exit(_SOMETHING_RETURNED)
