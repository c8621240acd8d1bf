"""`logveil erase plan` and `logveil erase apply`: terminated accounts go, by a plan and with a receipt."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.commands.account_options import (
    EventsUrl,
    Force,
    Json,
    Keys,
    Now,
    Reason,
    TableName,
    VaultUrl,
    iso,
    moment,
    opened,
)
from pipelines.commands.clock import forced, guard_clock, noted, system_clock
from pipelines.commands.existing_root import ExistingRoot, existing
from pipelines.commands.policy import PolicyOption
from pipelines.commands.printable import printable
from pipelines.commands.progress import Quiet, watch_unless
from pipelines.commands.terminal import console, say, say_json
from pipelines.mysql.retention import EventTable
from pipelines.mysql.table import DEFAULT_TABLE
from pipelines.retention.erase import ErasurePlan, apply_erasure, plan_erasure, read_plan, write_plan

app = typer.Typer(help="Erase the accounts whose deadline has come.", no_args_is_help=True)


@app.command("plan")
def plan_(
    root: ExistingRoot,
    vault: VaultUrl,
    as_of: Annotated[
        datetime | None, typer.Option(help="The moment (UTC) to plan for. Default: now.")
    ] = None,
    plan: Annotated[Path, typer.Option("--plan", help="Where the plan is written.")] = Path(
        "erase-plan.json"
    ),
    keys: Keys = None,
    policy: PolicyOption = None,
    mysql: EventsUrl = None,
    table: TableName = DEFAULT_TABLE,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Also rewrite partitions without them.")] = False,
    now: Now = None,
    force: Force = False,
    reason: Reason = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan which accounts go; nothing is changed."""
    why, present = forced(force, reason), moment(now)
    day = moment(as_of) if as_of else present
    if as_of is None:
        guard_clock(root, present, reason=why, at_stake=False)
    watch, clock = watch_unless(as_json or quiet), system_clock()
    opened_vault, store = opened(vault, keys, policy), _store(mysql, table)
    made = plan_erasure(opened_vault, root, day, clock, store, rewrite, why, watch)
    guard_clock(root, present, day, why, at_stake=bool(made.accounts))
    write_plan(made, plan)
    if as_json:
        say_json(made.to_json())
    else:
        _print(made, plan)


@app.command("apply")
def apply_(
    plan: Annotated[Path, typer.Argument(help="The plan that `erase plan` wrote.")],
    vault: VaultUrl,
    keys: Keys = None,
    policy: PolicyOption = None,
    mysql: EventsUrl = None,
    table: TableName = DEFAULT_TABLE,
    now: Now = None,
    force: Force = False,
    reason: Reason = None,
    quiet: Quiet = False,
) -> None:
    """Carry out a plan, just that plan, and write a receipt; one that was cut short is taken up again."""
    stated, present, given = read_plan(plan), moment(now), forced(force, reason)
    root = existing(Path(stated.root))
    why = given or (stated.reason if force else None)
    guard_clock(root, present, datetime.fromisoformat(stated.as_of), why)
    opened_vault = opened(vault, keys, policy)
    store, watch, clock = _store(mysql, table), watch_unless(quiet), system_clock()
    receipt = apply_erasure(opened_vault, root, plan, clock, store, force, given, watch, noted(now))
    say(f"done; receipt {os.path.relpath(receipt)}")


def _store(url: str | None, table: str) -> EventTable | None:
    return None if url is None else EventTable(url, table)


def _print(plan: ErasurePlan, path: Path) -> None:
    """Print a plan as tables."""
    out = console()
    accounts = Table("account", "terminated", "erase by")
    for account in plan.accounts:
        accounts.add_row(account.account_id[:12], iso(account.terminated_at), iso(account.erase_by))
    out.print(accounts)
    if plan.files:
        files = Table("file", "records", "go", "change")
        for file in plan.files:
            gone = file.records_before - file.records_after
            files.add_row(
                printable(file.path), str(file.records_before), str(gone), str(file.records_changed)
            )
        out.print(files)
    if plan.events is not None:
        out.print(f"{plan.event_rows} rows of {plan.events}")
    force = " --force" if plan.reason else ""
    out.print(f"nothing was changed; to carry it out: logveil erase apply {printable(str(path))}{force}")
