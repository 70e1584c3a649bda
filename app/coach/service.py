"""The inbox: stored notices that show now, in one statement, whatever the number of clients."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select, tuple_
from sqlmodel.sql.expression import Select

from app import tables
from app.coach.schemas import InboxRow
from app.errors import InvalidCursor
from app.notice_table import ClientNotice
from app.paging import cut, place
from app.signed_in import SignedIn
from planner.words import URGENCIES

Line = tuple[ClientNotice, str]
"""A notice and the name of its client."""

_CLIENT, _BLOCK = "/v1/clients/{client}", "/v1/blocks/{block}"
_LINKS: Mapping[str, str] = {
    "red_flag": f"{_CLIENT}/screenings",
    "unanswered": f"{_CLIENT}/screenings",
    "plan_held": _BLOCK,
    "problem": f"{_BLOCK}/decisions",
    "mornings_rising": f"{_CLIENT}/check-ins",
    "step_backs": f"{_BLOCK}/decisions",
    "assessment_asked": f"{_CLIENT}/assessments",
    "retest": _BLOCK,
    "block_ended": _BLOCK,
    "block_ending": _BLOCK,
    "no_logs": f"{_CLIENT}/session-logs",
    "conflict": f"{_BLOCK}/adjustments",
    "undelivered": "/v1/deliveries?state=dead",
}
_ACTIONS: Mapping[str, str] = {
    "clear": f"POST {_CLIENT}/clearances",
    "change_client": f"PATCH {_CLIENT}",
    "screen": f"POST {_CLIENT}/screenings",
    "check_in": f"POST {_CLIENT}/check-ins",
    "log_session": f"POST {_CLIENT}/session-logs",
    "assess": f"POST {_CLIENT}/assessments",
    "plan_block": f"POST {_CLIENT}/blocks",
    "settle_conflict": "DELETE /v1/adjustments/{adjustment}",
    "redeliver": "POST /v1/deliveries/{delivery}/retry",
}


_ORDER = (
    col(ClientNotice.urgency),
    col(ClientNotice.since),
    col(ClientNotice.client_id),
    col(ClientNotice.kind),
)


def list_inbox(
    session: Session, who: SignedIn, *, now: datetime, limit: int, cursor: str | None
) -> tuple[Sequence[Line], str | None]:
    """Return a page of what asks for a coach now, most urgent and then oldest first."""
    scope = f"{who.organization_id}/inbox"
    statement, known = shown(who.organization_id, now), place(cursor, scope=scope, parts=4)
    if known is not None:
        statement = after(statement, known)
    rows = session.exec(statement.limit(limit + 1)).all()
    return cut(rows, limit, scope=scope, key=place_of)


def to_row(line: Line) -> InboxRow:
    """Return a line as answered, with the paths of this API that belong to it."""
    notice, client_name = line
    facts = json.loads(notice.facts)
    ids = {"client": notice.client_id, "block": notice.block_id}
    ids |= {name: facts.get(f"{name}_id") for name in ("adjustment", "delivery")}
    link = _CLIENT if notice.action == "change_client" else _LINKS[notice.kind]
    return InboxRow(
        client_id=notice.client_id,
        client_name=client_name,
        kind=notice.kind,
        urgency=URGENCIES[notice.urgency],
        since=notice.since,
        reason=notice.reason,
        rule=notice.rule,
        facts=facts,
        link=link.format_map(ids),
        action=_ACTIONS[notice.action].format_map(ids),
    )


def shown(organization_id: UUID, now: datetime) -> Select[ClientNotice, str]:
    """Return the statement for what shows now, in the order of its index; archived clients are left out."""
    theirs = (col(tables.Client.organization_id) == ClientNotice.organization_id) & (
        col(tables.Client.id) == ClientNotice.client_id
    )
    return (
        select(ClientNotice, tables.Client.display_name)
        .join(tables.Client, theirs)
        .where(
            ClientNotice.organization_id == organization_id,
            ClientNotice.shows_at <= now,
            or_(col(ClientNotice.ends_at).is_(None), col(ClientNotice.ends_at) > now),
            col(tables.Client.archived_at).is_(None),
        )
        .order_by(*_ORDER)
    )


def place_of(line: Line) -> Sequence[str]:
    """Return where a line stands in the order."""
    notice, _ = line
    return (str(notice.urgency), notice.since.isoformat(), str(notice.client_id), notice.kind)


def after(statement: Select[ClientNotice, str], place: Sequence[str]) -> Select[ClientNotice, str]:
    """Return the statement for what stands after a place."""
    urgency, since, client_id, kind = place
    try:
        key = tuple_(int(urgency), date.fromisoformat(since), UUID(client_id), kind)
    except ValueError:
        raise InvalidCursor from None
    return statement.where(tuple_(*_ORDER) > key)
