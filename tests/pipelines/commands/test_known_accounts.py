"""`--known-accounts`: from vault or file to the workers, and no name in anything that is written or passed on."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import pipelines.jobs.processes as processes
from pipelines.commands.cli import app
from pipelines.commands.known_accounts import with_known_accounts
from pipelines.jobs.known_accounts import TABLE, MappedFile, on_disk
from pipelines.keys.rings import KeyRing, load_keys, make_ring
from pipelines.vault.life_cycle import apply_events
from pipelines.vault.sightings import record_sightings
from pipelines.vault.vault import open_vault
from schemas.accounts import AccountEvent, AccountEventKind, AccountSighting
from schemas.errors import InputError, OptionsError, SecretError
from schemas.ledger import Ledger
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS
from tests.made_output import EVENTS_ROOT, read_records
from tests.mariadb import mariadb
from tests.pipelines.conftest import KEY
from transforms.detect import Detection

__all__ = ["mariadb"]

POLICY = default_policy()
CANARY, CANARY_UIN, SEEN = "wronat17", "100087654321", "zheng_kf"
LINES = [
    json.dumps(
        {"__TIMESTAMP__": NOW_MS - 1000, "msg": f"qz7: {CANARY} -> {CANARY_UIN} via {SEEN} k{n}"}
    ).encode()
    for n in range(40)
]


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    make_ring(tmp_path / "out.keys")
    return load_keys(tmp_path / "out.keys", {})


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("mariadb", marks=pytest.mark.server)])
def vault_url(request: pytest.FixtureRequest, tmp_path: Path, ring: KeyRing) -> str:
    """Return the URL of a vault that knows one account of the identity service and one of the logs."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/vault.db"
    else:
        url = str(request.getfixturevalue("mariadb").make_database("known"))
    vault = open_vault(url, ring, POLICY)
    apply_events(vault, [AccountEvent("a", AccountEventKind.CREATED, NOW_MS - 5000, CANARY_UIN, CANARY)])
    token = vault.cipher.username_pseudonyms(SEEN)["1"]
    seen = AccountSighting("1", "", token, "", SEEN, NOW_MS - 5000, NOW_MS - 5000)
    record_sightings(vault, [seen])
    vault.database.close()
    return url


NAMES = f"{CANARY}\n{CANARY_UIN}\n{SEEN}\n"


def of_file(tmp_path: Path, names: str = NAMES, ring: KeyRing = KeyRing((KEY,))) -> Detection:  # noqa: B008
    path = tmp_path / "names.txt"
    path.write_text(names)
    return with_known_accounts(Detection.of(POLICY), str(path), None, ring, POLICY)


def test_the_vault_knows_whom_service_and_logs_named(vault_url: str, ring: KeyRing) -> None:
    detection = with_known_accounts(Detection.of(POLICY), "vault", vault_url, ring, POLICY)
    known = detection.known
    assert known is not None
    assert known.number == 3
    assert all(map(known.is_known, (CANARY, CANARY_UIN, SEEN)))
    assert not known.is_known("nobody17")


@pytest.mark.parametrize("workers", [1, 2])
def test_no_name_reaches_a_graph_a_file_of_the_run_or_what_is_written(
    workers: int,
    ring: KeyRing,
    tmp_path: Path,
    redact: Callable[..., Ledger],
    write_lines: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graphs: list[bytes] = []
    files: list[bytes] = []
    dumps = pickle.dumps

    def watched(graph: object, *rest: object) -> bytes:
        graphs.append(dumps(graph))
        files.extend(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
        return graphs[-1]

    monkeypatch.setattr(processes.pickle, "dumps", watched)
    inputs = [write_lines(LINES, "one.jsonl"), write_lines([*LINES, b""], "two.jsonl")]
    detection = of_file(tmp_path, ring=ring)
    assert detection.known is not None
    ledger = redact(*inputs, detection=detection, workers=workers, key=ring.current)
    if workers > 1:
        assert len(graphs) == 2
        assert detection.known.load() in files
    texts = {record["output"] for record in read_records(tmp_path / "out", EVENTS_ROOT)}
    assert all(text.startswith("qz7: usr_1_") and " -> uin_1_" in text for text in texts)
    left = [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    for blob in [*graphs, *files, *left, json.dumps(ledger.to_json()).encode()]:
        assert [name for name in (CANARY, CANARY_UIN, SEEN) if name.encode() in blob] == []
    assert ledger.known_accounts == detection.known_version
    assert ledger.known_accounts.startswith("4 ")  # digits are a UIN and may be a name
    assert not list((tmp_path / "out").rglob(TABLE))


def test_the_table_lies_in_a_file_of_its_owner_that_workers_map(tmp_path: Path) -> None:
    detection = of_file(tmp_path)
    mapped = on_disk(detection, tmp_path)
    assert mapped is not None
    assert mapped.known is not None
    assert (tmp_path / TABLE).stat().st_mode & 0o777 == 0o600
    assert bytes(mapped.known.load()) == detection.known.load()  # type: ignore[union-attr]
    assert [span.kind for span in mapped.known.find(f"by {CANARY}")] == ["USERNAME"]
    assert detection.known.load() not in pickle.dumps(mapped)  # type: ignore[union-attr]
    (tmp_path / TABLE).write_bytes(b"")
    with pytest.raises(SecretError, match="not where this job was told"):
        MappedFile(tmp_path / TABLE)()


def test_without_it_nothing_is_known(tmp_path: Path) -> None:
    detection = Detection.of(POLICY)
    assert with_known_accounts(detection, None, "sqlite:///none.db", KeyRing((KEY,)), POLICY) is detection
    assert detection.known_version == ""
    assert on_disk(None, tmp_path) is None


def test_a_vault_that_is_not_named_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="needs --vault URL"):
        with_known_accounts(Detection.of(POLICY), "vault", None, KeyRing((KEY,)), POLICY)
    with pytest.raises(InputError, match="holds none"):
        of_file(tmp_path, "\n")


def test_redact_and_explain_take_it(vault_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGVEIL_VAULT", vault_url)
    source = tmp_path / "events.jsonl"
    source.write_bytes(LINES[0] + b"\n")
    out = tmp_path / "out"
    arguments = [
        "redact",
        str(source),
        "--output",
        str(out),
        "--known-accounts",
        "vault",
        "--now",
        "2026-11-24T00:00:00",
    ]
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    assert json.loads(done.stdout[done.stdout.index("{") :])["known_accounts"].startswith("3 ")
    (record,) = read_records(out, EVENTS_ROOT)
    assert not any(name in record["output"] for name in (CANARY, CANARY_UIN, SEEN))
    explain = [
        "explain",
        f"qz7: {CANARY} ran",
        "--known-accounts",
        "vault",
        "--keys",
        str(tmp_path / "out.keys"),
    ]
    assert "by known_account" in CliRunner().invoke(app, explain, catch_exceptions=False).stdout
