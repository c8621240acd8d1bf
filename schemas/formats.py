"""What an input file may be: its formats, and how it is packed."""

from enum import StrEnum

from schemas.events import RecordFormat


class FileFormat(StrEnum):
    """How a file is cut into records."""

    JSON = "json"
    DOCUMENT = "json_document"
    SEARCHLOG = "searchlog"
    OTLP = "otlp"
    DOCKER = "docker"
    CRI = "cri"
    CSV = "csv"
    PROTOBUF = "protobuf"
    TEXT = "text"

    @property
    def record_format(self) -> RecordFormat:
        """Return how each record of such a file is read."""
        own = (FileFormat.CSV, FileFormat.PROTOBUF, FileFormat.TEXT)
        return RecordFormat(self.value) if self in own else RecordFormat.JSON


class Compression(StrEnum):
    """How the bytes of a file are packed."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    ZSTD = "zstd"
    LZ4 = "lz4"
    LZ4_BLOCK = "lz4_block"
    SNAPPY = "snappy"
    HADOOP_SNAPPY = "hadoop_snappy"
    LZOP = "lzop"


class Archive(StrEnum):
    """Which archive holds files, each of which is an input."""

    NONE = "none"
    TAR = "tar"
    ZIP = "zip"
