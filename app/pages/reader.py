"""Who opens a page, and whose week it shows: signed in by cookie or bearer token, or by a private link."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlmodel import Session

from app import tables
from app.audit_chain import act_of
from app.call_limits import count_call
from app.deps import BearerDep, CatalogueDep, DatabaseDep, NowDep, SessionDep
from app.errors import Forbidden, InvalidRefreshToken, NotFound, Unauthenticated
from app.pages import cookie
from app.pages.forms import FormDep
from app.people import auth_service
from app.people.auth_routes import DeskDep
from app.planning import Desk
from app.private_links import Opened, open_link
from app.signed_in import SignedIn, signed_in
from app.visible import active_client, find_client


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose week is read, by whom, and where its forms go."""

    client: tables.Client
    author_id: UUID
    base: str
    by_link: bool = False
    is_staff: bool = False
    form_token: str = ""

    def address(self, **more: str) -> str:
        """Return the address of this week page, for a day or whatever else its query says."""
        query = ({"client": str(self.client.id)} if self.is_staff else {}) | more
        return f"{self.base}?{urlencode(query)}" if query else self.base


def page_person(request: Request, bearer: BearerDep, database: DatabaseDep, desk: DeskDep, now: NowDep) -> SignedIn:
    """Return who is signed in, by bearer token or by cookie; a cookie whose access ended is renewed silently."""
    kept = cookie.read(request)
    token = bearer.credentials if bearer else kept.access if kept else None
    if token is None:
        raise Unauthenticated
    with database.read() as session:
        found = signed_in(session, token=token, now=now)
    if found is None and bearer is None and kept is not None:
        found = _renewed(request, kept, desk, database, now)
    if found is None:
        raise Unauthenticated
    request.state.person_id, request.state.signed_in = str(found.person_id), found
    request.state.by_cookie = bearer is None
    count_call(request, found.person_id)
    return found


def _renewed(
    request: Request, kept: cookie.Kept, desk: auth_service.Desk, database: DatabaseDep, now: NowDep
) -> SignedIn | None:
    try:
        pair = auth_service.renew(desk, kept.refresh, now=now, shared=True)
    except InvalidRefreshToken:
        cookie.sign_out(request)
        return None
    cookie.renew(request, kept, pair)
    with database.read() as session:
        return signed_in(session, token=pair.access_token, now=now)


PagePerson = Annotated[SignedIn, Depends(page_person)]
ClientQuery = Annotated[UUID | None, Query(alias="client")]
ListCursor = Annotated[str | None, Query(max_length=500)]


def reader_of(request: Request, person: SignedIn, session: Session, client_id: UUID | None) -> Reader:
    """Return the reader of a client's week; what belongs to others looks missing."""
    wanted = client_id or person.client_id
    if wanted is None:
        raise NotFound
    kept = cookie.read(request)
    return Reader(
        client=find_client(session, person, wanted),
        author_id=person.person_id,
        base="/week",
        is_staff=person.is_staff,
        form_token=kept.form_token if kept else "",
    )


def form_reader(request: Request, person: PagePerson, form: FormDep, session: SessionDep) -> Reader:
    """Return whose week a form changes. A form sent with a cookie needs the secret of that sign-in."""
    kept = cookie.read(request)
    if request.state.by_cookie and not (kept and kept.fits(form.one("form") or "")):
        raise Forbidden
    return reader_of(request, person, session, form.id("client"))


def known_link(token: str, database: DatabaseDep) -> Opened:
    """Return what a private link opens, looked up apart, so that strangers never hold the write lock."""
    with database.read() as session:
        return open_link(session, token, "page")


def link_reader(token: str, opened: Annotated[Opened, Depends(known_link)], session: SessionDep) -> Reader:
    """Return the reader a private link opens. What they write is written in the name of who made the link."""
    organization_id, client_id = opened.client.organization_id, opened.client.id
    client = session.get(tables.Client, (organization_id, client_id))
    if client is None:
        raise NotFound
    act = act_of(session)
    act.by(organization_id, opened.link.id, "link")
    act.client_id = client_id
    return Reader(client=client, author_id=opened.link.created_by, base=f"/week/{token}", by_link=True)


def link_form_reader(_form: FormDep, reader: Annotated[Reader, Depends(link_reader)]) -> Reader:
    """Return the reader of a private link who sends a form: the link is the secret, so none other is asked for."""
    return reader


LinkReader = Annotated[Reader, Depends(link_reader)]


def desk_of(reader: Reader, session: Session, catalogue: CatalogueDep, now: NowDep) -> Desk:
    """Return the desk at which something is recorded for the reader's client."""
    return Desk(
        session=session,
        client=active_client(reader.client),
        author_id=reader.author_id,
        catalogue=catalogue,
        now=now,
    )
