"""Idempotency-Key: a repeated POST answers what the first one answered, and does nothing again.

The key is stored in the transaction of the work itself, so there is never one without the other. A router takes
`route_class=KeyedRoute`; a route takes `KeyedDep` as its last parameter, after whatever says who may do it, and
`SecretKeyedDep` when its answer holds a secret.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import StringConstraints
from sqlalchemy import delete, text
from sqlmodel import Session, col
from starlette.concurrency import run_in_threadpool

from app.deps import CurrentPerson, NowDep, SessionDep
from app.errors import AnswerGone, KeyReused, RequestInProgress
from app.key_table import IdempotencyKey
from app.sealed import is_sealed, seal, unseal
from app.secrets import new_secret
from app.signed_in import SignedIn

KEPT = timedelta(hours=72)
_KEPT_HEADERS = ("location", "etag", "content-type")

KeyHeader = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of your own; sent again within 72 hours it answers what the first request answered.",
        openapi_examples={
            "none": {"summary": "Without: every request counts"},
            "app": {"summary": "An app that may have to send it again", "value": "phone-7/request-1041"},
        },
    ),
]


class Replay(Exception):
    """An answer that was given before, on its way past the route."""

    def __init__(self, status: int, body: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.status, self.body, self.headers = status, body, dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the answer of the running request will be stored."""

    session: Session
    organization_id: UUID
    person_id: UUID
    key: str
    fingerprint: str
    now: datetime
    holds_secret: bool = False


async def fingerprint_of(request: Request) -> str:
    """Return a hash of what is asked: canonical body and query; 20 and 20.0 are one number."""
    body = await request.body()
    read = json.loads(body, parse_float=_number) if body else None
    canonical = json.dumps(read, sort_keys=True, separators=(",", ":")) if body else ""
    return hashlib.sha256(f"{request.url.query}\n{canonical}".encode()).hexdigest()


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


@dataclass(frozen=True, slots=True)
class SentKey:
    """A key as it was sent, and a hash of what it was sent with."""

    text: str
    fingerprint: str


async def sent_key(request: Request, key: KeyHeader = None) -> SentKey | None:
    """Return the key of a request, None without one."""
    return None if key is None else SentKey(key, await fingerprint_of(request))


SentKeyDep = Annotated[SentKey | None, Depends(sent_key)]


async def take_key(request: Request, person: CurrentPerson, session: SessionDep, now: NowDep, key: SentKeyDep) -> None:
    """Replay the answer stored under the key, or note where the coming one belongs."""
    if key is not None:
        request.state.idempotency = await run_in_threadpool(_take, request, person, session, now, key)


def answered_once(
    request: Request,
    person: SignedIn,
    session: Session,
    now: datetime,
    key: SentKey | None,
    answer: Callable[[], Response],
) -> Response:
    """Answer a request whose whole work is done in one thread, once for each key."""
    if key is None:
        return answer()
    place = _take(request, person, session, now, key)
    response = answer()
    _keep(request, response, place)
    return response


def _take(request: Request, person: SignedIn, session: Session, now: datetime, key: SentKey) -> _Place:
    """Return where the answer belongs; Replay when there is one already."""
    name = hold_key(session, person, request, key.text)
    row_key = (person.organization_id, person.person_id, request.method, request.url.path, name)
    stored = session.get(IdempotencyKey, row_key)
    if stored is not None and stored.created_at > now - KEPT:
        if stored.request_hash != key.fingerprint:
            raise KeyReused
        raise Replay(stored.status, stored.body, json.loads(stored.headers))
    if stored is not None:
        session.delete(stored)
        session.flush()
    return _Place(
        session=session,
        organization_id=person.organization_id,
        person_id=person.person_id,
        key=name,
        fingerprint=key.fingerprint,
        now=now,
    )


KeyedDep = Annotated[None, Depends(take_key)]


async def take_secret_key(request: Request, _key: KeyedDep) -> None:
    """Replay the answer stored under the key to whoever can open it, or note that the coming one is to be sealed."""
    place: _Place | None = getattr(request.state, "idempotency", None)
    if place is not None:
        request.state.idempotency = replace(place, holds_secret=True)


SecretKeyedDep = Annotated[None, Depends(take_secret_key)]


def hold_key(session: Session, person: SignedIn, request: Request, key: str) -> str:
    """Return a key without quotes; refuse a request whose twin is still running.

    SQLite has one writer, so there is none.
    """
    key = key.strip('"') or key
    if session.get_bind().dialect.name == "postgresql":
        statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 1))")
        name = f"{person.organization_id}{person.person_id}{request.url.path}{key}"
        if not session.connection().execute(statement, {"name": name}).scalar():
            raise RequestInProgress
    return key


class KeyedRoute(APIRoute):
    """A route whose good answers are stored under their key before the transaction is committed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, wrapped."""
        handle = super().get_route_handler()

        async def keyed(request: Request) -> Response:
            try:
                response = await handle(request)
            except Replay as replay:
                return _replayed(replay, request)
            place: _Place | None = getattr(request.state, "idempotency", None)
            if place is not None:
                _keep(request, response, place)
            return response

        return keyed


def _keep(request: Request, response: Response, place: _Place) -> None:
    """Store a good answer under its key."""
    if response.status_code < 400:
        place.session.add(_row(request, response, place))


def _row(request: Request, response: Response, place: _Place) -> IdempotencyKey:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = bytes(response.body).decode()
    return IdempotencyKey(
        organization_id=place.organization_id,
        person_id=place.person_id,
        method=request.method,
        path=request.url.path,
        key=place.key,
        request_hash=place.fingerprint,
        status=response.status_code,
        body=seal(body, _token(request)) if place.holds_secret else body,
        headers=json.dumps(headers, sort_keys=True),
        created_at=place.now,
    )


def _replayed(replay: Replay, request: Request) -> Response:
    body: str | None = replay.body
    if is_sealed(replay.body):
        body = unseal(replay.body, _token(request))
    if body is None:
        raise AnswerGone(headers={name: value for name, value in replay.headers.items() if name == "location"})
    return Response(body, status_code=replay.status, headers={**replay.headers, "Idempotency-Replayed": "true"})


def _token(request: Request) -> str:
    """Return what the request was signed in with; where it is no bearer token, a secret that nobody has."""
    return request.headers.get("authorization", "").rpartition(" ")[2] or new_secret()


def forget_expired_keys(session: Session, organization_id: UUID, *, now: datetime) -> None:
    """Delete an organization's keys that are past their time."""
    session.exec(
        delete(IdempotencyKey).where(
            col(IdempotencyKey.organization_id) == organization_id, col(IdempotencyKey.created_at) <= now - KEPT
        )
    )
