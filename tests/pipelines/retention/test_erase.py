"""Erasing an account everywhere: plan, apply, receipt, and what a crash leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.retention.erase import apply_erasure, plan_erasure, read_plan, write_plan
from pipelines.retention.verify_ledgers import verify_records_of_runs
from pipelines.root.erase_files import rewrite_files
from pipelines.root.receipts import chain_faults, read_receipts
from pipelines.sources.tally import Done
from pipelines.vault.disclosure import status_of
from pipelines.vault.erasure import due_accounts, find_targets
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import OptionsError, OutputError, RetentionError, SchemaError
from schemas.verification import ProblemKind
from tests.made_output import EVENTS_ROOT, POLICY, commit_run, make_event, read_records
from tests.pipelines.vault.test_database_faults import small_disk
from tests.watching import Noted
from transforms.accounts.erasure import RecordEraser

TERMINATED_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
DUE = TERMINATED_AT + timedelta(days=30)
UIN, OTHER = "100012345678", "100087654321"
UNFINISHED = ProblemKind.UNFINISHED


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Return a vault with one terminated and one living account."""
    make_ring(tmp_path / "out.keys")
    vault = open_vault(f"sqlite:///{tmp_path}/vault.db", load_keys(tmp_path / "out.keys", {}), POLICY)
    moment = int(TERMINATED_AT.timestamp() * 1000)
    apply_events(
        vault,
        [
            AccountEvent("a", AccountEventKind.CREATED, 0, UIN, "lin.chen"),
            AccountEvent("b", AccountEventKind.CREATED, 0, OTHER, "wang.wei"),
            AccountEvent("c", AccountEventKind.TERMINATED, moment, UIN),
        ],
    )
    return vault


@pytest.fixture
def root(tmp_path: Path, vault: Vault) -> Path:
    """Return an output root with events of both accounts in two partitions."""
    mine, name = pseudonyms(vault, UIN, "lin.chen")
    others, _ = pseudonyms(vault, OTHER, "wang.wei")
    events = []
    for number, day in enumerate(("2027-05-23", "2027-05-24")):
        start = number * 10
        events += [
            make_event(start + 1, day, uin=mine, username=name, output="own event"),
            make_event(start + 2, day, uin=others, output=f"quota taken from {mine} (user {name})"),
            make_event(start + 3, day, uin="", username=name, output="a name alone"),
            make_event(start + 4, day, uin=others, output="nothing of anyone else"),
        ]
    commit_run(tmp_path / "out", events)
    return tmp_path / "out"


def pseudonyms(vault: Vault, uin: str, username: str) -> tuple[str, str]:
    return vault.cipher.uin_pseudonyms(uin)["1"], vault.cipher.username_pseudonyms(username)["1"]


def planned(vault: Vault, root: Path, rewrite: bool = True) -> Path:
    path = root.with_name("plan.json")
    write_plan(plan_erasure(vault, root, DUE, DUE, rewrite=rewrite), path)
    return path


def kinds(root: Path) -> set[ProblemKind]:
    return {problem.kind for problem in verify_records_of_runs(root)[0]}


def in_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def outputs(root: Path) -> list[object]:
    return [record["output"] for record in read_records(root, EVENTS_ROOT)]


def test_a_plan_changes_nothing(vault: Vault, root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    plan = read_plan(planned(vault, root))
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert status_of(vault, UIN) is not None
    assert [(file.records_before, file.records_after, file.records_changed) for file in plan.files] == [
        (4, 2, 1),
        (4, 2, 1),
    ]


def test_partitions_no_longer_name_the_account_and_keep_everything_else(vault: Vault, root: Path) -> None:
    apply_erasure(vault, root, planned(vault, root), DUE)
    assert outputs(root) == ["quota taken from <ERASED> (user <ERASED>)", "nothing of anyone else"] * 2
    assert status_of(vault, UIN) is None
    assert status_of(vault, OTHER) is not None


def test_without_rewriting_partitions_stay_as_they_are(vault: Vault, root: Path) -> None:
    before = outputs(root)
    apply_erasure(vault, root, planned(vault, root, rewrite=False), DUE)
    assert outputs(root) == before
    assert status_of(vault, UIN) is None


def test_the_receipt_says_what_went_by_keyed_hash_and_under_which_policy(vault: Vault, root: Path) -> None:
    mine, name = pseudonyms(vault, UIN, "lin.chen")
    path = planned(vault, root)
    plan = read_plan(path)
    (account,) = plan.accounts
    apply_erasure(vault, root, path, DUE)
    (receipt,) = read_receipts(root)
    assert receipt.body == {
        "plan": plan.digest,
        "as_of": DUE.isoformat(),
        "reason": None,
        "policies": [f"{POLICY.version} {POLICY.digest}"],
        "vault": vault.database.name,
        "events": None,
        "rewrite": True,
        "accounts": [
            {
                "account_id": account.account_id,
                "terminated_at": int(TERMINATED_AT.timestamp() * 1000),
                "erase_by": int(DUE.timestamp() * 1000),
                "pseudonyms": sorted(
                    (
                        {
                            "digest": vault.cipher.erasure_digest("1", one),
                            "since": 0,
                            "until": until,
                            "revived": False,
                        }
                        for one, until in (
                            (mine, in_ms(TERMINATED_AT + timedelta(days=30 + 180))),
                            (name, in_ms(DUE)),
                        )
                    ),
                    key=lambda mark: mark["digest"],
                ),
            }
        ],
        "left_alone": [],
        "vault_rows": {"account_events": 2, "account_names": 1, "account_uins": 1, "accounts": 1},
        "event_rows": {},
        "rewritten": [asdict(file) for file in plan.files],
    }
    assert [file["records_after"] for file in receipt.body["rewritten"]] == [2, 2]
    text = json.dumps(receipt.body)
    assert [secret for secret in (mine, name, UIN, "lin.chen") if secret in text] == []
    assert chain_faults(root) == []


def test_the_receipt_of_a_plan_carried_out_under_another_policy_names_both(
    vault: Vault, root: Path, tmp_path: Path
) -> None:
    path = planned(vault, root)
    later = replace(POLICY, version="2030-01-01.1", digest="b" * 64)
    apply_erasure(open_vault(f"sqlite:///{tmp_path}/vault.db", vault.cipher.ring, later), root, path, DUE)
    (receipt,) = read_receipts(root)
    assert read_plan(path).policy == f"{POLICY.version} {POLICY.digest}"
    assert receipt.body["policies"] == [f"{POLICY.version} {POLICY.digest}", f"2030-01-01.1 {'b' * 64}"]


def test_applying_a_plan_twice_gives_one_receipt(vault: Vault, root: Path) -> None:
    path = planned(vault, root)
    assert apply_erasure(vault, root, path, DUE) == apply_erasure(vault, root, path, DUE)
    assert len(read_receipts(root)) == 1


def test_several_at_once_erase_the_account_under_one_receipt(vault: Vault, root: Path) -> None:
    path = planned(vault, root)

    def apply(_: int) -> Path | None:
        try:
            return apply_erasure(vault, root, path, DUE)
        except RetentionError:  # another one was quicker; it says to apply the plan again
            return None

    with ThreadPoolExecutor(3) as pool:
        receipts = set(pool.map(apply, range(3))) - {None}
    assert receipts == {apply_erasure(vault, root, path, DUE)}
    (receipt,) = read_receipts(root)
    assert (len(receipt.body["accounts"]), receipt.body["left_alone"]) == (1, [])
    assert len(outputs(root)) == 4
    assert UNFINISHED not in kinds(root)


def test_an_account_restored_since_the_plan_is_left_alone_and_named(vault: Vault, root: Path) -> None:
    path, before = planned(vault, root), outputs(root)
    moment = int(DUE.timestamp() * 1000) - 1
    apply_events(vault, [AccountEvent("d", AccountEventKind.RESTORED, moment, UIN)])
    apply_erasure(vault, root, path, DUE)
    (receipt,) = read_receipts(root)
    assert (receipt.body["accounts"], len(receipt.body["left_alone"])) == ([], 1)
    assert outputs(root) == before
    assert status_of(vault, UIN) is not None


def test_a_future_moment_needs_a_reason(vault: Vault, root: Path) -> None:
    with pytest.raises(OptionsError, match="--reason"):
        plan_erasure(vault, root, DUE, TERMINATED_AT)
    assert plan_erasure(vault, root, DUE, TERMINATED_AT, reason="drill").reason == "drill"


@pytest.mark.parametrize(
    ("reason", "force"),
    [pytest.param("drill", False, id="without-force"), pytest.param(None, True, id="without-a-reason")],
)
def test_a_plan_ahead_of_the_clock_erases_nothing(
    vault: Vault, root: Path, reason: str | None, force: bool
) -> None:
    path = root.with_name("plan.json")
    write_plan(plan_erasure(vault, root, DUE, TERMINATED_AT if reason else DUE, reason=reason), path)
    with pytest.raises(RetentionError, match="that needs --force"):
        apply_erasure(vault, root, path, DUE - timedelta(seconds=1), force=force)
    assert status_of(vault, UIN) is not None


def test_a_plan_ahead_of_the_clock_is_carried_out_by_force_and_its_receipt_says_why(
    vault: Vault, root: Path
) -> None:
    path = root.with_name("plan.json")
    write_plan(plan_erasure(vault, root, DUE, TERMINATED_AT, reason="drill"), path)
    apply_erasure(vault, root, path, TERMINATED_AT, force=True)
    assert status_of(vault, UIN) is None
    assert read_receipts(root)[0].body["reason"] == "drill"


def test_a_changed_plan_is_refused(vault: Vault, root: Path) -> None:
    path = planned(vault, root)
    content = json.loads(path.read_text())
    content["rewrite"] = False
    path.write_text(json.dumps(content))
    with pytest.raises(RetentionError, match="changed"):
        apply_erasure(vault, root, path, DUE)


@pytest.mark.parametrize(
    "text", [pytest.param("{}", id="empty"), pytest.param("[1]", id="list"), pytest.param("no", id="text")]
)
def test_what_is_no_plan_is_refused(vault: Vault, root: Path, text: str) -> None:
    path = root.with_name("plan.json")
    path.write_text(text)
    with pytest.raises(RetentionError, match="no plan"):
        apply_erasure(vault, root, path, DUE)


def test_a_plan_of_another_root_is_refused(vault: Vault, root: Path, tmp_path: Path) -> None:
    with pytest.raises(RetentionError, match="another root"):
        apply_erasure(vault, tmp_path / "elsewhere", planned(vault, root), DUE)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"Obj\x01 and no more", id="no-avro"),
        pytest.param(lambda data: data[:-20], id="cut-off"),
        pytest.param(lambda data: data[:-20] + bytes(4) + data[-16:], id="overwritten"),
        pytest.param(lambda data: data[:-1] + b"x", id="another-end"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_erased(
    vault: Vault, root: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = planned(vault, root)
    damaged = sorted(root.rglob("*.avro"))[-1]
    damaged.write_bytes(damage(damaged.read_bytes()))
    with pytest.raises(SchemaError, match=f"{damaged.relative_to(root)}: "):
        apply_erasure(vault, root, path, DUE)
    assert status_of(vault, UIN) is not None


def test_a_partition_behind_a_symbolic_link_is_refused(vault: Vault, root: Path, tmp_path: Path) -> None:
    partition = root / EVENTS_ROOT / "expires_on=2027-05-24"
    partition.rename(tmp_path / "outside")
    partition.symlink_to(tmp_path / "outside")
    with pytest.raises(OutputError, match="symbolic link"):
        planned(vault, root)


def test_an_erasure_cut_short_between_two_files_is_finished_by_applying_again(
    vault: Vault, root: Path
) -> None:
    path = planned(vault, root)
    due = due_accounts(vault, int(DUE.timestamp() * 1000))
    (targets,) = find_targets(vault, [account.account_id for account in due]).values()
    rewriting = rewrite_files(root, RecordEraser(targets))
    next(rewriting)
    next(rewriting)
    rewriting.close()
    assert len(outputs(root)) == 6
    apply_erasure(vault, root, path, DUE)
    assert len(outputs(root)) == 4


def test_a_receipt_that_could_not_be_written_is_written_by_applying_again(vault: Vault, root: Path) -> None:
    path = planned(vault, root)
    in_the_way = root / "_receipts" / "last.json"
    in_the_way.unlink()
    in_the_way.mkdir()
    with pytest.raises(OutputError):
        apply_erasure(vault, root, path, DUE)
    assert status_of(vault, UIN) is None
    assert UNFINISHED in kinds(root)
    in_the_way.rmdir()
    apply_erasure(vault, root, path, DUE)
    assert UNFINISHED not in kinds(root)
    (receipt,) = read_receipts(root)
    assert len(receipt.body["accounts"]) == 1
    assert len(receipt.body["rewritten"]) == 2


@pytest.mark.parametrize("pages", [pytest.param(pages, id=f"{pages}-pages-left") for pages in range(5)])
def test_a_full_disk_leaves_whole_files_and_the_erasure_is_finished_when_there_is_room(
    vault: Vault, root: Path, tmp_path: Path, pages: int
) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        shutil.copytree(root, disk / "out")
        path = planned(vault, disk / "out")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "ballast").write_bytes(bytes(free - pages * 4096))
        with pytest.raises(OutputError, match="No space left on device"):
            apply_erasure(vault, disk / "out", path, DUE)
        assert len(outputs(disk / "out")) in (6, 8)
        (disk / "ballast").unlink()
        apply_erasure(vault, disk / "out", path, DUE)
        assert len(outputs(disk / "out")) == 4
        (receipt,) = read_receipts(disk / "out")
        assert (len(receipt.body["accounts"]), len(receipt.body["rewritten"])) == (1, 2)


APPLY = """
import sys
from datetime import datetime
from pathlib import Path
from pipelines.retention.erase import apply_erasure
from pipelines.keys.rings import load_keys
from pipelines.vault.vault import open_vault
from schemas.policy.file import default_policy
from schemas.verification import ProblemKind
base = Path(sys.argv[1])
vault = open_vault(f"sqlite:///{base}/vault.db", load_keys(base / "out.keys", {}), default_policy())
print("ready", flush=True)
apply_erasure(vault, base / "out", base / "plan.json", datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.slow
def test_an_apply_killed_at_any_time_leaves_whole_files_and_is_finished_later(
    vault: Vault, root: Path, tmp_path: Path
) -> None:
    path = planned(vault, root)
    command = [sys.executable, "-c", APPLY, str(tmp_path), DUE.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    for delay in (0.0, 0.002, 0.005, 0.01, 0.02, 0.03):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        assert len(outputs(root)) in (4, 6, 8)
    apply_erasure(vault, root, path, DUE)
    assert len(outputs(root)) == 4
    assert status_of(vault, UIN) is None
    (receipt,) = read_receipts(root)
    assert len(receipt.body["accounts"]) == 1
    assert len(receipt.body["rewritten"]) == 2


def test_planning_and_rewriting_look_through_every_byte_of_the_files(vault: Vault, root: Path) -> None:
    size = sum(path.stat().st_size for path in root.glob("category=*/*/*.avro"))
    noted = Noted()
    plan = root.with_name("plan.json")
    write_plan(plan_erasure(vault, root, DUE, DUE, rewrite=True, watch=noted.watch), plan)
    apply_erasure(vault, root, plan, DUE, watch=noted.watch)
    assert noted.ended == [(size, Done(size, 0))] * 2
