"""What routes ask for, as aliases: signatures read as sentences.

What only looks at the request is `async`, which costs no thread; what asks the database is not.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.audit_chain import Act, Event
from app.call_limits import count_call
from app.db import Database
from app.errors import Forbidden, Unauthenticated, Unavailable
from app.hot_store import HotStore
from app.schema import Standing
from app.secrets import hash_secret
from app.settings import Settings
from app.signed_in import SignedIn, signed_in
from planner.catalogue import Catalogue

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def get_settings(request: Request) -> Settings:
    """Return the settings the app was built with."""
    settings: Settings = request.app.state.settings
    return settings


async def get_catalogue(request: Request) -> Catalogue:
    """Return the catalogue that was read at start."""
    catalogue: Catalogue = request.app.state.catalogue
    return catalogue


async def get_database(request: Request) -> Database:
    """Return the database, for routes that need transactions of their own; without it nothing is said about anybody."""
    if request.app.state.schema_watch.standing is not Standing.READY:
        raise Unavailable
    database: Database = request.app.state.database
    return database


async def get_public_url(request: Request) -> str:
    """Return the address people reach this service at, without a slash at its end: as set, else as asked for."""
    settings: Settings = request.app.state.settings
    return str(settings.public_url or request.base_url).rstrip("/")


def now_of(app: FastAPI) -> datetime:
    """Return the present instant by the app's clock."""
    clock: Callable[[], datetime] = app.state.clock
    return clock()


async def get_now(request: Request) -> datetime:
    """Return the present instant by the app's clock."""
    return now_of(request.app)


SettingsDep = Annotated[Settings, Depends(get_settings)]
CatalogueDep = Annotated[Catalogue, Depends(get_catalogue)]
DatabaseDep = Annotated[Database, Depends(get_database)]
PublicUrlDep = Annotated[str, Depends(get_public_url)]
NowDep = Annotated[datetime, Depends(get_now)]


async def get_session(request: Request, database: DatabaseDep, now: NowDep) -> AsyncIterator[Session]:
    """Yield the request's one transaction: read-only for safe methods, else committed before the answer leaves.

    Nothing is asked of the database before the first statement, so that only the end needs a thread.
    """
    act = None if request.method in SAFE_METHODS else request_act(request, now)
    transaction = database.read() if act is None else database.write(act)
    session = transaction.__enter__()
    try:
        yield session
    except BaseException as error:
        await _in_thread(transaction.__exit__, type(error), error, error.__traceback__)
        raise
    if act is not None:
        _say_who(act, request)
    await _in_thread(transaction.__exit__, None, None, None)


@contextmanager
def writing(request: Request, database: Database, now: datetime) -> Iterator[Session]:
    """Yield the request's one transaction where all of it is done in one thread; committed when the block ends well."""
    act = request_act(request, now)
    with database.write(act) as session:
        yield session
        _say_who(act, request)


async def _in_thread(end: Callable[..., object], *how: object) -> None:
    """End a transaction, whoever else waits for a thread and even if the request is given up."""
    with CancelScope(shield=True):
        await to_thread.run_sync(end, *how, limiter=CapacityLimiter(1))


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
    "change_second_factor": "user_updated",
    "confirm_second_factor": "user_updated",
    "end_sign_ins": "authn_token_revoked",
    "erase_client": "sensitive_delete",
    "issue_reset_code": "authz_admin",
    "invite": "authz_admin",
    "login": "authn_login_success",
    "logout": "authn_token_revoked",
    "refresh": "authn_token_created",
    "remove_second_factor": "user_updated",
    "renew_recovery_codes": "user_updated",
    "reset_password": "authn_password_change",
    "reset_second_factor": "authz_change",
    "sign_in": "authn_login_success",
    "sign_out": "authn_token_revoked",
    "start_second_factor": "user_updated",
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
    if len(who.seen) == 1:
        (act.client_id,) = who.seen
    if act.client_id is None and act.event.startswith("sensitive_"):
        act.event = "authz_admin"  # what staff do for their organization


SessionDep = Annotated[Session, Depends(get_session, scope="function")]

_bearer = HTTPBearer(auto_error=False, description="The `access_token` that `POST /v1/auth/login` answered.")
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def current_person(bearer: BearerDep, request: Request) -> SignedIn:
    """Return who is signed in; a token that is revoked, expired or outdated is no token.

    It is looked up on a connection of its own, so that strangers never hold the write lock; whoever is not found there
    is looked for in the ordinary way, which says when the database is away. Every route asks for this: what the app
    knows is asked of it here, for each dependency costs as much as reading a row.
    """
    database, now = await get_database(request), now_of(request.app)
    if bearer is None:
        raise Unauthenticated
    store: HotStore = request.app.state.hot_store
    found = await store.person(hash_secret(bearer.credentials), now)
    if found is None:
        found = await run_in_threadpool(_look_up, database, bearer.credentials, now)
    if found is None:
        raise Unauthenticated
    request.state.person_id, request.state.signed_in = str(found.person_id), found
    count_call(request, found.person_id)
    return found


def _look_up(database: Database, token: str, now: datetime) -> SignedIn | None:
    with database.read() as session:
        return signed_in(session, token=token, now=now)


CurrentPerson = Annotated[SignedIn, Depends(current_person)]


async def coach_person(person: CurrentPerson) -> SignedIn:
    """Let coaches and admins pass."""
    if not person.is_staff:
        raise Forbidden
    return person


async def admin_person(person: CurrentPerson) -> SignedIn:
    """Let admins pass."""
    if person.role != "admin":
        raise Forbidden
    return person


async def member_person(person: CurrentPerson) -> SignedIn:
    """Let members pass: those who are linked to a client."""
    if person.client_id is None:
        raise Forbidden
    return person


CoachPerson = Annotated[SignedIn, Depends(coach_person)]
AdminPerson = Annotated[SignedIn, Depends(admin_person)]
MemberPerson = Annotated[SignedIn, Depends(member_person)]
