"""Signing in to and out of the pages, with a cookie that scripts cannot read."""

from functools import partial
from typing import Final
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from app.deps import NowDep, SessionDep
from app.errors import (
    CODE_OF,
    PROBLEMS,
    Forbidden,
    InvalidCredentials,
    Refusal,
    SecondFactorDemanded,
    SecondFactorNeeded,
    TooManyAttempts,
)
from app.messages import messages_in
from app.pages import cookie
from app.pages.forms import Form, FormDep
from app.pages.language import page_language
from app.pages.reader import PagePerson
from app.pages.second_factor import begin_page
from app.pages.site import PageRoute, see_other, sign_in_page
from app.people import auth_service, tokens
from app.people.auth_routes import DeskDep, HashingDep
from app.people.schemas import Login

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_SAID: Final[dict[type[Refusal], str]] = {
    InvalidCredentials: "page.wrong",
    SecondFactorNeeded: "page.factor_wrong",
    TooManyAttempts: "page.too_many",
}


@router.post("/week/sign-in")
async def sign_in(request: Request, form: FormDep, desk: DeskDep, hashing: HashingDep, now: NowDep) -> Response:
    """Sign in with e-mail address and password, and go on to the page that was wanted."""
    wanted = form.id("client")
    try:
        login = _login(form)
        pair = await to_thread.run_sync(partial(auth_service.sign_in, desk, login, now=now), limiter=hashing)
    except SecondFactorDemanded as refusal:
        token = str(refusal.members["enrolment_token"])
        return await to_thread.run_sync(partial(begin_page, desk, token, now=now))
    except (InvalidCredentials, SecondFactorNeeded, TooManyAttempts) as refusal:
        words = messages_in(page_language(request))
        status, asks_code = PROBLEMS[CODE_OF[type(refusal)]].status, isinstance(refusal, SecondFactorNeeded)
        said, client = words(_SAID[type(refusal)]), form.one("client") or ""
        answer = sign_in_page(request, status=status, said=said, wanted=client, asks_code=asks_code)
        answer.headers.update(refusal.headers)
        return answer
    cookie.sign_in(request, pair)
    return see_other("/week" if wanted is None else f"/week?{urlencode({'client': wanted})}")


def _login(form: Form) -> Login:
    """Return what was filled in; what cannot be an address or a password belongs to nobody."""
    try:
        given = {"email": form.one("email") or "", "password": form.one("password") or "", "code": form.one("code")}
        return Login.model_validate(given)
    except ValidationError as error:
        raise InvalidCredentials from error


@router.post("/week/sign-out")
def sign_out(request: Request, form: FormDep, person: PagePerson, session: SessionDep, now: NowDep) -> Response:
    """End this sign-in on every device that shares its cookie."""
    kept = cookie.read(request)
    if kept is None or not kept.fits(form.one("form") or ""):
        raise Forbidden
    tokens.end_family(session, person.organization_id, person.family_id, now=now)
    cookie.sign_out(request)
    return see_other("/week")
