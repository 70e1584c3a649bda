"""A session day through the generated Python client: sign in, this week, log by sync, sync again, check in.

Run with the generated package on the path and the server's address in ADDRESS; fails when an answer is not as told.
"""

import os
from typing import TypeVar
from uuid import UUID, uuid4

from squatback_client.api.log import add_check_in, sync
from squatback_client.api.sign_in import get_me, login
from squatback_client.api.week import get_my_week
from squatback_client.client import AuthenticatedClient, Client
from squatback_client.models.check_in_answer import CheckInAnswer
from squatback_client.models.check_in_create import CheckInCreate
from squatback_client.models.item import Item
from squatback_client.models.logged_item_body import LoggedItemBody
from squatback_client.models.logged_set_body import LoggedSetBody
from squatback_client.models.login import Login
from squatback_client.models.me import Me
from squatback_client.models.morning_pain_body import MorningPainBody
from squatback_client.models.planned_session import PlannedSession
from squatback_client.models.session_pain_body import SessionPainBody
from squatback_client.models.sync_answer import SyncAnswer
from squatback_client.models.sync_create import SyncCreate
from squatback_client.models.synced_session_log_create import SyncedSessionLogCreate
from squatback_client.models.tokens import Tokens
from squatback_client.models.week import Week

Answer = TypeVar("Answer")


def told(answer: object, kind: type[Answer]) -> Answer:
    """Return an answer that is of its kind, and no problem."""
    assert isinstance(answer, kind), answer
    return answer


def as_prescribed(session: PlannedSession) -> SyncedSessionLogCreate:
    """Return what was done, exactly as it was asked for."""
    return SyncedSessionLogCreate(
        id=uuid4(),
        session_id=session.id,
        items=[_done(item) for item in session.items],
        back_pain=SessionPainBody(before=1, during=1, after=1),
    )


def _done(item: Item) -> LoggedItemBody:
    reps = item.reps if isinstance(item.reps, int) else None
    one = LoggedSetBody() if reps is None else LoggedSetBody(reps=reps)
    return LoggedItemBody(item_id=item.id, sets=[one] * item.sets)


def synced(
    client: AuthenticatedClient, client_id: UUID, cursor: str | None, logs: list[SyncedSessionLogCreate]
) -> SyncAnswer:
    """Send logs and return what became of them and what changed since."""
    return told(sync.sync(client_id, client=client, body=SyncCreate(cursor=cursor, session_logs=logs)), SyncAnswer)


def main() -> None:
    """Walk through the day."""
    address = os.environ["ADDRESS"]
    body = Login(email="member@demo.example", password="demo-member-pass")
    tokens = told(login.sync(client=Client(base_url=address), body=body), Tokens)
    client = AuthenticatedClient(base_url=address, token=tokens.access_token)
    client_id = told(told(get_me.sync(client=client), Me).client_id, UUID)

    week = told(get_my_week.sync(client=client), Week)
    planned = (session for day in week.days for session in day.sessions if session.status == "planned")
    log = as_prescribed(next(planned))

    sent = synced(client, client_id, None, [log])
    assert [result.status for result in sent.results] == ["stored"]
    repeated = synced(client, client_id, sent.next_cursor, [log])
    assert [result.status for result in repeated.results] == ["already_stored"]

    calm = CheckInCreate(id=uuid4(), back_pain=MorningPainBody(now=1, worst_24h=2), hours_to_settle=6)
    told(add_check_in.sync(client_id, client=client, body=calm), CheckInAnswer)
    news = synced(client, client_id, sent.next_cursor, [])
    assert "check_in" in {change.type_ for change in news.changes}


main()
