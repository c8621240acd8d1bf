"""An account is erased while a stream writes: nothing of it is left, and nothing of it comes after."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.retention.erase import apply_erasure, plan_erasure, write_plan
from pipelines.retention.verify import verify_root
from pipelines.streams.job import StreamJob, deal_topic
from pipelines.streams.micro_batches import run_micro_batches
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.vault import Vault, open_vault
from schemas.accounts import AccountEvent, AccountEventKind
from tests.made_output import POLICY, event_ids, read_records
from tests.pipelines.streams.made_streams import event, new_topic
from transforms.redact_logs import RedactLogEvents

UIN, OTHER = "100012345678", "100087654321"
TURNS, A_TURN = 30, 40


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Return a vault with one terminated account."""
    make_ring(tmp_path / "keys")
    vault = open_vault(f"sqlite:///{tmp_path}/vault.db", load_keys(tmp_path / "keys", {}), POLICY)
    ended = int((datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000)
    apply_events(
        vault,
        [
            AccountEvent("a", AccountEventKind.CREATED, 0, UIN, "lin.chen"),
            AccountEvent("b", AccountEventKind.TERMINATED, ended, UIN),
        ],
    )
    yield vault
    vault.database.close()


def test_an_erasure_beside_a_running_stream_leaves_nothing_of_the_account(
    vault: Vault, tmp_path: Path
) -> None:
    root, topic, stop = tmp_path / "out", new_topic(partitions=2), threading.Event()
    key = load_keys(tmp_path / "keys", {}).current
    job = StreamJob(root, topic, deal_topic(root, topic, 2), RedactLogEvents(POLICY, key, 0), keys=[key])
    pseudonym = vault.cipher.uin_pseudonyms(UIN)["1"]
    erased, seen_before, turns = threading.Event(), [], count()

    def feed_and_erase(progress: object) -> None:
        turn = next(turns)
        if turn == TURNS // 3:
            seen_before.append(named(root, pseudonym))
            erasing.start()
        if turn >= TURNS and erased.is_set():
            stop.set()
            return
        for number in range(A_TURN):
            topic.produce(event(turn * A_TURN + number, uin=(UIN, OTHER)[number % 2]))

    def erase() -> None:
        due = datetime.now(UTC) + timedelta(days=31)
        plan = tmp_path / "plan.json"
        write_plan(plan_erasure(vault, root, due, due, rewrite=True), plan)
        apply_erasure(vault, root, plan, due)
        erased.set()

    erasing = threading.Thread(target=erase)
    run_micro_batches(job, 0.01, stop, show=feed_and_erase)
    erasing.join()
    assert seen_before[0] > 0
    assert named(root, pseudonym) == 0
    assert len(set(event_ids(root))) == len(event_ids(root)) > TURNS * A_TURN // 4
    assert verify_root(root, datetime.now(UTC), POLICY) == []


def named(root: Path, pseudonym: str) -> int:
    """Return how many records name a pseudonym."""
    return sum(pseudonym in str(record) for record in read_records(root, "category=troubleshooting_data"))
