"""The week page: read it, tick a session off, say how the back is, answer the warning signs."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Final, get_args

from babel import Locale
from babel.dates import format_skeleton
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from app.deps import CatalogueDep, NowDep, SessionDep
from app.errors import NotFound
from app.pages import acts, cookie
from app.pages.clients import client_list
from app.pages.doses import dose
from app.pages.forms import FormDep
from app.pages.reader import (
    ClientQuery,
    LinkReader,
    ListCursor,
    PagePerson,
    Reader,
    desk_of,
    form_reader,
    link_form_reader,
    reader_of,
)
from app.pages.seen import find_planned
from app.pages.site import PageRoute, rendered, see_other
from app.pages.week import WeekPage, moment_at, week_page
from app.schemas_base import Day, LeftOut
from planner.words import PainWord

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ShownDay = Annotated[Day | None, LeftOut, Query(alias="date")]


@router.get("/week")
def show_week(
    request: Request,
    person: PagePerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    client: ClientQuery = None,
    shown: ShownDay = None,
    cursor: ListCursor = None,
) -> Response:
    """Show a member their week, and coaches that of a client; without one, whom they may look at."""
    if person.is_staff and client is None:
        return client_list(request, session, person, cursor)
    reader = reader_of(request, person, session, client)
    return _shown(request, session, reader, catalogue, now, shown)


@router.get("/week/{token}")
def show_linked_week(
    request: Request,
    reader: LinkReader,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    shown: ShownDay = None,
) -> Response:
    """Show the week that a private link opens."""
    return _shown(request, session, reader, catalogue, now, shown)


def _shown(
    request: Request, session: Session, reader: Reader, catalogue: CatalogueDep, now: NowDep, shown: date | None
) -> Response:
    page = week_page(session, reader, moment_at(now, reader.client, shown), catalogue)
    response = rendered(
        "week.html",
        page.words,
        private_link=reader.by_link,
        page=page,
        dose=dose,
        day_name=partial(_day_name, locale=page.words.locale),
        one_day=timedelta(days=1),
        said=_said(request, page),
        pain_words=get_args(PainWord),
    )
    cookie.said_once(request, response)
    return response


def _said(request: Request, page: WeekPage) -> str:
    """Return what came of a form; never that all is well while training is held."""
    said = cookie.to_say(request)
    return said if said in get_args(acts.Said) and not (page.lock and said == "safe") else ""


def _day_name(day: date, skeleton: str, *, locale: Locale) -> str:
    """Return a day as the reader's language writes it, with the parts a skeleton names."""
    return format_skeleton(skeleton, day, locale=locale)


# --- forms --------------------------------------------------------------------------------------------------------


def _told(request: Request, reader: Reader, said: acts.Said, **query: str) -> Response:
    """Return the way back to the page, which says what came of a form."""
    answer = see_other(reader.address(**query))
    cookie.say(request, answer, said)
    return answer


def forms_under(prefix: str, whose: Callable[..., Reader]) -> APIRouter:
    """Return the forms of a week page at an address, for the reader that a dependency finds there."""
    forms = APIRouter(prefix=prefix, include_in_schema=False, route_class=PageRoute)

    @forms.post("/session")
    def log_session(
        request: Request,
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Tick off a session."""
        moment = moment_at(now, reader.client, form.day("date"))
        named, seen = form.id("session"), form.one("seen")
        planned = find_planned(session, reader.client, named, seen=seen, on=moment.shown, today=moment.today)
        if planned is None:
            raise NotFound
        desk = desk_of(reader, session, catalogue, now)
        said = acts.log_session(desk, form, planned, moment.shown, by_link=reader.by_link)
        return _told(request, reader, said, date=moment.shown.isoformat())

    @forms.post("/check-in")
    def check_in(
        request: Request,
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Say how the back is."""
        desk = desk_of(reader, session, catalogue, now)
        return _told(request, reader, acts.check_in(desk, form, by_link=reader.by_link))

    @forms.post("/safety")
    def answer_safety(
        request: Request,
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Answer the warning signs."""
        desk = desk_of(reader, session, catalogue, now)
        return _told(request, reader, acts.answer_safety(desk, form, by_link=reader.by_link))

    return forms


ROUTERS: Final = (forms_under("/week", form_reader), forms_under("/week/{token}", link_form_reader), router)
