"""Gzip for documents that are stored: compressed once when they are written, never again when they are read.

What identifies a document stands before the stored part and changes more often than it. In a gzip member it takes a
block of its own that is not compressed, in front of the compressed blocks that are kept (RFC 1951, 3.2.4; RFC 1952).
"""

from collections.abc import Iterator
from struct import pack
from typing import Annotated, Final
from zlib import DEFLATED, compressobj, crc32

from fastapi import Depends, Request

_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_RAW: Final = -15  # window bits: deflate alone, without a frame
_HIGHEST: Final = 9
_ONE_BLOCK: Final = 0xFFFF
_GZIP: Final = ("gzip", "x-gzip")


def deflated(rest: bytes | memoryview) -> bytes:
    """Return the compressed blocks of a document's stored part."""
    compressor = compressobj(_HIGHEST, DEFLATED, _RAW)
    return compressor.compress(rest) + compressor.flush()


def gzipped(head: bytes, rest: bytes | memoryview, blocks: bytes) -> bytes:
    """Return a document as one gzip member; `blocks` are those of `rest`, `head` has at most 65 535 bytes."""
    assert len(head) <= _ONE_BLOCK
    uncompressed = pack("<BHH", 0, len(head), len(head) ^ _ONE_BLOCK) + head
    trailer = pack("<LL", crc32(rest, crc32(head)), (len(head) + len(rest)) & 0xFFFFFFFF)
    return b"".join((_HEADER, uncompressed, blocks, trailer))


def prefers_gzip(accept_encoding: str | None) -> bool:
    """Tell whether a reader takes gzip at least as gladly as the plain document (RFC 9110, 12.5.3)."""
    if accept_encoding is None:
        return False
    weights = dict(_weights(accept_encoding))
    anything = weights.get("*", 0.0)
    gzip = max((weights[name] for name in _GZIP if name in weights), default=anything)
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weights(accept_encoding: str) -> Iterator[tuple[str, float]]:
    """Yield each coding with its weight; one that cannot be read is not wanted."""
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = (piece.strip() for piece in part.partition(";"))
        name, _, value = (piece.strip() for piece in parameter.partition("="))
        yield coding, _weight(value) if name == "q" else float(not parameter)


def _weight(value: str) -> float:
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _asked(request: Request) -> bool:
    """Return the preference of a request; several fields of the name are one list."""
    fields = request.headers.getlist("accept-encoding")
    return prefers_gzip(", ".join(fields) if fields else None)


GzipDep = Annotated[bool, Depends(_asked)]
"""Whether the reader is answered in gzip."""
