"""The outbox: what is to be sent becomes a row in the transaction of what it tells; nothing is sent from here.

`app.delivery` sends what is due. A row is there once for each receiver, so whoever writes it again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app import tables
from app.delivery_table import Channel, Delivery, Event, Webhook
from app.ids import new_id
from planner.difference import Standing

_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def tell_revision(
    session: Session, block: tables.Block, *, at: datetime, before: Standing | None, after: Standing | None
) -> None:
    """Let the organization's webhooks know of a block's new revision, and of a lock that it began."""
    events: list[Event] = ["block.changed"]
    if _is_locked(after) and not _is_locked(before):
        events.append("block.locked")
    tell_webhooks(session, block, events, at=at, revision=block.revision)


def tell_webhooks(
    session: Session,
    block: tables.Block,
    events: Iterable[Event],
    *,
    at: datetime,
    week_number: int = 0,
    revision: int = 0,
) -> None:
    """Write a message for each webhook that wants to know of each event."""
    listening = webhooks_of(session, block.organization_id)
    put(
        session,
        [
            message(
                block,
                event,
                "webhook",
                webhook.id,
                message_id=f"msg_{new_id().hex}",
                at=at,
                week_number=week_number,
                revision=revision,
            )
            for event in events
            for webhook in listening
            if event in webhook.events.split()
        ],
    )


def webhooks_of(session: Session, organization_id: UUID) -> Sequence[Webhook]:
    """Return the webhooks of an organization that are told what happens."""
    statement = select(Webhook).where(
        col(Webhook.organization_id) == organization_id, col(Webhook.disabled_at).is_(None)
    )
    return session.exec(statement.order_by(col(Webhook.id))).all()


def message(
    block: tables.Block,
    event: Event,
    channel: Channel,
    receiver_id: UUID,
    *,
    message_id: str,
    at: datetime,
    week_number: int = 0,
    revision: int = 0,
) -> dict[str, Any]:
    """Return the row of a message that is due at once."""
    row = Delivery(
        organization_id=block.organization_id,
        client_id=block.client_id,
        block_id=block.id,
        event=event,
        channel=channel,
        receiver_id=receiver_id,
        message_id=message_id,
        due_at=at,
        created_at=at,
        week_number=week_number,
        revision=revision,
    )
    return row.model_dump()


def put(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert messages, but for those that are there already."""
    if rows:
        insert = _INSERT[session.get_bind().dialect.name]
        session.execute(insert(Delivery.__table__).on_conflict_do_nothing(), rows)  # type: ignore[attr-defined]


def _is_locked(standing: Standing | None) -> bool:
    return standing is not None and standing.status == "locked"
