"""The desk a writing route works at: the client, the author, the catalogue and the instant."""

from typing import Annotated

from fastapi import Depends

from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep
from app.errors import Forbidden
from app.planning import Desk
from app.visible import ActiveClient, VisibleClient


def any_desk(
    client: VisibleClient, person: CurrentPerson, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Desk:
    """Return the desk for a client, archived or not."""
    return Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)


def client_desk(desk: Annotated[Desk, Depends(any_desk)], client: ActiveClient) -> Desk:
    """Return the desk for recording something new."""
    assert client is desk.client
    return desk


def coach_desk(person: CurrentPerson, desk: Annotated[Desk, Depends(any_desk)]) -> Desk:
    """Return the desk for what only coaches record; the client must be visible before the role matters."""
    if not person.is_staff:
        raise Forbidden
    return desk


AnyDesk = Annotated[Desk, Depends(any_desk)]
ClientDesk = Annotated[Desk, Depends(client_desk)]
CoachDesk = Annotated[Desk, Depends(coach_desk)]
