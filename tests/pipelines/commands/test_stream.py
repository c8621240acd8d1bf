"""`logveil stream` on the command line: the demonstration, a watched folder, and options that it refuses."""

import pytest
from typer.testing import CliRunner

from pipelines.commands.cli import app
from pipelines.root.segment_files import read_segments
from schemas.errors import InputError, OptionsError, UnreachableError
from tests.made_output import event_ids, is_whole, read_records
from tests.pipelines.streams.made_streams import event
from tests.pipelines.streams.test_lane_worker import numbers
from transforms.engine.choice import WANTED


def stream(*arguments: object) -> str:
    """Return what the command prints; its errors are raised."""
    result = CliRunner().invoke(app, ["stream", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_demonstration_shows_partitions_that_grow(tmp_path):
    root = tmp_path / "out"
    shown = stream("--local-demo", "--output", root, "--roll-seconds", "0.1")
    committed = [
        int(line.split()[0]) for line in shown.splitlines() if line.strip().endswith("messages committed")
    ]
    assert committed == sorted(set(committed))
    assert len(committed) == 5
    assert committed[-1] == len(event_ids(root)) + len(read_records(root, "category=rejected")) + 1
    assert f"logveil verify {root}" in shown
    assert is_whole(root)


def test_the_demonstration_takes_files(tmp_path):
    lines = tmp_path / "events.jsonl"
    lines.write_bytes(b"\n".join(event(number) for number in range(12)))
    stream("--local-demo", "--output", tmp_path / "out", "--roll-seconds", "0.1", lines)
    assert numbers(tmp_path / "out") == list(range(12))


@pytest.mark.usefixtures("engine_is_there")
@pytest.mark.parametrize(("choice", "made_by"), [("python", "python"), ("native", f"native {WANTED}")])
def test_what_makes_the_records_can_be_chosen(tmp_path, choice, made_by):
    root = tmp_path / "out"
    stream("--local-demo", "--output", root, "--roll-seconds", "0.1", "--engine", choice)
    assert {segment.engine for segment in read_segments(root)} == {made_by}


def test_a_file_of_the_demonstration_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere.*No such file"):
        stream("--local-demo", "--output", tmp_path / "out", tmp_path / "nowhere")


def test_a_watched_folder_is_redacted_file_by_file(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.log").write_bytes(event(1))
    options = ("--watch", folder, "--output", tmp_path / "out", "--until-caught-up", "--roll-seconds", "0.1")
    assert stream(*options, "--stable-seconds", "0.2").startswith("1 files, 1 events written")
    (folder / "b.log").write_bytes(event(2))
    (folder / "b.log.ok").touch()
    stream(*options, "--marker", ".ok")
    assert numbers(tmp_path / "out") == [1, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--bootstrap and --topic"),
        (("--bootstrap", "b:1"), "--bootstrap and --topic"),
        (("--topic", "t"), "--bootstrap and --topic"),
        (("--local-demo", "--watch", "in"), "--bootstrap and --topic"),
        (("--bootstrap", "b:1", "--topic", "t", "file.log"), "`logveil redact` redacts files"),
        (("--bootstrap", "b:1", "--topic", "t", "--cls"), "the id of the logset"),
        (
            ("--bootstrap", "b:1", "--topic", "t", "--until-caught-up", "--", "--runner=PrismRunner"),
            "--until-caught-up is for a stream in this process",
        ),
    ],
)
def test_options_that_make_no_stream_are_refused(tmp_path, options, said):
    with pytest.raises(OptionsError, match=said):
        stream("--output", tmp_path / "out", *options)
    assert list(tmp_path.iterdir()) == []


def test_a_broker_that_is_not_there_at_the_start_is_an_error(tmp_path):
    with pytest.raises(UnreachableError, match="the broker doesn't answer"):
        stream("--output", tmp_path / "out", "--bootstrap", "127.0.0.1:9", "--topic", "t")
