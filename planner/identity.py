"""Ids of sessions and items: derived from what they are, so that they survive replans and moves.

Both are UUIDv5. The standard library builds a `UUID` object for each, which takes three
times as long; a block holds hundreds, so the same hash is written as text directly.
"""

from functools import lru_cache
from hashlib import sha1
from uuid import UUID

from planner.words import SessionKind, Side

SLOTS_PER_DAY = 10
"""Sessions a day can hold: an ordinal is the day of the block times this, plus the slot of the day."""

# The two highest bits of byte 8 say which layout an id has: 10 in binary, as RFC 9562 asks.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


@lru_cache(maxsize=4096)
def _namespace(parent: str) -> bytes:
    return UUID(parent).bytes


def _uuid5(namespace: bytes, name: str) -> str:
    """Return the text of `uuid.uuid5` for a namespace and a name."""
    h = sha1(namespace + name.encode(), usedforsecurity=False).hexdigest()
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"


def session_ordinal(day_offset: int, slot: int) -> int:
    """Return the ordinal of a session from its day of the block (0 = first) and its place in that day."""
    return day_offset * SLOTS_PER_DAY + slot


def session_id(block_id: str, ordinal: int, kind: SessionKind) -> str:
    """Return the id of a session of a block."""
    return _uuid5(_namespace(block_id), f"{ordinal}/{kind}")


def item_id(session: str, exercise: str, side: Side, ordinal: int) -> str:
    """Return the id of an item; `ordinal` counts the earlier items of the session alike in both."""
    return _uuid5(_namespace(session), f"{exercise}/{side}/{ordinal}")
