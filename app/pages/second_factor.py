"""Setting up a second factor on the pages: the secret is shown once, then the recovery codes.

The page that shows a secret carries the token which confirms it, so that it works before somebody is signed in, too.
"""

from datetime import datetime
from functools import partial
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from app.deps import NowDep
from app.errors import (
    CODE_OF,
    PROBLEMS,
    Forbidden,
    InvalidCode,
    InvalidCredentials,
    InvalidInput,
    Refusal,
    SecondFactorNeeded,
    TooManyAttempts,
    Unauthenticated,
)
from app.messages import Messages
from app.pages import cookie
from app.pages.forms import Form, FormDep
from app.pages.language import own_words
from app.pages.reader import PagePerson
from app.pages.site import PageRoute, rendered, see_other
from app.people import auth_service, factor_service, factors
from app.people.auth_routes import DeskDep, HashingDep
from app.people.auth_service import Desk
from app.people.factor_schemas import FactorProof, FactorStart
from app.people.factor_secrets import Whose
from app.signed_in import SignedIn

router = APIRouter(include_in_schema=False, route_class=PageRoute)

ADDRESS: Final = "/week/second-factor"
_SAID: Final[dict[type[Refusal], str]] = {
    InvalidCredentials: "page.wrong_password",
    SecondFactorNeeded: "page.factor_wrong",
    TooManyAttempts: "page.too_many",
    InvalidCode: "page.factor_wrong",
}


@router.get(ADDRESS)
def show_second_factor(request: Request, person: PagePerson, desk: DeskDep) -> Response:
    """Show the form that sets up a second factor, exchanges it or takes it away."""
    return _form(request, desk, _whose(person))


def _whose(person: SignedIn) -> Whose:
    return Whose(person.organization_id, person.person_id)


def _words(desk: Desk, whose: Whose) -> Messages:
    with desk.database.read() as session:
        return own_words(session, *whose)[0]


def _form(request: Request, desk: Desk, whose: Whose, refusal: Refusal | None = None) -> Response:
    kept = cookie.read(request)
    answer = rendered(
        "second_factor.html",
        _words(desk, whose),
        status=200 if refusal is None else PROBLEMS[CODE_OF[type(refusal)]].status,
        said="" if refusal is None else _SAID[type(refusal)],
        form_token=kept.form_token if kept else "",
    )
    answer.headers.update({} if refusal is None else refusal.headers)
    return answer


@router.post(f"{ADDRESS}/change")
async def change_second_factor(
    request: Request, form: FormDep, person: PagePerson, desk: DeskDep, hashing: HashingDep, now: NowDep
) -> Response:
    """Show a new secret, or take the second factor away, for password and code."""
    kept = cookie.read(request)
    if request.state.by_cookie and not (kept and kept.fits(form.one("form") or "")):
        raise Forbidden
    work = partial(_changed, request, form, person, desk, now)
    try:
        return await to_thread.run_sync(work, limiter=hashing)
    except tuple(_SAID) as refusal:
        return await to_thread.run_sync(_form, request, desk, _whose(person), refusal)


def _changed(request: Request, form: Form, person: SignedIn, desk: Desk, now: datetime) -> Response:
    password, code = (SecretStr(form.one(name) or " ") for name in ("password", "code"))
    if form.one("how") == "remove":
        proof = FactorProof(current_password=password, code=code)
        cookie.sign_in(request, factor_service.remove(desk, person, proof, now=now))
        return see_other("/week/sign-ins")
    whose = _whose(person)
    start = FactorStart(current_password=password, code=code if form.one("code") else None)
    begun = factor_service.begin(desk, whose, start, now=now)
    return secret_page(_words(desk, whose), begun, auth_service.enrolment_token(desk, whose, now=now))


def begin_page(desk: Desk, token: str, *, now: datetime) -> Response:
    """Return the page that sets up a factor for somebody who was sent away for want of one."""
    with desk.database.read() as session:
        whose = factors.enrolling(session, token, now=now)
    assert whose is not None
    return secret_page(_words(desk, whose), factor_service.begin_proven(desk, whose, now=now), token)


def secret_page(words: Messages, begun: factor_service.Begun, token: str) -> Response:
    """Return the page that shows a secret this once, and asks for a code of it."""
    return _asking(words, token, secret=begun.secret, address=begun.address)


def _asking(words: Messages, token: str, *, secret: str = "", address: str = "", failed: bool = False) -> Response:
    return rendered(
        "second_factor_secret.html",
        words,
        status=422 if failed else 200,
        said="page.factor_wrong" if failed else "",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        address=address,
        token=token,
    )


@router.post(ADDRESS)
def confirm_second_factor(request: Request, form: FormDep, desk: DeskDep, now: NowDep) -> Response:
    """Put the secret that was shown in force, and show the recovery codes this once."""
    token, code = form.one("token"), form.one("code")
    if token is None or code is None or len(code) > 256:
        raise InvalidInput
    with desk.database.read() as session:
        whose = factors.enrolling(session, token, now=now)
    if whose is None:
        raise Unauthenticated
    try:
        confirmed = factor_service.confirm(desk, whose, code, now=now)
    except InvalidCode:
        return _asking(_words(desk, whose), token, failed=True)
    cookie.sign_in(request, confirmed.tokens)
    return rendered("recovery_codes.html", _words(desk, whose), codes=confirmed.recovery_codes)
