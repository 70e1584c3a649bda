"""What routes ask for, as aliases: signatures read as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session, col, select

from app.db import Database
from app.errors import Forbidden, Unauthenticated, Unavailable
from app.schema import Standing
from app.secrets import hash_secret
from app.settings import Settings
from app.tables import AccessToken, Person
from planner.catalogue import Catalogue

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who sends the request, as the database knew them a moment ago."""

    organization_id: UUID
    person_id: UUID
    role: str
    client_id: UUID | None
    family_id: UUID

    @property
    def is_staff(self) -> bool:
        """Tell whether they may see every client of the organization."""
        return self.role in {"admin", "coach"}


def get_settings(request: Request) -> Settings:
    """Return the settings the app was built with."""
    settings: Settings = request.app.state.settings
    return settings


def get_catalogue(request: Request) -> Catalogue:
    """Return the catalogue that was read at start."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


def get_database(request: Request) -> Database:
    """Return the database, for routes that need transactions of their own; without it nothing is said about anybody."""
    if request.app.state.schema_watch.standing is not Standing.READY:
        raise Unavailable
    database: Database = request.app.state.database
    return database


def get_public_url(request: Request) -> str:
    """Return the address people reach this service at, without a slash at its end: as set, else as asked for."""
    return str(get_settings(request).public_url or request.base_url).rstrip("/")


def get_now() -> datetime:
    """Return the present instant; tests replace this one function."""
    return datetime.now(UTC)


SettingsDep = Annotated[Settings, Depends(get_settings)]
CatalogueDep = Annotated[Catalogue, Depends(get_catalogue)]
DatabaseDep = Annotated[Database, Depends(get_database)]
PublicUrlDep = Annotated[str, Depends(get_public_url)]
NowDep = Annotated[datetime, Depends(get_now)]


def get_session(request: Request, database: DatabaseDep) -> Iterator[Session]:
    """Yield the request's one transaction: read-only for safe methods, else committed before the answer leaves."""
    with database.read() if request.method in SAFE_METHODS else database.write() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]

_bearer = HTTPBearer(auto_error=False, description="The `access_token` that `POST /v1/auth/login` answered.")
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def current_person(bearer: BearerDep, database: DatabaseDep, now: NowDep, request: Request) -> SignedIn:
    """Return who is signed in; a token that is revoked, expired or outdated is no token.

    It reads in a transaction of its own, so that strangers never hold the write lock.
    """
    if bearer is None:
        raise Unauthenticated
    with database.read() as session:
        found = signed_in(session, token=bearer.credentials, now=now)
    if found is None:
        raise Unauthenticated
    request.state.person_id = str(found.person_id)
    return found


def signed_in(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Look an access token up together with its person, so that revocation counts at once."""
    same_person = (col(Person.organization_id) == AccessToken.organization_id) & (
        col(Person.id) == AccessToken.person_id
    )
    statement = (
        select(AccessToken.family_id, Person)
        .join(Person, same_person)
        .where(
            AccessToken.token_hash == hash_secret(token),
            AccessToken.expires_at > now,
            AccessToken.session_version == Person.session_version,
            col(Person.disabled_at).is_(None),
        )
    )
    row = session.exec(statement).first()
    if row is None:
        return None
    family_id, person = row
    return SignedIn(
        organization_id=person.organization_id,
        person_id=person.id,
        role=person.role,
        client_id=person.client_id,
        family_id=family_id,
    )


CurrentPerson = Annotated[SignedIn, Depends(current_person)]


def coach_person(person: CurrentPerson) -> SignedIn:
    """Let coaches and admins pass."""
    if not person.is_staff:
        raise Forbidden
    return person


def admin_person(person: CurrentPerson) -> SignedIn:
    """Let admins pass."""
    if person.role != "admin":
        raise Forbidden
    return person


def member_person(person: CurrentPerson) -> SignedIn:
    """Let members pass: those who are linked to a client."""
    if person.client_id is None:
        raise Forbidden
    return person


CoachPerson = Annotated[SignedIn, Depends(coach_person)]
AdminPerson = Annotated[SignedIn, Depends(admin_person)]
MemberPerson = Annotated[SignedIn, Depends(member_person)]
