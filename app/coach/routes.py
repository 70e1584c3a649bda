"""The coach's inbox."""

from fastapi import APIRouter

from app.coach import service
from app.coach.schemas import InboxPage
from app.deps import CoachPerson, NowDep, SessionDep
from app.paging import Cursor, Limit

router = APIRouter(prefix="/v1/coach", tags=["Coach"])


@router.get("/inbox")
def list_inbox(
    person: CoachPerson, session: SessionDep, now: NowDep, limit: Limit = 20, cursor: Cursor = None
) -> InboxPage:
    """See who needs you today: most urgent first, then whoever has waited longest.

    Each row says why in one sentence, where to look (`link`) and what resolves it (`action`); then it goes away by
    itself. Red flags come first. Archived clients are left out.
    """
    rows, following = service.list_inbox(session, person, now=now, limit=limit, cursor=cursor)
    return InboxPage(items=[service.to_row(row) for row in rows], next_cursor=following)
