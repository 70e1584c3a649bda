"""Hand-overs: every coach sees every client, one coach looks after each; who it was is never overwritten."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select, tuple_

from app import tables
from app.client_locks import lock_client
from app.client_tables import ClientTransfer
from app.clients.service import note_change
from app.clients.transfer_schemas import TransferCreate
from app.errors import InvalidInput
from app.paging import cut, place_in_time
from app.planning import Desk
from planner.errors import Fault


def transfer_client(desk: Desk, body: TransferCreate) -> tables.Client:
    """Record who looks after a client from now on; the same coach again records nothing."""
    client = desk.client
    _check_coach(desk, body.coach_id)
    lock_client(desk.session, client)
    desk.session.refresh(client)
    if client.coach_id == body.coach_id:
        return client
    desk.session.add(
        ClientTransfer(
            organization_id=client.organization_id,
            client_id=client.id,
            from_coach_id=client.coach_id,
            to_coach_id=body.coach_id,
            author_id=desk.author_id,
            note=body.note,
            at=desk.now,
        )
    )
    client.coach_id = body.coach_id
    note_change(client, now=desk.now)
    desk.session.add(client)
    return client


def _check_coach(desk: Desk, coach_id: UUID) -> None:
    """Refuse whoever cannot look after a client; somebody of another organization is as unknown as nobody."""
    person = desk.session.get(tables.Person, (desk.client.organization_id, coach_id))
    if person is None or person.role == "member" or person.disabled_at is not None:
        raise InvalidInput(faults=(Fault("/coach_id", "unknown_coach"),))


def list_transfers(
    session: Session, client: tables.Client, *, limit: int, cursor: str | None
) -> tuple[Sequence[ClientTransfer], str | None]:
    """Return a page of a client's hand-overs, newest first."""
    scope = f"{client.id}/transfers"
    statement = (
        select(ClientTransfer)
        .where(
            ClientTransfer.organization_id == client.organization_id,
            ClientTransfer.client_id == client.id,
        )
        .order_by(col(ClientTransfer.at).desc(), col(ClientTransfer.id).desc())
        .limit(limit + 1)
    )
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(ClientTransfer.at, ClientTransfer.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.at.isoformat(), str(row.id)))
