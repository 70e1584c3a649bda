"""A client's appointments, gathered from their blocks: the running one, and those that ended a short time ago."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final, cast

from sqlalchemy.orm import QueryableAttribute, load_only
from sqlalchemy.orm.strategy_options import _AbstractLoad
from sqlmodel import Session, col, select, tuple_

from app import tables
from app.block_days import last_day, tag
from app.block_weeks import current_weeks
from app.calendars.appointments import Appointment, appointments
from app.calendars.feed import words_tag
from app.calendars.history import History, Revision, Successor
from app.local_time import local_day
from app.revisions import Place, load_shown

KEPT_FOR = timedelta(days=28)
"""How long the sessions of a block stay in the feed after its last day."""

_AT_ONCE: Final = 500
"""Rows that one statement names."""

Key = tuple[int, Place]
"""Which stored row of which week."""


def feed_tag(client: tables.Client, blocks: Iterable[tables.Block], *, now: datetime, public_url: str) -> str:
    """Return the tag of a client's feed, known before it is written: it names all that the bytes are made from."""
    record = (client.id, client.version, client.changed_at, client.display_name, client.locale, client.session_time)
    dated = (client.time_zone, local_day(now, client.time_zone))
    planned = ((block.id, block.revision) for block in blocks)
    return tag(version("squatback"), words_tag(client.locale), public_url, *record, *dated, *planned)


def client_appointments(
    session: Session, client: tables.Client, blocks: Iterable[tables.Block], *, now: datetime
) -> list[Appointment]:
    """Return what a client's calendar shows, cancelled sessions too."""
    found: list[Appointment] = []
    successors: list[Successor] = []
    since = local_day(now, client.time_zone) - KEPT_FOR
    for block in blocks:
        if last_day(block) >= since:
            found += _block_appointments(session, block, _history(session, client, block, successors), now)
        successors.append(Successor(created_at=block.created_at, starts_on=block.starts_on))
    return found


def _block_appointments(session: Session, block: tables.Block, history: History, now: datetime) -> list[Appointment]:
    moments = [*history.moments(now)]
    bodies = _bodies(session, block, {key for moment in moments for key in moment.weeks.items()})
    return [history.renewed(one) for one in appointments(moments, lambda number, place: bodies[number, place])]


def client_blocks(session: Session, client: tables.Client) -> Sequence[tables.Block]:
    """Return a client's blocks, the newest first, without their documents."""
    block = tables.Block
    statement = (
        select(block)
        .where(block.organization_id == client.organization_id, block.client_id == client.id)
        .order_by(col(block.created_at).desc(), col(block.id).desc())
        .options(_only(block.created_at, block.starts_on, block.weeks, block.finished_at, block.revision))
    )
    return session.exec(statement).all()


def _history(session: Session, client: tables.Client, block: tables.Block, successors: Iterable[Successor]) -> History:
    # The rows come last: whatever a revision names, by a writer at the same time too, is among them.
    revisions = _revisions(session, block)
    current = {key: stored.revision for key, stored in current_weeks(session, block).items()}
    return History(
        starts_on=block.starts_on,
        weeks=block.weeks,
        finished_at=block.finished_at,
        revisions=revisions,
        current=current,
        rows=_keys(session, block),
        successors=tuple(successors),
        time_zone=client.time_zone,
        changed_at=client.changed_at or client.created_at,
    )


def _revisions(session: Session, block: tables.Block) -> Sequence[Revision]:
    """Return the revisions of a block in order, without what they decided."""
    row = tables.BlockRevision
    statement = (
        select(row)
        .where(row.organization_id == block.organization_id, row.block_id == block.id)
        .order_by(col(row.revision))
        .options(_only(row.at, row.shown))
    )
    shown = ((one, load_shown(one)) for one in session.exec(statement))
    return [Revision(number=one.revision, at=one.at, weeks=None if seen is None else seen.weeks) for one, seen in shown]


def _only(*columns: object) -> _AbstractLoad:
    """Read no other columns of a row but its key: some hold hundreds of kilobytes."""
    return load_only(*cast(tuple[QueryableAttribute[object], ...], columns))


def _keys(session: Session, block: tables.Block) -> set[Key]:
    """Return which rows are stored of a block's weeks."""
    week = tables.BlockWeek
    statement = select(week.week_number, week.version, week.revision).where(
        week.organization_id == block.organization_id, week.block_id == block.id
    )
    return {(number, Place(version, revision)) for number, version, revision in session.exec(statement)}


def _bodies(session: Session, block: tables.Block, wanted: Iterable[Key]) -> Mapping[Key, str]:
    """Return the JSON of some rows: those that nobody was ever shown are not read."""
    week, bodies = tables.BlockWeek, dict[Key, str]()
    named = [(number, place.version, place.revision) for number, place in wanted]
    for start in range(0, len(named), _AT_ONCE):
        statement = select(week.week_number, week.version, week.revision, week.body).where(
            week.organization_id == block.organization_id,
            week.block_id == block.id,
            tuple_(col(week.week_number), col(week.version), col(week.revision)).in_(named[start : start + _AT_ONCE]),
        )
        found = session.exec(statement)
        bodies |= {(number, Place(version, revision)): body for number, version, revision, body in found}
    return bodies
