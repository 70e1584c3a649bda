"""The audit trail of an organization, newest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit_chain import Event
from app.audit_table import AuditEvent
from app.errors import InvalidCursor
from app.paging import cut, place
from app.signed_in import SignedIn


def list_audit_events(
    session: Session,
    who: SignedIn,
    *,
    client_id: UUID | None,
    actor_id: UUID | None,
    event: Event | None,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[AuditEvent], str | None]:
    """Return a page of the asker's organization's trail: about one client, by one person, of one kind, or all."""
    scope = f"{who.organization_id}/audit/{client_id}/{actor_id}/{event}"
    row = AuditEvent
    statement = select(row).where(row.organization_id == who.organization_id)
    wanted = ((row.client_id, client_id), (row.actor_id, actor_id), (row.event, event))
    statement = statement.where(*(col(column) == value for column, value in wanted if value is not None))
    after = place(cursor, scope=scope, parts=1)
    if after is not None:
        statement = statement.where(row.number < _number(after[0]))
    rows = session.exec(statement.order_by(col(row.number).desc()).limit(limit + 1)).all()
    return cut(rows, limit, scope=scope, key=lambda one: (str(one.number),))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidCursor
    return int(text)
