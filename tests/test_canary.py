"""The canary: planted secrets are nowhere in what a run leaves behind, whatever the input and however it fails."""

import gzip
import json
import logging
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import fastavro
import pytest

from pipelines.jobs.redaction import RedactionJob, run_redaction
from pipelines.sources.found import find_inputs
from pipelines.sources.inputs import Given
from schemas.errors import LogveilError
from schemas.policy.file import default_policy
from tests.conftest import NOW_MS, ROOT
from transforms.classify import UnknownFields
from transforms.pseudonyms import PseudonymKey

KEY = PseudonymKey(bytes(range(32)), "1")
POLICY = default_policy()
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
NAME = "zephyrine.quill"
UIN = "100087654321"
ADDRESSES = ("36.110.44.177", "2001:db8:aaaa:bbbb::4d1c", "61.135.169.121")
OWN = (NAME, UIN, *ADDRESSES)
FOUND = {
    "e-mail": "xanthippe.vole@example.org",
    "phone": "13912345678",
    "address": "58.30.201.93",
    "card": "4111111111111111",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4YW50aGlwcGUifQ.c2lnbmF0dXJlLWNhbmFyeQ",
    "cloud-key": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA",
    "password": "password=Tr0mb0ne-K4zoo",
    "resident": "11010519491231002X",
    "patient": "patient_id=MRN-88213377",
    "mac": "3c:22:fb:9a:41:e7",
    "account": "Accepted password for ottoline from somewhere",
}
NAMES = [*OWN, *(secret for name, secret in FOUND.items() if name != "account")]
SECRETS = [
    *OWN,
    FOUND["e-mail"],
    "xanthippe",
    FOUND["phone"],
    FOUND["address"],
    FOUND["card"],
    FOUND["token"],
    FOUND["cloud-key"],
    "Tr0mb0ne",
    FOUND["resident"],
    "88213377",
    FOUND["mac"],
    "ottoline",
]
NOT_FOUND_IN_TEXT = {"text": {NAME, UIN}, "csv": set(), "searchlog": set(), "protobuf": set()}
"""A line of text has no fields that say who its people are."""
TEXT = f"{NAME} at {ADDRESSES[0]} uin {UIN}; " + "; ".join(FOUND.values()) + f"; also {ADDRESSES[1]}"
STRUCTURED = {
    "uin": UIN,
    "username": NAME,
    "client_ip": ADDRESSES[0],
    "ip_address": ADDRESSES[1],
    "source_ip": ADDRESSES[2],
}
BASE = {"__TIMESTAMP__": NOW_MS - 1000, **STRUCTURED, "state": "RUNNING"}


def line(**fields):
    return json.dumps({**BASE, **fields}, ensure_ascii=False).encode()


def events():
    """Return lines with a secret in every field, in keys, in nested values and in the envelope."""
    yield from (line(**{rule.name: TEXT}) for rule in POLICY.fields if rule.name not in STRUCTURED)
    yield from (line(**{name: TEXT}) for name in STRUCTURED)
    for rule in POLICY.fields:
        if rule.name not in STRUCTURED:
            yield from (line(**{rule.name: secret}) for secret in FOUND.values())
    yield from (line(**{secret: "x"}) for secret in NAMES)
    yield from (line(note={secret: {secret: secret}}) for secret in NAMES)
    yield from (line(**{f"x.{secret}": secret, f"{secret}.y": [secret]}) for secret in NAMES)
    yield from (line(single_step_debugging_information={"a": [{secret: secret}]}) for secret in (*OWN, TEXT))
    for name in ("__SOURCE__", "__FILENAME__", "__HOSTNAME__", "__TOPIC__", "__PKGID__", "__CONTEXT_FLOW__"):
        yield line(**{name: TEXT, "__PKG_LOGID__": TEXT})
    yield line(__TAG__={"region": NAME, "cluster_id": UIN, NAME: TEXT})
    yield line(uin=f"\x00{UIN}", output=f"seen {UIN} twice")
    yield line(username=f"\x1b[31m{NAME}", output=f"seen {NAME} twice")
    yield line()[:-1] + b',"uin":"100099998888","username":"ottoline","output":"ottoline 100099998888"}'
    yield line(url=f"https://{NAME}:{FOUND['phone']}@example.com/u/{NAME}/{UIN}?q={TEXT}&{NAME}=1#{NAME}")
    yield line(dns_domain_name=f"{NAME}.example.com")


def bad_lines():
    """Return lines that are rejected or repaired, each with the secrets in it."""
    whole = line(output=TEXT)
    yield from (whole[: len(whole) // 2], b"[" + whole + b"]", json.dumps(TEXT).encode(), TEXT.encode())
    yield from (whole + whole, whole.replace(b'"', b"'"), b"\xff\xfe" + whole, whole + b"\xc3(")
    yield from (
        b"\xef\xbb\xbf" + whole,
        whole[:-1] + b',"cpu":NaN}',
        whole[:-1] + b',"e":' + b"[" * 999 + b"]" * 999 + b"}",
    )
    yield from (whole[:-1] + b',"big":1' + b"0" * 400 + b"}", json.dumps({"output": TEXT}).encode())
    yield from (line(__TIMESTAMP__=TEXT), line(__TIMESTAMP__=NOW_MS * 2), line(__TIMESTAMP__=1, output=TEXT))
    yield from (json.dumps({UIN: 1, "__TIMESTAMP__": NOW_MS}).encode(), line(output=f"{TEXT} " * 40))
    yield from (
        line(output="用户登录失败 ").replace("失败".encode(), "失败".encode("gbk")),
        line(output=TEXT + "\\ud800"),
    )


def leaks(text):
    """Return the planted secrets that a text holds."""
    folded = text.casefold()
    return sorted({secret for secret in [*SECRETS, "100099998888"] if secret.casefold() in folded})


def everything_under(root):
    """Return names and contents of all files under a root, Avro blocks unpacked."""
    for path in sorted(root.rglob("*")):
        yield "a name", str(path.relative_to(root))
        if path.is_file():
            yield str(path.relative_to(root)), path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".avro":
            with path.open("rb") as stream:
                for block in fastavro.block_reader(stream):
                    yield f"a block of {path.name}", block.bytes_.getvalue().decode("utf-8", "replace")
            with path.open("rb") as stream:
                yield from (
                    ("a record", json.dumps(record, default=str, ensure_ascii=False))
                    for record in fastavro.reader(stream)
                )


def leaks_under(root):
    """Return where under a root which secret stands."""
    return [(where, found) for where, text in everything_under(root) if (found := leaks(text))]


def job(root, *inputs, **options):
    found = find_inputs([str(path) for path in inputs], root)
    return replace(RedactionJob(found, root, POLICY, KEY, NOW, workers=1), **options)


@pytest.fixture
def debug_log(caplog):
    """Return the text of everything that was logged, at the lowest level."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield lambda: "\n".join(
        f"{item.getMessage()} {item.exc_text or ''} {item.__dict__}" for item in caplog.records
    )
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_the_canary_can_sing(tmp_path):
    (tmp_path / f"{NAME}.json").write_text(FOUND["e-mail"])
    assert [found for _, found in leaks_under(tmp_path)] == [[NAME], ["xanthippe", FOUND["e-mail"]]]


@pytest.mark.parametrize("unknown", list(UnknownFields))
def test_no_secret_of_a_good_event_is_left_anywhere(tmp_path, debug_log, capfd, unknown):
    path = tmp_path / f"{NAME}-{FOUND['phone']}.jsonl"
    path.write_bytes(b"\n".join(events()))
    ledger = run_redaction(job(tmp_path / "out", path, unknown_fields=unknown))
    assert ledger.counts["read"] == len(list(events()))
    assert ledger.counts["written"] > 100
    assert leaks_under(tmp_path / "out") == []
    assert leaks(debug_log()) == []
    assert leaks("".join(capfd.readouterr())) == []


def test_no_secret_of_a_bad_line_is_left_anywhere(tmp_path, debug_log, capfd):
    path = tmp_path / f"{UIN}.log"
    path.write_bytes(b"\n".join([line(), *bad_lines()]))
    ledger = run_redaction(job(tmp_path / "out", path, max_event_bytes=16384))
    rejected = {name for name in ledger.counts if name.startswith("rejected/")}
    assert len(rejected) >= 7
    assert leaks_under(tmp_path / "out") == []
    assert leaks(debug_log()) == []
    assert leaks("".join(capfd.readouterr())) == []


@pytest.mark.parametrize("format", ["text", "csv", "searchlog", "protobuf"])
def test_no_secret_of_an_input_in_another_form_is_left_anywhere(tmp_path, debug_log, format):
    path = tmp_path / f"{NAME}.bin"
    path.write_bytes(
        b"\n".join([b"__TIMESTAMP__,username,output", f'{NOW_MS - 1},{NAME},"{TEXT}"'.encode(), *bad_lines()])
    )
    failure = None
    try:
        run_redaction(job(tmp_path / "out", path, given=Given(format)))
    except LogveilError as error:
        failure = error
    assert leaks(f"{failure} {failure!r}") == []
    left = {secret for _, found in leaks_under(tmp_path / "out") for secret in found}
    assert left <= NOT_FOUND_IN_TEXT[format]
    assert leaks(debug_log()) == []


def _cut(path):
    path.write_bytes(gzip.compress(b"\n".join(events()))[:-40])


def _broken(path):
    packed = bytearray(gzip.compress(b"\n".join(events()), mtime=0))
    packed[len(packed) // 2] ^= 0xFF
    path.write_bytes(packed)


def _folder(path):
    path.mkdir()


def _dangling(path):
    path.symlink_to(path.with_name(f"{UIN}-absent"))


FAILING = [
    pytest.param(_cut, id="truncated-gzip"),
    pytest.param(_broken, id="broken-gzip"),
    pytest.param(_folder, id="empty-folder"),
    pytest.param(_dangling, id="dangling-link"),
]


@pytest.mark.parametrize("spoil", FAILING)
def test_no_secret_is_in_the_error_of_an_input_that_fails(tmp_path, debug_log, capfd, spoil):
    path = tmp_path / f"{NAME}-{FOUND['phone']}.gz"
    spoil(path)
    with pytest.raises(LogveilError) as raised:
        run_redaction(job(tmp_path / "out", path))
    assert leaks(f"{raised.value} {raised.value!r}") == []
    assert leaks(debug_log()) == []
    assert leaks("".join(capfd.readouterr())) == []
    assert leaks_under(tmp_path / "out") == [] if (tmp_path / "out").exists() else True


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(["--max-rejected=1"], 0, id="report"),
        pytest.param(["--max-rejected=1", "--json"], 0, id="json"),
        pytest.param([], 1, id="over-the-threshold"),
        pytest.param(["--format=protobuf"], None, id="wrong-format"),
    ],
)
def test_the_command_prints_no_secret(tmp_path, options, code):
    path = tmp_path / f"{NAME}.jsonl"
    path.write_bytes(b"\n".join([*events(), *bad_lines()]))
    command = [
        ROOT / ".venv/bin/logveil",
        "redact",
        path,
        f"--output={tmp_path / 'out'}",
        "--now=2026-11-24",
        *options,
    ]
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env={**os.environ, "COLUMNS": "300"}
    )
    assert code is None or done.returncode == code
    assert leaks(done.stdout.replace(str(path), "")) == []
    assert leaks(done.stderr) == []
    assert "Traceback" not in done.stderr
    assert leaks_under(Path(tmp_path / "out")) == []
