"""Rows on their way: weeks that are due become messages, a message is claimed, what came of it is written down.

Every statement names its organization. Workers on PostgreSQL pass over what others hold (SKIP LOCKED); SQLite has one
writer and one worker.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from app import tables
from app.block_days import DAYS, first_day
from app.delivery.faults import AWAY, report_fault
from app.delivery.outcome import MOST_ATTEMPTS, NO_ANSWER, Dead, Failed, Jitter, Outcome, Sent, wait_after
from app.delivery_table import IS_OPEN, Channel, Delivery, MailSubscription, Webhook, WeekSchedule
from app.ids import new_id
from app.notices import forget_undelivered, keep_undelivered
from app.outbox import message, put, tell_webhooks
from app.week_schedule import next_week

KEPT: Final = timedelta(days=90)
"""How long messages stay listed after they were sent, skipped or given up."""

_REST: Final = timedelta(hours=1)
"""How long a week that could not be told is left alone."""

BATCH: Final = 50
"""Clients whose week becomes messages in one transaction."""


# --- weeks that are due -------------------------------------------------------------------------------------------


def organizations_with_weeks(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return whose weeks are due: one index look-up for each organization, however many clients there are."""
    due = select(WeekSchedule.client_id).where(
        WeekSchedule.organization_id == tables.Organization.id, col(WeekSchedule.due_at) <= now
    )
    return session.exec(select(tables.Organization.id).where(due.exists())).all()


def tell_weeks(session: Session, organization_id: UUID, *, now: datetime, mail_domain: str) -> int:
    """Write the messages of some weeks that are due, and when those clients' next weeks are; return for how many.

    The clients are locked, as by whoever plans for them; nobody who has a lock on one is waited for.
    """
    same = (col(tables.Client.organization_id) == WeekSchedule.organization_id) & (
        col(tables.Client.id) == WeekSchedule.client_id
    )
    statement = (
        select(tables.Client, WeekSchedule)
        .join(WeekSchedule, same)
        .where(col(WeekSchedule.organization_id) == organization_id, col(WeekSchedule.due_at) <= now)
        .order_by(col(WeekSchedule.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.exec(statement).all()
    for client, schedule in found:
        try:
            with session.begin_nested():
                _tell_week(session, client, schedule, now=now, mail_domain=mail_domain)
        except AWAY:
            raise
        except Exception as error:  # one client's fault keeps nobody else waiting
            report_fault("week_not_told", error, client_id=str(client.id))
            schedule.due_at = now + _REST
    return len(found)


def _tell_week(
    session: Session, client: tables.Client, schedule: WeekSchedule, *, now: datetime, mail_domain: str
) -> None:
    block = session.get_one(tables.Block, (client.organization_id, schedule.block_id))
    number = next_week(schedule, client, block, now=now)
    if number is None or client.archived_at is not None:
        return
    tell_webhooks(session, block, ["week.ready"], at=now, week_number=number)
    rows = []
    for person_id in _subscribers(session, client):
        name = f"<{new_id().hex}@{mail_domain}>"
        rows.append(message(block, "week.ready", "email", person_id, message_id=name, at=now, week_number=number))
    put(session, rows)


def _subscribers(session: Session, client: tables.Client) -> Sequence[UUID]:
    statement = select(MailSubscription.person_id).where(
        col(MailSubscription.organization_id) == client.organization_id,
        col(MailSubscription.client_id) == client.id,
        col(MailSubscription.enabled),
    )
    return session.exec(statement).all()


# --- messages that are due ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One message that one worker is sending; it counts as long as the row carries its id."""

    id: UUID
    delivery: Delivery


def organizations_with_messages(session: Session, channels: Sequence[Channel], *, now: datetime) -> Sequence[UUID]:
    """Return who has a message due, in the same way."""
    due = select(Delivery.id).where(
        Delivery.organization_id == tables.Organization.id,
        IS_OPEN,
        col(Delivery.due_at) <= now,
        col(Delivery.channel).in_(channels),
    )
    return session.exec(select(tables.Organization.id).where(due.exists())).all()


def claim(
    session: Session,
    organization_id: UUID,
    channels: Sequence[Channel],
    *,
    now: datetime,
    lease: timedelta,
    passing: Collection[UUID] = (),
) -> Claim | None:
    """Take the message that has been due longest; whoever takes it and dies loses it when the lease ends.

    Receivers in `passing` are passed over.
    """
    statement = (
        select(Delivery)
        .where(
            col(Delivery.organization_id) == organization_id,
            IS_OPEN,
            col(Delivery.due_at) <= now,
            col(Delivery.channel).in_(channels),
            *([col(Delivery.receiver_id).not_in(passing)] if passing else ()),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = session.exec(statement).first()
    if row is None:
        return None
    row.state, row.claim_id = "sending", new_id()
    row.attempts, row.due_at = row.attempts + 1, now + lease
    session.add(row)
    session.flush()
    return Claim(id=row.claim_id, delivery=row)


def finish(session: Session, held: Claim, outcome: Outcome, *, now: datetime, jitter: Jitter) -> str:
    """Write down what came of a message and return its state; a claim that was taken over changes nothing at all."""
    row = held.delivery
    values = _result(row.attempts, outcome, now=now, jitter=jitter)
    if row.channel == "email" and values["state"] in ("dead", "sent"):
        _lock_client(session, row)  # first, as by all who write the inbox
    changed = session.exec(
        update(Delivery)
        .where(
            col(Delivery.organization_id) == row.organization_id,
            col(Delivery.id) == row.id,
            col(Delivery.claim_id) == held.id,
        )
        .values(claim_id=None, **values)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        return "taken_over"
    if isinstance(outcome, Dead) and outcome.receiver_gone:
        _disable(session, row, now=now)
    if row.channel == "email":
        _tell_coach(session, row, values, now=now)
    elif isinstance(outcome, Failed) and outcome.reason in NO_ANSWER:
        _put_off(session, row, outcome, now=now, due=now + wait_after(row.attempts, outcome.wait, jitter))
    return str(values["state"])


def _result(attempts: int, outcome: Outcome, *, now: datetime, jitter: Jitter) -> dict[str, object]:
    if isinstance(outcome, Sent):
        return {"state": "sent", "reason": "", "finished_at": now}
    if isinstance(outcome, Failed) and attempts < MOST_ATTEMPTS:
        due = now + wait_after(attempts, outcome.wait, jitter)
        return {"state": "failed", "reason": outcome.reason, "due_at": due}
    state = "dead" if isinstance(outcome, Failed | Dead) else "skipped"
    return {"state": state, "reason": outcome.reason, "finished_at": now}


def _lock_client(session: Session, row: Delivery) -> None:
    """Lock the client of a message, if they were not erased while it was sent."""
    key = (row.organization_id, row.client_id)
    session.get(tables.Client, key, with_for_update=True, populate_existing=True)


def _tell_coach(session: Session, row: Delivery, values: Mapping[str, object], *, now: datetime) -> None:
    """Put an e-mail that is given up into the coach's inbox; one that arrives takes it out again."""
    if values["state"] not in ("dead", "sent"):
        return
    client = session.get_one(tables.Client, (row.organization_id, row.client_id))
    if values["state"] == "sent":
        forget_undelivered(session, client)
        return
    block = session.get_one(tables.Block, (row.organization_id, row.block_id))
    until = first_day(block, row.week_number) + timedelta(days=DAYS - 1)
    why = str(values["reason"])
    keep_undelivered(session, client, row.id, block_id=block.id, why=why, until=until, now=now)


def _put_off(session: Session, row: Delivery, outcome: Failed, *, now: datetime, due: datetime) -> None:
    """Count an attempt that got no answer for all that is due to the same webhook: each would wait as long for none."""
    others = update(Delivery).where(
        col(Delivery.organization_id) == row.organization_id,
        col(Delivery.receiver_id) == row.receiver_id,
        col(Delivery.channel) == row.channel,
        col(Delivery.due_at) <= now,
        col(Delivery.claim_id).is_(None),
        IS_OPEN,
    )
    tried = {"attempts": col(Delivery.attempts) + 1, "reason": outcome.reason}
    last = others.where(col(Delivery.attempts) + 1 >= MOST_ATTEMPTS)
    session.exec(last.values(**tried, state="dead", finished_at=now))
    session.exec(others.values(**tried, state="failed", due_at=due))


def _disable(session: Session, row: Delivery, *, now: datetime) -> None:
    session.exec(
        update(Webhook)
        .where(
            col(Webhook.organization_id) == row.organization_id,
            col(Webhook.id) == row.receiver_id,
            col(Webhook.disabled_at).is_(None),
        )
        .values(disabled_at=now)
    )


def forget_old(session: Session, organization_id: UUID, *, now: datetime) -> None:
    """Delete messages that ended long ago: nobody asks for them any more."""
    session.exec(
        delete(Delivery).where(
            col(Delivery.organization_id) == organization_id, col(Delivery.finished_at) <= now - KEPT
        )
    )
