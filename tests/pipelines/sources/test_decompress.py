"""Streams that would take memory without end, or that need what is not there, are refused by name."""

import gzip
import subprocess
import sys
from pathlib import Path

import cramjam
import lz4.frame
import pytest
import zstandard

from pipelines.sources.decompress import read_blocks
from schemas.errors import InputError
from schemas.formats import Compression
from transforms.framing.magic import detect_compression

ZEROS = bytes(32 << 20)
BOMBS = {
    "gzip": lambda: gzip.compress(ZEROS),
    "zstd": lambda: zstandard.ZstdCompressor().compress(ZEROS),
    "lz4": lambda: lz4.frame.compress(ZEROS),
    "snappy": lambda: bytes(cramjam.snappy.compress(ZEROS)),
}


def written(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "secret-name"
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("kind", BOMBS)
def test_a_stream_that_unpacks_beyond_the_limit_is_refused(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, BOMBS[kind]())
    with pytest.raises(InputError) as caught:
        list(read_blocks(path, Compression(kind), "safe", max_expansion=10))
    assert str(caught.value) == (
        f"safe: the {kind} stream unpacks to more than 10 times its size, the limit of --max-expansion;"
        " nothing was written"
    )


@pytest.mark.parametrize("kind", BOMBS)
def test_the_limit_may_be_raised(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, BOMBS[kind]())
    blocks = read_blocks(path, Compression(kind), "safe", max_expansion=100_000)
    assert sum(map(len, blocks)) == len(ZEROS)


def test_a_small_file_may_unpack_to_a_mebibyte_whatever_the_limit(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(bytes(1 << 20)))
    assert sum(map(len, read_blocks(path, Compression.GZIP, "safe", max_expansion=1))) == 1 << 20


def test_a_bomb_takes_no_more_memory_than_one_piece_of_it(tmp_path: Path) -> None:
    compressor = zstandard.ZstdCompressor().compressobj()
    data = b"".join([*(compressor.compress(ZEROS) for _ in range(32)), compressor.flush()])
    path = written(tmp_path, data)
    code = (
        "import resource, sys\n"
        "from pipelines.sources.decompress import read_blocks\n"
        "from schemas.formats import Compression\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "size = sum(map(len, read_blocks(sys.argv[1], Compression.ZSTD, 'x', max_expansion=1_000_000)))\n"
        "print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True)
    size, grown_kib = map(int, done.stdout.split())
    assert size == 1 << 30
    assert grown_kib < 128 << 10


def test_a_window_over_the_limit_is_named(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path = written(tmp_path, compressor.compress(b"x" * 100) + compressor.flush())
    with pytest.raises(InputError, match="safe: the zstd stream has a window of over 128 MiB"):
        list(read_blocks(path, Compression.ZSTD, "safe"))


def test_a_dictionary_of_zstandard_is_named(tmp_path: Path) -> None:
    samples = [f'{{"n":{number},"state":"running"}}'.encode() * 4 for number in range(200)]
    dictionary = zstandard.train_dictionary(2048, samples)
    path = written(tmp_path, zstandard.ZstdCompressor(dict_data=dictionary).compress(samples[0]))
    with pytest.raises(InputError, match="safe: the zstd stream needs a dictionary, which is not supported"):
        list(read_blocks(path, Compression.ZSTD, "safe"))


def test_a_dictionary_of_lz4_is_named(tmp_path: Path) -> None:
    frame = bytearray(lz4.frame.compress(b"x" * 100))
    frame[4] |= 1  # FLG: a dictionary's id follows (LZ4 frame format 1.6.1)
    path = written(tmp_path, bytes(frame))
    assert detect_compression(bytes(frame)) is Compression.LZ4
    with pytest.raises(InputError, match="safe: the lz4 stream needs a dictionary, which is not supported"):
        list(read_blocks(path, Compression.LZ4, "safe"))


def test_a_block_that_claims_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    claim = b"\xff\xff\xff\xff\x0f" + b"\x00x"  # raw snappy: the length first, here 4 GiB
    path = written(tmp_path, (1 << 20).to_bytes(4) + len(claim).to_bytes(4) + claim)
    with pytest.raises(InputError, match="safe: the hadoop_snappy stream has a block of over 256 MiB"):
        list(read_blocks(path, Compression.HADOOP_SNAPPY, "safe"))
