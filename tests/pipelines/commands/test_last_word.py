"""Whatever goes wrong is one line without content, and an exit code that says whose fault it is."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.commands import cli
from pipelines.jobs.runner_errors import clean_error

SECRET = "uin 100012345678"
LINE = b'{"__TIMESTAMP__":1795478400000,"uin":"100012345678","msg":"x"}\n'
Outcome = tuple[int, str]


@pytest.fixture
def logveil(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs a command line and returns its exit code and what it said on standard error."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["logveil", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            cli.run()
        code = ended.value.code
        return (0 if code is None else int(code)), capfd.readouterr().err

    return run


def fails_with(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    "error",
    [ValueError(SECRET), RuntimeError(SECRET), KeyError(SECRET), OSError(errno.EIO, SECRET, SECRET)],
    ids=repr,
)
def test_any_exception_is_one_line_without_its_message_and_code_3(
    logveil: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception
) -> None:
    monkeypatch.setattr("pipelines.commands.retention.calendar_rows", fails_with(error))
    (tmp_path / "_runs").mkdir()
    code, said = logveil("calendar", tmp_path)
    assert code == 3
    assert said.count("\n") == 1
    assert said.startswith(f"logveil: this should not have happened: {type(error).__name__}")
    assert SECRET not in said
    assert " at pipelines/commands/retention.py:" in said
    assert said.endswith("please report this line\n")


def test_an_error_of_our_own_keeps_code_2(logveil: Callable[..., Outcome], tmp_path: Path) -> None:
    code, said = logveil("calendar", tmp_path / "nowhere")
    assert code == 2
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("redact", "FILE", "--output", "OUT", "--skew-hours", "inf"), "--skew-hours"),
        (("redact", "FILE", "--output", "OUT", "--skew-hours", "nan"), "--skew-hours"),
        (
            ("redact", "FILE", "--output", "OUT", "--now", "9999-12-31", "--force", "--reason", "x"),
            "of the years 1970",
        ),
        (("calendar", "OUT", "--now", "0001-01-01"), "of the years 1970"),
        (("redact", "FILE", "--output", "OUT", "--", "--runner=Nope"), "Beam knows no runner Nope"),
        (("verify", "LOOP"), "Too many levels of symbolic links"),
        (("calendar", "LOOP"), "Too many levels of symbolic links"),
        (("expire", "LOOP"), "Too many levels of symbolic links"),
        (("redact", "FILE", "--output", "LOOP"), "Too many levels of symbolic links"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_person_may_mistype_is_wrong_use(
    logveil: Callable[..., Outcome], tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "out" / "_runs").mkdir(parents=True)
    places = {"FILE": tmp_path / "a.jsonl", "OUT": tmp_path / "out", "LOOP": tmp_path / "loop"}
    code, said = logveil(*(places.get(argument, argument) for argument in arguments))
    assert code == 2
    assert words in said
    assert "Traceback" not in said


def test_a_file_name_that_is_no_utf_8_is_read_like_any_other(
    logveil: Callable[..., Outcome], tmp_path: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/app\xe9.log"))
    path.write_bytes(LINE + b"broken\n")
    code, said = logveil(
        "redact", path, "--output", tmp_path / "out", "--format", "json", "--now", "2026-11-24"
    )
    assert (code, "this should not" in said) == (1, False)
    assert logveil("verify", tmp_path / "out", "--no-detect", "--now", "2026-11-24")[0] == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, SECRET, SECRET), "the run failed: No space left on device"),
        (
            RuntimeError(f"{SECRET}\nOSError: [Errno 28] {SECRET}: '/x'"),
            "the run failed: No space left on device",
        ),
        (ConnectionRefusedError(errno.ECONNREFUSED, SECRET), "the run failed: Connection refused"),
        (MemoryError(SECRET), "the run failed: the memory is used up; try fewer --workers"),
        (
            RuntimeError(f"{SECRET}\nMemoryError\n"),
            "the run failed: the memory is used up; try fewer --workers",
        ),
    ],
)
def test_what_the_system_refused_is_named_in_its_own_words(error: Exception, said: str) -> None:
    told = str(clean_error(error))
    assert told.splitlines()[0] == said
    assert SECRET not in told
