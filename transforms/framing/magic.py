"""Name what bytes are that are no text: how they are packed, which archive they are, or what else."""

import re

from schemas.formats import Archive, Compression

_PACKED = (
    (b"\x1f\x8b", Compression.GZIP),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
    (b"\x04\x22\x4d\x18", Compression.LZ4),
    (b"\xff\x06\x00\x00sNaPpY", Compression.SNAPPY),
    (b"\x89LZO", Compression.LZOP),
    (b"\xfd7zXZ\x00", Compression.XZ),
    (b"\x5d\x00\x00", Compression.LZMA),
)
_BINARY = (
    (b"PAR1", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xca\xfe\xba\xbe", "a Java class"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"ARROW1", "an Arrow file"),
    (b"ElfFile\x00", "a Windows event log"),
    (b"LPKSHHRH", "a journal of systemd"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"SEQ\x06", "a Hadoop sequence file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"RIFF", "a RIFF file"),
    (b"\x1f\x9d", "a file of compress"),
    (b"\x1f\xa0", "a file of compress"),
    (b"!<arch>\n", "an ar archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"BAM\x01", "a BAM file"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
)
_TAR_CHECKSUM = slice(148, 156)
_TAR_BLOCK = 512
_LOG_GROUP_LIST = re.compile(rb"\n[\x80-\xff]{0,4}[\x01-\x7f]\n[\x80-\xff]{0,4}[\x01-\x7f]\x08")
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_ODD = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c\x1d\x1f\x7f]")
_ODD_SHARE = 0.02
_UNDECODABLE_SHARE = 0.10


def detect_compression(head: bytes) -> Compression:
    """Return how a file is packed, by the first bytes of it.

    Example:
        >>> str(detect_compression(bytes([0x1F, 0x8B, 8]))), str(detect_compression(b"{}"))
        ('gzip', 'none')
    """
    if _SKIPPABLE.match(head):
        return _behind_skippable(head)
    for magic, compression in _PACKED:
        if head.startswith(magic):
            return compression
    if _BZIP2.match(head):
        return Compression.BZIP2
    if _is_hadoop_snappy(head):
        return Compression.HADOOP_SNAPPY
    if is_log_group_list(head, _first_literal(head)) and not is_log_group_list(head):
        return Compression.LZ4_BLOCK
    return Compression.NONE


def _behind_skippable(head: bytes) -> Compression:
    """Return what follows the skippable frames, which zstandard (RFC 8878, 3.1.2) and LZ4 share."""
    at = 0
    while _SKIPPABLE.match(head, at):
        at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
    return Compression.LZ4 if head.startswith(b"\x04\x22\x4d\x18", at) else Compression.ZSTD


def _is_hadoop_snappy(head: bytes) -> bool:
    whole, packed = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    if not 0 < whole <= 1 << 26 or not 0 < packed <= whole + whole // 6 + 32:
        return False
    size = shift = 0
    for byte in head[8:13]:
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            return 0 < size <= whole
        shift += 7
    return False


def _first_literal(block: bytes) -> int:
    """Return where the first literals of an LZ4 block start (LZ4 block format description)."""
    at = 1
    if block[:1] >= b"\xf0":
        while block[at : at + 1] == b"\xff":
            at += 1
        at += 1
    return at


def is_log_group_list(head: bytes, start: int = 0) -> bool:
    """Tell whether bytes begin as a LogGroupList does: the tags of list, group and time."""
    return _LOG_GROUP_LIST.match(head, start) is not None


def detect_archive(head: bytes) -> Archive:
    """Return which archive of files bytes begin, if any; a tar is known by its checksum (POSIX pax, ustar).

    Example:
        >>> str(detect_archive(b"PK\\x03\\x04")), str(detect_archive(b"{}"))
        ('zip', 'none')
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Archive.ZIP
    return Archive.TAR if _is_tar(head[:_TAR_BLOCK]) else Archive.NONE


def _is_tar(block: bytes) -> bool:
    if len(block) < _TAR_BLOCK or not block[0]:
        return False
    stated = re.fullmatch(rb" *([0-7]+)[ \0]+", block[_TAR_CHECKSUM])
    if stated is None:
        return False
    return int(stated[1], 8) == sum(block) - sum(block[_TAR_CHECKSUM]) + 8 * ord(" ")


def binary_name(head: bytes, by_share: bool = True) -> str | None:
    """Return what bytes are that are no text, by their first bytes or by what they are made of; None for a text.

    Example:
        >>> binary_name(b"PAR1\\x15\\x00"), binary_name(b"\\x00\\x01\\x02\\x03"), binary_name("é 用户\\n".encode())
        ('a Parquet file', 'binary', None)
    """
    odd = len(_ODD.findall(head))
    for magic, name in _BINARY:
        if head.startswith(magic) and (odd or not magic.isascii()):
            return name
    if not by_share:
        return None
    if odd > max(1, len(head) * _ODD_SHARE):
        return "binary"
    try:
        head[: len(head) - 4].decode()
    except UnicodeDecodeError:
        undecodable = head.decode(errors="replace").count("\ufffd")
        if odd and undecodable > len(head) * _UNDECODABLE_SHARE:
            return "binary"
    return None
