"""Revisions of a block: listed, read as they were, compared with each other."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from app.answer_schemas import Change, Decision
from app.block_days import first_day, tag, version_for
from app.block_documents import week_body
from app.blocks import revision_schemas as schemas
from app.errors import NotFound
from app.local_time import local_day
from app.open_blocks import open_block
from app.paging import cut, place
from app.plan_store import emptied
from app.revisions import Place, Shown, Told, bodies_at, compared, load_shown, load_told
from planner import difference

Row = tables.BlockRevision


def list_revisions(
    session: Session, block: tables.Block, *, limit: int, cursor: str | None
) -> tuple[list[schemas.RevisionSummary], str | None]:
    """Return a page of a block's revisions, newest first."""
    scope = f"{block.id}/revisions"
    statement = (
        select(Row)
        .where(Row.organization_id == block.organization_id, Row.block_id == block.id)
        .order_by(col(Row.revision).desc())
        .limit(limit + 1)
    )
    after = place(cursor, scope=scope, parts=1)
    if after is not None:
        statement = statement.where(Row.revision < int(after[0]))
    page, following = cut(session.exec(statement).all(), limit, scope=scope, key=lambda row: (str(row.revision),))
    authors = _authors(session, block, page)
    return [schemas.RevisionSummary.model_validate(_summary(row, authors)) for row in page], following


def revision_document(
    session: Session,
    block: tables.Block,
    number: int,
    *,
    compare_with: int | None,
    time_zone: str,
    held: Mapping[str, object] | None,
) -> str:
    """Return a revision as JSON: decisions, difference and the weeks as readers saw them when it was made.

    `held` is the lock of whoever might train by what an earlier revision showed.
    """
    row = _find(session, block, number)
    shown = _shown(session, block, row, time_zone)
    other = number - 1 if compare_with is None else compare_with
    changes = None if compare_with is not None else load_told(row).changes
    if changes is None:
        before = _shown_before(session, block, other, time_zone, first=compare_with is None)
        changes = compared(session, block, before, shown)
    head = _head(session, block, row, compared_with=other or None, changes=changes)
    bodies = bodies_at(session, block, shown.weeks)
    if held is not None and number != block.revision:
        bodies = {week: emptied(body, held) for week, body in bodies.items()}
    weeks = [week_body(block, bodies[week], tag(block.id, number), number) for week in sorted(bodies)]
    return f'{head.model_dump_json()[:-1]},"weeks":[{",".join(weeks)}]}}'


def lock_of(session: Session, client: tables.Client) -> Mapping[str, object] | None:
    """Return what holds a client's training, None when nothing does."""
    block = open_block(session, client)
    lock: Mapping[str, object] | None = None if block is None else json.loads(block.document).get("lock")
    return lock


def _find(session: Session, block: tables.Block, number: int) -> Row:
    row = session.get(Row, (block.organization_id, block.id, number))
    if row is None:
        raise NotFound
    return row


def _shown_before(session: Session, block: tables.Block, number: int, time_zone: str, *, first: bool) -> Shown:
    """Return what readers saw at another revision; before the first one there was nothing to see."""
    if first and number == 0:
        return Shown(standing=None, weeks={})
    return _shown(session, block, _find(session, block, number), time_zone)


# --- as answered --------------------------------------------------------------------------------------------------


def _authors(session: Session, block: tables.Block, rows: Iterable[Row]) -> dict[UUID, schemas.Author]:
    person = tables.Person
    statement = select(person.id, person.display_name).where(
        person.organization_id == block.organization_id, col(person.id).in_({row.author_id for row in rows})
    )
    return {who: schemas.Author(id=who, display_name=name) for who, name in session.exec(statement)}


def _summary(row: Row, authors: Mapping[UUID, schemas.Author]) -> dict[str, object]:
    told, shown = load_told(row), load_shown(row)
    standing = None if shown is None else shown.standing
    return {
        "revision": row.revision,
        "cause_kind": row.cause_kind,
        "cause_id": row.cause_id,
        "author": authors[row.author_id],
        "at": row.at,
        "verdicts": tuple(decision["verdict"] for decision in json.loads(row.decisions)),
        "changed_weeks": told.weeks,
        "difference_count": told.count,
        "status": None if standing is None else standing.status,
        "rung": None if standing is None else standing.rung,
    }


def _head(
    session: Session,
    block: tables.Block,
    row: Row,
    *,
    compared_with: int | None,
    changes: Sequence[difference.Change],
) -> schemas.RevisionHead:
    """Return a revision without its weeks."""
    return schemas.RevisionHead.model_validate(
        _summary(row, _authors(session, block, [row]))
        | {
            "decisions": tuple(Decision.model_validate(told) for told in json.loads(row.decisions)),
            "compared_with": compared_with,
            "difference": tuple(Change.model_validate(change, from_attributes=True) for change in changes),
        }
    )


# --- what readers saw ---------------------------------------------------------------------------------------------


def _shown(session: Session, block: tables.Block, row: Row, time_zone: str) -> Shown:
    """Return what readers saw when a revision was made; worked out for revisions of earlier versions."""
    shown = load_shown(row)
    if shown is not None:
        return shown
    stored = _stored(session, block, row.revision)
    changed = _last_changed(session, block, row.revision)
    today = local_day(row.at, time_zone)
    weeks = {number: _seen(block, number, known, changed.get(number, 0), today) for number, known in stored.items()}
    return Shown(standing=None, weeks=weeks)


def _stored(session: Session, block: tables.Block, until: int) -> dict[int, dict[str, int]]:
    """Return by week and version the newest revision that wrote a row, up to one revision."""
    week = tables.BlockWeek
    statement = (
        select(week.week_number, week.version, week.revision)
        .where(week.organization_id == block.organization_id, week.block_id == block.id, week.revision <= until)
        .order_by(col(week.week_number), col(week.revision))
    )
    newest: dict[int, dict[str, int]] = {}
    for number, version, revision in session.exec(statement):
        newest.setdefault(number, {})[version] = revision
    return newest


def _last_changed(session: Session, block: tables.Block, until: int) -> dict[int, int]:
    """Return by week the newest revision after which readers saw it differently, up to one revision."""
    statement = (
        select(Row)
        .where(Row.organization_id == block.organization_id, Row.block_id == block.id, Row.revision <= until)
        .order_by(col(Row.revision))
    )
    told: Iterable[tuple[int, Told]] = ((row.revision, load_told(row)) for row in session.exec(statement))
    return {number: revision for revision, changes in told for number in changes.weeks}


def _seen(block: tables.Block, number: int, known: Mapping[str, int], changed: int, today: date) -> Place:
    """Return the row of a week that was shown: a version that did not take part in its last change was gone by then."""
    there = {version for version, revision in known.items() if version == "earned" or revision >= changed}
    version = version_for(there, begun=first_day(block, number) <= today)
    return Place(version, known[version])
