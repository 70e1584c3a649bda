"""Adjustments as they are stored: which a block has, which were taken back, and how each is answered."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from app.adjustments import schemas
from app.fact_bodies import load_body
from planner.adjustment import Adjustment


def revoked_ids(rows: Sequence[tables.Fact]) -> set[str]:
    """Return the ids of the adjustments that others take back."""
    return {body.revokes for row in rows if (body := load_body(Adjustment, row.body)).revokes is not None}


def rows_of(session: Session, block: tables.Block) -> Sequence[tables.Fact]:
    """Return the adjustments made while a block ran, those that take others back too, newest first."""
    statement = (
        select(tables.Fact)
        .where(
            tables.Fact.organization_id == block.organization_id,
            tables.Fact.client_id == block.client_id,
            tables.Fact.kind == "adjustment",
            tables.Fact.performed_at >= block.created_at,
        )
        .order_by(col(tables.Fact.performed_at).desc(), col(tables.Fact.id).desc())
    )
    if block.finished_at is not None:
        statement = statement.where(tables.Fact.performed_at <= block.finished_at)
    return session.exec(statement).all()


def standing(session: Session, block: tables.Block) -> list[tables.Fact]:
    """Return the adjustments of a block that nobody took back, newest first."""
    rows = rows_of(session, block)
    gone = revoked_ids(rows)
    made = (row for row in rows if load_body(Adjustment, row.body).revokes is None)
    return [row for row in made if str(row.id) not in gone]


def to_adjustment(row: tables.Fact, block_id: UUID, *, revoked: bool) -> schemas.Adjustment:
    """Return a stored adjustment as answered."""
    body = load_body(Adjustment, row.body)
    answer = described(row.id, block_id, row.author_id, row.performed_at, body)
    return answer.model_copy(update={"revoked": revoked})


def described(fact_id: UUID, block_id: UUID, author_id: UUID, at: datetime, body: Adjustment) -> schemas.Adjustment:
    """Return an adjustment as answered, with what its place names."""
    values = asdict(body) | {"id": fact_id, "block_id": block_id, "author_id": author_id, "at": at}
    place = body.place
    named = {"session_id": place and place.session_id, "item_id": place and place.item_id}
    return schemas.Adjustment.model_validate(values | named)
