"""What routes ask for, as aliases: signatures read as sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session, col, select

from app.audit_chain import Act, Event
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
    seen: set[UUID] = field(default_factory=set, compare=False)
    """The clients whom the request turned out to be about, for the audit trail."""

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


def get_session(request: Request, database: DatabaseDep, now: NowDep) -> Iterator[Session]:
    """Yield the request's one transaction: read-only for safe methods, else committed before the answer leaves."""
    if request.method in SAFE_METHODS:
        with database.read() as session:
            yield session
        return
    act = request_act(request, now)
    with database.write(act) as session:
        yield session
        _say_who(act, request)


_EVENTS: Mapping[str, Event] = {
    "POST": "sensitive_create",
    "PUT": "sensitive_update",
    "PATCH": "sensitive_update",
    "DELETE": "sensitive_delete",
    # What is named otherwise than by its method:
    "accept_invitation": "user_created",
    "change_me": "user_updated",
    "change_my_delivery": "user_updated",
    "change_password": "authn_password_change",
    "change_person": "authz_change",
    "erase_client": "sensitive_delete",
    "issue_reset_code": "authz_admin",
    "invite": "authz_admin",
    "login": "authn_login_success",
    "logout": "authn_token_revoked",
    "refresh": "authn_token_created",
    "reset_password": "authn_password_change",
    "sign_in": "authn_login_success",
    "sign_out": "authn_token_revoked",
    "transfer_client": "sensitive_update",
}


def request_act(request: Request, now: datetime) -> Act:
    """Return what a request is about to do, as far as it can be told before it is done."""
    known: Act | None = getattr(request.state, "act", None)
    if known is not None:
        return known
    action: str = request.scope["route"].name
    act = Act(
        action=action,
        event=_EVENTS.get(action) or _EVENTS.get(request.method, "sensitive_read"),
        at=now,
        object_id=_object_of(request.path_params),
        request_id=request.state.request_id,
    )
    request.state.act = act
    return act


def _object_of(params: Mapping[str, str]) -> UUID | None:
    """Return the last id of the path that is no client's or block's: what is made for them is told by who makes it."""
    ids = [value for name, value in params.items() if name.endswith("_id") and name not in ("client_id", "block_id")]
    try:
        return UUID(ids[-1]) if ids else None
    except ValueError:  # no id of ours: the request is refused, or names a thing by its word
        return None


def _say_who(act: Act, request: Request) -> None:
    """Complete an act by what the request turned out to be about."""
    who: SignedIn | None = getattr(request.state, "signed_in", None)
    if who is None:
        return
    act.by(who.organization_id, who.person_id)
    if act.client_id is None and len(who.seen) == 1:
        (act.client_id,) = who.seen
    if act.client_id is None and act.event.startswith("sensitive_"):
        act.event = "authz_admin"  # what staff do for their organization


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
    request.state.person_id, request.state.signed_in = str(found.person_id), found
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
