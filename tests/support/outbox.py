"""Rows for tests of delivery: members whose stored week is small and made up, so that nothing has to be planned."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from app.db import Database
from app.delivery_table import Delivery, MailSubscription, Webhook, WeekSchedule
from app.ids import new_id
from app.outbox import message

MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
STARTS_ON = MONDAY.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member with a block, and whose weeks are due."""

    organization_id: UUID
    person_id: UUID
    client_id: UUID
    block: tables.Block


def add_organization(session: Session) -> tables.Person:
    """Add an organization and its admin."""
    organization = tables.Organization(name="Home", created_at=MONDAY)
    session.add(organization)
    session.flush()
    admin = tables.Person(
        organization_id=organization.id,
        email=f"{organization.id.hex}@home.example",
        password_hash="",
        role="admin",
        display_name="Ada",
        created_at=MONDAY,
    )
    session.add(admin)
    session.flush()
    return admin


def add_webhook(session: Session, admin: tables.Person, url: str, events: str = "week.ready") -> Webhook:
    """Add a webhook."""
    webhook = Webhook(
        organization_id=admin.organization_id,
        url=url,
        events=events,
        description="",
        salt="salt",
        created_by=admin.id,
        created_at=MONDAY,
    )
    session.add(webhook)
    session.flush()
    return webhook


def add_member(session: Session, admin: tables.Person, name: str = "Sam", **schedule: object) -> Member:
    """Add a member with a block of two weeks from today, the first of which is due."""
    organization_id, client_id, assessment_id = admin.organization_id, new_id(), new_id()
    client = tables.Client(
        organization_id=organization_id,
        id=client_id,
        display_name=name,
        time_zone="UTC",
        locale="en",
        profile="{}",
        created_at=MONDAY,
    )
    session.add(client)
    session.flush()
    person = tables.Person(
        organization_id=organization_id,
        email=f"{client_id.hex}@home.example",
        password_hash="",
        role="member",
        display_name=name,
        client_id=client_id,
        created_at=MONDAY,
    )
    session.add_all([person, _assessment(admin, client_id, assessment_id)])
    session.flush()
    block = block_of(organization_id, client_id, assessment_id)
    session.add(block)
    session.flush()
    session.add_all(_week(block, number) for number in (1, 2))
    session.add(
        MailSubscription(
            organization_id=organization_id,
            person_id=person.id,
            client_id=client_id,
            enabled=True,
            token=person.id.hex,
            changed_at=MONDAY,
        )
    )
    due = {"weekday": "mon", "hour": 6, "week_number": 1, "due_at": MONDAY} | schedule
    session.add(WeekSchedule(organization_id=organization_id, client_id=client_id, block_id=block.id, **due))
    session.flush()
    return Member(organization_id=organization_id, person_id=person.id, client_id=client_id, block=block)


def mail_to(member: Member, name: str = "one", **about: int) -> dict[str, object]:
    """Return the row of an e-mail that is due."""
    about = {"week_number": 1} | about
    name = f"<{name}@home.example>"
    return message(member.block, "week.ready", "email", member.person_id, message_id=name, at=MONDAY, **about)


def rows_of(database: Database, organization_id: UUID) -> Sequence[Delivery]:
    """Return every message of an organization in the order they were written."""
    with database.read() as session:
        statement = select(Delivery).where(col(Delivery.organization_id) == organization_id)
        return session.exec(statement.order_by(col(Delivery.id))).all()


def _assessment(admin: tables.Person, client_id: UUID, assessment_id: UUID) -> tables.Fact:
    return tables.Fact(
        organization_id=admin.organization_id,
        client_id=client_id,
        id=assessment_id,
        kind="assessment",
        performed_at=MONDAY,
        performed_on=STARTS_ON,
        received_at=MONDAY,
        received_on=STARTS_ON,
        author_id=admin.id,
        body="{}",
        body_hash="",
    )


def block_of(organization_id: UUID, client_id: UUID, assessment_id: UUID) -> tables.Block:
    """Return a block of two weeks from today."""
    return tables.Block(
        organization_id=organization_id,
        client_id=client_id,
        assessment_id=assessment_id,
        starts_on=STARTS_ON,
        weeks=2,
        status="active",
        planner_version="",
        catalogue_digest="",
        etag="",
        state="",
        document="{}",
        created_at=MONDAY,
        created_on=STARTS_ON,
    )


def _week(block: tables.Block, number: int) -> tables.BlockWeek:
    first = STARTS_ON + timedelta(days=7 * (number - 1))
    return tables.BlockWeek(
        organization_id=block.organization_id,
        block_id=block.id,
        week_number=number,
        version="earned",
        revision=1,
        starts_on=first,
        ends_on=first + timedelta(days=6),
        etag="",
        body=json.dumps(week_body(first, number)),
    )


def week_body(first: date, number: int = 1) -> dict[str, object]:
    """Return a stored week with one session."""
    item = {"name": "Goblet box squat", "side": "both", "sets": 3, "reps": 6, "load_text": "24 kg kettlebell"}
    session = {"title": "Squat session", "minutes": 20, "kind": "squat", "status": "planned", "items": [item]}
    return {
        "week_number": number,
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=6)).isoformat(),
        "projected": False,
        "status": "active",
        "days": [{"date": first.isoformat(), "sessions": [session]}],
    }
