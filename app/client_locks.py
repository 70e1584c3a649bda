"""One writer at a time for each client: whoever writes a client's facts and plans holds the lock of their row first.

SQLite has one writer anyway, and takes the statement without its lock.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.statements import Statement
from app.table_kit import followed, table_of
from app.tables import Client

_NAMED: Final = (col(Client.organization_id) == bindparam("organization"), col(Client.id) == bindparam("client"))
_FOUND: Final = Statement(select(*table_of(Client).c).where(*_NAMED).with_for_update())
_LOCKED: Final = Statement(select(col(Client.id)).where(*_NAMED).with_for_update())
_HELD: Final = "client_lock"


def find_locked(session: Session, organization_id: UUID, client_id: UUID) -> Client | None:
    """Return a client as it is now, whom no other transaction writes until this one ends; None when there is none."""
    session.flush()  # what it knows of the client is replaced
    row = _FOUND.first(session, {"organization": organization_id, "client": client_id})
    if row is None:
        return None
    _note(session, client_id)
    return followed(session, Client, row._asdict())


def lock_client(session: Session, client: Client) -> None:
    """Let no other transaction write a client's facts and plans; what this one has locked already is not asked for."""
    if session.info.get(_HELD) == (session.get_transaction(), client.id):
        return
    if _LOCKED.first(session, {"organization": client.organization_id, "client": client.id}) is None:
        raise NotFound  # erased a moment ago
    _note(session, client.id)


def _note(session: Session, client_id: UUID) -> None:
    session.info[_HELD] = (session.get_transaction(), client_id)
