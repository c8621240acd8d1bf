"""Which of the files that were named are read, and what is said of the others."""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.commands.redact_report import print_report
from pipelines.jobs import redaction
from pipelines.jobs.chosen import SameContent
from pipelines.root.ledger_files import read_ledgers
from pipelines.sources.inputs import check_unchanged, snapshot
from schemas.errors import InputError
from schemas.ledger import Ledger
from schemas.policy.file import default_policy
from tests.made_output import EVENTS_ROOT, event_ids, read_records

LINES = [b'{"__TIMESTAMP__":1795478400000,"uin":"100012345678","msg":"x"}'] * 2
Redact = Callable[..., Ledger]
Write = Callable[..., Path]


@pytest.fixture
def hosts(write_lines: Write) -> list[Path]:
    return [write_lines(LINES, f"host-{host}/app.log") for host in "ab"]


def test_two_files_of_equal_content_are_one_and_the_report_says_so(redact: Redact, hosts: list[Path]) -> None:
    ledger = redact(*hosts)
    assert ledger.counts["read"] == 2
    (passed,) = ledger.passed_over
    assert (passed.name, passed.same_as, passed.same_place) == ("app.log", "app.log", False)
    shown = StringIO()
    print_report(Console(file=shown, width=200), ledger, default_policy(), "out")
    assert (
        "Passed over  app.log: the same content as app.log, so not read (--same-content=read"
        in shown.getvalue()
    )


def test_each_is_read_where_that_is_asked_and_again_in_place(
    redact: Redact, hosts: list[Path], tmp_path: Path
) -> None:
    first = redact(*hosts, same_content=SameContent.READ)
    assert (first.counts["read"], first.passed_over) == (4, ())
    assert len({item.checksum for item in first.inputs}) == 2
    assert len(set(event_ids(tmp_path / "out"))) == 4
    second = redact(*hosts, same_content=SameContent.READ)
    assert [passed.same_place for passed in second.passed_over] == [True, True]
    again = redact(*reversed(hosts), same_content=SameContent.READ, again=True)
    assert again.counts["read"] == 4
    assert len(read_records(tmp_path / "out", EVENTS_ROOT)) == 4


def test_the_second_host_may_come_in_a_later_run(redact: Redact, hosts: list[Path], tmp_path: Path) -> None:
    redact(hosts[0])
    assert redact(hosts[1]).passed_over[0].same_place is False
    assert redact(hosts[1], same_content=SameContent.READ).counts["read"] == 2
    assert redact(hosts[0], same_content=SameContent.READ).passed_over[0].same_place is True
    assert len(set(event_ids(tmp_path / "out"))) == 4


def test_a_ledger_says_nothing_of_the_paths(redact: Redact, write_lines: Write, tmp_path: Path) -> None:
    redact(write_lines(LINES, "lin.qiao/zhang.log"), write_lines(LINES, "wang.wei/li.log"))
    (ledger,) = read_ledgers(tmp_path / "out")
    text = str(ledger.to_json())
    assert [name for name in ("lin", "qiao", "zhang", "wang", "wei", "li.log") if name in text] == []


def test_files_are_named_by_128_bits_of_their_input(redact: Redact, hosts: list[Path]) -> None:
    ledger = redact(hosts[0])
    assert [file.input_prefix for file in ledger.files] == [ledger.inputs[0].checksum[:32]]


def change(path: Path, how: str) -> None:
    status = path.stat()
    data = path.read_bytes().replace(b"msg", b"gsm")
    if how == "in place":
        with path.open("r+b") as file:
            file.write(data)
    else:
        other = path.with_name("other")
        other.write_bytes(data)
        other.replace(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("how", ["in place", "by another file"])
def test_an_input_that_was_changed_with_size_and_time_put_back_is_seen(
    redact: Redact, write_lines: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = write_lines(LINES)
    process = redaction._process

    def change_while_reading(*given: object) -> object:
        done = process(*given)  # type: ignore[arg-type]
        change(path, how)
        return done

    monkeypatch.setattr(redaction, "_process", change_while_reading)
    with pytest.raises(InputError, match="the file changed while it was read; nothing was written"):
        redact(path)
    assert not list((tmp_path / "out").glob("category=*"))


def test_a_link_to_an_input_does_not_change_it(write_lines: Write, tmp_path: Path) -> None:
    path = write_lines(LINES)
    file = snapshot(path)
    os.link(path, tmp_path / "backup")
    check_unchanged(file)
