"""Which stored row of a week a form was made from, so that a session is logged as it was shown."""

import re
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session

from app import tables
from app.block_days import week_number
from app.block_documents import week_body
from app.blocks import service as blocks
from app.blocks.schemas import PlannedSession, Week
from app.errors import NoBlock
from app.plan_store import shown_today
from app.revisions import Place, bodies_at

_BLOCK: Final = "(?P<block>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_SEEN: Final = re.compile(_BLOCK + r"\.(?P<version>earned|withheld)\.(?P<revision>[0-9]{1,9})")
"""What was projected is shown of no day that has come."""


def seen_row(session: Session, block: tables.Block, *, on: date, today: date) -> str:
    """Return the name of the row that is shown of the week that holds a day."""
    number = week_number(block, on)
    assert number is not None
    place = shown_today(session, block, today).weeks[number]
    return f"{block.id}.{place.version}.{place.revision}"


def find_planned(
    session: Session, client: tables.Client, session_id: UUID | None, *, seen: str | None, on: date, today: date
) -> PlannedSession | None:
    """Return a session of a day as a form showed it, which the plan may have left since; else as it is now.

    `seen` names a row; only those of the client's own blocks are found by it.
    """
    body = _current_body(session, client, on, today) if seen is None else _seen_body(session, client, on, seen)
    days = Week.model_validate_json(body).days if body else ()
    return next((one for day in days if day.date == on for one in day.sessions if one.id == session_id), None)


def _current_body(session: Session, client: tables.Client, on: date, today: date) -> str | None:
    try:
        return blocks.week_holding(session, client, on, today).text
    except NoBlock:
        return None


def _seen_body(session: Session, client: tables.Client, on: date, seen: str) -> str | None:
    match = _SEEN.fullmatch(seen)
    block = session.get(tables.Block, (client.organization_id, UUID(match["block"]))) if match else None
    if match is None or block is None or block.client_id != client.id:
        return None
    number = week_number(block, on)
    if number is None:
        return None
    place = Place(match["version"], int(match["revision"]))
    body = bodies_at(session, block, {number: place}).get(number)
    return None if body is None else week_body(block, body, block.etag, block.revision)
