"""Calendar, status, tightening and erasure treat what a stream wrote, its rejections too, as what a batch job wrote."""

import threading
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.retention.behind import find_behind
from pipelines.retention.calendar import calendar_rows
from pipelines.retention.compact import apply_compaction, plan_compaction
from pipelines.retention.erase import apply_erasure, plan_erasure
from pipelines.retention.erase import write_plan as write_erasure
from pipelines.retention.tighten import apply_tightening, plan_tightening, write_plan
from pipelines.retention.verify import verify_root
from pipelines.status.root import RootWatcher
from pipelines.streams.job import StreamJob, deal_topic
from pipelines.streams.micro_batches import run_micro_batches
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from schemas.policy.file import DEFAULT_POLICY, load_policy
from tests.made_output import POLICY, partition_files, read_records
from tests.pipelines.streams.made_streams import event, new_topic
from transforms.detect import Detection
from transforms.redact_logs import RedactLogEvents
from transforms.tighten_files import FileTightener

UIN, OTHER = "100012345678", "100087654321"
SEGMENTS, EVENTS = 3, 4
TEXT = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
SHORTER = load_policy(
    TEXT.replace('"2024-10-22.1"', '"2026-12-01.1"').replace("retention_days: 180", "retention_days: 90"),
    "shorter.yaml",
)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def key(tmp_path: Path):
    make_ring(tmp_path / "keys")
    return load_keys(tmp_path / "keys", {}).current


@pytest.fixture
def root(tmp_path: Path, key) -> Path:
    """Return a root with segments of one lane: events of two accounts, and a rejection each."""
    root, topic = tmp_path / "out", new_topic(partitions=1)
    job = StreamJob(root, topic, deal_topic(root, topic, 1), RedactLogEvents(POLICY, key, 0), keys=[key])
    for segment in range(SEGMENTS):
        for number in range(EVENTS):
            topic.produce(event(segment * EVENTS + number, uin=(UIN, OTHER)[number % 2]))
        topic.produce(b"poison of " + UIN.encode())
        run_micro_batches(job, 0.01, threading.Event(), until_caught_up=True)
    return root.resolve()


def problems(root: Path, policy=POLICY) -> list[str]:
    return [str(problem) for problem in verify_root(root, now(), policy)]


def days_left(root: Path) -> set[int]:
    today = now().date()
    return {(row.expires_on - today).days for row in calendar_rows(root, now())}


def test_the_calendar_and_the_status_count_events_and_rejections(root):
    assert sum(row.records for row in calendar_rows(root, now())) == SEGMENTS * (EVENTS + 1)
    status = RootWatcher(root).look(now())
    assert (status.counts["written"], status.counts["rejected/not_json"]) == (SEGMENTS * EVENTS, SEGMENTS)


@pytest.mark.parametrize("joined", [False, True])
def test_fewer_days_move_events_and_rejections(root, tmp_path, key, joined):
    if joined:
        apply_compaction(root, plan_compaction(root, now()), now())
    assert sum(behind.behind for behind in find_behind(root, SHORTER)) == SEGMENTS * (EVENTS + 1)
    tightener = FileTightener(SHORTER, (key,), Detection.of(SHORTER))
    plan = plan_tightening(root, tightener, now())
    assert plan.done == {"earlier": SEGMENTS * (EVENTS + 1)}
    apply_tightening(root, write_plan(plan, tmp_path / "plan.json"), tightener, now())
    assert max(days_left(root)) <= 91
    assert {path.partition("/")[0] for path in partition_files(root)} == {
        "category=rejected",
        "category=troubleshooting_data",
    }
    assert plan_tightening(root, tightener, now()).files == ()
    assert problems(root, SHORTER) == []


@pytest.mark.parametrize("joined", [False, True])
def test_an_erased_account_goes_and_the_rejections_stay(root, tmp_path, joined):
    if joined:
        apply_compaction(root, plan_compaction(root, now()), now())
    vault = open_vault(f"sqlite:///{tmp_path}/vault.db", load_keys(tmp_path / "keys", {}), POLICY)
    left = int((now() - timedelta(days=40)).timestamp() * 1000)
    apply_events(
        vault,
        [
            AccountEvent("a", AccountEventKind.CREATED, 0, UIN, "lin.chen"),
            AccountEvent("b", AccountEventKind.TERMINATED, left, UIN),
        ],
    )
    pseudonym = vault.cipher.uin_pseudonyms(UIN)["1"]
    plan = tmp_path / "erase.json"
    write_erasure(plan_erasure(vault, root, now(), now(), rewrite=True), plan)
    apply_erasure(vault, root, plan, now())
    vault.database.close()
    left_over = read_records(root, "category=troubleshooting_data")
    assert len(left_over) == SEGMENTS * EVENTS // 2
    assert pseudonym not in str(left_over)
    assert len(read_records(root, "category=rejected")) == SEGMENTS
    assert problems(root) == []
