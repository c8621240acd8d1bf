"""The attack counts what is lost, doubled and left over: a count that can't rise would prove nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import attack
import attack_work as work
import pytest


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("made")
    work.prepare(base)
    work.redact(base)
    yield base
    work.clean_up()


@pytest.fixture
def base(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "base")
    return tmp_path / "base"


def files(base: Path) -> list[Path]:
    return sorted(base.glob(f"out/category={work.POLICY.event_category}/*/*.avro"))


def test_a_root_as_it_should_be_costs_nothing(base: Path) -> None:
    assert not +work.costs(base)


def test_a_file_that_is_gone_is_a_loss(base: Path) -> None:
    files(base)[0].unlink()
    assert work.costs(base)["lost"] == 10


def test_a_file_that_is_there_twice_doubles_and_is_left_over(base: Path) -> None:
    path = files(base)[0]
    shutil.copy(path, path.with_name("part-0123456789abcdef-00000.avro"))
    cost = work.costs(base)
    assert (cost["lost"], cost["doubled"], cost["left over"] > 0) == (0, 10, True)


def test_what_should_be_gone_is_left_over(base: Path) -> None:
    assert work.costs(base, expired=True)["left over"] >= 30
    assert work.costs(base, erased=True)["left over"] >= 24


def test_the_table_has_a_line_an_attack() -> None:
    shown = attack.table({"a": attack.Counter(tried=1_000, lost=2)}).splitlines()
    assert shown[-1] == "| a | 1,000 | 2 | 0 | 0 | 0 |"
