"""Ids of sessions, items and decisions: derived from what they are, so that they survive replans and moves.

All are UUIDv5. The standard library builds a `UUID` object for each, which takes three
times as long; a block holds hundreds, so the same hash is written as text directly.
"""

from functools import lru_cache
from hashlib import sha1

from planner.words import SessionKind, Side

SLOTS_PER_DAY = 10
"""Sessions a day can hold: an ordinal is the day of the block times this, plus the slot of the day."""

SLOTS: dict[SessionKind, int] = {"daily_cars": 0, "retest": 1, "squat": 2, "joint": 3, "recovery": 4}
"""Place of a kind of session among the ids of a day; a day holds at most one of each."""

# The two highest bits of byte 8 say which layout an id has: 10 in binary, as RFC 9562 asks.
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Ids(dict[bytes, str]):
    """The texts of `uuid.uuid5` in one namespace, by name; one asked for again is not hashed again."""

    __slots__ = ("_namespace",)

    def __init__(self, namespace: str) -> None:
        self._namespace = bytes.fromhex(namespace.replace("-", ""))

    def __missing__(self, name: bytes) -> str:
        h = sha1(self._namespace + name, usedforsecurity=False).hexdigest()
        made = self[name] = f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"
        return made


def session_ordinal(day_offset: int, slot: int) -> int:
    """Return the ordinal of a session from its day of the block (0 = first) and its place in that day."""
    return day_offset * SLOTS_PER_DAY + slot


def session_id(block_id: str, ordinal: int, kind: SessionKind) -> str:
    """Return the id of a session of a block."""
    return Ids(block_id)[session_name(ordinal, kind)]


def session_name(ordinal: int, kind: SessionKind) -> bytes:
    """Return what tells a session from the others of its block."""
    return f"{ordinal}/{kind}".encode()


def item_id(session: str, exercise: str, side: Side, ordinal: int) -> str:
    """Return the id of an item; `ordinal` counts the earlier items of the session alike in both."""
    return Ids(session)[item_name(exercise, side, ordinal)]


def decision_id(fact: str, rule: str) -> str:
    """Return the id of what a rule decided on a fact."""
    return Ids(fact)[rule.encode()]


@lru_cache(maxsize=4096)
def item_name(exercise: str, side: Side, ordinal: int) -> bytes:
    """Return what tells an item from the others of its session."""
    return f"{exercise}/{side}/{ordinal}".encode()
