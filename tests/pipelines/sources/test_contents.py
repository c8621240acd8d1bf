"""Files in files: each member of an archive is an input, and what is broken or no text is told by name."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipelines.sources.inputs import examine, plan_parts
from pipelines.sources.read_files import read_part
from schemas.errors import InputError

LINES = b"".join(b'{"n":%d}\n' % number for number in range(3000))
CSV = b"time,message\n2026-11-26 08:00:00,hi\n"


def tar(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), 1_795_680_000
            archive.addfile(member, io.BytesIO(data))
    return written.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


MEMBERS = {"a/lines.jsonl": LINES, "b.csv.gz": gzip.compress(CSV), ".hidden": b"\0\1\2", "._a": b"\0\5\26\7"}
ARCHIVES = {
    "tar": lambda: tar(MEMBERS),
    "tar.gz": lambda: gzip.compress(tar(MEMBERS)),
    "tar.bz2": lambda: bz2.compress(tar(MEMBERS)),
    "tar.xz": lambda: lzma.compress(tar(MEMBERS)),
    "zip": lambda: zipped(MEMBERS),
}


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "secret-name"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ARCHIVES)
def test_each_file_of_an_archive_is_read_as_if_it_lay_there(kind: str, tmp_path: Path) -> None:
    files = examine(written(tmp_path, ARCHIVES[kind]()))
    assert [(file.name.partition("!")[2], str(file.format)) for file in files] == [
        ("a/lines.jsonl", "json"),
        ("b.csv.gz", "csv"),
    ]
    [part] = plan_parts(files)
    records = [record for batch in read_part(part) for record in batch]
    assert b"".join(record.data + b"\n" for record in records[:-1]) == LINES
    assert records[-1].data == b"2026-11-26 08:00:00,hi"


def test_the_same_content_has_the_same_checksum_however_it_is_packed(tmp_path: Path) -> None:
    packed = (LINES, gzip.compress(LINES), lzma.compress(LINES), tar({"x": LINES}), zipped({"x": LINES}))
    assert len({examine(written(tmp_path, data))[0].checksum for data in packed}) == 1


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(gzip.compress(tar(MEMBERS))[:-9], "the gzip stream ends early", id="gzip_cut"),
        pytest.param(tar(MEMBERS)[:2000], "the archive is broken or ends early", id="tar_cut"),
        pytest.param(zipped(MEMBERS)[:-30], "the archive is broken or ends early", id="zip_cut"),
        pytest.param(
            zipped({"[Content_Types].xml": b"<x/>"}), "an Office document, which is not read", id="xlsx"
        ),
        pytest.param(tar({"x": zipped(MEMBERS)}), "a zip archive inside another", id="zip_in_tar"),
        pytest.param(
            tar({"x": b"\x7fELF\2\1\1\0"}), "in it an ELF program, which is not read", id="elf_in_tar"
        ),
        pytest.param(tar({".x": LINES}), "the archive holds no file to read", id="nothing"),
        pytest.param(b"\x89LZO\0\r\n", "lzop is not supported", id="lzop"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(data: bytes, fault: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=fault) as caught:
        examine(written(tmp_path, data), safe_name=lambda _: "safe")
    assert str(caught.value).startswith("safe: ")
    assert "\n" not in str(caught.value)
