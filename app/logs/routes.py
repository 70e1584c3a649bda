"""Session logs and check-ins: send, list, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from pydantic import WrapValidator

from app.demo_ids import demo_id
from app.deps import SessionDep
from app.desk import ClientVisit
from app.documents import MEDIA_TYPE, Responses
from app.facts import get_fact, list_facts
from app.idempotency import KeyedRoute
from app.logs import examples, service
from app.logs.schemas import (
    CheckIn,
    CheckInAnswer,
    CheckInCreate,
    CheckInPage,
    SessionLog,
    SessionLogAnswer,
    SessionLogCreate,
    SessionLogPage,
)
from app.paging import Cursor, Limit
from app.planning import Desk
from app.refused_flags import answered, as_read, or_unread
from app.visible import VisibleClient

router = APIRouter(prefix="/v1/clients/{client_id}", tags=["Log"], route_class=KeyedRoute)

LogId = Annotated[
    UUID,
    Path(openapi_examples={"demo": {"summary": "Sam's first session", "value": str(demo_id("session_log/sam/0"))}}),
]
CheckInId = Annotated[
    UUID,
    Path(openapi_examples={"demo": {"summary": "Sam's first morning after", "value": str(demo_id("check_in/sam/0"))}}),
]
SentSessionLog = Annotated[SessionLogCreate, WrapValidator(or_unread)]
SentCheckIn = Annotated[CheckInCreate, WrapValidator(or_unread)]

_LOGGED: Responses = {
    200: {"model": SessionLogAnswer, "description": "Stored before: the same answer again"},
    201: {"model": SessionLogAnswer, "description": "Stored"},
}
_CHECKED_IN: Responses = {
    200: {"model": CheckInAnswer, "description": "Stored before: the same answer again"},
    201: {"model": CheckInAnswer, "description": "Stored"},
}


@router.get("/session-logs")
def list_session_logs(
    client: VisibleClient, session: SessionDep, limit: Limit = 20, cursor: Cursor = None
) -> SessionLogPage:
    """List a client's session logs, newest first."""
    rows, following = list_facts(session, client, "session_log", limit=limit, cursor=cursor)
    return SessionLogPage(items=[service.to_session_log(row) for row in rows], next_cursor=following)


@router.post("/session-logs", status_code=201, responses=_LOGGED, response_model=None)
async def add_session_log(
    visit: ClientVisit, body: Annotated[SentSessionLog, Body(openapi_examples=examples.SESSION_LOG)]
) -> Response:
    """Log a session: what was done and how the back felt. Answers what it changed and why.

    The same `id` and body again change nothing. Send another with `replaces` to correct it.
    """
    return await visit.answered(
        lambda desk: _answered(desk, "session-logs", service.add_session_log(desk, as_read(body)))
    )


@router.get("/session-logs/{log_id}")
def get_session_log(client: VisibleClient, log_id: LogId, session: SessionDep) -> SessionLog:
    """Read one session log."""
    return service.to_session_log(get_fact(session, client, "session_log", log_id))


@router.get("/check-ins")
def list_check_ins(client: VisibleClient, session: SessionDep, limit: Limit = 20, cursor: Cursor = None) -> CheckInPage:
    """List a client's check-ins, newest first."""
    rows, following = list_facts(session, client, "check_in", limit=limit, cursor=cursor)
    return CheckInPage(items=[service.to_check_in(row) for row in rows], next_cursor=following)


@router.post("/check-ins", status_code=201, responses=_CHECKED_IN, response_model=None)
async def add_check_in(
    visit: ClientVisit, body: Annotated[SentCheckIn, Body(openapi_examples=examples.CHECK_IN)]
) -> Response:
    """Check in, any morning: the one after a squat day decides about the next.

    A red flag holds back everything loaded until a clearance, also when the rest is refused: the problem then names
    the `screening` that keeps it. Send another with `replaces` to correct it.
    """
    return await visit.answered(
        lambda desk: answered(
            visit.request, desk, body, lambda read: _answered(desk, "check-ins", service.add_check_in(desk, read))
        )
    )


@router.get("/check-ins/{check_in_id}")
def get_check_in(client: VisibleClient, check_in_id: CheckInId, session: SessionDep) -> CheckIn:
    """Read one check-in."""
    return service.to_check_in(get_fact(session, client, "check_in", check_in_id))


def _answered(desk: Desk, collection: str, stored: service.Stored) -> Response:
    headers = {"Location": f"/v1/clients/{desk.client.id}/{collection}/{stored.id}"}
    status = 200 if stored.already else 201
    return Response(stored.body, status_code=status, media_type=MEDIA_TYPE, headers=headers)
