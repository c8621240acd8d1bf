"""Worker processes of a local run: they listen nowhere, get no secret in the graph, and end when they should."""

import base64
import bz2
import json
import os
import pickle
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.portability.api import beam_runner_api_pb2

from pipelines.database.database import Database
from pipelines.jobs.graph import RedactFiles
from pipelines.jobs.processes import run_in_processes
from pipelines.jobs.runners import check_options, share_out
from pipelines.keys.rings import load_keys, make_ring
from pipelines.mysql.events import WriteEventsToMySql
from pipelines.sources.inputs import FilePart, plan_parts, snapshot
from pipelines.sources.read_files import Reading
from pipelines.vault.sightings import UpsertAccounts
from schemas.errors import InputError, OptionsError, RunnerError
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS, ROOT
from tests.made_output import partition_files
from transforms.redact_logs import RedactLogEvents

LINES = [json.dumps({"__TIMESTAMP__": NOW_MS - 1, "uin": f"1000{n:08d}"}).encode() for n in range(3000)]
URL = "mysql+pymysql://lv:Tr0mb0ne-K4zoo@db.example/vault"
LISTENING = "0A"


def start(folder: Path, *options: str, **environment: str) -> subprocess.Popen[bytes]:
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_bytes(b"\n".join([*LINES, name.encode()]))
    command = [ROOT / ".venv/bin/logveil", "redact", folder / "a.jsonl", folder / "b.jsonl", "--workers=2"]
    command += [f"--output={folder / 'out'}", "--now=2026-11-24", "--max-rejected=1", *options]
    return subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, env={**os.environ, **environment}
    )


def processes(root: int) -> Iterator[int]:
    """Yield a process and all that come from it, those that are there."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except FileNotFoundError:
        return
    for child in children:
        yield from processes(int(child))


def sockets(pid: int) -> set[str]:
    """Return the inodes of the sockets that a process has open."""
    links = []
    with suppress(FileNotFoundError, ProcessLookupError):
        links = [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def listeners() -> set[str]:
    """Return the inodes of all sockets of this machine that accept TCP connections."""
    rows = [
        row.split()
        for name in ("tcp", "tcp6")
        for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {row[9] for row in rows if row[3] == LISTENING}


def test_a_run_in_several_processes_listens_nowhere(tmp_path: Path) -> None:
    job = start(tmp_path)
    seen: set[int] = set()
    while job.poll() is None:
        family = list(processes(job.pid))
        seen.update(family)
        assert listeners() & {inode for pid in family for inode in sockets(pid)} == set()
    assert job.returncode == 0
    assert len(seen) >= 3
    assert len(partition_files(tmp_path / "out")) == 4


def test_workers_end_with_a_launcher_that_is_killed(tmp_path: Path) -> None:
    job = start(tmp_path)
    workers: list[int] = []
    while len(workers) < 2 and job.poll() is None:
        workers = list(processes(job.pid))[1:]
    descriptors = [os.pidfd_open(worker) for worker in workers]
    job.kill()
    job.wait()
    for descriptor in descriptors:  # readable when its process has ended
        select.select([descriptor], [], [])
        os.close(descriptor)
    assert len(descriptors) == 2
    assert partition_files(tmp_path / "out") == []


def test_a_worker_that_is_killed_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    job = start(tmp_path)
    workers: list[int] = []
    while len(workers) < 2 and job.poll() is None:
        workers = list(processes(job.pid))[1:]
    os.kill(workers[0], signal.SIGKILL)
    assert job.wait() == 2
    assert partition_files(tmp_path / "out") == []


class Fails(beam.PTransform):
    """Fails in the way that it is told to."""

    def __init__(self, how: Any) -> None:
        super().__init__()
        self.how = how

    def expand(self, begin: beam.pvalue.PBegin) -> beam.PCollection[None]:
        return begin | beam.Create([self.how]) | beam.Map(fail)


def fail(how: Any) -> None:
    if isinstance(how, int):
        os.kill(os.getpid(), how)
    elif how is not None:
        raise how


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        pytest.param(InputError("a.gz: ends early"), InputError, "a.gz: ends early", id="ours"),
        pytest.param(
            ValueError("zhangwei"), RunnerError, "ValueError; its message is not shown", id="content"
        ),
        pytest.param(signal.SIGKILL, RunnerError, "ended by SIGKILL; the machine may be out", id="killed"),
        pytest.param(signal.SIGSEGV, RunnerError, "ended by SIGSEGV$", id="crashed"),
    ],
)
def test_what_ends_a_worker_is_told(
    how: Any, kind: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT)
    with pytest.raises(kind, match=message) as caught:
        run_in_processes([Fails(how), Fails(None)], [])
    assert "zhangwei" not in str(caught.value)


@pytest.mark.parametrize(
    "option", ["--direct_num_workers=2", "--direct_num_workers=0", "--direct_running_mode=multi_processing"]
)
def test_options_that_have_beam_listen_are_refused(option: str) -> None:
    with pytest.raises(OptionsError, match="use --workers"):
        check_options(["--runner=DirectRunner", option])


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    make_ring(tmp_path / "ring")
    return tmp_path / "ring"


def graph_with_secrets(folder: Path, ring: Path) -> tuple[RedactFiles, bytes]:
    keys, policy = load_keys(ring, {}), default_policy()
    (folder / "a.jsonl").write_bytes(LINES[0])
    return RedactFiles(
        plan_parts([snapshot(folder / "a.jsonl")]),
        RedactLogEvents(policy, keys.current, NOW_MS, sight_accounts=True),
        Reading(),
        folder,
        UpsertAccounts(Database(URL), keys, policy),
        WriteEventsToMySql(Database(URL), policy),
    ), keys.current.secret


def forms_of(secret: bytes) -> list[bytes]:
    return [secret, secret.hex().encode(), base64.b64encode(secret), repr(secret).encode()]


def test_no_secret_is_in_a_serialised_pipeline(tmp_path: Path, ring: Path) -> None:
    graph, secret = graph_with_secrets(tmp_path, ring)
    pipeline = beam.Pipeline()
    pipeline | graph
    proto = pipeline.to_runner_api()
    texts = [proto.SerializeToString(), pickle.dumps(graph)]
    for transform in proto.components.transforms.values():
        if transform.spec.urn == "beam:transform:pardo:v1":
            payload = beam_runner_api_pb2.ParDoPayload.FromString(transform.spec.payload).do_fn.payload
            texts.append(bz2.decompress(base64.b64decode(payload)))
    assert len(texts) > 8
    assert any(b"KeyPlace" in text for text in texts[2:])
    for hidden in (*forms_of(secret), b"Tr0mb0ne"):
        assert not any(hidden in text for text in texts)


def test_a_worker_reads_the_key_where_it_lies_and_the_url_from_its_environment(
    tmp_path: Path, ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGVEIL_VAULT", URL)
    graph, secret = graph_with_secrets(tmp_path, ring)
    (tmp_path / "graph").write_bytes(pickle.dumps(graph))
    program = (
        "import pickle, sys\ngraph = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(graph.body.key.secret.hex(), graph.vault.database.url)"
    )
    command = [str(ROOT / ".venv/bin/python"), "-c", program, str(tmp_path / "graph")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [secret.hex(), URL]


@pytest.mark.parametrize("change", ["another", "none"])
def test_a_worker_that_finds_another_key_or_none_refuses(tmp_path: Path, ring: Path, change: str) -> None:
    graph, _ = graph_with_secrets(tmp_path, ring)
    (tmp_path / "graph").write_bytes(pickle.dumps(graph.body))
    (ring / "1.key").write_bytes(bytes(32)) if change == "another" else (ring / "1.key").unlink()
    program = "import pickle, sys\npickle.load(open(sys.argv[1], 'rb'))"
    command = [str(ROOT / ".venv/bin/python"), "-c", program, str(tmp_path / "graph")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    expected = "fingerprint is 9b6920b022580970" if change == "another" else "No such file or directory"
    assert expected in done.stderr.splitlines()[-1]


def test_parts_are_shared_out_by_their_bytes(tmp_path: Path) -> None:
    sizes = {"a": 90, "b": 50, "c": 40, "d": 1}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(name.encode() * size)
    parts = plan_parts([snapshot(tmp_path / name) for name in sizes])

    def names(shares: list[list[FilePart]]) -> list[list[str]]:
        return [[Path(part.name).name for part in share] for share in shares]

    assert names(share_out(parts, 2)) == [["a", "d"], ["b", "c"]]
    assert names(share_out(parts[:1], 4)) == [["a"]]
    assert share_out([], 2) == []
