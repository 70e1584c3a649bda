"""New identifiers: sortable by creation time, never used as secrets."""

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """Return a new UUIDv7."""
    return UUID(int=uuid6.uuid7().int)
