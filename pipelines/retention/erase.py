"""Erase terminated accounts: a plan that changes nothing, then that plan and no other, then a receipt.

The accounts' rows in the vault go last, as what must go elsewhere is worked out from them: an erasure that
was cut short is taken up where it stood by applying its plan again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.mysql.erasure import count_event_rows, erase_event_rows
from pipelines.mysql.retention import EventTable
from pipelines.retention.rewriting import finish_runs, note_rewriting, rewrite_all
from pipelines.root.erase_files import FileErasure, files_to_rewrite, plan_files
from pipelines.root.erased_marks import ERASE, STARTED, read_noted
from pipelines.root.erasure_claim import rewriting
from pipelines.root.key_marks import check_keys
from pipelines.root.layout import RECEIPTS, check_root, output_errors, write_whole
from pipelines.root.plans import read_plan_file, write_plan_file
from pipelines.root.receipts import append_receipt, beside_clock, find_receipt
from pipelines.sources.tally import Tally, Watch, unwatched
from pipelines.vault.erased_marks import marks_of
from pipelines.vault.erasure import DueAccount, claim, complete, due_accounts, find_targets
from pipelines.vault.vault import Vault
from schemas.accounts import ErasureTarget
from schemas.errors import OptionsError, RetentionError
from schemas.retention_plan import parse_partition
from schemas.sealed_plan import SealedPlan, check_file_name
from transforms.accounts.erasure import RecordEraser

Targets = Mapping[str, Sequence[ErasureTarget]]


@dataclass(frozen=True)
class ErasurePlan(SealedPlan):
    """What an erasure will do; `as_of` and `made_at` are ISO 8601 times in UTC.

    `vault` and `events` are URLs without passwords. `policy` is the version and digest of the policy that sets
    the deadlines. `digest` is the SHA-256 of everything else.
    """

    KIND = ERASE
    VERSION = 2

    as_of: str
    made_at: str
    root: str
    vault: str
    events: str | None
    rewrite: bool
    policy: str
    accounts: tuple[DueAccount, ...]
    event_rows: int = 0
    files: tuple[FileErasure, ...] = ()
    reason: str | None = None
    digest: str = ""

    @classmethod
    def of(cls, values: dict[str, Any]) -> "ErasurePlan":
        """Return the plan of its fields as JSON values."""
        accounts = tuple(DueAccount(**item) for item in values["accounts"])
        files = tuple(FileErasure(**item) for item in values["files"])
        return cls(**{**values, "accounts": accounts, "files": files})

    def check(self) -> None:
        """Check that the plan states times and names files of partitions only."""
        datetime.fromisoformat(self.as_of)
        datetime.fromisoformat(self.made_at)
        for file in self.files:
            folder, _, name = file.path.rpartition("/")
            parse_partition(folder)
            check_file_name(name)


def plan_erasure(
    vault: Vault,
    root: Path,
    as_of: datetime,
    now: datetime,
    events: EventTable | None = None,
    rewrite: bool = False,
    reason: str | None = None,
    watch: Watch = unwatched,
) -> ErasurePlan:
    """Return what may be erased at a moment: accounts whose deadline's day has begun (UTC).

    `watch` shows how far the files were looked through.

    Runs past their commit point are finished first, so that the plan sees their files.

    Raises:
        OutputError: There is no such root.
        OptionsError: The moment is in the future and no reason was given.
        OutputError: Such a run can't be finished.
        VaultError: The database refused.
    """
    check_root(root)
    check_keys(root, vault.cipher.ring.keys)
    if as_of > now and not reason:
        raise OptionsError("an erasure as of a future moment needs --force and a --reason")
    finish_runs(root)
    due = due_accounts(vault, _milliseconds(as_of))
    targets = find_targets(vault, [account.account_id for account in due])
    with _looking_through(root, watch if rewrite else unwatched) as heed:
        files = tuple(plan_files(root, _eraser(targets), heed=heed)) if rewrite and due else ()
    return ErasurePlan(
        as_of.isoformat(),
        now.isoformat(),
        str(root.absolute()),
        vault.database.name,
        None if events is None else events.name,
        rewrite,
        vault.rules.policy,
        tuple(due),
        0 if events is None else count_event_rows(events.url, events.table, _all(targets)),
        files,
        reason,
    ).sealed()


def write_plan(plan: ErasurePlan, path: Path) -> None:
    """Write a plan where `apply_erasure` will be given it."""
    write_plan_file(path, plan.to_json())


def read_plan(path: Path) -> ErasurePlan:
    """Return the plan of a file.

    Raises:
        RetentionError: It is no plan of an erasure, or was changed since it was made.
    """
    return ErasurePlan.from_json(read_plan_file(path))


def apply_erasure(
    vault: Vault,
    root: Path,
    plan_path: Path,
    now: datetime,
    events: EventTable | None = None,
    force: bool = False,
    reason: str | None = None,
    watch: Watch = unwatched,
    stated_now: str | None = None,
) -> Path:
    """Carry out a plan and return its receipt; one that was cut short is taken up again.

    An account that was restored since is left alone and named in the receipt. A plan has one receipt, and one
    erasure rewrites a root at a time. `reason` is that of a person who let the plan be carried out far ahead of the
    clock. `watch` shows how far the files were looked through. `now` is the system's clock; what a person stated in
    its place is `stated_now`, and the receipt says both.

    Raises:
        OutputError: There is no such root.
        RetentionError: The plan is of another root or database, was changed, is ahead of the clock without
        force, or a run is under way that began before it.
        VaultError: A database refused.
        OutputError: The root cannot be written.
    """
    plan = read_plan(plan_path)
    _check_place(plan, vault, root, events)
    check_root(root)
    check_keys(root, vault.cipher.ring.keys)
    if datetime.fromisoformat(plan.as_of) > now and not (force and plan.reason):
        raise RetentionError(
            f"the plan is as of {plan.as_of} and now is {now.isoformat()}: that needs --force"
        )
    with rewriting(root):
        if find_receipt(root, plan.KIND, plan.digest) is None:
            body = _carry_out(vault, root, plan, now, events, watch) | {"reason": reason or plan.reason}
            body |= beside_clock(stated_now)
        else:
            body = {"plan": plan.digest}
        receipt = append_receipt(root, plan.KIND, body, now, once=True)
        _progress_path(root, plan).unlink(missing_ok=True)
    return receipt


def _progress_path(root: Path, plan: ErasurePlan) -> Path:
    return root / RECEIPTS / f"{plan.digest}{STARTED}"


def _carry_out(
    vault: Vault, root: Path, plan: ErasurePlan, now: datetime, events: EventTable | None, watch: Watch
) -> dict[str, Any]:
    """Erase what the plan names and return what its receipt says."""
    progress_path = _progress_path(root, plan)
    progress = read_noted(progress_path)
    with output_errors(root):
        progress_path.parent.mkdir(parents=True, exist_ok=True)
        claimed = claim(vault, plan.accounts)
        targets = find_targets(vault, claimed)
        _note_accounts(progress, plan, claimed, targets, vault, _milliseconds(now))
        write_whole(progress_path, progress)
        _erase_elsewhere(plan, root, targets, events, progress, progress_path, watch)
    rows = complete(vault, claimed, _milliseconds(now))
    progress["vault_rows"] = Counter(progress.get("vault_rows", {})) + rows
    return _receipt_body(plan, progress, vault)


def _erase_elsewhere(
    plan: ErasurePlan,
    root: Path,
    targets: Targets,
    events: EventTable | None,
    progress: dict[str, Any],
    progress_path: Path,
    watch: Watch,
) -> None:
    """Erase the accounts from the event table and, where the plan says so, from the partitions."""
    if events is not None:
        done = erase_event_rows(events.url, events.table, _all(targets))
        progress["event_rows"] = Counter(progress.get("event_rows", {})) + done
        write_whole(progress_path, progress)
    if plan.rewrite and targets:
        with _looking_through(root, watch) as heed:
            for file in rewrite_all(root, _eraser(targets), plan.digest, heed):
                note_rewriting(progress.setdefault("rewritten", {}), file)
                write_whole(progress_path, progress)


@contextmanager
def _looking_through(root: Path, watch: Watch) -> Iterator[Callable[[int], None]]:
    """Show how far the files of a root were looked through; yield what is to be told of bytes."""
    tally, total = Tally(), 0
    for path in files_to_rewrite(root):
        with suppress(FileNotFoundError):  # it expired meanwhile
            total += path.stat().st_size
    tally.begin(total)
    with watch(total, lambda: tally.done):
        yield tally.read


def _note_accounts(
    progress: dict[str, Any],
    plan: ErasurePlan,
    claimed: set[str],
    targets: Targets,
    vault: Vault,
    now_ms: int,
) -> None:
    """Note which accounts go, with their pseudonyms by keyed hash, before anything of them is deleted."""
    accounts = progress.setdefault("accounts", {})
    for account in plan.accounts:
        if account.account_id in claimed:
            accounts[account.account_id] = {
                **asdict(account),
                "pseudonyms": [asdict(mark) for mark in marks_of(vault, account, targets, now_ms)],
            }


def _receipt_body(plan: ErasurePlan, progress: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """Return what the receipt says: what went, what was left alone and why.

    The policies are that of the plan and, if it is another, that under which the plan was carried out.
    """
    done = progress["accounts"]
    return {
        "plan": plan.digest,
        "as_of": plan.as_of,
        "policies": sorted({plan.policy, vault.rules.policy}),
        "vault": plan.vault,
        "events": plan.events,
        "rewrite": plan.rewrite,
        "accounts": list(done.values()),
        "left_alone": [one.account_id for one in plan.accounts if one.account_id not in done],
        "vault_rows": dict(progress.get("vault_rows", {})),
        "event_rows": dict(progress.get("event_rows", {})),
        "rewritten": list(progress.get("rewritten", {}).values()),
    }


def _check_place(plan: ErasurePlan, vault: Vault, root: Path, events: EventTable | None) -> None:
    """Refuse a plan that was made for another place."""
    places = (str(root.absolute()), vault.database.name, None if events is None else events.name)
    if (plan.root, plan.vault, plan.events) != places:
        raise RetentionError("the plan was made for another root, vault or event table")


def _all(targets: Targets) -> list[ErasureTarget]:
    return [target for of_account in targets.values() for target in of_account]


def _eraser(targets: Targets) -> RecordEraser:
    return RecordEraser(_all(targets))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
