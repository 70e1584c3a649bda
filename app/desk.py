"""The desk a writing route works at: the client, the author, the catalogue and the instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.db import Database
from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep, get_catalogue, get_database, now_of, writing
from app.errors import Forbidden
from app.idempotency import SentKey, SentKeyDep, answered_once
from app.planning import Desk
from app.signed_in import SignedIn
from app.visible import ClientId, VisibleBlock, VisibleClient, active_client, find_client
from planner.catalogue import Catalogue


async def any_desk(
    client: VisibleClient, person: CurrentPerson, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Desk:
    """Return the desk for a client, archived or not."""
    return Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)


async def client_desk(desk: Annotated[Desk, Depends(any_desk)]) -> Desk:
    """Return the desk for recording something new."""
    active_client(desk.client)
    return desk


def for_coaches(person: SignedIn, desk: Desk) -> Desk:
    """Return the desk to coaches and admins."""
    if not person.is_staff:
        raise Forbidden
    return desk


async def coach_desk(person: CurrentPerson, desk: Annotated[Desk, Depends(any_desk)]) -> Desk:
    """Return the desk for what only coaches record; the client must be visible before the role matters."""
    return for_coaches(person, desk)


def block_desk(
    block: VisibleBlock, person: CurrentPerson, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Desk:
    """Return the desk for changing a block of an active client."""
    client = active_client(find_client(session, person, block.client_id, lock=True))
    return Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)


def recording_desk(session: Session, person: SignedIn, client_id: UUID, *, catalogue: Catalogue, now: datetime) -> Desk:
    """Return the desk for recording something new, by the id of its client, who is locked."""
    client = active_client(find_client(session, person, client_id, lock=True))
    return Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes to record something for whom, before the database is asked.

    What is recorded most often is recorded in one thread, from the first statement to the commit: each way there and
    back costs as much as three statements, and a client stays locked while it is gone.
    """

    request: Request
    person: SignedIn
    client_id: UUID
    database: Database
    catalogue: Catalogue
    now: datetime
    key: SentKey | None

    async def answered(self, record: Callable[[Desk], Response]) -> Response:
        """Return what is answered at the desk, when it is committed; a key that was answered before is replayed."""
        return await run_in_threadpool(self._answered, record)

    def _answered(self, record: Callable[[Desk], Response]) -> Response:
        with writing(self.request, self.database, self.now) as session:
            desk = recording_desk(session, self.person, self.client_id, catalogue=self.catalogue, now=self.now)
            return answered_once(self.request, self.person, session, self.now, self.key, lambda: record(desk))


async def client_visit(
    client_id: ClientId,
    person: CurrentPerson,
    request: Request,
    key: SentKeyDep,
) -> Visit:
    """Return the visit of whoever is signed in; whether they may see the client turns out at the desk."""
    return Visit(
        request=request,
        person=person,
        client_id=client_id,
        database=await get_database(request),
        catalogue=await get_catalogue(request),
        now=now_of(request.app),
        key=key,
    )


ClientVisit = Annotated[Visit, Depends(client_visit)]
BlockDesk = Annotated[Desk, Depends(block_desk)]


async def coach_block_desk(person: CurrentPerson, desk: BlockDesk) -> Desk:
    """Return the desk for what only coaches ask of a block."""
    return for_coaches(person, desk)


AnyDesk = Annotated[Desk, Depends(any_desk)]
ClientDesk = Annotated[Desk, Depends(client_desk)]
CoachDesk = Annotated[Desk, Depends(coach_desk)]
CoachBlockDesk = Annotated[Desk, Depends(coach_block_desk)]
