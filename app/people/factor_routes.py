"""The second factor: one's own, and that of somebody who has lost it."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Body, Depends, Request
from starlette.concurrency import run_in_threadpool

from app.db import Database
from app.deps import BearerDep, CoachPerson, CurrentPerson, DatabaseDep, NowDep, SessionDep, SettingsDep, current_person
from app.errors import Unauthenticated
from app.idempotency import KeyedDep, KeyedRoute
from app.people import factor_service, factors
from app.people.auth_routes import DeskDep, HashingDep
from app.people.factor_schemas import (
    FactorCode,
    FactorConfirmed,
    FactorProof,
    FactorSecret,
    FactorStanding,
    FactorStart,
    RecoveryCodes,
)
from app.people.factor_secrets import Whose
from app.people.people_routes import PersonId
from app.people.schemas import Tokens
from app.problems import documented

router = APIRouter(prefix="/v1", route_class=KeyedRoute)

_START_EXAMPLES = {"first": {"summary": "The first one", "value": {"current_password": "demo-coach-pass"}}}
_CODE_EXAMPLES = {"code": {"summary": "What the app shows", "value": {"code": "123 456"}}}
_PROOF_EXAMPLES = {
    "app": {"summary": "With the app at hand", "value": {"current_password": "demo-coach-pass", "code": "123 456"}},
    "paper": {
        "summary": "With a recovery code",
        "value": {"current_password": "demo-coach-pass", "code": "MFRG-GZDF-MZTW-Q2LK-NNWG-23TP"},
    },
}


async def enrolling_person(bearer: BearerDep, database: DatabaseDep, now: NowDep, request: Request) -> Whose:
    """Return whose second factor is set up: signed in, or by the token of a sign-in that lacks one."""
    try:
        person = await current_person(bearer, request)
    except Unauthenticated:
        found = None if bearer is None else await run_in_threadpool(_enrolling, database, bearer.credentials, now)
        if found is None:
            raise
        request.state.person_id = str(found.person_id)
        return found
    return Whose(person.organization_id, person.person_id)


def _enrolling(database: Database, token: str, now: NowDep) -> Whose | None:
    with database.read() as session:
        return factors.enrolling(session, token, now=now)


EnrollingPerson = Annotated[Whose, Depends(enrolling_person)]


@router.get("/me/second-factor", tags=["Sign-in"])
def get_second_factor(person: CurrentPerson, session: SessionDep, settings: SettingsDep) -> FactorStanding:
    """Read whether you sign in with a second factor, and whether you have to."""
    found = factor_service.standing(session, person, settings=settings)
    return FactorStanding(on=found.confirmed_at is not None, **found._asdict())


@router.post("/me/second-factor", tags=["Sign-in"], responses=documented(401, 429))
async def start_second_factor(
    person: EnrollingPerson,
    body: Annotated[FactorStart, Body(openapi_examples=_START_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> FactorSecret:
    """Get a secret for an authenticator app; what is in force stays so until a code of the new one is confirmed.

    Takes the `enrolment_token` of a sign-in that was refused for want of a second factor, too.
    """
    work = partial(factor_service.begin, desk, person, body, now=now)
    begun = await to_thread.run_sync(work, limiter=hashing)
    return FactorSecret(secret=begun.secret, otpauth_url=begun.address)


@router.post("/me/second-factor/confirmation", tags=["Sign-in"], responses=documented(401, 422, 429))
def confirm_second_factor(
    person: EnrollingPerson,
    body: Annotated[FactorCode, Body(openapi_examples=_CODE_EXAMPLES)],
    desk: DeskDep,
    now: NowDep,
) -> FactorConfirmed:
    """Put the new secret in force with a code of it, within a quarter of an hour; every other sign-in ends."""
    confirmed = factor_service.confirm(desk, person, body.code.get_secret_value(), now=now)
    return FactorConfirmed(recovery_codes=confirmed.recovery_codes, tokens=confirmed.tokens)


@router.post("/me/second-factor/recovery-codes", tags=["Sign-in"], responses=documented(401, 409, 429))
async def renew_recovery_codes(
    person: CurrentPerson,
    body: Annotated[FactorProof, Body(openapi_examples=_PROOF_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> RecoveryCodes:
    """Replace your recovery codes."""
    work = partial(factor_service.new_recovery_codes, desk, person, body, now=now)
    return RecoveryCodes(recovery_codes=await to_thread.run_sync(work, limiter=hashing))


@router.post("/me/second-factor/removal", tags=["Sign-in"], responses=documented(401, 409, 429))
async def remove_second_factor(
    person: CurrentPerson,
    body: Annotated[FactorProof, Body(openapi_examples=_PROOF_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> Tokens:
    """Sign in with your password alone from now on, where that is allowed; every other sign-in ends."""
    return await to_thread.run_sync(partial(factor_service.remove, desk, person, body, now=now), limiter=hashing)


@router.post("/people/{person_id}/second-factor-reset", status_code=204, tags=["Admin"], responses=documented(409))
def reset_second_factor(person_id: PersonId, person: CoachPerson, session: SessionDep, _key: KeyedDep) -> None:
    """Take away the second factor of somebody who has lost phone and recovery codes, as an admin; make sure who asks.

    Every sign-in of theirs ends. They sign in with their password, and set up another factor where one is demanded.
    """
    factor_service.reset(session, person, person_id)
