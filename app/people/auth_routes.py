"""Sign-in, renewal, sign-out and passwords."""

from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Body, Depends, Request

from app.deps import CurrentPerson, DatabaseDep, NowDep, SessionDep, SettingsDep, request_act
from app.people import auth_service, tokens
from app.people.auth_service import Desk
from app.people.devices import device_of
from app.people.schemas import Login, PasswordChange, PasswordResetUse, Refresh, Tokens
from app.problems import documented

router = APIRouter(prefix="/v1", tags=["Sign-in"])


def get_desk(request: Request, database: DatabaseDep, settings: SettingsDep, now: NowDep) -> Desk:
    """Return what the sign-in functions need."""
    address = request.client.host if request.client else "unknown"
    return Desk(
        database=database,
        hasher=request.app.state.hasher,
        settings=settings,
        address=address,
        act=request_act(request, now),
        device=device_of(request.headers.get("user-agent", "")),
    )


def get_hashing(request: Request) -> CapacityLimiter:
    """Return the few threads in which passwords are hashed; who waits for one waits in `app.seats`."""
    limiter: CapacityLimiter = request.app.state.hashing_limiter
    return limiter


DeskDep = Annotated[Desk, Depends(get_desk)]
HashingDep = Annotated[CapacityLimiter, Depends(get_hashing)]

_LOGIN_EXAMPLES = {
    "coach": {
        "summary": "The demo gym's coach",
        "value": {"email": "coach@demo.example", "password": "demo-coach-pass"},
    },
    "member": {
        "summary": "The demo gym's member",
        "value": {"email": "member@demo.example", "password": "demo-member-pass"},
    },
}
_CHANGE_EXAMPLES = {
    "new": {
        "summary": "A longer password",
        "value": {"current_password": "demo-coach-pass", "new_password": "four words are plenty"},
    }
}
_REFRESH_EXAMPLES = {
    "newest": {
        "summary": "The newest one you have",
        "value": {"refresh_token": "what the last sign-in or renewal answered"},
    }
}
_RESET_EXAMPLES = {
    "code": {
        "summary": "With the code you were handed",
        "value": {"code": "what your coach handed you", "new_password": "four words are plenty"},
    }
}


@router.post("/auth/login", responses=documented(401, 403, 429))
async def login(
    body: Annotated[Login, Body(openapi_examples=_LOGIN_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> Tokens:
    """Sign in with e-mail address and password, and the code of a second factor where one is set up.

    401 `second_factor_needed` asks for the code, after a right password alone. 403 `second_factor_demanded` carries an
    `enrolment_token`: with it as bearer token a second factor is set up, without which nobody in this role is let in.
    """
    return await to_thread.run_sync(partial(auth_service.sign_in, desk, body, now=now), limiter=hashing)


@router.post("/auth/refresh", responses=documented(401))
def refresh(body: Annotated[Refresh, Body(openapi_examples=_REFRESH_EXAMPLES)], desk: DeskDep, now: NowDep) -> Tokens:
    """Stay signed in: the refresh token sent is used up, the answer holds the next one."""
    return auth_service.renew(desk, body.refresh_token.get_secret_value(), now=now)


@router.post("/auth/logout", status_code=204, responses=documented(401))
def logout(person: CurrentPerson, session: SessionDep, now: NowDep) -> None:
    """End this sign-in: its access and refresh tokens stop working at once."""
    tokens.end_family(session, person.organization_id, person.family_id, now=now)


@router.post("/me/password", responses=documented(401, 429))
async def change_password(
    person: CurrentPerson,
    body: Annotated[PasswordChange, Body(openapi_examples=_CHANGE_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> Tokens:
    """Set a new password; every other session ends, this one goes on with the tokens answered."""
    return await to_thread.run_sync(partial(auth_service.change_password, desk, person, body, now=now), limiter=hashing)


@router.post("/auth/password-resets", status_code=204, responses=documented(422, 429))
async def reset_password(
    body: Annotated[PasswordResetUse, Body(openapi_examples=_RESET_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> None:
    """Set a new password with the code that a coach or admin handed over."""
    await to_thread.run_sync(partial(auth_service.use_reset_code, desk, body, now=now), limiter=hashing)
