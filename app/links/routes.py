"""Private links: make, list, revoke."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from app.demo_ids import demo_id
from app.deps import CurrentPerson, NowDep, PublicUrlDep, SessionDep
from app.errors import NotFound
from app.idempotency import KeyedRoute, SecretKeyedDep
from app.link_table import PrivateLink
from app.links import service
from app.links.schemas import Link, LinkPage, NewLink
from app.paging import Cursor, Limit
from app.private_links import LinkKind, link_url
from app.secrets import new_secret
from app.visible import ActiveClient, VisibleClient

router = APIRouter(prefix="/v1", tags=["Links"], route_class=KeyedRoute)

CalendarLinkId = Annotated[
    UUID,
    Path(
        description="Id of a link to a calendar.",
        openapi_examples={"demo": {"summary": "Sam's in the demo gym", "value": str(demo_id("link/calendar"))}},
    ),
]
PageLinkId = Annotated[
    UUID,
    Path(
        description="Id of a link to a week page.",
        openapi_examples={"demo": {"summary": "Sam's in the demo gym", "value": str(demo_id("link/page"))}},
    ),
]


def new_link(kind: LinkKind) -> Callable[..., NewLink]:
    """Return the dependency that makes a link of a kind and shows its secret once."""

    def make(
        client: ActiveClient,
        person: CurrentPerson,
        session: SessionDep,
        now: NowDep,
        public_url: PublicUrlDep,
        _key: SecretKeyedDep,
    ) -> NewLink:
        token = new_secret()
        link = service.add_link(session, person, client, kind, token=token, now=now)
        made = Link.model_validate(link, from_attributes=True).model_dump()
        return NewLink(**made, token=token, url=link_url(public_url, kind, token))

    return make


def page_of(kind: LinkKind) -> Callable[..., LinkPage]:
    """Return the dependency that lists a client's links of a kind."""

    def read(client: VisibleClient, session: SessionDep, limit: Limit = 20, cursor: Cursor = None) -> LinkPage:
        rows, following = service.list_links(session, client, kind, limit=limit, cursor=cursor)
        return LinkPage(items=[Link.model_validate(row, from_attributes=True) for row in rows], next_cursor=following)

    return read


def calendar_link(link_id: CalendarLinkId, person: CurrentPerson, session: SessionDep) -> PrivateLink:
    """Return a calendar link the person may revoke."""
    return service.find_link(session, person, link_id, "calendar")


def page_link(link_id: PageLinkId, client: VisibleClient, person: CurrentPerson, session: SessionDep) -> PrivateLink:
    """Return a page link of the client in the path."""
    link = service.find_link(session, person, link_id, "page")
    if link.client_id != client.id:
        raise NotFound
    return link


@router.post("/clients/{client_id}/calendar-links", status_code=201)
def add_calendar_link(link: Annotated[NewLink, Depends(new_link("calendar"))], response: Response) -> NewLink:
    """Make a private link to a client's calendar, to subscribe to on a phone or computer.

    Whoever has the link reads the sessions without signing in. It is shown once; revoke it to shut it.
    """
    response.headers["Location"] = f"/v1/clients/{link.client_id}/calendar-links"
    return link


@router.get("/clients/{client_id}/calendar-links")
def list_calendar_links(page: Annotated[LinkPage, Depends(page_of("calendar"))]) -> LinkPage:
    """List the private links to a client's calendar, newest first; revoked ones too."""
    return page


@router.delete("/calendar-links/{link_id}", status_code=204)
def revoke_calendar_link(
    link: Annotated[PrivateLink, Depends(calendar_link)], session: SessionDep, now: NowDep
) -> None:
    """Revoke a link to a calendar: from now on it opens nothing. There is no undo; make another."""
    service.revoke_link(session, link, now=now)


@router.post("/clients/{client_id}/page-links", status_code=201)
def add_page_link(link: Annotated[NewLink, Depends(new_link("page"))], response: Response) -> NewLink:
    """Make a private link to a client's week page, to open on a phone without signing in.

    Whoever has the link sees the week. It is shown once; revoke it to shut it.
    """
    response.headers["Location"] = f"/v1/clients/{link.client_id}/page-links"
    return link


@router.get("/clients/{client_id}/page-links")
def list_page_links(page: Annotated[LinkPage, Depends(page_of("page"))]) -> LinkPage:
    """List the private links to a client's week page, newest first; revoked ones too."""
    return page


@router.delete("/clients/{client_id}/page-links/{link_id}", status_code=204)
def revoke_page_link(link: Annotated[PrivateLink, Depends(page_link)], session: SessionDep, now: NowDep) -> None:
    """Revoke a link to a week page: from now on it opens nothing. There is no undo; make another."""
    service.revoke_link(session, link, now=now)


@router.delete("/clients/{client_id}/page-links", status_code=204)
def revoke_page_links(client: VisibleClient, session: SessionDep, now: NowDep) -> None:
    """Revoke all links to a client's week page at once, when nobody knows any more who has them."""
    service.revoke_links(session, client, "page", now=now)
