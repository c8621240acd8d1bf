"""A file of account names: one a line, or columns that the first line names."""

from pathlib import Path

import pytest

from pipelines.sources.known_names import read_known_names
from schemas.errors import InputError
from schemas.policy.file import default_policy
from transforms.detect.known_table import NAME, UIN


def read(path: Path, content: bytes) -> list[tuple[bytes, str]]:
    path.write_bytes(content)
    return list(read_known_names(path, default_policy()))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_one_name_a_line_and_digits_are_a_uin_and_may_be_a_name(tmp_path: Path, end: bytes) -> None:
    lines = [b"\xef\xbb\xbflin.qiao", b"", b" 100012345678 ", "张伟明".encode(), b"77"]
    assert read(tmp_path / "a", end.join(lines)) == [
        (NAME, "lin.qiao"), (UIN, "100012345678"), (NAME, "100012345678"), (NAME, "张伟明"), (NAME, "77"),
    ]  # fmt: skip


def test_columns_are_told_by_the_policys_spellings(tmp_path: Path) -> None:
    content = b'id,userName,OwnerUin,note\n1,"qiao, lin",100012345678,x\n2,,700001234567,y\n3,anna\n'
    assert read(tmp_path / "a", content) == [
        (NAME, "qiao, lin"), (UIN, "100012345678"), (UIN, "700001234567"), (NAME, "anna"),
    ]  # fmt: skip
    assert read(tmp_path / "a", b"uin\n100012345678\n") == [(UIN, "100012345678")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_as_its_first_bytes_say(tmp_path: Path, encoding: str) -> None:
    content = "username\nm\u00fcller\n\u5f20\u4f1f\u660e\n".encode(encoding)

    assert read(tmp_path / "a", content) == [(NAME, "m\u00fcller"), (NAME, "\u5f20\u4f1f\u660e")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds none"),
        (b"\n\n", "holds none"),
        (b"uin\n", "holds none"),
        (b"a,b\nlin.qiao,7\n", "no first line names them"),
        (b"lin\nqiao,7\n", "no first line names them"),
        (b"lin\xff\xfe", "neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8"),
        (b"\xff\xfe\x00", "neither UTF-8 nor UTF-16"),
        ("lin.qiao\n".encode("utf-16-le"), "holds a NUL character: save it as UTF-8"),
        (b'"lin', "it is not CSV: a quote is not closed"),
    ],
)
def test_what_is_no_such_file_is_refused_without_its_content(
    tmp_path: Path, content: bytes, why: str
) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(tmp_path / "a", content)
    assert "lin" not in str(refused.value).replace("lines", "").replace("line", "")


def test_a_file_that_is_not_there_is_named_to_the_person_alone(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        list(read_known_names(tmp_path / "none.txt", default_policy()))
    assert "none.txt" not in str(refused.value)
    assert "none.txt" in refused.value.as_typed()
