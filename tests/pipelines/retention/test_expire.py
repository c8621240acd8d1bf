"""Expiry deletes what its plan names and nothing else, never early, and resumes what was cut short."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest

from pipelines.retention import expire
from pipelines.retention.expire import apply_plan, delete_partition, plan_expiry, read_plan, write_plan
from pipelines.root.commit import open_run
from pipelines.root.receipts import chain_faults, read_receipts
from schemas.errors import RetentionError
from tests.made_output import (
    POLICY,
    SECOND,
    STARTED,
    commit_run,
    event_ids,
    make_event,
    make_rejection,
    tree,
)

OLD, DUE, LATER = "2027-05-20", "2027-05-23", "2027-05-24"
TODAY = date(2027, 5, 23)
NOW = datetime(2027, 5, 23, 0, 0, tzinfo=UTC)
EVENTS = [make_event(n, (OLD, DUE, LATER)[n % 3]) for n in range(9)]
LATER_IDS = [event.event.event_id for event in EVENTS[2::3]]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "out"
    commit_run(folder, EVENTS, [make_rejection(1, DUE)])
    return folder


def partition(root, expires_on, category="troubleshooting_data"):
    return root / f"category={category}" / f"expires_on={expires_on}"


def make_plan(root, as_of=TODAY, now=NOW, reason=None):
    return write_plan(plan_expiry(root, as_of, now, reason))


def test_a_plan_names_what_is_due_with_its_numbers_and_deletes_nothing(root):
    before = tree(root)
    plan = plan_expiry(root, TODAY, NOW)
    assert [(p.path, len(p.files), p.records, p.why) for p in plan.partitions] == [
        (f"category=troubleshooting_data/expires_on={OLD}", 1, 3, f"expired on {OLD}, 3 days ago"),
        (f"category=rejected/expires_on={DUE}", 1, 1, f"expired on {DUE}, today"),
        (f"category=troubleshooting_data/expires_on={DUE}", 1, 3, f"expired on {DUE}, today"),
    ]
    assert {p.policies for p in plan.partitions} == {(f"{POLICY.version} {POLICY.digest}",)}
    assert plan.bytes == sum(path.stat().st_size for path in root.glob(f"*/expires_on=*[{OLD[-1]}3]/*"))
    assert tree(root) == before


def test_a_plan_survives_its_file(root):
    plan = plan_expiry(root, TODAY, NOW)
    assert read_plan(write_plan(plan)) == plan


def test_applying_deletes_the_planned_partitions_and_no_other(root):
    receipt = apply_plan(root, make_plan(root), NOW)
    assert event_ids(root) == LATER_IDS
    assert [path.name for path in root.glob("category=*/*")] == [f"expires_on={LATER}"]
    assert [p["path"] for p in receipt.body["partitions"]] == [
        f"category=troubleshooting_data/expires_on={OLD}",
        f"category=rejected/expires_on={DUE}",
        f"category=troubleshooting_data/expires_on={DUE}",
    ]


def test_the_receipt_says_what_when_and_under_which_policy_and_plan(root):
    path = make_plan(root)
    receipt = apply_plan(root, path, NOW)
    assert (receipt.number, receipt.kind, receipt.at) == (2, "expire", NOW.isoformat())
    assert receipt.body["plan"] == read_plan(path).digest
    assert receipt.body["policies"] == [f"{POLICY.version} {POLICY.digest}"]
    assert (receipt.body["records"], receipt.body["as_of"]) == (7, "2027-05-23")
    assert read_receipts(root) == [receipt]
    assert chain_faults(root) == []


def test_a_partition_found_later_is_left_to_the_next_plan(root):
    plan = make_plan(root)
    commit_run(root, [make_event(50, "2027-05-21", SECOND)])
    apply_plan(root, plan, NOW)
    assert "event00000050" in event_ids(root)


@pytest.mark.parametrize(
    ("now", "deleted"),
    [
        pytest.param(NOW - timedelta(microseconds=1), False, id="last-moment-of-the-day-before"),
        pytest.param(NOW, True, id="midnight-utc"),
    ],
)
def test_a_partition_goes_from_midnight_utc_of_its_date(root, now, deleted):
    plan = plan_expiry(root, now.date(), now)
    assert (f"category=rejected/expires_on={DUE}" in [p.path for p in plan.partitions]) == deleted


def test_a_date_in_the_future_needs_a_reason(root):
    with pytest.raises(RetentionError, match="2027-05-24 is in the future: that needs --force"):
        plan_expiry(root, TODAY + timedelta(1), NOW)


@pytest.mark.parametrize(
    ("reason", "force"),
    [
        pytest.param("the customer left", False, id="reason-without-force"),
        pytest.param(None, True, id="force-without-reason"),
    ],
)
def test_a_plan_ahead_of_the_clock_is_applied_with_force_and_a_reason_only(root, reason, force):
    later = NOW + timedelta(1)
    plan = write_plan(plan_expiry(root, later.date(), NOW if reason else later, reason))
    with pytest.raises(RetentionError, match="as of 2027-05-24 and today is 2027-05-23: that needs --force"):
        apply_plan(root, plan, NOW, force=force)
    assert len(event_ids(root)) == len(EVENTS)


def test_a_forced_plan_says_why_in_its_receipt(root):
    plan = make_plan(root, TODAY + timedelta(1), reason="the customer left")
    receipt = apply_plan(root, plan, NOW, force=True)
    assert receipt.body["reason"] == "the customer left"
    assert event_ids(root) == []


def test_a_clock_that_was_put_back_deletes_nothing(root):
    plan = make_plan(root)
    with pytest.raises(RetentionError, match="needs --force"):
        apply_plan(root, plan, NOW - timedelta(days=1))
    assert len(event_ids(root)) == len(EVENTS)


def add_file(folder):
    (folder / "part-new.avro").write_bytes(b"new")


def rewrite_file(folder):
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes())
    os.utime(path, (0, 0))


def remove_file(folder):
    (path,) = folder.iterdir()
    path.unlink()


def remove_folder(folder):
    remove_file(folder)
    folder.rmdir()


@pytest.mark.parametrize("change", [add_file, rewrite_file, remove_file, remove_folder])
def test_a_stale_plan_deletes_nothing_at_all(root, change):
    plan = make_plan(root)
    change(partition(root, DUE))
    before = tree(root)
    with pytest.raises(RetentionError, match="the plan is stale"):
        apply_plan(root, plan, NOW)
    assert tree(root) == before


def test_a_plan_of_another_root_is_refused(root, tmp_path):
    other = tmp_path / "other"
    commit_run(other, EVENTS)
    with pytest.raises(RetentionError, match="made for another root"):
        apply_plan(other, make_plan(root), NOW)
    assert len(event_ids(other)) == len(EVENTS)


def test_a_root_that_is_reached_by_another_name_is_the_same_root(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    apply_plan(tmp_path / "link", make_plan(root), NOW)
    assert event_ids(root) == LATER_IDS


@pytest.mark.parametrize("level", ["partition", "category", "file"])
def test_a_symbolic_link_is_never_followed(root, tmp_path, level):
    plan = make_plan(root)
    target = {
        "partition": partition(root, DUE),
        "category": partition(root, DUE).parent,
        "file": next(partition(root, DUE).iterdir()),
    }[level]
    target.rename(tmp_path / "elsewhere")
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RetentionError, match=r"symbolic link|not a plain file"):
        apply_plan(root, plan, NOW)
    assert len(event_ids(root)) == len(EVENTS)


def test_a_linked_folder_is_reported_and_not_planned(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    partition(root, "2027-05-01").symlink_to(outside)
    plan = plan_expiry(root, TODAY, NOW)
    assert plan.unparsable == ("category=troubleshooting_data/expires_on=2027-05-01",)
    assert len(plan.partitions) == 3


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("category=troubleshooting_data/expires_on=2027-5-1", id="date-without-zeros"),
        pytest.param("category=troubleshooting_data/expires_on=2027-02-30", id="no-such-day"),
        pytest.param("category=troubleshooting_data/expires_on=__HIVE_DEFAULT_PARTITION__", id="hive-null"),
        pytest.param("category=troubleshooting_data/backup", id="other-folder"),
        pytest.param("category=Odd Name/expires_on=2027-05-01", id="other-category"),
        pytest.param("exports/expires_on=2027-05-01", id="no-category"),
    ],
)
def test_a_folder_that_cannot_be_parsed_is_reported_and_never_deleted(root, name):
    (root / name).mkdir(parents=True)
    (root / name / "part-0.avro").write_bytes(b"x")
    plan = plan_expiry(root, TODAY, NOW)
    assert plan.unparsable == (name,)
    apply_plan(root, write_plan(plan), NOW)
    assert (root / name / "part-0.avro").exists()


def test_an_unreadable_file_expires_like_any_other(root):
    path = partition(root, DUE) / "part-broken.avro"
    path.write_bytes(b"Obj\x01 and no more")
    apply_plan(root, make_plan(root), NOW)
    assert not path.exists()


def test_an_unreadable_ledger_keeps_nothing_from_expiring(root):
    (ledger,) = (root / "_runs").glob("*.json")
    ledger.write_text("{")
    plan = plan_expiry(root, TODAY, NOW)
    assert plan.records == 7
    apply_plan(root, write_plan(plan), NOW)
    assert event_ids(root) == LATER_IDS


def stop_after(monkeypatch, deletions):
    """Make deleting fail, as a killed process does, after some files."""
    real = os.unlink
    done = []

    def unlink(path, *, dir_fd=None):
        if dir_fd is not None:
            if len(done) == deletions:
                raise KeyboardInterrupt
            done.append(path)
        real(path, dir_fd=dir_fd)

    monkeypatch.setattr(expire.os, "unlink", unlink)


@pytest.mark.parametrize("deletions", range(4))
def test_work_that_was_cut_short_is_finished_by_a_second_apply(tmp_path, monkeypatch, deletions):
    root = tmp_path / "out"
    commit_run(root, [*EVENTS, *(make_event(n, DUE, SECOND) for n in range(100, 103))])
    plan = make_plan(root)
    with monkeypatch.context() as patch:
        stop_after(patch, deletions)
        if deletions < 3:
            with pytest.raises(KeyboardInterrupt):
                apply_plan(root, plan, NOW)
    receipt = apply_plan(root, plan, NOW + timedelta(hours=1))
    assert event_ids(root) == LATER_IDS
    assert receipt.body["records"] == 9
    assert chain_faults(root) == []
    assert not list((root / "_receipts").glob("*.started.json"))


def test_a_plan_that_was_applied_gives_its_receipt_again_and_deletes_nothing(root):
    plan = make_plan(root)
    first = apply_plan(root, plan, NOW)
    commit_run(root, [make_event(70, DUE, SECOND)])
    assert apply_plan(root, plan, NOW + timedelta(1)) == first
    assert "event00000070" in event_ids(root)


def test_two_at_once_delete_the_same_and_write_one_receipt(tmp_path):
    for round_ in range(10):
        root = tmp_path / str(round_)
        commit_run(root, EVENTS)
        plan = make_plan(root)
        with ThreadPoolExecutor(4) as pool:
            receipts = list(pool.map(lambda _, r=root, p=plan: apply_plan(r, p, NOW), range(4)))
        assert {receipt.number for receipt in receipts} == {2}
        assert event_ids(root) == LATER_IDS


def test_a_file_that_appears_while_its_partition_goes_is_left(root):
    folder = partition(root, DUE)
    planned = plan_expiry(root, TODAY, NOW).partitions[2]
    add_file(folder)
    with pytest.raises(RetentionError, match="got a new file"):
        delete_partition(root, planned.path, planned.files)
    assert [path.name for path in folder.iterdir()] == ["part-new.avro"]


def test_expiry_sweeps_what_dead_runs_left_staged(root):
    run = open_run(root, STARTED)
    (run.staging / "owner.json").write_bytes(
        orjson.dumps({**orjson.loads((run.staging / "owner.json").read_bytes()), "started": "1"})
    )
    apply_plan(root, make_plan(root), NOW)
    assert not run.staging.exists()


def test_nothing_due_is_a_plan_too(root):
    plan = plan_expiry(root, date(2027, 1, 1), NOW)
    assert plan.partitions == ()
    apply_plan(root, write_plan(plan), NOW)
    assert len(event_ids(root)) == len(EVENTS)


def test_a_root_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RetentionError, match=r"cannot list .*gone: No such file or directory"):
        plan_expiry(tmp_path / "gone", TODAY, NOW)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "cannot read the plan", id="absent"),
        pytest.param("{", "is not JSON", id="not-json"),
        pytest.param("{}", "no plan of `logveil expire`", id="other-json"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(root, tmp_path, content, words):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(RetentionError, match=words):
        apply_plan(root, path, NOW)


def test_events_of_a_replaced_run_expire_with_the_rest(root):
    commit_run(root, EVENTS)
    apply_plan(root, make_plan(root), NOW)
    assert event_ids(root) == LATER_IDS


def test_what_was_killed_just_after_its_receipt_is_settled_by_the_next_apply(root, monkeypatch):
    path = make_plan(root)
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.unlink", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            apply_plan(root, path, NOW)
    (started,) = root.glob("_receipts/*.started.json")
    assert apply_plan(root, path, NOW) == read_receipts(root)[-1]
    assert not started.exists()
