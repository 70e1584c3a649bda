"""The page of a person's own sign-ins: where they are signed in, and the end of it."""

from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from anyio import to_thread
from babel.dates import format_date
from fastapi import APIRouter, Request, Response
from pydantic import SecretStr, ValidationError
from sqlmodel import Session

from app.deps import DatabaseDep, NowDep, SessionDep
from app.errors import CODE_OF, PROBLEMS, Forbidden, InvalidCredentials, TooManyAttempts
from app.messages import Messages
from app.pages import cookie
from app.pages.forms import Form, FormDep
from app.pages.language import own_words
from app.pages.reader import ListCursor, PagePerson
from app.pages.site import PageRoute, rendered, see_other
from app.people import sign_ins
from app.people.auth_routes import DeskDep, HashingDep
from app.people.schemas import SignInEnd
from app.signed_in import SignedIn

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_ADDRESS: Final = "/week/sign-ins"
_ENDED: Final = "ended"
_MOST: Final = 50


@router.get(_ADDRESS)
def show_sign_ins(
    request: Request, person: PagePerson, session: SessionDep, now: NowDep, cursor: ListCursor = None
) -> Response:
    """Show where somebody is signed in."""
    said = "page.sign_in_ended" if cookie.to_say(request) == _ENDED else ""
    response = _shown(request, session, person, now, said=said, cursor=cursor)
    cookie.said_once(request, response)
    return response


def _shown(
    request: Request,
    session: Session,
    person: SignedIn,
    now: datetime,
    *,
    said: str = "",
    cursor: str | None = None,
    status: int = 200,
) -> Response:
    rows, following = sign_ins.list_sign_ins(session, person, limit=_MOST, cursor=cursor, now=now)
    words, here = own_words(session, person.organization_id, person.person_id)
    kept = cookie.read(request)
    return rendered(
        "sign_ins.html",
        words,
        status=status,
        said=words(said) if said else "",
        failed=status != 200,
        sign_ins=rows,
        present=person.family_id,
        following=following,
        day=partial(_day, words=words, here=here),
        form_token=kept.form_token if kept else "",
    )


def _day(moment: datetime, *, words: Messages, here: tzinfo) -> str:
    return format_date(moment.astimezone(here), "medium", locale=words.locale)


@router.post(_ADDRESS)
async def end_sign_ins(
    request: Request,
    form: FormDep,
    person: PagePerson,
    database: DatabaseDep,
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> Response:
    """End one sign-in, or all but this one, for whoever knows the password."""
    kept = cookie.read(request)
    if request.state.by_cookie and not (kept and kept.fits(form.one("form") or "")):
        raise Forbidden
    try:
        end = _asked(form)
        await to_thread.run_sync(partial(sign_ins.end_sign_ins, desk, person, end, now=now), limiter=hashing)
    except (InvalidCredentials, TooManyAttempts) as refusal:
        said = "page.too_many" if isinstance(refusal, TooManyAttempts) else "page.wrong_password"
        again = partial(_again, request, database, person, now, said=said)
        answer = await to_thread.run_sync(partial(again, status=PROBLEMS[CODE_OF[type(refusal)]].status))
        answer.headers.update(refusal.headers)
        return answer
    answer = see_other(_ADDRESS)
    cookie.say(request, answer, _ENDED)
    return answer


def _again(
    request: Request, database: DatabaseDep, person: SignedIn, now: datetime, *, said: str, status: int
) -> Response:
    with database.read() as session:
        return _shown(request, session, person, now, said=said, status=status)


def _asked(form: Form) -> SignInEnd:
    """Return what is to end; what cannot be a password is a wrong one."""
    sign_in_id = form.id("sign_in")
    try:
        return SignInEnd(current_password=SecretStr(form.one("password") or ""), sign_in_id=sign_in_id)
    except ValidationError as error:
        raise InvalidCredentials from error
