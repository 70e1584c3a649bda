"""Clients: list, add, read, change, archive."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from app.clients import examples, service
from app.clients.answered import to_client
from app.clients.schemas import Client, ClientChange, ClientCreate, ClientPage
from app.demo_ids import COACH, demo_id
from app.deps import CoachPerson, CurrentPerson, NowDep, SessionDep
from app.desk import AnyDesk
from app.errors import Forbidden
from app.idempotency import KeyedDep, KeyedRoute
from app.paging import Cursor, Limit
from app.visible import VisibleClient, find_client

router = APIRouter(prefix="/v1/clients", tags=["Clients"], route_class=KeyedRoute)

Archived = Annotated[
    bool,
    Query(
        description="The archived ones instead.",
        openapi_examples={"no": {"summary": "Those who train", "value": False}},
    ),
]
OfCoach = Annotated[
    UUID | None,
    Query(
        alias="coach_id",
        description="Only the clients this person looks after; everybody's when left out.",
        openapi_examples={
            "all": {"summary": "Of all coaches"},
            "kim": {"summary": "Kim's clients in the demo gym", "value": str(COACH)},
        },
    ),
]
LeavingClientId = Annotated[
    UUID,
    Path(
        description="Id of a client.",
        openapi_examples={"demo": {"summary": "Leo, who moved away", "value": str(demo_id("client/leo"))}},
    ),
]


@router.get("")
def list_clients(
    person: CoachPerson,
    session: SessionDep,
    limit: Limit = 20,
    cursor: Cursor = None,
    of_coach: OfCoach = None,
    *,
    archived: Archived = False,
) -> ClientPage:
    """List the clients of your organization, newest first; everybody's or one coach's."""
    rows, following = service.list_clients(
        session, person, archived=archived, coach_id=of_coach, limit=limit, cursor=cursor
    )
    return ClientPage(items=[to_client(row) for row in rows], next_cursor=following)


@router.post("", status_code=201)
def add_client(
    person: CoachPerson,
    session: SessionDep,
    now: NowDep,
    response: Response,
    body: Annotated[ClientCreate, Body(openapi_examples=examples.CLIENT)],
    _key: KeyedDep,
) -> Client:
    """Add a client; archive them to undo."""
    client = service.add_client(session, person, body, now=now)
    response.headers["Location"] = f"/v1/clients/{client.id}"
    return to_client(client)


@router.get("/{client_id}")
def get_client(client: VisibleClient) -> Client:
    """Read a client as they are now."""
    return to_client(client)


@router.patch("/{client_id}")
def change_client(
    desk: AnyDesk,
    person: CurrentPerson,
    body: Annotated[ClientChange, Body(openapi_examples=examples.CLIENT_CHANGE)],
) -> Client:
    """Change a client from now on: send only what changes. Days that have begun stay as they were shown.

    Members change everything but limits and the preferred squat's maximum. Send the old values to undo.
    """
    return to_client(service.change_client(desk, person, body))


@router.delete("/{client_id}", status_code=204)
def archive_client(client_id: LeavingClientId, person: CurrentPerson, session: SessionDep, now: NowDep) -> None:
    """Archive a client: off the list, nothing deleted. Change `archived` to false to undo."""
    client = find_client(session, person, client_id)
    if not person.is_staff:
        raise Forbidden
    service.archive(session, client, now=now)
