"""Lists in pages: an opaque cursor says where the next page begins and for which list it was made."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from app.errors import InvalidCursor

Row = TypeVar("Row")

Limit = Annotated[
    int,
    Query(
        ge=1, le=100, description="Items per page.", openapi_examples={"usual": {"summary": "As usual", "value": 20}}
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        max_length=500,
        description="`next_cursor` of the page before; empty for the first page.",
        openapi_examples={"first": {"summary": "The first page", "value": ""}},
    ),
]


def cut(
    rows: Sequence[Row], limit: int, *, scope: str, key: Callable[[Row], Sequence[str]]
) -> tuple[Sequence[Row], str | None]:
    """Return a page from rows of which one more than the limit was read, and the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, seal(scope, key(page[-1]))


def place(cursor: str | None, *, scope: str, parts: int) -> Sequence[str] | None:
    """Return the key a page begins after; refuse a cursor that is broken or of another list."""
    if not cursor:
        return None
    key = _opened(cursor)
    if len(key) != parts or seal(scope, key) != cursor:
        raise InvalidCursor
    return key


def place_in_time(cursor: str | None, *, scope: str) -> tuple[datetime, UUID] | None:
    """Return the instant and the id a page begins after, of a list in the order of time; refuse what is none."""
    key = place(cursor, scope=scope, parts=2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]).astimezone(UTC), UUID(key[1])
    except (ValueError, OverflowError):
        raise InvalidCursor from None


def _opened(cursor: str) -> list[str]:
    """Return the key inside a cursor; nothing is believed before it was sealed again."""
    try:
        _, *key = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, TypeError):
        raise InvalidCursor from None
    return [part for part in key if isinstance(part, str)]


def seal(scope: str, key: Sequence[str]) -> str:
    """Return the cursor of a list that goes on after a key."""
    return base64.urlsafe_b64encode(json.dumps([_digest(scope, key), *key]).encode()).decode("ascii")


def _digest(scope: str, key: Sequence[str]) -> str:
    return sha256("\0".join((scope, *key)).encode()).hexdigest()[:12]
