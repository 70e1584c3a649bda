"""Two organizations with people in every role, signed in, for tests of who may do what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi.testclient import TestClient

from app.clients.examples import CLIENT
from app.clients.schemas import ClientCreate
from app.clients.service import add_client
from app.db import Database
from app.passwords import Hasher
from app.people.people_service import found_organization
from app.settings import Settings
from app.signed_in import SignedIn
from app.tables import Person
from tests.kept import built
from tests.support.quick import Quick

PASSWORD = "a password for tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who is signed in."""

    email: str
    organization_id: UUID
    person_id: UUID
    client_id: UUID | None
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the header that signs a request in."""
        return {"Authorization": f"Bearer {self.access_token}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gym:
    """One gym's people, and the staff of another gym."""

    admin: Account
    coach: Account
    member: Account
    other_member: Account
    foreign_coach: Account
    foreign_admin: Account

    @property
    def people(self) -> tuple[Account, ...]:
        """Return everybody."""
        return (self.admin, self.coach, self.member, self.other_member, self.foreign_coach, self.foreign_admin)


@dataclass(frozen=True, slots=True)
class Founded:
    """The name of a database with the gym in it, that tests copy."""

    template: str
    gym: Gym


def found_gym(settings: Settings, now: datetime) -> Gym:
    """Make the gym in a database that nobody uses, and leave it."""
    app = built(settings)
    app.state.clock = lambda: now
    with Quick(app) as client:
        return make_gym(client, app.state.database, app.state.hasher, now)


def make_gym(client: TestClient, database: Database, hasher: Hasher, now: datetime) -> Gym:
    """Make both organizations and sign everybody in."""
    password_hash = hasher.hash(PASSWORD)
    with database.write() as session:
        home = found_organization(
            session, name="Home", email="admin@home.example", display_name="Ada", password_hash=password_hash, now=now
        )
        away = found_organization(
            session, name="Away", email="admin@away.example", display_name="Abe", password_hash=password_hash, now=now
        )
        people = {"admin": home, "foreign_admin": away}
        for name, owner, role in (
            ("coach", home, "coach"),
            ("member", home, "member"),
            ("other_member", home, "member"),
            ("foreign_coach", away, "coach"),
        ):
            linked = None
            if role == "member":
                linked = add_client(session, _as_signed_in(owner), _client_named(name), now=now)
            person = Person(
                organization_id=owner.organization_id,
                email=f"{name}@home.example",
                display_name=name,
                password_hash=password_hash,
                role=role,
                client_id=linked.id if linked else None,
                created_at=now,
            )
            session.add(person)
            people[name] = person
    names = ("admin", "coach", "member", "other_member", "foreign_coach", "foreign_admin")
    return Gym(**{name: sign_in(client, people[name]) for name in names})


def _as_signed_in(person: Person) -> SignedIn:
    return SignedIn(
        organization_id=person.organization_id, person_id=person.id, role="admin", client_id=None, family_id=person.id
    )


def _client_named(name: str) -> ClientCreate:
    return ClientCreate.model_validate(CLIENT["gym"]["value"] | {"display_name": name, "time_zone": "UTC"})


def sign_in(client: TestClient, person: Person) -> Account:
    """Sign a person in with the tests' password."""
    answer = client.post("/v1/auth/login", json={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Account(
        email=person.email,
        organization_id=person.organization_id,
        person_id=person.id,
        client_id=person.client_id,
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
    )
