"""Idempotency-Key: a repeated POST answers what the first one answered, and does nothing again.

The key is stored in the transaction of the work itself, so there is never one without the other. A router takes
`route_class=KeyedRoute`; a route takes `KeyedDep` as its last parameter, after whatever says who may do it.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import StringConstraints
from sqlalchemy import delete, text
from sqlmodel import Session, col

from app.deps import CurrentPerson, NowDep, SessionDep
from app.errors import KeyReused, RequestInProgress
from app.schemas_base import LeftOut
from app.tables import IdempotencyKey

KEPT = timedelta(hours=72)
_KEPT_HEADERS = ("location", "etag", "content-type")

KeyHeader = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] | None,
    LeftOut,
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
    """The stored answer, on its way past the route."""

    def __init__(self, stored: IdempotencyKey) -> None:
        super().__init__()
        self.stored = stored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the answer of the running request will be stored."""

    session: Session
    organization_id: UUID
    person_id: UUID
    key: str
    fingerprint: str
    now: datetime


async def fingerprint_of(request: Request) -> str:
    """Return a hash of what is asked: canonical body and query."""
    body = await request.body()
    canonical = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")) if body else ""
    return hashlib.sha256(f"{request.url.query}\n{canonical}".encode()).hexdigest()


def take_key(
    request: Request,
    person: CurrentPerson,
    session: SessionDep,
    now: NowDep,
    fingerprint: Annotated[str, Depends(fingerprint_of)],
    key: KeyHeader = None,
) -> None:
    """Replay the answer stored under the key, or note where the coming one belongs."""
    if key is None:
        return
    key = key.strip('"') or key
    _wait_for_nobody(session, f"{person.organization_id}{person.person_id}{request.url.path}{key}")
    row_key = (person.organization_id, person.person_id, request.method, request.url.path, key)
    stored = session.get(IdempotencyKey, row_key)
    if stored is not None and stored.created_at > now - KEPT:
        if stored.request_hash != fingerprint:
            raise KeyReused
        raise Replay(stored)
    if stored is not None:
        session.delete(stored)
        session.flush()
    request.state.idempotency = _Place(
        session=session,
        organization_id=person.organization_id,
        person_id=person.person_id,
        key=key,
        fingerprint=fingerprint,
        now=now,
    )


KeyedDep = Annotated[None, Depends(take_key)]


def _wait_for_nobody(session: Session, name: str) -> None:
    """Refuse a request whose twin is still running; SQLite has one writer, so there is none."""
    if session.get_bind().dialect.name != "postgresql":
        return
    statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 1))")
    if not session.connection().execute(statement, {"name": name}).scalar():
        raise RequestInProgress


class KeyedRoute(APIRoute):
    """A route whose good answers are stored under their key before the transaction is committed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, wrapped."""
        handle = super().get_route_handler()

        async def keyed(request: Request) -> Response:
            try:
                response = await handle(request)
            except Replay as replay:
                return _replayed(replay.stored)
            place: _Place | None = getattr(request.state, "idempotency", None)
            if place is not None and response.status_code < 400:
                place.session.add(_row(request, response, place))
            return response

        return keyed


def _row(request: Request, response: Response, place: _Place) -> IdempotencyKey:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return IdempotencyKey(
        organization_id=place.organization_id,
        person_id=place.person_id,
        method=request.method,
        path=request.url.path,
        key=place.key,
        request_hash=place.fingerprint,
        status=response.status_code,
        body=bytes(response.body).decode(),
        headers=json.dumps(headers, sort_keys=True),
        created_at=place.now,
    )


def _replayed(stored: IdempotencyKey) -> Response:
    headers = {**json.loads(stored.headers), "Idempotency-Replayed": "true"}
    return Response(stored.body, status_code=stored.status, headers=headers)


def forget_expired_keys(session: Session, *, organization_id: UUID, now: datetime) -> None:
    """Delete an organization's keys that are past their time."""
    session.exec(
        delete(IdempotencyKey).where(
            col(IdempotencyKey.organization_id) == organization_id, col(IdempotencyKey.created_at) <= now - KEPT
        )
    )
