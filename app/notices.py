"""What asks for a coach's attention, stored with the plan it follows from: one client, a handful of rows."""

import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from app import tables
from app.facts import load_facts, newest_profile
from app.kept_states import KEPT_NOTICES
from app.local_time import local_day, start_of_day
from app.messages import SOURCE_LANGUAGE, messages_in
from app.notice_table import ClientNotice
from app.statements import Statement
from app.table_kit import table_of
from planner.attention import Notice, conflict_notice, flag_notices, held_notice
from planner.catalogue import Catalogue
from planner.words import URGENCIES, NoticeKind

LOG = logging.getLogger("squatback.notices")
SCREENED = ("profile", "screening", "assessment", "clearance", "check_in")
"""Kinds of facts that may raise or end a red flag."""
_FLAGS: tuple[NoticeKind, ...] = ("red_flag",)
_UNDELIVERED: NoticeKind = "undelivered"
"""Follows from no plan, so a plan does not take it away."""
_SINCE_FIRST_SEEN: tuple[NoticeKind, ...] = ("plan_held", "conflict")
"""Kinds that no fact dates: they count from the day they were first stored."""
_NOTICES: Final = table_of(ClientNotice)
_OF_PLAN: Final = Statement(
    select(*_NOTICES.c).where(
        _NOTICES.c.organization_id == bindparam("organization"),
        _NOTICES.c.client_id == bindparam("client"),
        _NOTICES.c.kind != _UNDELIVERED,
    )
)
_INSERT: Final = insert(_NOTICES)
_HAS_CONFLICTS: Final = '"conflicts":[{'
"""In the document of a plan; their notice counts from the day it was first seen."""


def place_of(block: tables.Block) -> str | None:
    """Return what the notices of a stored plan follow from; None where that is more than its state."""
    if block.state_mark is None or _HAS_CONFLICTS in block.document:
        return None
    return f"{block.state_mark} {block.planner_version} {block.catalogue_digest}"


def keep_notices(
    session: Session, client: tables.Client, notices: tuple[Notice, ...], *, block: tables.Block, stood: str | None
) -> None:
    """Store what the plan of a client asks a coach for, in place of what it asked before.

    `stood` is the `place_of` the block before it was planned: what this process stored with it then is there still.
    """
    if stood is None or KEPT_NOTICES.find(block.id) != (stood, client.time_zone, notices):
        _replace_notices(session, client, notices, block.id)
    stands = place_of(block)
    if stands is not None:
        KEPT_NOTICES.keep(block.id, (stands, client.time_zone, notices))


def _replace_notices(session: Session, client: tables.Client, notices: tuple[Notice, ...], block_id: UUID) -> None:
    stored = _OF_PLAN.all(session, {"organization": client.organization_id, "client": client.id})
    since = {row.kind: row.since for row in stored if row.kind in _SINCE_FIRST_SEEN}
    asked = [_row(client, replace(one, since=since.get(one.kind, one.since)), block_id) for one in notices]
    if {tuple(row.values()) for row in asked} == set(map(tuple, stored)):
        return
    session.exec(delete(ClientNotice).where(*_of(client), col(ClientNotice.kind) != _UNDELIVERED))
    if asked:
        session.execute(_INSERT, asked)


def hold_notices(
    session: Session, client: tables.Client, *, block: tables.Block, today: date, catalogue: Catalogue
) -> None:
    """Store that the plan of a client could not be made, beside what the red flags say."""
    flags = _flags(session, client, today, catalogue) or ()
    keep_notices(session, client, (*flags, held_notice(today, catalogue)), block=block, stood=None)


def keep_flags(session: Session, client: tables.Client, *, today: date, catalogue: Catalogue) -> None:
    """Store what the red flags say of a client who has no running block."""
    flags = _flags(session, client, today, catalogue)
    if flags is None:
        return
    session.exec(delete(ClientNotice).where(*_of(client), col(ClientNotice.kind).in_(_FLAGS)))
    _add(session, client, flags, None)


def end_notices(session: Session, client: tables.Client, *, at: datetime) -> None:
    """Forget what a finished block asked for, but for a red flag and for the next block, which is missing from now."""
    on = local_day(at, client.time_zone)
    session.exec(delete(ClientNotice).where(*_of(client), col(ClientNotice.kind).not_in((*_FLAGS, "block_ended"))))
    to_come = (*_of(client), col(ClientNotice.kind) == "block_ended", col(ClientNotice.since) > on)
    session.exec(update(ClientNotice).where(*to_come).values(shows_at=at, since=on))


def keep_undelivered(
    session: Session, client: tables.Client, delivery_id: UUID, *, block_id: UUID, why: str, until: date, now: datetime
) -> None:
    """Store that a client's weekly e-mail did not arrive, for as long as its week lasts."""
    notice = Notice(
        kind=_UNDELIVERED,
        urgency="routine",
        since=local_day(now, client.time_zone),
        rule="",
        facts={"delivery_id": str(delivery_id), "reason": why},
        text=messages_in(SOURCE_LANGUAGE)("mail.undelivered"),
        action="redeliver",
        shows_on=until,
        ends_on=until + timedelta(days=1),
    )
    forget_undelivered(session, client)
    session.execute(_INSERT, _row(client, notice, block_id) | {"shows_at": now})


def forget_undelivered(session: Session, client: tables.Client) -> None:
    """Forget that an e-mail did not arrive: it is tried again, or a later one arrived."""
    session.exec(delete(ClientNotice).where(*_of(client), col(ClientNotice.kind) == _UNDELIVERED))


def conflict_notices(block: tables.Block, *, today: date, catalogue: Catalogue) -> tuple[Notice, ...]:
    """Return that the stored block lists adjustments which are not applied."""
    if _HAS_CONFLICTS not in block.document:
        return ()
    against = json.loads(block.document)["conflicts"]
    adjustments = tuple(dict.fromkeys(one["adjustment_id"] for one in against))
    return (conflict_notice(adjustments, rule=against[0]["rule"], since=today, catalogue=catalogue),)


def _flags(session: Session, client: tables.Client, today: date, catalogue: Catalogue) -> tuple[Notice, ...] | None:
    """Return what the red flags say, None when that cannot be worked out: no log is lost because of it."""
    try:
        facts, profile = load_facts(session, client, *SCREENED), newest_profile(client)
        return flag_notices(facts, profile, today=today, catalogue=catalogue)
    except SQLAlchemyError:
        raise
    except Exception as error:
        LOG.error(
            json.dumps({"event": "flags_not_told", "client_id": str(client.id), "error": type(error).__qualname__})
        )
        return None


def _add(session: Session, client: tables.Client, notices: Iterable[Notice], block_id: UUID | None) -> None:
    rows = [_row(client, one, block_id) for one in notices]
    if rows:
        session.execute(_INSERT, rows)


def _of(client: tables.Client) -> tuple[ColumnElement[bool], ...]:
    return (col(ClientNotice.organization_id) == client.organization_id, col(ClientNotice.client_id) == client.id)


def _row(client: tables.Client, one: Notice, block_id: UUID | None) -> dict[str, Any]:
    return {
        "organization_id": client.organization_id,
        "client_id": client.id,
        "kind": one.kind,
        "shows_at": start_of_day(one.shows_on, client.time_zone),
        "ends_at": None if one.ends_on is None else start_of_day(one.ends_on, client.time_zone),
        "urgency": URGENCIES.index(one.urgency),
        "since": one.since,
        "rule": one.rule,
        "action": one.action,
        "reason": one.text,
        "facts": json.dumps(dict(one.facts), ensure_ascii=False, separators=(",", ":")),
        "block_id": block_id,
    }
