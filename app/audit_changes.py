"""Whether a transaction has changed anything that the audit trail is about: its connection keeps it in mind."""

import re
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, Engine, event

from app.audit_chain import BOOKKEEPING

_CHANGED: Final = "squatback_changed"
_CHANGING: Final = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)


def watch_changes(engine: Engine) -> None:
    """Keep in mind from now on what transactions change."""
    event.listen(engine, "begin", _nothing_changed)
    event.listen(engine, "before_cursor_execute", _note_change)


def has_changed(connection: Connection) -> bool:
    """Tell whether the running transaction has changed anything."""
    return bool(connection.info[_CHANGED])


def forget_changes(connection: Connection, *, before: bool) -> None:
    """Go back to what was known before something that was undone."""
    connection.info[_CHANGED] = before


def _nothing_changed(connection: Connection) -> None:
    connection.info[_CHANGED] = False


def _note_change(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if _changes(statement):
        connection.info[_CHANGED] = True


@lru_cache(maxsize=2048)
def _changes(statement: str) -> bool:
    found = _CHANGING.match(statement)
    return found is not None and found[1] not in BOOKKEEPING
