"""The desk a writing route works at: the client, the author, the catalogue and the instant."""

from typing import Annotated

from fastapi import Depends

from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep
from app.errors import Forbidden
from app.planning import Desk
from app.signed_in import SignedIn
from app.visible import VisibleBlock, VisibleClient, active_client, find_client


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


BlockDesk = Annotated[Desk, Depends(block_desk)]


async def coach_block_desk(person: CurrentPerson, desk: BlockDesk) -> Desk:
    """Return the desk for what only coaches ask of a block."""
    return for_coaches(person, desk)


AnyDesk = Annotated[Desk, Depends(any_desk)]
ClientDesk = Annotated[Desk, Depends(client_desk)]
CoachDesk = Annotated[Desk, Depends(coach_desk)]
CoachBlockDesk = Annotated[Desk, Depends(coach_block_desk)]
