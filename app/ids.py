"""Identifiers: new ones are sortable by creation time, and never used as secrets."""

from functools import lru_cache
from uuid import UUID

import uuid6


def new_id() -> UUID:
    """Return a new UUIDv7."""
    return UUID(int=uuid6.uuid7().int)


StoredId = UUID | str
"""An id as a driver gives it: SQLite keeps 32 digits."""


def id_text(stored: StoredId) -> str:
    """Return an id as it is written, without making a UUID of it first."""
    if isinstance(stored, UUID):
        return str(stored)
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"


@lru_cache(maxsize=2048)  # of a coach and the coach's clients, all day long
def as_uuid(stored: StoredId) -> UUID:
    """Return an id as Python knows it."""
    return stored if isinstance(stored, UUID) else UUID(stored)
