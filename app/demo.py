"""The demo gym: fixed people and ids, dates relative to the day it is loaded.

Everything goes through the functions that the API uses, each with the instant it would have had, so the demo
gym is a gym like any other.
"""

from datetime import date, datetime, timedelta
from typing import get_args

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, func, select

from app import demo_ids, tables
from app.audit_chain import AUDIT_TABLES, Act
from app.clients import service as clients
from app.clients.schemas import ClientCreate
from app.db import ANY_ORGANIZATION, Database
from app.delivery_table import Webhook
from app.demo_ids import demo_id
from app.demo_story import COACH, DemoClient, Loading, Story, Strict
from app.library.examples import HALO
from app.library.own_schemas import ExerciseCreate
from app.library.own_service import add_exercise
from app.links.service import add_link
from app.local_time import local_day
from app.outbox import message, put
from app.passwords import Hasher
from app.person_file import read_person_file
from app.private_links import LinkKind
from app.resources import resource_directory
from app.secrets import hash_secret
from app.yaml_files import read_yaml
from planner.catalogue import Catalogue
from planner.words import Weekday

_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class DemoPerson(Strict):
    """Somebody who signs in to the demo gym."""

    name: str
    role: str
    email: str
    password: str
    display_name: str
    client: str | None = None


class DemoInvitation(Strict):
    """An invitation that has not been accepted yet."""

    client: str
    email: str


class DemoGym(Strict):
    """seeds/demo/gym.yaml."""

    organization: str
    people: tuple[DemoPerson, ...]
    clients: tuple[DemoClient, ...]
    invitation: DemoInvitation


def load_if_empty(database: Database, hasher: Hasher, catalogue: Catalogue, *, now: datetime) -> bool:
    """Load the demo gym into a database without organizations; tell whether that was done."""
    with database.write(_loading(now)) as session:
        counted = select(func.count()).select_from(tables.Organization)
        if session.exec(counted, execution_options=ANY_ORGANIZATION).one():
            return False
        _load(Loading(session=session, catalogue=catalogue, now=now), hasher)
    return True


def renew(database: Database, hasher: Hasher, catalogue: Catalogue, *, now: datetime) -> None:
    """Remove the demo gym with everything in it and load it again as of now."""
    with database.write(_loading(now)) as session:
        _remove(session)
        _load(Loading(session=session, catalogue=catalogue, now=now), hasher)


def _loading(now: datetime) -> Act:
    """Return what is written down of loading the demo gym: one row for all that it is made of."""
    return Act(
        action="demo-data",
        event="sensitive_create",
        actor_kind="command",
        at=now,
        organization_id=demo_ids.ORGANIZATION,
        object_id=demo_ids.ORGANIZATION,
    )


def _remove(session: Session) -> None:
    """Remove the demo gym; its audit trail stays, as everybody's does."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        if "organization_id" in table.columns and table.name not in AUDIT_TABLES:
            session.execute(delete(table).where(table.c.organization_id == demo_ids.ORGANIZATION))
    session.execute(delete(tables.Organization).where(col(tables.Organization.id) == demo_ids.ORGANIZATION))
    session.expunge_all()


def _load(loading: Loading, hasher: Hasher) -> None:
    gym = DemoGym.model_validate(read_yaml(_text("gym")))
    start = loading.now - timedelta(days=90)
    organization = tables.Organization(id=demo_ids.ORGANIZATION, name=gym.organization, created_at=start)
    loading.session.add(organization)
    loading.session.flush()
    for person in gym.people:
        if person.client is None:
            _add_person(loading, hasher, person, start)
    halo = ExerciseCreate.model_validate(HALO)
    add_exercise(loading.session, COACH, halo, loading.catalogue, now=start)
    for client in gym.clients:
        _add_client(loading, client)
    for person in gym.people:
        if person.client is not None:
            _add_person(loading, hasher, person, start)
    _add_invitation(loading, gym.invitation)
    _add_links(loading, "sam")
    _add_webhook(loading)


def _text(name: str) -> str:
    return (resource_directory("seeds") / "demo" / f"{name}.yaml").read_text(encoding="utf-8")


def _add_person(loading: Loading, hasher: Hasher, person: DemoPerson, at: datetime) -> None:
    loading.session.add(
        tables.Person(
            organization_id=demo_ids.ORGANIZATION,
            id=demo_id(f"person/{person.name}"),
            email=person.email,
            password_hash=hasher.hash(person.password),
            role=person.role,
            display_name=person.display_name,
            client_id=None if person.client is None else demo_id(f"client/{person.client}"),
            created_at=at,
        )
    )
    loading.session.flush()


def _add_invitation(loading: Loading, demo: DemoInvitation) -> None:
    loading.session.add(
        tables.Invitation(
            organization_id=demo_ids.ORGANIZATION,
            id=demo_id(f"invitation/{demo.client}"),
            code_hash=hash_secret(demo_ids.INVITATION_CODE),
            email=demo.email,
            role="member",
            client_id=demo_id(f"client/{demo.client}"),
            created_by=demo_ids.COACH,
            created_at=loading.now,
            expires_at=loading.now + timedelta(days=365),
        )
    )
    loading.session.flush()


def _add_links(loading: Loading, name: str) -> None:
    client = loading.session.get(tables.Client, (demo_ids.ORGANIZATION, demo_id(f"client/{name}")))
    assert client is not None
    tokens: dict[LinkKind, str] = {"calendar": demo_ids.CALENDAR_LINK, "page": demo_ids.PAGE_LINK}
    for kind, token in tokens.items():
        add_link(loading.session, COACH, client, kind, token=token, now=loading.now, link_id=demo_id(f"link/{kind}"))


def _add_webhook(loading: Loading) -> None:
    """Leave a webhook whose receiver said that it is gone, so that nothing is sent anywhere, and what it missed."""
    webhook = Webhook(
        organization_id=demo_ids.ORGANIZATION,
        id=demo_id("webhook"),
        url="https://hooks.example.com/retired",
        events="block.changed",
        description="The app before this one",
        salt="demo",
        disabled_at=loading.now,
        created_by=demo_ids.ADMIN,
        created_at=loading.now,
    )
    block = loading.session.get_one(tables.Block, (demo_ids.ORGANIZATION, demo_id("block/sam")))
    missed = message(
        block, "block.changed", "webhook", webhook.id, message_id="msg_demo", at=loading.now, revision=block.revision
    )
    put(
        loading.session,
        [
            missed
            | {"id": demo_id("delivery"), "state": "dead", "reason": "gone", "attempts": 1, "finished_at": loading.now}
        ],
    )
    loading.session.add(webhook)
    loading.session.flush()


# --- clients ------------------------------------------------------------------------------------------------------


def _add_client(loading: Loading, demo: DemoClient) -> None:
    described = read_person_file(_text(demo.name))
    today = local_day(loading.now, described.client.time_zone)
    body = _with_first_day(described.client, today)
    client = clients.add_client(
        loading.session,
        COACH,
        body,
        now=loading.now - timedelta(days=61),
        client_id=demo_id(f"client/{demo.name}"),
    )
    story = Story(loading=loading, client=client, demo=demo, today=today)
    story.screen_and_clear()
    story.assess_first()
    story.assess(described.assessment)
    story.plan()
    story.train()
    story.screen_again(described.assessment.red_flags)
    story.adjust()


def _with_first_day(client: ClientCreate, today: date) -> ClientCreate:
    """Turn the week so that the first training day falls on today's weekday."""
    days = [_WEEKDAYS.index(day) for day in client.training_days]
    turned = tuple(_WEEKDAYS[(day - days[0] + today.weekday()) % len(_WEEKDAYS)] for day in days)
    return client.model_copy(update={"training_days": turned})
