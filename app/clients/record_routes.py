"""A client's whole record: export, erasure."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Request

from app.audit_chain import append
from app.clients import examples
from app.clients import record_service as service
from app.clients.record_schemas import ClientExport, ErasureCreate
from app.clients.routes import LeavingClientId
from app.deps import CatalogueDep, CurrentPerson, DatabaseDep, NowDep, SessionDep, request_act
from app.desk import for_coaches
from app.idempotency import KEPT, KeyedRoute, KeyHeader, Replay, hold_key
from app.planning import Desk
from app.visible import VisibleClient, find_client

router = APIRouter(prefix="/v1/clients/{client_id}", tags=["Clients"], route_class=KeyedRoute)


def erasure_key(
    client_id: LeavingClientId,
    person: CurrentPerson,
    session: SessionDep,
    now: NowDep,
    request: Request,
    key: KeyHeader = None,
) -> str | None:
    """Return the key of an erasure; one that was done under it is answered again, though there is no client any more.

    What is kept is the erasure itself, with a hash of the key: neither an answer nor what was asked.
    """
    if key is None or not person.is_staff:
        return None
    key = hold_key(session, person, request, key)
    if service.erased_before(session, person, client_id, key, since=now - KEPT):
        raise Replay(204)
    return key


ErasureKey = Annotated[str | None, Depends(erasure_key)]


def leaving_desk(
    client_id: LeavingClientId,
    person: CurrentPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    _key: ErasureKey,
) -> Desk:
    """Return the coach's desk for a client who leaves; its example is one who may."""
    client = find_client(session, person, client_id)
    desk = Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)
    return for_coaches(person, desk)


@router.get("/export")
def export_client(
    client: VisibleClient,
    person: CurrentPerson,
    session: SessionDep,
    database: DatabaseDep,
    now: NowDep,
    request: Request,
) -> ClientExport:
    """Read everything that is stored about a client, in one piece: to hand it to them or take it elsewhere.

    Members read their own. It holds every version of everything, so it may be large. The audit trail tells of it before
    it is handed out.
    """
    export = service.export_client(session, client, now=now)
    session.close()  # nobody waits for a second connection while holding one
    act = request_act(request, now)
    act.by(person.organization_id, person.person_id)
    act.client_id = client.id
    with database.write() as writing:
        append(writing, act)
    return export


@router.post("/erasure", status_code=204)
def erase_client(
    desk: Annotated[Desk, Depends(leaving_desk)],
    database: DatabaseDep,
    afterwards: BackgroundTasks,
    key: ErasureKey,
    body: Annotated[ErasureCreate, Body(openapi_examples=examples.ERASURE)],
) -> None:
    """Erase a client for good: everything recorded and planned, their sign-in, their invitations.

    There is no undo: archive a client to keep them. Hand out what is stored first, if they want it. Sent again, it
    answers 404: there is nobody any more, and with the same `Idempotency-Key` that it was done.
    """
    service.erase_client(desk, body.confirm, key=key)
    afterwards.add_task(database.leave_no_traces)
