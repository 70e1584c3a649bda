"""What a message says, made when it is sent: from the stored week, so that never more is shown than the plan allows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from app import tables
from app.block_days import first_day, status_on, version_for, week_number
from app.delivery.outcome import Skipped
from app.delivery.week_mail import WeekLetter
from app.delivery_table import Delivery, MailSubscription, Webhook
from app.local_time import local_day
from app.messages import messages_for

UNSUBSCRIBE: Final = "/unsubscribe/{token}"


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A message to a webhook."""

    webhook: Webhook
    body: str


Content = WeekLetter | WebhookCall | Skipped


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is about, as it is now."""

    client: tables.Client
    block: tables.Block
    today: date


def content_of(session: Session, delivery: Delivery, *, now: datetime, public_url: str) -> Content:
    """Return what to send, or why there is nothing to send any more."""
    client = session.get_one(tables.Client, (delivery.organization_id, delivery.client_id))
    block = session.get_one(tables.Block, (delivery.organization_id, delivery.block_id))
    about = _About(client, block, local_day(now, client.time_zone))
    outdated = _outdated(delivery, about)
    if outdated is not None:
        return Skipped(outdated)
    if delivery.channel == "webhook":
        return _call(session, delivery, about, public_url)
    return _letter(session, delivery, about, public_url)


def _outdated(delivery: Delivery, about: _About) -> str | None:
    """Return why a week is not told any more; what happened to a block is always told."""
    if not delivery.week_number:
        return None
    if about.client.archived_at is not None:
        return "client_archived"
    if status_on(about.block, about.today) == "finished":
        return "block_finished"
    present = week_number(about.block, about.today)
    return "week_over" if present is not None and delivery.week_number < present else None


def _call(session: Session, delivery: Delivery, about: _About, public_url: str) -> WebhookCall | Skipped:
    webhook = session.get(Webhook, (delivery.organization_id, delivery.receiver_id))
    if webhook is None:
        return Skipped("webhook_deleted")
    if webhook.disabled_at is not None:
        return Skipped("webhook_disabled")
    return WebhookCall(webhook, json.dumps(_payload(delivery, about, public_url), separators=(",", ":")))


def _payload(delivery: Delivery, about: _About, public_url: str) -> Mapping[str, object]:
    """Return the ids of what happened, and where to read it: nothing about anybody's health."""
    path = f"/v1/blocks/{delivery.block_id}"
    data: dict[str, object] = {
        "client_id": str(delivery.client_id),
        "block_id": str(delivery.block_id),
        "revision": delivery.revision or about.block.revision,
    }
    if delivery.week_number:
        data["week_number"] = delivery.week_number
        path += f"/weeks/{delivery.week_number}"
    told = {"type": delivery.event, "timestamp": delivery.created_at.isoformat()}
    return told | {"data": data | {"url": public_url + path}}


def _letter(session: Session, delivery: Delivery, about: _About, public_url: str) -> WeekLetter | Skipped:
    person = session.get(tables.Person, (delivery.organization_id, delivery.receiver_id))
    if person is None or person.disabled_at is not None or person.client_id != delivery.client_id:
        return Skipped("person_disabled")
    wanted = session.get(MailSubscription, (delivery.organization_id, person.id))
    if wanted is None or not wanted.enabled:
        return Skipped("unsubscribed")
    week = _week(session, about, delivery.week_number)
    return WeekLetter(
        message_id=delivery.message_id,
        to=person.email,
        name=person.display_name,
        words=messages_for(about.client.locale),
        week=week,
        weeks=about.block.weeks,
        ahead=first_day(about.block, delivery.week_number) > about.today,
        page_url=f"{public_url}/week",
        unsubscribe_url=public_url + UNSUBSCRIBE.format(token=wanted.token),
    )


def _week(session: Session, about: _About, number: int) -> Mapping[str, Any]:
    """Return the week as it has been earned so far.

    An e-mail stays as it was sent: what a week ahead would bring if all went well must not be taken for the plan.
    """
    row = tables.BlockWeek
    statement = select(row.version, row.body).where(
        row.organization_id == about.block.organization_id,
        row.block_id == about.block.id,
        row.week_number == number,
        col(row.is_current),
    )
    bodies = dict(session.exec(statement).all())
    week: Mapping[str, Any] = json.loads(bodies[version_for(bodies, begun=True)])
    return week
