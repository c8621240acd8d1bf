"""Verification reads a root back and reports each thing that is not as it should be, as one line."""

import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.retention import verify
from pipelines.retention.calendar import calendar_rows
from pipelines.retention.expire import apply_plan, plan_expiry, write_plan
from pipelines.retention.verify import verify_root
from pipelines.root.commit import commit_steps, open_run, recover
from pipelines.root.receipts import append_receipt
from pipelines.sources.tally import Done
from schemas.errors import DetectorError, RetentionError
from tests.made_output import (
    POLICY,
    SECOND,
    STARTED,
    change_part,
    commit_run,
    make_event,
    make_rejection,
    staged_run,
)
from tests.watching import Noted

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = "2027-05-23"
EVENTS = [make_event(n, DAY, output=f"job {n} done", url="https://host/path") for n in range(4)]
PATH = f"category=troubleshooting_data/expires_on={DAY}/part-a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1-00000.avro"


@dataclass(frozen=True)
class Redacted:
    text: str


class SecretScanner:
    """Finds the word `secret` in texts and `token` in URLs."""

    def redact(self, texts, known):
        return [Redacted(text.replace("secret", "<X>")) for text in texts]

    def redact_url(self, texts, known):
        return [Redacted(text.replace("token", "<X>")) for text in texts]


class FailingScanner(SecretScanner):
    """Fails on texts with the word `trap`."""

    def redact(self, texts, known):
        if any("trap" in text for text in texts):
            raise DetectorError("recognizer trap failed")
        return super().redact(texts, known)


@pytest.fixture
def root(tmp_path):
    commit_run(tmp_path, EVENTS, [make_rejection(1, DAY)])
    return tmp_path


def problems(root, now=NOW, **options):
    return [str(problem) for problem in verify_root(root, now, POLICY, **options)]


def test_a_root_as_it_was_written_has_no_problem(root):
    assert problems(root, scanner=SecretScanner(), canaries=["canary"]) == []


def test_an_empty_root_has_no_problem(tmp_path):
    assert problems(tmp_path) == []


def test_a_root_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RetentionError, match="cannot list"):
        problems(tmp_path / "gone")


def test_what_expired_by_a_receipt_is_not_missed(root):
    later = datetime(2027, 5, 23, tzinfo=UTC)
    apply_plan(root, write_plan(plan_expiry(root, later.date(), later)), later)
    assert problems(root, later) == []


def test_an_input_that_was_replaced_is_not_missed(root):
    commit_run(root, EVENTS[:1])
    assert problems(root) == []


@pytest.mark.parametrize(
    ("now", "expired"),
    [
        pytest.param(datetime(2027, 5, 22, 23, 59, 59, tzinfo=UTC), [], id="day-before"),
        pytest.param(
            datetime(2027, 5, 23, tzinfo=UTC),
            [
                f"expired: category=rejected/expires_on={DAY}: 1 records should be gone",
                f"expired: category=troubleshooting_data/expires_on={DAY}: 4 records should be gone",
            ],
            id="its-day",
        ),
    ],
)
def test_what_is_on_the_disk_past_its_date_is_a_problem(root, now, expired):
    assert problems(root, now) == expired


def forge(root, events, path=PATH):
    """Put a whole file of other events in a file's place, with a ledger and a claim of its own."""
    (root / path).unlink(missing_ok=True)
    scratch = root / "_scratch"
    ledger = commit_run(scratch, events)
    forged = scratch / ledger.files[0].path
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    data = forged.read_bytes()
    (root / path).write_bytes(data)
    shutil.rmtree(scratch)
    for own in (root / "_runs").glob("*.json"):
        content = orjson.loads(own.read_bytes())
        for file in content["files"]:
            if f"{file['partition']}/{file['name']}" == path:
                content["counts"]["read"] += len(events) - file["records"]
                content["counts"]["written"] += len(events) - file["records"]
                file.update(checksum=sha256(data).hexdigest(), bytes=len(data), records=len(events))
        own.write_bytes(orjson.dumps(content))


def of_other_day(event):
    return replace(event, expires_at=event.expires_at - 86_400_000)


def without_tags(event):
    return replace(event, tags=event.tags[1:])


def kept_too_long(event):
    event_time = event.event.event_time - 1
    return replace(event, event=replace(event.event, event_time=event_time))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(of_other_day, "partition: .*: 4 records expire on another day", id="wrong-folder"),
        pytest.param(without_tags, "tags: .*: 4 records have a field without a tag", id="untagged"),
        pytest.param(kept_too_long, "retention: .*: 4 records are kept longer", id="kept-too-long"),
    ],
)
def test_records_that_disagree_with_folder_schema_or_tags_are_a_problem(root, change, problem):
    forge(root, [change(event) for event in EVENTS])
    found = problems(root)
    assert any(re.match(problem, line) for line in found), found


def test_an_event_id_that_is_there_twice_is_a_problem(root):
    commit_run(root, [replace(EVENTS[0], event=_moved(EVENTS[0].event, SECOND))])
    assert problems(root) == [
        f"duplicate: category=troubleshooting_data/expires_on={DAY}/part-b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2-00000.avro:"
        " 1 records have an event id that is there already"
    ]


@pytest.mark.parametrize(
    ("remembered", "found"),
    [
        pytest.param(verify.REMEMBERED_EVENTS, 1, id="compared-over-the-root"),
        pytest.param(4, 0, id="a-larger-root-is-compared-by-partition"),
    ],
)
def test_event_ids_are_compared_between_partitions_as_far_as_memory_goes(
    root, monkeypatch, remembered, found
):
    monkeypatch.setattr(verify, "REMEMBERED_EVENTS", remembered)
    commit_run(root, [make_event(0, "2027-05-24", SECOND)])
    assert [line.split(":")[0] for line in problems(root)] == ["duplicate"] * found


def _moved(event, source):
    return replace(event, record=replace(event.record, source=source))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"output": "a secret"}, id="free-text"),
        pytest.param({"url": "https://host/token"}, id="url"),
        pytest.param({"error_message": "secret " * 900}, id="long-text"),
    ],
)
def test_a_text_in_which_the_detectors_find_something_is_a_problem(tmp_path, values):
    commit_run(tmp_path, [make_event(1, DAY, **values)])
    assert problems(tmp_path, scanner=SecretScanner()) == [
        f"text: {PATH}: 1 records have a text in which the detectors find something"
    ]


def test_a_text_on_which_a_detector_fails_is_a_problem_and_hides_no_other(tmp_path):
    texts = ["a secret", "a trap", "nothing"]
    commit_run(tmp_path, [make_event(n, DAY, output=text) for n, text in enumerate(texts)])
    assert problems(tmp_path, scanner=FailingScanner()) == [
        f"text: {PATH}: 1 records have a text in which the detectors find something",
        f"text: {PATH}: 1 records have a text on which a detector fails",
    ]


def test_a_canary_in_a_record_is_a_problem_and_is_not_repeated(tmp_path):
    commit_run(tmp_path, [make_event(1, DAY, output='tweety "x" 鸟')])
    found = problems(tmp_path, canaries=["absent", 'tweety "x" 鸟'])
    assert found == [f"canary: {PATH}: 1 records hold canary 2"]


def test_a_canary_in_a_rejection_ledger_or_receipt_is_a_problem(root):
    append_receipt(root, "expire", {"plan": "tweety"}, NOW)
    assert problems(root, canaries=["tweety", "first.jsonl"]) == [
        f"canary: {PATH.replace('troubleshooting_data', 'rejected')}: 1 records hold canary 2",
        f"canary: {ledger_path(root)}: holds canary 2",
        "canary: _receipts/000002/expire.json: holds canary 1",
    ]


def test_a_canary_in_a_file_name_is_a_problem(root):
    assert problems(root, canaries=["part-a1"])[-1] == "canary: .: the name of a file holds canary 1"


def ledger_path(root):
    (path,) = (root / "_runs").glob("*.json")
    return path.relative_to(root)


def change_ledger(root, **changes):
    path = root / ledger_path(root)
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), **changes}))


def test_a_ledger_that_does_not_balance_is_a_problem(root):
    change_ledger(root, counts={"read": 9, "written": 4, "rejected/not_json": 1})
    line, changed = problems(root)
    assert line.startswith(f"ledger: {ledger_path(root)}: the run doesn't balance: 9 read, 5 accounted for")
    assert changed.endswith("it was changed since its run left it in the chain of receipts")


def test_a_ledger_that_cannot_be_read_is_a_problem(root):
    path = root / ledger_path(root)
    path.write_text("{")
    lines = problems(root)
    assert lines[0] == f"ledger: _runs/{path.name}: it is not JSON"
    assert [line.split(":")[0] for line in lines] == ["ledger", "ledger", "unknown", "unknown"]


def test_a_file_that_is_gone_without_a_receipt_is_a_problem(root):
    (root / PATH).unlink()
    assert problems(root) == [f"missing: {PATH}: no receipt says why"]


def test_a_file_that_no_ledger_knows_is_a_problem(root):
    shutil.copy(root / PATH, root / PATH.replace("00000.avro", "00001.avro"))
    assert [line.split(":")[0] for line in problems(root)] == ["unknown", "duplicate"]


def test_a_file_that_is_not_avro_is_a_problem(root):
    (root / PATH).write_bytes(b"x")
    assert [line.split(":")[0] for line in problems(root)] == ["checksum", "unreadable"]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_file_is_reported_and_never_crashes(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("root")
    commit_run(folder, EVENTS)
    whole = (folder / PATH).read_bytes()
    position = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.one_of(
            st.just(whole[:position]),
            st.integers(1, 255).map(
                lambda flip: whole[:position] + bytes([whole[position] ^ flip]) + whole[position + 1 :]
            ),
        )
    )
    (folder / PATH).write_bytes(damaged)
    assert any(line.startswith("checksum: ") for line in problems(folder))


def test_a_rewritten_file_is_as_the_receipt_of_its_erasure_says(root):
    data = (root / PATH).read_bytes()
    forge_path = root / PATH
    commit_run(root / "_other", EVENTS[:2])
    rewritten = (root / "_other" / PATH).read_bytes()
    shutil.rmtree(root / "_other")
    forge_path.write_bytes(rewritten)
    assert [line.split(":")[0] for line in problems(root)] == ["checksum"]
    after = {"path": PATH, "before": sha256(data).hexdigest(), "after": sha256(rewritten).hexdigest()}
    append_receipt(root, "erase", {"plan": "x", "rewritten": [after]}, NOW)
    assert problems(root) == []


def test_a_removed_receipt_is_a_problem(root):
    for number in range(2):
        append_receipt(root, "expire", {"plan": str(number)}, NOW)
    shutil.rmtree(root / "_receipts" / "000002")
    assert problems(root) == ["receipt: _receipts: receipt 2 is missing"]


def test_unfinished_work_is_a_problem_until_it_is_finished(root):
    run, *rest = staged_run(root, [make_event(9, DAY, SECOND)])
    list(islice(commit_steps(run, *rest), 3))
    assert problems(root) == [f"unfinished: _runs/{run.id}.pending.json: a run is being committed"]
    recover(root)
    assert problems(root) == []


def test_the_staging_of_a_dead_run_is_a_problem_and_that_of_a_living_one_is_not(root):
    run = open_run(root, STARTED)
    assert problems(root) == []
    owner = run.staging / "owner.json"
    owner.write_bytes(orjson.dumps({**orjson.loads(owner.read_bytes()), "started": "1"}))
    assert problems(root) == [f"unfinished: _staging/{run.id}: a run died and left this"]


def test_a_folder_that_cannot_be_parsed_is_a_problem(root):
    (root / "category=troubleshooting_data" / "expires_on=never").mkdir()
    assert problems(root) == [
        "unparsable: category=troubleshooting_data/expires_on=never: not a partition's folder"
    ]


def test_a_schema_that_is_not_its_policys_is_a_problem(root):
    other = replace(POLICY, fields=POLICY.fields[:-1])
    assert [str(problem) for problem in verify_root(root, NOW, other)] == [
        f"schema: {PATH}: the schema is not that of its policy"
    ]


def test_a_file_of_an_earlier_policy_is_checked_by_its_own_schema(root):
    later = replace(POLICY, digest="0" * 64, fields=POLICY.fields[:-1])
    assert verify_root(root, NOW, later) == []


def test_the_calendar_says_what_goes_when(root):
    commit_run(root, [make_event(n, "2027-05-25", change_part(SECOND, n)) for n in range(3)])
    rows = calendar_rows(root, datetime(2027, 5, 22, tzinfo=UTC) + timedelta(hours=5))
    assert [(str(row.expires_on), row.days, row.partitions, row.files, row.records) for row in rows] == [
        ("2027-05-23", 1, 2, 2, 5),
        ("2027-05-25", 3, 1, 3, 3),
    ]
    assert all(row.bytes > 0 for row in rows)


def test_every_byte_of_the_files_is_told_as_read_with_the_records_by_the_way(tmp_path):
    commit_run(tmp_path, [make_event(n, DAY) for n in range(600)], [make_rejection(1, DAY)])
    size = sum(path.stat().st_size for path in tmp_path.glob("category=*/*/*.avro"))
    noted = Noted()
    verify_root(tmp_path, NOW, POLICY, watch=noted.watch)
    assert noted.ended == [(size, Done(size, 512))]
