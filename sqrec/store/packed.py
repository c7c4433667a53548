"""Row vectors as a database stores them: deflated, and read as they were, to the bit. What was written before is read as it stands.

A vector is float64 numbers, so its length is a multiple of eight; what is packed is made to have another length, and so tells itself apart.
"""

import zlib
from typing import Any

import sqlalchemy as sa

_WORD = 8


def packed(vector: bytes | None) -> bytes | None:
    """Return the bytes to store; None stays None."""
    if vector is None:
        return None
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    told = deflating.compress(vector) + deflating.flush()
    told += b"\0" * (len(told) % _WORD == 0)
    return vector if len(vector) % _WORD == 0 and len(vector) <= len(told) else told


def unpacked(stored: bytes | None) -> bytes | None:
    """Return the vector of stored bytes; None stays None."""
    if stored is None or len(stored) % _WORD == 0:
        return stored
    return zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(stored)


class Packed(sa.TypeDecorator[bytes]):
    """A column of vectors, packed on the way in and unpacked on the way out."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        """Return the bytes to store."""
        return packed(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        """Return the vector."""
        return unpacked(value)
