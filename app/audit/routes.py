"""The audit trail: who did and read what."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.audit import service
from app.audit.schemas import AuditEvent, AuditPage
from app.audit_chain import Event
from app.demo_ids import COACH, demo_id
from app.deps import AdminPerson, SessionDep
from app.paging import Cursor, Limit

router = APIRouter(prefix="/v1", tags=["Admin"])

OfClient = Annotated[
    UUID | None,
    Query(
        alias="client_id",
        description="Only what is about this client; all when left out.",
        openapi_examples={
            "all": {"summary": "About everybody"},
            "sam": {"summary": "About Sam of the demo gym", "value": str(demo_id("client/sam"))},
        },
    ),
]
OfActor = Annotated[
    UUID | None,
    Query(
        alias="actor_id",
        description="Only what this person did, or what was done through this private link; all when left out.",
        openapi_examples={
            "all": {"summary": "By everybody"},
            "kim": {"summary": "By Kim, the demo gym's coach", "value": str(COACH)},
        },
    ),
]
OfEvent = Annotated[
    Event | None,
    Query(
        alias="event",
        description="Only events of this kind; all when left out.",
        openapi_examples={
            "all": {"summary": "Of every kind"},
            "read": {"summary": "Who read what of whom", "value": "sensitive_read"},
            "failed": {"summary": "Failed sign-ins", "value": "authn_login_fail"},
        },
    ),
]


@router.get("/audit-events")
def list_audit_events(
    person: AdminPerson,
    session: SessionDep,
    of_client: OfClient = None,
    of_actor: OfActor = None,
    of_event: OfEvent = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AuditPage:
    """See who did what to whom in your organization, newest first: every change, sign-in, refusal and read.

    Reads of a client's data by coaches and admins are told once for each reader, client, kind and UTC day, a few
    seconds later; exports each time, at once. Nothing in here can be changed or removed.
    """
    rows, following = service.list_audit_events(
        session, person, client_id=of_client, actor_id=of_actor, event=of_event, limit=limit, cursor=cursor
    )
    return AuditPage(
        items=[AuditEvent.model_validate(row, from_attributes=True) for row in rows], next_cursor=following
    )
