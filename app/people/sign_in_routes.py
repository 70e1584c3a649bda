"""The signed-in person's own sign-ins."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Body

from app.deps import CurrentPerson, NowDep, SessionDep
from app.paging import Cursor, Limit
from app.people import sign_ins
from app.people.auth_routes import DeskDep, HashingDep
from app.people.schemas import SignInAnswer, SignInEnd, SignInPage
from app.problems import documented

router = APIRouter(prefix="/v1/me/sign-ins", tags=["Sign-in"])

_END_EXAMPLES = {
    "others": {
        "summary": "All but this one",
        "value": {"current_password": "demo-coach-pass"},
    }
}


@router.get("")
def list_sign_ins(
    person: CurrentPerson, session: SessionDep, now: NowDep, limit: Limit = 20, cursor: Cursor = None
) -> SignInPage:
    """List where you are signed in, newest first: apps and browsers, of the pages too."""
    rows, following = sign_ins.list_sign_ins(session, person, limit=limit, cursor=cursor, now=now)
    items = [
        SignInAnswer(
            id=row.id,
            made_at=row.made_at,
            last_used_at=row.used_at,
            ends_at=row.ends_at,
            app=row.app or None,
            system=row.system or None,
            present=row.id == person.family_id,
        )
        for row in rows
    ]
    return SignInPage(items=items, next_cursor=following)


@router.post("/end", status_code=204, responses=documented(401, 404, 429))
async def end_sign_ins(
    person: CurrentPerson,
    body: Annotated[SignInEnd, Body(openapi_examples=_END_EXAMPLES)],
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> None:
    """End one of your sign-ins, or all but this one, at once and everywhere; it takes your password."""
    await to_thread.run_sync(partial(sign_ins.end_sign_ins, desk, person, body, now=now), limiter=hashing)
