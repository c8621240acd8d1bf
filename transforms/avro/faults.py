"""What reading a damaged Avro file raises, from fastavro and the libraries under it, held in one place."""

import struct

from backports.zstd import ZstdError
from fastavro.schema import SchemaParseException, UnknownType

NOT_AVRO = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    SchemaParseException,
    TypeError,
    UnknownType,
    ValueError,
    ZstdError,
    struct.error,
)
"""Errors of a file that is not whole Avro: its bytes may mean anything, and so may what they raise."""
