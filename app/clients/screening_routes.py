"""Screenings and clearances of a client."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import WrapValidator

from app.clients import examples
from app.clients import screening_service as service
from app.clients.screening_schemas import (
    Clearance,
    ClearanceCreate,
    ClearancePage,
    Screening,
    ScreeningCreate,
    ScreeningPage,
)
from app.demo_ids import demo_id
from app.deps import CatalogueDep, SessionDep
from app.desk import ClientDesk, CoachDesk
from app.facts import get_fact, list_facts, newest_profile
from app.idempotency import KeyedDep, KeyedRoute
from app.paging import Cursor, Limit
from app.refused_flags import answered, or_unread
from app.visible import VisibleClient

router = APIRouter(prefix="/v1/clients/{client_id}", tags=["Screen"], route_class=KeyedRoute)

ScreeningId = Annotated[
    UUID, Path(openapi_examples={"demo": {"summary": "Sam's screening", "value": str(demo_id("screening/sam"))}})
]
ClearanceId = Annotated[
    UUID, Path(openapi_examples={"demo": {"summary": "Sam's clearance", "value": str(demo_id("clearance/sam"))}})
]
SentScreening = Annotated[ScreeningCreate, WrapValidator(or_unread)]


@router.get("/screenings")
def list_screenings(
    client: VisibleClient, session: SessionDep, catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None
) -> ScreeningPage:
    """List a client's red-flag checklists, newest first."""
    rows, following = list_facts(session, client, "screening", limit=limit, cursor=cursor)
    profile = newest_profile(client)
    return ScreeningPage(items=[service.to_screening(row, profile, catalogue) for row in rows], next_cursor=following)


@router.post("/screenings", status_code=201, response_model=Screening)
def add_screening(
    desk: ClientDesk,
    request: Request,
    response: Response,
    body: Annotated[SentScreening, Body(openapi_examples=examples.SCREENING)],
    _key: KeyedDep,
) -> Screening | Response:
    """Record a red-flag checklist. A yes holds back everything loaded until a clearance.

    It does so also when the rest is refused: the problem then names the `screening` that keeps it.
    """

    def add(read: ScreeningCreate) -> Screening:
        screening = service.add_screening(desk, read)
        response.headers["Location"] = f"/v1/clients/{desk.client.id}/screenings/{screening.id}"
        return screening

    return answered(request, desk, body, add)


@router.get("/screenings/{screening_id}")
def get_screening(
    client: VisibleClient, screening_id: ScreeningId, session: SessionDep, catalogue: CatalogueDep
) -> Screening:
    """Read one checklist."""
    row = get_fact(session, client, "screening", screening_id)
    return service.to_screening(row, newest_profile(client), catalogue)


@router.get("/clearances")
def list_clearances(
    client: VisibleClient, session: SessionDep, limit: Limit = 20, cursor: Cursor = None
) -> ClearancePage:
    """List a client's clearances, newest first."""
    rows, following = list_facts(session, client, "clearance", limit=limit, cursor=cursor)
    return ClearancePage(items=[service.to_clearance(row) for row in rows], next_cursor=following)


@router.post("/clearances", status_code=201)
def add_clearance(
    desk: CoachDesk,
    response: Response,
    body: Annotated[ClearanceCreate, Body(openapi_examples=examples.CLEARANCE)],
    _key: KeyedDep,
) -> Clearance:
    """Record that a clinician or you cleared the client: it ends the red flags reported so far.

    Training resumes at an early step with a weekly check. There is no undo: report the flag again.
    """
    clearance = service.add_clearance(desk, body)
    response.headers["Location"] = f"/v1/clients/{desk.client.id}/clearances/{clearance.id}"
    return clearance


@router.get("/clearances/{clearance_id}")
def get_clearance(client: VisibleClient, clearance_id: ClearanceId, session: SessionDep) -> Clearance:
    """Read one clearance."""
    return service.to_clearance(get_fact(session, client, "clearance", clearance_id))
