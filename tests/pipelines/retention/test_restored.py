"""Erased accounts and expired partitions that come back: by a late run, a late input, a restored copy."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import orjson
import pytest

from pipelines.jobs.redaction import run_redaction
from pipelines.keys.rings import load_keys
from pipelines.retention import rewriting
from pipelines.retention.erase import apply_erasure, plan_erasure
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.restored import erased_for_good, find_returned, remove_returned
from pipelines.retention.verify import verify_root
from pipelines.root.commit import commit_steps, open_run
from pipelines.root.receipts import chain_faults, read_receipts
from pipelines.sources.found import find_inputs
from pipelines.vault.disclosure import status_of
from pipelines.vault.erased_marks import erased_marks
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import Vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.errors import RetentionError
from schemas.ledger import Ledger
from schemas.verification import ProblemKind
from tests.made_output import (
    EVENTS_ROOT,
    POLICY,
    SECOND,
    commit_run,
    make_event,
    partition_files,
    read_records,
    staged_run,
)
from tests.pipelines.conftest import JOB
from tests.pipelines.retention.test_erase import (
    DUE,
    OTHER,
    TERMINATED_AT,
    UIN,
    in_ms,
    outputs,
    planned,
    pseudonyms,
    root,
    vault,
)
from tests.pipelines.root.test_commit import kill

__all__ = ["root", "vault"]
WEEK = timedelta(days=7)
LINES = [
    {"uin": UIN, "userName": "lin.chen", "msg": "own event"},
    {"uin": OTHER, "msg": f"quota taken from user lin.chen, uin={UIN}"},
    {"uin": OTHER, "msg": "nothing of anyone else"},
]


def erase(vault: Vault, root: Path) -> None:
    apply_erasure(vault, root, planned(vault, root), DUE)


def ring_of(vault: Vault):
    return vault.cipher.ring


def redact(root: Path, vault: Vault, moment: datetime, name: str = "late.jsonl", **options: object) -> Ledger:
    path = root.with_name(name)
    lines = [orjson.dumps({**line, "__TIMESTAMP__": in_ms(moment)}) for line in LINES]
    path.write_bytes(b"\n".join(lines) + b"\n")
    keys = load_keys(root.with_name("out.keys"), {})
    job = replace(
        JOB, inputs=find_inputs([str(path)], root), root=root, key=keys.current, keys=keys.keys, now=DUE
    )
    return run_redaction(replace(job, **options))


def returned(root: Path, vault: Vault, now: datetime = DUE) -> list[str]:
    problems = verify_root(root, now, POLICY, erased=erased_for_good(root, ring_of(vault).keys))
    return sorted(problem.path for problem in problems if problem.kind is ProblemKind.RETURNED)


@pytest.mark.parametrize("step", ["plan", "apply"])
def test_an_erasure_finishes_a_run_that_died_past_its_commit_point(
    vault: Vault, root: Path, step: str
) -> None:
    path = planned(vault, root)
    mine, _ = pseudonyms(vault, UIN, "lin.chen")
    run, *rest = staged_run(root, [make_event(50, source=SECOND, uin=mine, output="of a dead run")])
    list(islice(commit_steps(run, *rest), 3))
    kill(run)
    if step == "plan":
        assert (
            sum(file.records_before for file in plan_erasure(vault, root, DUE, DUE, rewrite=True).files) == 9
        )
    apply_erasure(vault, root, path, DUE)
    assert "of a dead run" not in outputs(root)
    assert not list(root.glob("_runs/*.pending.json"))


def test_a_run_that_commits_during_an_erasure_is_rewritten_too(
    vault: Vault, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = pseudonyms(vault, UIN, "lin.chen")
    rewrite_files = rewriting.rewrite_files
    late = [make_event(50, source=SECOND, uin=mine, output="committed meanwhile")]

    def rewrite_then_commit(*given):
        yield from rewrite_files(*given)
        while late:
            commit_run(root, [late.pop()])

    monkeypatch.setattr(rewriting, "rewrite_files", rewrite_then_commit)
    erase(vault, root)
    assert "committed meanwhile" not in outputs(root)


def test_an_erasure_is_not_done_while_a_run_that_began_before_it_is_under_way(
    vault: Vault, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "PATIENCE_SECONDS", 0.0)
    run = open_run(root, TERMINATED_AT)
    with pytest.raises(RetentionError, match=f"run {run.id} began before this erasure and is not done"):
        erase(vault, root)
    assert status_of(vault, UIN) is not None
    shutil.rmtree(run.staging)
    erase(vault, root)
    assert status_of(vault, UIN) is None


def test_a_late_input_brings_no_erased_account_back(vault: Vault, root: Path) -> None:
    erase(vault, root)
    ledger = redact(root, vault, TERMINATED_AT)
    assert ledger.counts["erased_on_arrival"] == 1
    assert ledger.counts["read"] == 3
    assert [text for text in outputs(root) if text not in ("quota taken from <ERASED> (user <ERASED>)",)] == [
        "quota taken from user <ERASED>, uin=<ERASED>",
        *["nothing of anyone else"] * 3,
    ]
    assert returned(root, vault) == []


def test_an_input_redacted_again_brings_no_erased_account_back(vault: Vault, root: Path) -> None:
    first = redact(root, vault, TERMINATED_AT)
    assert (first.counts["written"], first.counts["erased_on_arrival"]) == (3, 0)
    erase(vault, root)
    again = redact(root, vault, TERMINATED_AT, again=True)
    assert (again.counts["written"], again.counts["erased_on_arrival"]) == (2, 1)
    assert returned(root, vault) == []


def test_a_new_epoch_hides_no_erased_account(vault: Vault, root: Path) -> None:
    erase(vault, root)
    load_keys(root.with_name("out.keys"), {}).new_epoch()
    ledger = redact(root, vault, TERMINATED_AT)
    assert (ledger.key_epoch, ledger.counts["erased_on_arrival"]) == ("2", 1)
    assert "quota taken from user <ERASED>, uin=<ERASED>" in outputs(root)


def test_a_name_that_passed_on_is_kept_after_the_erasure_and_a_uin_is_not(vault: Vault, root: Path) -> None:
    erase(vault, root)
    redact(root, vault, DUE + timedelta(hours=1))
    (text,) = [text for text in outputs(root) if str(text).startswith("quota taken from user usr_")]
    assert str(text).endswith("uin=<ERASED>")


def test_an_account_that_lives_again_is_written_again_where_the_vault_is_asked(
    vault: Vault, root: Path
) -> None:
    erase(vault, root)
    again = in_ms(TERMINATED_AT + WEEK)
    apply_events(vault, [AccountEvent("d", AccountEventKind.RESTORED, again, UIN, "lin.chen")])
    before = redact(root, vault, TERMINATED_AT, erased_in_vault=erased_marks(vault))
    after = redact(root, vault, TERMINATED_AT + WEEK, "new.jsonl", erased_in_vault=erased_marks(vault))
    assert before.counts["erased_on_arrival"] == 1
    assert after.counts["erased_on_arrival"] == 0


def test_the_vault_alone_keeps_erased_accounts_out_of_another_root(vault: Vault, root: Path) -> None:
    erase(vault, root)
    other = root.with_name("other")
    ledger = redact(other, vault, TERMINATED_AT, erased_in_vault=erased_marks(vault))
    assert ledger.counts["erased_on_arrival"] == 1


@pytest.fixture
def drill(vault: Vault, root: Path) -> Callable[[bool], None]:
    """Erase an account and expire a day; then put back what stood before, all of it or the partitions alone."""
    copy = root.with_name("backup")
    shutil.copytree(root, copy)
    erase(vault, root)
    day = datetime.fromisoformat("2027-05-23T12:00+00:00")
    apply_plan(root, write_plan(plan_expiry(root, day.date(), day)), day)

    def restore(with_records: bool) -> None:
        if with_records:
            shutil.rmtree(root)
        for folder in copy.glob("*" if with_records else "category=*"):
            shutil.copytree(folder, root / folder.name, dirs_exist_ok=True)

    return restore


AFTER = datetime.fromisoformat("2027-05-23T13:00+00:00")


@pytest.mark.parametrize("with_records", [False, True], ids=["partitions", "whole_root"])
def test_restore_drill(drill: Callable[[bool], None], vault: Vault, root: Path, with_records: bool) -> None:
    before = {path: (root / path).read_bytes() for path in partition_files(root)}
    drill(with_records)
    erased = erased_for_good(root, ring_of(vault).keys, erased_marks(vault))
    found = find_returned(root, erased, AFTER)
    assert [partition.path for partition in found.partitions] == [f"{EVENTS_ROOT}/expires_on=2027-05-23"]
    assert [file.path.split("/")[1] for file in found.files] == ["expires_on=2027-05-24"]
    removed, receipt = remove_returned(root, erased, AFTER)
    assert removed == found
    assert receipt is not None
    assert receipt.body["partitions"][0]["path"] == f"{EVENTS_ROOT}/expires_on=2027-05-23"
    assert [file["records_after"] for file in receipt.body["rewritten"]] == [2]
    assert {path: (root / path).read_bytes() for path in partition_files(root)} == before
    assert chain_faults(root) == []
    assert verify_root(root, AFTER, POLICY, erased=erased) == []
    assert remove_returned(root, erased, AFTER) == (type(found)(), None)


def test_verify_names_what_a_restored_copy_brought_back(
    drill: Callable[[bool], None], vault: Vault, root: Path
) -> None:
    assert returned(root, vault, AFTER) == []
    drill(False)
    problems = verify_root(root, AFTER, POLICY, erased=erased_for_good(root, ring_of(vault).keys))
    named = sorted((problem.kind, problem.path.split("/")[1]) for problem in problems)
    assert named == [
        (ProblemKind.CHECKSUM, "expires_on=2027-05-23"),
        (ProblemKind.CHECKSUM, "expires_on=2027-05-24"),
        (ProblemKind.EXPIRED, "expires_on=2027-05-23"),
        (ProblemKind.RETURNED, "expires_on=2027-05-23"),
        (ProblemKind.RETURNED, "expires_on=2027-05-24"),
    ]


def test_what_was_deleted_ahead_of_its_date_is_known_by_its_receipt(root: Path, vault: Vault) -> None:
    kept = [make_event(90, "2027-05-23", source=SECOND, output="of another run")]
    day = datetime.fromisoformat("2027-01-01T00:00+00:00")
    copy = root.with_name("backup")
    shutil.copytree(root, copy)
    plan = plan_expiry(root, datetime(2027, 5, 23).date(), day, reason="a test")  # noqa: DTZ001
    apply_plan(root, write_plan(plan), day, force=True)
    shutil.copytree(copy / EVENTS_ROOT, root / EVENTS_ROOT, dirs_exist_ok=True)
    commit_run(root, kept)
    nothing = erased_for_good(root, ())
    (partition,) = find_returned(root, nothing, day).partitions
    assert (partition.why, len(partition.files)) == ("deleted before, as receipt 2 says", 1)
    remove_returned(root, nothing, day)
    assert outputs(root).count("of another run") == 1
    assert len(read_records(root, EVENTS_ROOT)) == 5


def test_an_erasure_that_left_the_partitions_says_nothing_of_them(vault: Vault, root: Path) -> None:
    apply_erasure(vault, root, planned(vault, root, rewrite=False), DUE)
    assert erased_for_good(root, ring_of(vault).keys, erased_marks(vault)).marks == {}
    assert returned(root, vault) == []
    assert redact(root, vault, TERMINATED_AT).counts["erased_on_arrival"] == 1


def test_a_removal_that_was_cut_short_is_finished_with_one_receipt(
    drill: Callable[[bool], None], vault: Vault, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill(False)
    erased = erased_for_good(root, ring_of(vault).keys)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.retention.restored.append_receipt", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            remove_returned(root, erased, AFTER)
    assert ProblemKind.UNFINISHED in {problem.kind for problem in verify_root(root, AFTER, POLICY)}
    _, receipt = remove_returned(root, erased, AFTER)
    assert receipt is not None
    assert len(receipt.body["partitions"]) == len(receipt.body["rewritten"]) == 1
    assert [one.kind for one in read_receipts(root)] == ["erase", "expire", "restore-check"]
    assert verify_root(root, AFTER, POLICY, erased=erased) == []


def test_a_removal_that_was_cut_short_after_its_receipt_gets_no_second_one(
    drill: Callable[[bool], None], vault: Vault, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill(False)
    erased = erased_for_good(root, ring_of(vault).keys)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.retention.restored.read_receipt", lambda *_: 1 / 0)
        patched.setattr("pathlib.Path.unlink", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            remove_returned(root, erased, AFTER)
    remove_returned(root, erased, AFTER)
    assert [one.kind for one in read_receipts(root)] == ["erase", "expire", "restore-check"]
    assert verify_root(root, AFTER, POLICY, erased=erased) == []
