"""Stored partitions are brought to a stricter policy: by a plan, just that plan, with a receipt, from no raw input."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastavro
import pytest

import pipelines.retention.tighten as tighten_module
from pipelines.retention.tighten import apply_tightening, plan_tightening, read_plan, write_plan
from pipelines.retention.verify import verify_root
from pipelines.root.layout import RECEIPTS
from pipelines.root.receipts import chain_faults, read_receipts
from schemas.errors import RetentionError
from schemas.ledger import Ledger
from schemas.policy.file import DEFAULT_POLICY, load_policy
from schemas.policy.policy import Policy
from tests.made_output import partition_files, read_records
from tests.pipelines.conftest import KEY, NOW
from transforms.checks.texts import checking_redactor
from transforms.detect import Detection
from transforms.pseudonyms import pseudonym
from transforms.tighten_files import FileTightener

TEXT = files("schemas.policy").joinpath(DEFAULT_POLICY).read_text(encoding="utf-8")
EVENTS = "category=troubleshooting_data"
LINES = [
    b'{"time": "2026-11-23T08:00:00Z", "user": "lin.qiao", "clientIp": "203.0.113.77", "state": "RUNNING",'
    b' "requestId": "0b5c3f6a8f1e4d070b5c3f6a8f1e4d07", "message": "0b5c3f6a8f1e4d070b5c3f6a8f1e4d07 failed"}',
    b'{"time": "2026-11-22T08:00:00Z", "user": "anna", "state": "FAILED", "uri": "/a?page=2&Region=ap-x"}',
    b"not json",
]


def changed(*pairs: tuple[str, str]) -> Policy:
    """Return the shipped policy with changed places, and another version."""
    text = TEXT.replace('"2024-10-22.1"', '"2026-12-01.1"')
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return load_policy(text, "new.yaml")


def tightener(policy: Policy, *keys: object) -> FileTightener:
    return FileTightener(policy, keys or (KEY,), Detection.of(policy))  # type: ignore[arg-type]


@pytest.fixture
def root(redact: Callable[..., Ledger], write_lines: Callable[..., Path], tmp_path: Path) -> Path:
    redact(write_lines(LINES))
    return tmp_path / "out"


def tightened(root: Path, policy: Policy, tmp_path: Path) -> dict[str, int]:
    """Tighten a root, check that it is as it should be, and return what was done."""
    plan = plan_tightening(root, tightener(policy), datetime.now(UTC))
    apply_tightening(root, write_plan(plan, tmp_path / "plan.json"), tightener(policy), datetime.now(UTC))
    found = verify_root(root, NOW, policy, checking_redactor(policy, Detection.of(policy)))
    assert [str(problem) for problem in found] == []
    assert plan_tightening(root, tightener(policy), datetime.now(UTC)).files == ()
    return dict(plan.done)


def events(root: Path) -> list[dict[str, Any]]:
    return sorted(read_records(root, EVENTS), key=lambda record: record["event_time"])  # type: ignore[no-any-return]


def test_a_field_that_is_dropped_now_goes_and_ids_stay(root: Path, tmp_path: Path) -> None:
    before = events(root)
    dropping = changed(("treatment: pseudonymise\n    prefix: usr", "treatment: drop\n    prefix: usr"))
    assert tightened(root, dropping, tmp_path) == {"username: drop": 2}
    after = events(root)
    assert [record["username"] for record in after] == [None, None]
    assert [tag["field"] for tag in after[1]["tags"] if tag["field"] == "username"] == []
    same = ("event_id", "event_time", "expires_at", "key_epoch", "source", "client_ip", "state", "output")
    assert [[record[name] for name in same] for record in after] == [
        [record[name] for name in same] for record in before
    ]
    assert {record["policy_version"] for record in after} == {"2026-12-01.1"}
    with (root / partition_files(root)[1]).open("rb") as stream:
        assert json.loads(fastavro.reader(stream).metadata["avro.schema"])["policy_digest"] == dropping.digest


def test_fewer_days_move_events_and_rejections_to_the_earlier_partition(root: Path, tmp_path: Path) -> None:
    shorter = changed(("retention_days: 180", "retention_days: 90"))
    assert tightened(root, shorter, tmp_path) == {"earlier": 3}
    assert [path.rpartition("/")[0] for path in partition_files(root)] == [
        "category=rejected/expires_on=2027-02-22",
        f"{EVENTS}/expires_on=2027-02-20",
        f"{EVENTS}/expires_on=2027-02-21",
    ]
    for record in events(root):
        assert (record["expires_at"] - record["event_time"]).days == 90
        assert {tag["expires_on"] for tag in record["tags"]} == {record["expires_at"].date()}
    (rejection,) = read_records(root, "category=rejected")
    assert rejection["expires_on"] == date(2027, 2, 22)


def test_the_days_of_one_field_move_only_the_events_that_carry_it(root: Path, tmp_path: Path) -> None:
    shorter = changed(("label: Client IP\n", "label: Client IP\n    retention_days: 30\n"))
    assert tightened(root, shorter, tmp_path) == {"earlier": 1}
    assert [record["expires_at"].date().isoformat() for record in events(root)] == [
        "2027-05-21",
        "2026-12-23",
    ]


def test_a_kept_field_is_pseudonymised_in_its_texts_too(root: Path, tmp_path: Path) -> None:
    label = "label: Request ID\n    personal: indirect\n    treatment: "
    done = tightened(root, changed((f"{label}keep", f"{label}pseudonymise")), tmp_path)
    assert done == {"request_id: pseudonymise": 1}
    raw = "0b5c3f6a8f1e4d070b5c3f6a8f1e4d07"
    token = pseudonym(KEY, "req", "request_id", raw)
    (record,) = [one for one in events(root) if one["request_id"]]
    assert (record["request_id"], record["output"]) == (token, f"{token} failed")
    tags = {tag["field"]: tag for tag in record["tags"]}
    assert tags["request_id"]["treatment"] == "pseudonymise"
    assert tags["output"]["detected"] == [{"kind": "REQUEST_ID", "count": 1}]
    assert tags["username"]["treatment"] == "pseudonymise"


def test_a_form_that_is_narrower_now_makes_text_of_a_value(root: Path, tmp_path: Path) -> None:
    assert tightened(root, changed(("ABORTED|FAILED|", "ABORTED|")), tmp_path) == {"state: keep": 1}
    assert {record["state"] for record in events(root)} == {"RUNNING", "FAILED"}
    (tag,) = [tag for tag in events(root)[0]["tags"] if tag["field"] == "state"]
    assert tag["treatment"] == "redact_text"


def test_a_query_key_that_is_no_longer_kept_loses_its_value(root: Path, tmp_path: Path) -> None:
    assert tightened(root, changed(("[Action, Version, Region,", "[Action, Version,")), tmp_path) == {
        "url: redact_url": 1
    }
    assert events(root)[0]["url"] == "/a?page=2&Region=<QUERY_VALUE>"


def test_a_network_cannot_be_pseudonymised_and_goes(root: Path, tmp_path: Path) -> None:
    label = "label: Client IP\n    personal: indirect\n    treatment: "
    done = tightened(root, changed((f"{label}truncate_ip", f"{label}pseudonymise")), tmp_path)
    assert done == {"client_ip: drop": 1}


def test_nothing_is_behind_a_weaker_or_a_neutral_policy(root: Path) -> None:
    label = "label: Client IP\n    personal: indirect\n    treatment: "
    for new in (
        changed((f"{label}truncate_ip", f"{label}redact_text")),
        changed(("label: State\n", "label: Status\n")),
    ):
        assert plan_tightening(root, tightener(new), datetime.now(UTC)).files == ()


def test_a_policy_that_keeps_another_field_longer_is_refused(root: Path, tmp_path: Path) -> None:
    tightened(root, changed(("retention_days: 180", "retention_days: 90")), tmp_path)
    mixed = changed(("treatment: pseudonymise\n    prefix: usr", "treatment: drop\n    prefix: usr"))
    with pytest.raises(
        RetentionError, match=r"fields\.uin\.retention_days: 90 -> 180: a stored event is never kept longer"
    ):
        plan_tightening(root, tightener(mixed), datetime.now(UTC))


def test_a_key_that_was_destroyed_leaves_nothing_to_pseudonymise_with(root: Path) -> None:
    label = "label: Request ID\n    personal: indirect\n    treatment: "
    new = changed((f"{label}keep", f"{label}pseudonymise"))
    plan = plan_tightening(root, tightener(new, replace(KEY, epoch="7")), datetime.now(UTC))
    assert dict(plan.done) == {"request_id: drop": 1}
    with pytest.raises(RetentionError, match="needs the keys of the root"):
        plan_tightening(root, FileTightener(new, (), Detection.of(new)), datetime.now(UTC))


MOVING = (("retention_days: 180", "retention_days: 90"),)


def test_a_plan_changes_nothing_and_is_applied_once(root: Path, tmp_path: Path) -> None:
    new = changed(*MOVING)
    before = {path: (root / path).read_bytes() for path in partition_files(root)}
    path = write_plan(plan_tightening(root, tightener(new), datetime.now(UTC)))
    assert {path: (root / path).read_bytes() for path in partition_files(root)} == before
    receipts = [apply_tightening(root, path, tightener(new), datetime.now(UTC)) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert [receipt.kind for receipt in read_receipts(root)] == ["tighten"]
    assert chain_faults(root) == []
    assert not list((root / RECEIPTS).glob("*.started.json"))


@pytest.mark.parametrize("steps", range(1, 7))
def test_a_plan_that_was_cut_short_is_taken_up_again(
    steps: int, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = changed(*MOVING)
    path = write_plan(plan_tightening(root, tightener(new), datetime.now(UTC)))
    ids = [record["event_id"] for record in events(root)]
    with monkeypatch.context() as patched:
        cut = _cut_after(steps)
        for name in ("replace", "fsync"):
            patched.setattr(tighten_module.os, name, cut(getattr(tighten_module.os, name)))
        with pytest.raises(_Killed):
            apply_tightening(root, path, tightener(new), datetime.now(UTC))
    assert {record["event_id"] for record in events(root)} == set(ids)
    apply_tightening(root, path, tightener(new), datetime.now(UTC))
    assert [record["event_id"] for record in events(root)] == ids
    assert verify_root(root, NOW, new) == []


class _Killed(BaseException):
    """What a kill is to a test."""


def _cut_after(steps: int) -> Callable[[Any], Any]:
    left: Iterator[int] = iter(range(steps))

    def cut(function: Any) -> Any:
        def counted(*given: object, **named: object) -> object:
            if next(left, None) is None:
                raise _Killed
            return function(*given, **named)

        return counted

    return cut


def test_a_stale_or_foreign_plan_changes_nothing(root: Path, tmp_path: Path) -> None:
    new = changed(*MOVING)
    path = write_plan(plan_tightening(root, tightener(new), datetime.now(UTC)), tmp_path / "plan.json")
    with pytest.raises(RetentionError, match="another root or another policy"):
        apply_tightening(root, path, tightener(changed()), datetime.now(UTC))
    first, second, third = (root / name for name in partition_files(root))
    third.write_bytes(second.read_bytes())
    with pytest.raises(RetentionError, match="the plan is stale"):
        apply_tightening(root, path, tightener(new), datetime.now(UTC))
    assert first.exists()
    assert read_receipts(root) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("expires_on=2027-02-22", "expires_on=2027-02-21"), ("category=rejected", "../category=rejected")],
)
def test_a_plan_that_was_changed_is_refused(old: str, new: str, root: Path, tmp_path: Path) -> None:
    path = write_plan(
        plan_tightening(root, tightener(changed(*MOVING)), datetime.now(UTC)), tmp_path / "plan.json"
    )
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RetentionError):
        read_plan(path)


def test_redacting_the_input_again_takes_the_moved_files_along(
    root: Path, tmp_path: Path, redact: Callable[..., Ledger]
) -> None:
    new = changed(*MOVING)
    tightened(root, new, tmp_path)
    redact(tmp_path / "events.jsonl", again=True, policy=new)
    assert len(events(root)) == 2
    assert len(read_records(root, "category=rejected")) == 1
    assert [str(problem) for problem in verify_root(root, NOW, new)] == []
