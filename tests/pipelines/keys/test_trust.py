"""A key ring is its owner's alone: what others own or may write is refused."""

import os
from pathlib import Path

import pytest

from pipelines.keys.rings import load_keys, make_ring
from pipelines.keys.trust import check_file
from schemas.errors import KeyFileError
from tests.conftest import absent

STRANGER = 65534


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    make_ring(tmp_path / "ring")
    return tmp_path / "ring"


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        absent("the right to give files to another user")


@pytest.mark.parametrize("mode", [0o770, 0o720, 0o702, 0o777])
def test_a_ring_that_others_may_write_into_is_refused(ring: Path, mode: int) -> None:
    ring.chmod(mode)
    with pytest.raises(KeyFileError, match="others may write into it"):
        load_keys(ring, {})


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755, 0o1777])
def test_a_ring_into_which_nobody_else_can_put_a_key_that_counts_is_used(ring: Path, mode: int) -> None:
    ring.chmod(mode)
    assert load_keys(ring, {}).current.epoch == "1"


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("name", [".", "1.key", "2.destroyed"])
def test_a_ring_or_an_entry_that_another_user_owns_is_refused(ring: Path, name: str) -> None:
    ring.chmod(0o1777)
    (ring / "2.destroyed").touch(0o600)
    os.chown(ring / name, STRANGER, STRANGER)
    with pytest.raises(KeyFileError, match=f"belongs to another user .uid {STRANGER}"):
        load_keys(ring, {})


@pytest.mark.usefixtures("as_root")
def test_a_single_key_that_another_user_owns_is_refused(ring: Path) -> None:
    os.chown(ring / "1.key", STRANGER, STRANGER)
    with pytest.raises(KeyFileError, match="belongs to another user"):
        load_keys(ring / "1.key", {})


def test_a_tombstone_that_others_could_have_put_there_is_refused(ring: Path) -> None:
    (ring / "1.destroyed").touch()
    (ring / "1.destroyed").chmod(0o666)
    with pytest.raises(KeyFileError, match="others could write it"):
        load_keys(ring, {})


@pytest.mark.parametrize(
    ("owner", "group", "mode", "taken"),
    [
        pytest.param(0, 10001, 0o440, True, id="as_kubernetes_mounts_it"),
        pytest.param(0, 10001, 0o640, True, id="root_may_write"),
        pytest.param(0, 10001, 0o444, False, id="all_may_read"),
        pytest.param(0, 10002, 0o440, False, id="another_group"),
        pytest.param(10001, 10001, 0o440, False, id="our_own_with_a_group"),
        pytest.param(0, 10001, 0o460, False, id="the_group_may_write"),
    ],
)
def test_only_root_may_let_our_group_read_a_key(
    owner: int, group: int, mode: int, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    monkeypatch.setattr(os, "getegid", lambda: 10001)
    monkeypatch.setattr(os, "getgroups", lambda: [10001])
    status = os.stat_result((0o100000 | mode, 0, 0, 1, owner, group, 32, 0, 0, 0))
    if taken:
        check_file(Path("1.key"), status)
    else:
        with pytest.raises(KeyFileError, match="key has mode"):
            check_file(Path("1.key"), status)
