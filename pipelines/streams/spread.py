"""Spread lanes evenly over the subtasks of a Flink job, which go by a hash of each lane's element.

Flink's key groups: `KeyGroupRangeAssignment` and `MathUtils.murmurHash` of Flink 1.16. Left to chance, four lanes fall
on two subtasks as three and one, always the same.
"""

from collections import Counter
from itertools import count

MAX_PARALLELISM = 128
_32_BITS = 0xFFFFFFFF


def lane_elements(lanes: int, parallelism: int, max_parallelism: int = MAX_PARALLELISM) -> list[str]:
    """Return the element of each lane: its number and a salt, such that no subtask has two lanes more than another.

    Example:
        >>> elements = lane_elements(4, 2)
        >>> [lane_of(element) for element in elements]
        [0, 1, 2, 3]
        >>> sorted(subtask_of(element, 2, 128) for element in elements)
        [0, 0, 1, 1]
    """
    used: Counter[int] = Counter({subtask: 0 for subtask in range(parallelism)})
    elements = []
    for lane in range(lanes):
        least = min(used.values())
        for salt in count():
            element = f"{lane}/{salt}"
            subtask = subtask_of(element, parallelism, max_parallelism)
            if used[subtask] == least:
                break
        used[subtask] += 1
        elements.append(element)
    return elements


def lane_of(element: str) -> int:
    """Return the lane of an element."""
    return int(element.partition("/")[0])


def subtask_of(element: str, parallelism: int, max_parallelism: int) -> int:
    """Return the subtask to which Flink gives an element that Beam encodes as a string, with its length before it."""
    encoded = element.encode()
    group = _murmur_hash(_buffer_hash(bytes([len(encoded)]) + encoded)) % max_parallelism
    return group * parallelism // max_parallelism


def _buffer_hash(data: bytes) -> int:
    """Return Java's `ByteBuffer.hashCode`."""
    result = 1
    for byte in reversed(data):
        result = (31 * result + (byte - 256 if byte > 127 else byte)) & _32_BITS
    return result


def _murmur_hash(code: int) -> int:
    code = _rotated(code * 0xCC9E2D51 & _32_BITS, 15) * 0x1B873593 & _32_BITS
    code = (_rotated(code, 13) * 5 + 0xE6546B64) & _32_BITS
    code ^= 4
    code = (code ^ code >> 16) * 0x85EBCA6B & _32_BITS
    code = (code ^ code >> 13) * 0xC2B2AE35 & _32_BITS
    code ^= code >> 16
    if code < 1 << 31:
        return code
    return 0 if code == 1 << 31 else (1 << 32) - code


def _rotated(code: int, bits: int) -> int:
    return (code << bits | code >> (32 - bits)) & _32_BITS
