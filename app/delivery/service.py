"""Delivery preferences of members, webhooks of organizations, and messages that somebody has to look at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from app import tables
from app.audit_chain import act_of
from app.client_locks import lock_client
from app.db import ANY_ORGANIZATION
from app.delivery import schemas
from app.delivery.receivers import BadAddress, checked_url
from app.delivery.signing import secret_of, signing_keys
from app.delivery_table import Delivery, DeliveryState, MailSubscription, Webhook
from app.errors import Conflict, InvalidCursor, InvalidInput, NotFound
from app.notices import forget_undelivered
from app.paging import cut, place
from app.secrets import new_secret
from app.settings import Settings
from app.signed_in import SignedIn
from app.visible import find_client
from app.week_schedule import reschedule, schedule_of

MOST_WEBHOOKS: Final = 10
OVERLAP: Final = timedelta(hours=24)
"""How long messages are signed with the old secret too."""


# --- a member's own -----------------------------------------------------------------------------------------------


def my_delivery(session: Session, who: SignedIn) -> schemas.MyDelivery:
    """Return whether and when a member's week comes."""
    person, client = _member(session, who)
    wanted = session.get(MailSubscription, (who.organization_id, who.person_id))
    schedule = schedule_of(session, client)
    return schemas.MyDelivery(
        email=wanted is not None and wanted.enabled,
        address=person.email,
        weekday=schedule.weekday,
        hour=schedule.hour,
        time_zone=client.time_zone,
        next_at=schedule.due_at,
    )


def change_my_delivery(
    session: Session, who: SignedIn, body: schemas.MyDeliveryChange, *, now: datetime
) -> schemas.MyDelivery:
    """Choose whether and when the week comes; what is due next follows at once."""
    _, client = _member(session, who)
    lock_client(session, client)
    wanted = session.get(MailSubscription, (who.organization_id, who.person_id))
    if wanted is None:
        wanted = MailSubscription(
            organization_id=who.organization_id,
            person_id=who.person_id,
            client_id=client.id,
            enabled=body.email,
            token=new_secret(),
            changed_at=now,
        )
    wanted.enabled, wanted.changed_at = body.email, now
    session.add(wanted)
    schedule = schedule_of(session, client)
    if (schedule.weekday, schedule.hour) != (body.weekday, body.hour):
        schedule.weekday, schedule.hour = body.weekday, body.hour
        reschedule(session, client, schedule, now=now)
    session.flush()
    return my_delivery(session, who)


def _member(session: Session, who: SignedIn) -> tuple[tables.Person, tables.Client]:
    assert who.client_id is not None
    person = session.get_one(tables.Person, (who.organization_id, who.person_id))
    return person, find_client(session, who, who.client_id)


def subscription_behind(session: Session, token: str) -> tuple[MailSubscription, tables.Client]:
    """Return whose e-mail a link of an e-mail ends; NotFound for any other token."""
    statement = select(MailSubscription).where(MailSubscription.token == token)
    found = session.exec(statement, execution_options=ANY_ORGANIZATION).first()
    if found is None:
        raise NotFound
    return found, session.get_one(tables.Client, (found.organization_id, found.client_id))


def unsubscribe(session: Session, token: str, *, now: datetime) -> tables.Client:
    """End somebody's weekly e-mail; a second time changes nothing."""
    found, client = subscription_behind(session, token)
    act = act_of(session)
    act.by(found.organization_id, found.person_id, "link")
    act.client_id = client.id
    if found.enabled:
        found.enabled, found.changed_at = False, now
        session.add(found)
    return client


# --- webhooks -----------------------------------------------------------------------------------------------------


def list_webhooks(session: Session, who: SignedIn) -> Sequence[Webhook]:
    """Return an organization's webhooks, oldest first; there are never many."""
    statement = select(Webhook).where(col(Webhook.organization_id) == who.organization_id)
    return session.exec(statement.order_by(col(Webhook.id))).all()


def add_webhook(
    session: Session, who: SignedIn, body: schemas.WebhookCreate, *, settings: Settings, now: datetime
) -> tuple[Webhook, str]:
    """Store a webhook; return it with the secret that is shown once."""
    try:
        checked_url(body.url, local=settings.environment == "local")
    except BadAddress as refused:
        raise InvalidInput(faults=(refused.fault,)) from None
    counted = select(func.count()).select_from(Webhook).where(col(Webhook.organization_id) == who.organization_id)
    if session.exec(counted).one() >= MOST_WEBHOOKS:
        raise Conflict("most_webhooks", facts={"most": MOST_WEBHOOKS})
    webhook = Webhook(
        organization_id=who.organization_id,
        url=body.url,
        events=" ".join(body.events),
        description=body.description,
        salt=new_secret(),
        created_by=who.person_id,
        created_at=now,
    )
    session.add(webhook)
    session.flush()
    return webhook, secret_of(signing_keys(settings)[0], webhook.salt)


def rotate_secret(session: Session, webhook: Webhook, *, settings: Settings, now: datetime) -> str:
    """Return a new secret of a webhook; the old one signs too for a day."""
    webhook.previous_salt, webhook.previous_until = webhook.salt, now + OVERLAP
    webhook.salt = new_secret()
    session.add(webhook)
    session.flush()
    return secret_of(signing_keys(settings)[0], webhook.salt)


def remove_webhook(session: Session, webhook: Webhook) -> None:
    """Remove a webhook with every message to it."""
    session.exec(
        delete(Delivery).where(
            col(Delivery.organization_id) == webhook.organization_id, col(Delivery.receiver_id) == webhook.id
        )
    )
    session.delete(webhook)


def find_webhook(session: Session, who: SignedIn, webhook_id: UUID) -> Webhook:
    """Return a webhook of the asker's organization."""
    webhook = session.get(Webhook, (who.organization_id, webhook_id))
    if webhook is None:
        raise NotFound
    return webhook


def to_webhook(row: Webhook) -> schemas.Webhook:
    """Return a webhook as answered."""
    return schemas.Webhook(
        id=row.id,
        url=row.url,
        events=row.events.split(),
        description=row.description,
        disabled_at=row.disabled_at,
        old_secret_until=row.previous_until,
        created_at=row.created_at,
    )


# --- messages -----------------------------------------------------------------------------------------------------


def list_deliveries(
    session: Session, who: SignedIn, *, state: DeliveryState, limit: int, cursor: str | None
) -> tuple[Sequence[tuple[Delivery, str]], str | None]:
    """Return a page of an organization's messages in a state, newest first, with their clients' names."""
    scope = f"{who.organization_id}/deliveries/{state}"
    after = place(cursor, scope=scope, parts=1)
    same = (col(tables.Client.organization_id) == Delivery.organization_id) & (
        col(tables.Client.id) == Delivery.client_id
    )
    statement = (
        select(Delivery, tables.Client.display_name)
        .join(tables.Client, same)
        .where(col(Delivery.organization_id) == who.organization_id, col(Delivery.state) == state)
        .order_by(col(Delivery.id).desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(col(Delivery.id) < _id(after[0]))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (str(row[0].id),))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidCursor from None


def retry_delivery(session: Session, who: SignedIn, delivery_id: UUID, *, now: datetime) -> tuple[Delivery, str]:
    """Let a message be tried again now, as if for the first time; it keeps its Message-ID or webhook-id."""
    row = session.get(Delivery, (who.organization_id, delivery_id))
    if row is None:
        raise NotFound
    client = find_client(session, who, row.client_id)
    lock_client(session, client)
    again = (
        update(Delivery)
        .where(
            col(Delivery.organization_id) == who.organization_id,
            col(Delivery.id) == delivery_id,
            col(Delivery.state).in_(("dead", "failed")),
        )
        .values(state="pending", reason="", due_at=now, attempts=0, finished_at=None)
    )
    session.exec(again)
    session.refresh(row)
    if row.state != "pending":
        raise Conflict("not_to_be_sent_again")
    if row.channel == "email":
        forget_undelivered(session, client)
    return row, client.display_name


def to_delivery(row: Delivery, client_name: str) -> schemas.DeliveryRow:
    """Return a message as answered."""
    same = {name for name in schemas.DeliveryRow.model_fields if name in Delivery.model_fields}
    told = row.model_dump(include=same) | {"client_name": client_name, "type": row.event}
    told |= {"week_number": row.week_number or None, "due_at": None if row.finished_at else row.due_at}
    return schemas.DeliveryRow.model_validate(told)
