"""`logveil expire`, `verify` and `calendar`: let go what must go, and show that nothing else is left."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.account_options import EventsUrl, Force, Json, Keys, Now, Reason, TableName, moment
from pipelines.commands.clock import forced, guard_clock, noted, system_clock
from pipelines.commands.detectors import (
    AllowOption,
    FormatsOption,
    NamesOption,
    RecognizersOption,
    detection_of,
)
from pipelines.commands.existing_root import ExistingRoot
from pipelines.commands.policy import PolicyOption, read_policy
from pipelines.commands.progress import Quiet, watch_unless
from pipelines.commands.render_expiry import calendar_json, print_calendar, print_plan
from pipelines.commands.restore_check import ring_beside
from pipelines.commands.terminal import console, say, say_json
from pipelines.commands.typed import read_typed
from pipelines.database.database import Database
from pipelines.mysql.retention import EventTable
from pipelines.mysql.table import DEFAULT_TABLE
from pipelines.retention.behind import find_behind
from pipelines.retention.calendar import calendar_rows
from pipelines.retention.expire import ExpiringTable, apply_plan, plan_expiry, read_plan, write_plan
from pipelines.retention.restored import erased_for_good
from pipelines.retention.verify import verify_root
from pipelines.retention.verify_chain import verify_head
from pipelines.retention.verify_stores import verify_accounts, verify_event_canaries, verify_tables
from pipelines.root.chain import head as chain_head
from pipelines.root.erased_marks import erasures
from pipelines.root.lane_ends import note_ends
from pipelines.vault.sighting_expiry import SightingTable
from schemas.accounts import AccountRules
from schemas.errors import OptionsError, RetentionError
from schemas.policy.policy import Policy
from schemas.verification import Problem
from transforms.accounts.erased import ErasedAccounts
from transforms.checks.texts import checking_redactor
from transforms.detect import TextRedactor

_PROBLEMS = 1

AsOf = Annotated[
    datetime | None, typer.Option(help="The date (UTC) to plan for. Default: today.", formats=["%Y-%m-%d"])
]
Apply = Annotated[Path | None, typer.Option("--apply", help="Carry out this plan, just this plan.")]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="Where the plan is written. Default: under the root.")
]
Canary = Annotated[list[str] | None, typer.Option("--canary", help="A string that must stand nowhere.")]
Canaries = Annotated[Path | None, typer.Option(help="A file of such strings, one a line.")]
Head = Annotated[
    bool,
    typer.Option(
        "--head",
        help="Note in the chain of receipts how far streams have come, and print its last hash, to be kept elsewhere.",
    ),
]
ExpectHead = Annotated[
    str | None, typer.Option(help="Such a hash, printed earlier: the chain must still go through it.")
]
Detect = Annotated[bool, typer.Option("--detect/--no-detect", help="Run the detectors over every text.")]
OptionalVault = Annotated[
    str | None,
    typer.Option("--vault", envvar="LOGVEIL_VAULT", help="Also the accounts in this vault (database URL)."),
]


def expire(
    root: ExistingRoot,
    as_of: AsOf = None,
    apply: Apply = None,
    plan: PlanFile = None,
    mysql: EventsUrl = None,
    table: TableName = DEFAULT_TABLE,
    vault: OptionalVault = None,
    policy: PolicyOption = None,
    now: Now = None,
    force: Force = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Plan what may be deleted, which deletes nothing; with --apply, delete what a plan names."""
    present, tables = moment(now), _tables(mysql, table, vault, read_policy(policy))
    if apply is not None:
        if as_of or plan:
            raise OptionsError("--apply takes its date from the plan")
        _apply(root, apply, now, force, forced(force, reason), tables, as_json)
        return
    why, day = forced(force, reason), as_of.replace(tzinfo=UTC) if as_of else present
    if as_of is None:
        guard_clock(root, present, reason=why, at_stake=False)
    made = plan_expiry(root, day.date(), system_clock(), why, tables)
    guard_clock(root, present, day, why, at_stake=bool(made.partitions or made.tables))
    path = write_plan(made, plan)
    if as_json:
        say_json({**made.to_json(), "path": str(path)})
        return
    print_plan(console(), made)
    say(f"{made.records:,} records, {made.bytes:,} bytes. Nothing was deleted. To delete them:")
    say(f"logveil expire {root} --apply {path}{' --force' if made.reason else ''}")


def _apply(
    root: Path,
    plan: Path,
    now: datetime | None,
    force: bool,
    reason: str | None,
    tables: Sequence[ExpiringTable],
    as_json: bool,
) -> None:
    stated = read_plan(plan)
    as_of = datetime.fromisoformat(stated.as_of).replace(tzinfo=UTC)
    guard_clock(root, moment(now), as_of, reason or (stated.reason if force else None))
    receipt = apply_plan(root, plan, system_clock(), force, tables, reason, noted(now))
    if as_json:
        say_json(asdict(receipt))
        return
    body = receipt.body
    say(f"{len(body['partitions'])} partitions, {body['records']:,} records, {body['bytes']:,} bytes")
    say(f"deleted at {receipt.at}; receipt {receipt.number}, {receipt.digest}")


def _tables(mysql: str | None, table: str, vault: str | None, policy: Policy) -> list[ExpiringTable]:
    """Return the tables that expire with the root, as far as their databases are named."""
    tables: list[ExpiringTable] = [] if mysql is None else [EventTable(mysql, table)]
    if vault is not None:
        tables.append(SightingTable(Database(vault), AccountRules.of(policy).sighting_days))
    return tables


def verify(
    root: ExistingRoot,
    policy: PolicyOption = None,
    recognizers: RecognizersOption = None,
    formats: FormatsOption = None,
    names: NamesOption = None,
    allow: AllowOption = None,
    keys: Keys = None,
    canary: Canary = None,
    canaries: Canaries = None,
    detect: Detect = True,
    head: Head = False,
    expect_head: ExpectHead = None,
    vault: OptionalVault = None,
    mysql: EventsUrl = None,
    table: TableName = DEFAULT_TABLE,
    now: Now = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read everything back and report each problem as one line; the exit code is 1 if there is any."""
    if head:
        note_ends(root, system_clock())
        number, digest = chain_head(root)
        say_json({"number": number, "head": digest}) if as_json else say(digest)
        return
    present = moment(now)
    loaded = read_policy(policy)
    scanner = _scanner(loaded, recognizers, formats, names, allow, detect)
    strings = [*(canary or ()), *_lines(canaries)]
    watch = watch_unless(as_json or quiet)
    problems = verify_root(root, present, loaded, scanner, strings, _erased(root, keys), watch)
    if expect_head is not None:
        problems += verify_head(root, expect_head)
    problems += verify_tables(_tables(mysql, table, vault, loaded), present)
    if vault is not None:
        problems += verify_accounts(vault, present)
    if mysql is not None and strings:
        problems += verify_event_canaries(EventTable(mysql, table), strings)
    _report(root, problems, as_json)
    if problems:
        raise typer.Exit(_PROBLEMS)


def _erased(root: Path, keys: Path | None) -> ErasedAccounts | None:
    """Return the accounts that were erased from a root, None where there are no keys to recognise them by."""
    ring = ring_beside(root, keys)
    try:
        if ring is not None:
            return erased_for_good(root, ring.keys)
        number = len(erasures(root))
    except RetentionError:
        return None  # the chain of receipts is a problem of its own
    if number:
        say(f"{number} erasures: without --keys it is not seen whether their people are back", err=True)
    return None


def _scanner(
    policy: Policy,
    recognizers: Path | None,
    formats: Path | None,
    names: str | None,
    allow: Path | None,
    detect: bool,
) -> TextRedactor | None:
    """Return the detectors with which `logveil redact` would redact, None where they are not wanted."""
    if detect:
        return checking_redactor(policy, detection_of(policy, recognizers, formats, names, allow))
    added = {"--recognizers": recognizers, "--formats": formats, "--names": names, "--allow": allow}
    for option, given in added.items():
        if given is not None:
            raise OptionsError(f"{option} has no use with --no-detect")
    return None


def _lines(path: Path | None) -> list[str]:
    text = "" if path is None else read_typed(path, "the file of canaries", OptionsError)
    return list(filter(None, text.splitlines()))


def _report(root: Path, problems: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        say_json([asdict(problem) for problem in problems])
        return
    for problem in problems:
        say(str(problem))
    if not problems:
        say(f"{root} is as it should be")


def calendar(root: ExistingRoot, policy: PolicyOption = None, now: Now = None, as_json: Json = False) -> None:
    """Show what will expire when, and what is behind the policy; the exit code is 1 if anything is."""
    rows, behind = calendar_rows(root, moment(now)), find_behind(root, read_policy(policy))
    if as_json:
        say_json(calendar_json(rows, behind))
    else:
        print_calendar(console(), rows, str(root), behind)
    if any(one.behind for one in behind):
        raise typer.Exit(_PROBLEMS)
