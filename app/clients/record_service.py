"""A client's whole record: handed out, or erased with everything that refers to it."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, delete, or_
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import tables
from app.audit_chain import AUDIT_TABLES
from app.client_locks import lock_client
from app.client_tables import ClientTransfer, Erasure
from app.clients import record_schemas as schemas
from app.clients.answered import to_client
from app.clients.transfer_schemas import Transfer
from app.delivery_table import Delivery, MailSubscription, WeekSchedule
from app.errors import InvalidInput
from app.forecast_table import BlockForecast
from app.key_table import IdempotencyKey
from app.link_table import PrivateLink
from app.planning import Desk
from app.secrets import hash_secret
from app.signed_in import SignedIn
from planner.errors import Fault

Row = TypeVar(
    "Row",
    tables.Fact,
    tables.Person,
    tables.Invitation,
    tables.Block,
    ClientTransfer,
    PrivateLink,
    WeekSchedule,
    MailSubscription,
    Delivery,
)
PartOfBlock = TypeVar("PartOfBlock", tables.BlockWeek, tables.BlockRevision, BlockForecast)
Shape = TypeVar("Shape", bound=BaseModel)

_GROUPS = {
    "profile": "profile_versions",
    "screening": "screenings",
    "assessment": "assessments",
    "clearance": "clearances",
    "adjustment": "adjustments",
    "session_log": "session_logs",
    "check_in": "check_ins",
}
"""Under which name facts of a kind are handed out."""


# --- handed out ---------------------------------------------------------------------------------------------------


def export_client(session: Session, client: tables.Client, *, now: datetime) -> schemas.ClientExport:
    """Return everything stored about a client, oldest first."""
    facts: dict[str, list[schemas.StoredFact]] = {name: [] for name in _GROUPS.values()}
    for row in _of_client(session, client, tables.Fact, "performed_at", "id"):
        facts[_GROUPS[row.kind]].append(_shaped(schemas.StoredFact, row, body=row.body, answer=row.answer))
    people = _of_client(session, client, tables.Person, "created_at", "id")
    invitations = _of_client(session, client, tables.Invitation, "created_at", "id")
    transfers = _of_client(session, client, ClientTransfer, "at", "id")
    links = _of_client(session, client, PrivateLink, "created_at", "id")
    return schemas.ClientExport(
        exported_at=now,
        client=to_client(client),
        sign_ins=[_shaped(schemas.SignInRecord, row) for row in people],
        invitations=[_shaped(schemas.InvitationRecord, row) for row in invitations],
        transfers=[_shaped(Transfer, row) for row in transfers],
        private_links=[_shaped(schemas.LinkRecord, row) for row in links],
        blocks=[_block(session, row) for row in _of_client(session, client, tables.Block, "created_at", "id")],
        delivery_times=[_shaped(schemas.DeliveryTime, row) for row in _of_client(session, client, WeekSchedule)],
        mail_subscriptions=[_shaped(schemas.MailRecord, row) for row in _of_client(session, client, MailSubscription)],
        deliveries=[_shaped(schemas.DeliveryRecord, row) for row in _of_client(session, client, Delivery, "id")],
        **facts,
    )


def _block(session: Session, block: tables.Block) -> schemas.StoredBlock:
    weeks = _of_block(session, block, tables.BlockWeek, "week_number", "version", "revision")
    held = {row.week_number for row in weeks if row.is_current and row.version == "withheld"}
    revisions = _of_block(session, block, tables.BlockRevision, "revision")
    forecasts = _of_block(session, block, BlockForecast, "revision")
    return _shaped(
        schemas.StoredBlock,
        block,
        plan=block.document,
        state=block.state or "{}",
        planned_weeks=[_week(row, held) for row in weeks],
        revisions=[
            _shaped(schemas.StoredRevision, row, decisions=row.decisions, difference=row.difference)
            for row in revisions
        ],
        forecasts=[_shaped(schemas.StoredForecast, row, body=row.body) for row in forecasts],
    )


def _week(row: tables.BlockWeek, held: Collection[int]) -> schemas.StoredWeek:
    """Return a stored week; what is held back is kept with it, but is no part of the plan as it stands."""
    current = row.is_current and (row.version == "withheld" or row.week_number not in held)
    return _shaped(schemas.StoredWeek, row, body=row.body).model_copy(update={"is_current": current})


def _of_client(session: Session, client: tables.Client, table: type[Row], *order: str) -> Sequence[Row]:
    statement = select(table).where(
        col(table.organization_id) == client.organization_id, col(table.client_id) == client.id
    )
    return session.exec(statement.order_by(*(getattr(table, name) for name in order))).all()


def _of_block(session: Session, block: tables.Block, table: type[PartOfBlock], *order: str) -> Sequence[PartOfBlock]:
    statement = select(table).where(
        col(table.organization_id) == block.organization_id, col(table.block_id) == block.id
    )
    return session.exec(statement.order_by(*(getattr(table, name) for name in order))).all()


def _shaped(shape: type[Shape], row: SQLModel, **documents: object) -> Shape:
    """Return a row in the shape it is handed out in; documents that are stored as text are read."""
    read = {name: json.loads(text) if isinstance(text, str) else text for name, text in documents.items()}
    return shape.model_validate(row.model_dump(include=set(shape.model_fields) - read.keys()) | read)


# --- erased -------------------------------------------------------------------------------------------------------


def erase_client(desk: Desk, confirm: str, *, key: str | None = None) -> None:
    """Remove a client and every row that refers to them; an id that stands for nobody is all that is kept.

    With it a hash of the request's Idempotency-Key, which is why no answer has to be kept.
    """
    session, client = desk.session, desk.client
    lock_client(session, client)
    session.refresh(client)
    if confirm != client.display_name:
        raise InvalidInput(faults=(Fault("/confirm", "other_name"),))
    blocks = session.exec(_ids(tables.Block, client)).all()
    people = session.exec(_ids(tables.Person, client)).all()
    invitations = session.exec(_ids(tables.Invitation, client)).all()
    _forget_answers(session, client, [client.id, *blocks, *people, *invitations])
    for table in reversed(SQLModel.metadata.sorted_tables):
        theirs = _theirs(table, client, blocks, people)
        if theirs is not None:
            session.execute(delete(table).where(table.c.organization_id == client.organization_id, theirs))
    session.expunge_all()
    session.add(
        Erasure(
            organization_id=client.organization_id,
            client_id=client.id,
            author_id=desk.author_id,
            at=desk.now,
            key_hash=None if key is None else hash_secret(key),
        )
    )


def erased_before(session: Session, who: SignedIn, client_id: UUID, key: str, *, since: datetime) -> bool:
    """Tell whether somebody erased a client by a request with this key, lately."""
    row = session.get(Erasure, (who.organization_id, client_id))
    if row is None or row.author_id != who.person_id or row.at <= since:
        return False
    return row.key_hash == hash_secret(key)


def _theirs(
    table: Table, client: tables.Client, blocks: Sequence[UUID], people: Sequence[UUID]
) -> ColumnElement[bool] | None:
    """Return which rows of a table are the client's, told by its columns: a new table is not forgotten."""
    columns = table.columns
    if table.name in AUDIT_TABLES:
        return None  # what is left there is an id that stands for nobody
    if table.name == tables.Client.__tablename__:
        return columns.id == client.id
    if "client_id" in columns:
        return columns.client_id == client.id
    if "block_id" in columns:
        return columns.block_id.in_(blocks)
    return columns.person_id.in_(people) if "person_id" in columns else None


def _ids(
    table: type[tables.Block] | type[tables.Person] | type[tables.Invitation], client: tables.Client
) -> SelectOfScalar[UUID]:
    return select(table.id).where(
        col(table.organization_id) == client.organization_id, col(table.client_id) == client.id
    )


def _forget_answers(session: Session, client: tables.Client, ids: Sequence[UUID]) -> None:
    """Remove the answers kept for repeated requests of staff about the client."""
    kept = IdempotencyKey
    told = [col(text).contains(str(about)) for about in ids for text in (kept.path, kept.body, kept.headers)]
    session.execute(delete(kept).where(col(kept.organization_id) == client.organization_id, or_(*told)))
