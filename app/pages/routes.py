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
from app.pages import acts
from app.pages.clients import client_list
from app.pages.doses import dose
from app.pages.forms import FormDep
from app.pages.reader import (
    ClientQuery,
    LinkReader,
    PagePerson,
    Reader,
    desk_of,
    form_reader,
    link_form_reader,
    reader_of,
)
from app.pages.site import PageRoute, rendered, see_other
from app.pages.week import find_planned, moment_at, week_page
from app.schemas_base import Day, LeftOut
from planner.words import PainWord

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ShownDay = Annotated[Day | None, LeftOut, Query(alias="date")]
Said = Annotated[str, Query(max_length=20)]


@router.get("/week")
def show_week(
    request: Request,
    person: PagePerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    client: ClientQuery = None,
    shown: ShownDay = None,
    said: Said = "",
) -> Response:
    """Show a member their week, and coaches that of a client; without one, whom they may look at."""
    if person.is_staff and client is None:
        return client_list(request, session, person)
    reader = reader_of(request, person, session, client)
    return _shown(session, reader, catalogue, now, shown, said)


@router.get("/week/{token}")
def show_linked_week(
    reader: LinkReader,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    shown: ShownDay = None,
    said: Said = "",
) -> Response:
    """Show the week that a private link opens."""
    return _shown(session, reader, catalogue, now, shown, said)


def _shown(
    session: Session, reader: Reader, catalogue: CatalogueDep, now: NowDep, shown: date | None, said: str
) -> Response:
    page = week_page(session, reader, moment_at(now, reader.client, shown), catalogue)
    return rendered(
        "week.html",
        page.words,
        private_link=reader.by_link,
        page=page,
        dose=dose,
        day_name=partial(_day_name, locale=page.words.locale),
        one_day=timedelta(days=1),
        said=said if said in get_args(acts.Said) else "",
        pain_words=get_args(PainWord),
    )


def _day_name(day: date, skeleton: str, *, locale: Locale) -> str:
    """Return a day as the reader's language writes it, with the parts a skeleton names."""
    return format_skeleton(skeleton, day, locale=locale)


# --- forms --------------------------------------------------------------------------------------------------------


def forms_under(prefix: str, whose: Callable[..., Reader]) -> APIRouter:
    """Return the forms of a week page at an address, for the reader that a dependency finds there."""
    forms = APIRouter(prefix=prefix, include_in_schema=False, route_class=PageRoute)

    @forms.post("/session")
    def log_session(
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Tick off a session."""
        moment = moment_at(now, reader.client, form.day("date"))
        planned = find_planned(session, reader.client, moment, form.id("session"), form.one("seen"))
        if planned is None:
            raise NotFound
        said = acts.log_session(desk_of(reader, session, catalogue, now), form, planned, moment.shown)
        return see_other(reader.address(date=moment.shown.isoformat(), said=said))

    @forms.post("/check-in")
    def check_in(
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Say how the back is."""
        return see_other(reader.address(said=acts.check_in(desk_of(reader, session, catalogue, now), form)))

    @forms.post("/safety")
    def answer_safety(
        reader: Annotated[Reader, Depends(whose)],
        form: FormDep,
        session: SessionDep,
        catalogue: CatalogueDep,
        now: NowDep,
    ) -> Response:
        """Answer the warning signs."""
        desk = desk_of(reader, session, catalogue, now)
        return see_other(reader.address(said=acts.answer_safety(desk, form, by_link=reader.by_link)))

    return forms


ROUTERS: Final = (forms_under("/week", form_reader), forms_under("/week/{token}", link_form_reader), router)
