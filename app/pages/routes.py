"""The week page: read it, tick a session off, say how the back is, answer the warning signs."""

from datetime import date, timedelta
from functools import partial
from typing import Annotated, Final, get_args

from babel import Locale
from babel.dates import format_skeleton
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.deps import CatalogueDep, NowDep, SessionDep
from app.errors import IdConflict, InvalidInput, NotFound
from app.pages import acts
from app.pages.clients import client_list
from app.pages.doses import dose
from app.pages.forms import Form, FormDep
from app.pages.reader import ClientQuery, FormReader, LinkFormReader, LinkReader, PagePerson, Reader, desk_of, reader_of
from app.pages.site import PageRoute, rendered, see_other
from app.pages.week import find_planned, moment_at, week_page
from app.schemas_base import Day, LeftOut
from planner.words import PainWord, RedFlag

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ShownDay = Annotated[Day | None, LeftOut, Query(alias="date")]
Said = Annotated[str, Query(max_length=20)]
_FLAGS: Final[tuple[RedFlag, ...]] = get_args(RedFlag)
_SAID: Final = frozenset({"logged", "checked", "safe", "stopped", "already", "tick_first", "choose_first"})


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
        said=said if said in _SAID else "",
        pain_words=get_args(PainWord),
    )


def _day_name(day: date, skeleton: str, *, locale: Locale) -> str:
    """Return a day as the reader's language writes it, with the parts a skeleton names."""
    return format_skeleton(skeleton, day, locale=locale)


# --- forms: each has an address for who is signed in, and one under a private link --------------------------------


@router.post("/week/session")
def log_session(
    reader: FormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Response:
    """Tick off a session."""
    return _log_session(reader, form, session, catalogue, now)


@router.post("/week/{token}/session")
def log_linked_session(
    reader: LinkFormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Response:
    """Tick off a session through a private link."""
    return _log_session(reader, form, session, catalogue, now)


def _log_session(reader: Reader, form: Form, session: Session, catalogue: CatalogueDep, now: NowDep) -> Response:
    moment = moment_at(now, reader.client, _day(form))
    if moment.shown > moment.today:
        raise InvalidInput
    planned = find_planned(session, reader.client, moment, form.id("session"))
    if planned is None:
        raise NotFound
    try:
        acts.log_session(desk_of(reader, session, catalogue, now), form, planned, moment.shown)
    except IdConflict:
        return see_other(reader.address(date=moment.shown.isoformat(), said="already"))
    return see_other(reader.address(date=moment.shown.isoformat(), said="logged"))


@router.post("/week/check-in")
def check_in(reader: FormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep) -> Response:
    """Say how the back is."""
    return _check_in(reader, form, session, catalogue, now)


@router.post("/week/{token}/check-in")
def check_in_linked(
    reader: LinkFormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Response:
    """Say how the back is through a private link."""
    return _check_in(reader, form, session, catalogue, now)


def _check_in(reader: Reader, form: Form, session: Session, catalogue: CatalogueDep, now: NowDep) -> Response:
    try:
        told = acts.check_in(desk_of(reader, session, catalogue, now), form)
    except IdConflict:
        return see_other(reader.address(said="already"))
    return see_other(reader.address(said="checked" if told else "choose_first"))


@router.post("/week/safety")
def answer_safety(
    reader: FormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Response:
    """Answer the warning signs."""
    return see_other(reader.address(said=acts.answer_safety(desk_of(reader, session, catalogue, now), form, _FLAGS)))


@router.post("/week/{token}/safety")
def answer_safety_linked(
    reader: LinkFormReader, form: FormDep, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Response:
    """Answer the warning signs through a private link."""
    return see_other(reader.address(said=acts.answer_safety(desk_of(reader, session, catalogue, now), form, _FLAGS)))


def _day(form: Form) -> date | None:
    """Return the day a form is about, None for today."""
    try:
        return date.fromisoformat(form.one("date") or "") if form.one("date") else None
    except ValueError as error:
        raise InvalidInput from error
