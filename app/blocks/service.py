"""Blocks: planned from an assessment, read as they were stored."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select, tuple_

from app import tables
from app.answer_schemas import Change
from app.block_days import last_day, status_on, week_number
from app.block_documents import block_document, week_body, week_in
from app.blocks import schemas
from app.client_locks import lock_client
from app.documents import Packed
from app.errors import BlockOpen, Forbidden, InvalidInput, NoBlock, NotFound
from app.facts import find_fact
from app.ids import new_id
from app.local_time import local_day
from app.open_blocks import open_block
from app.paging import cut, place, place_in_time
from app.plan_store import shown_today
from app.planning import Desk, NewBlock, draft_block, finish_block, is_over, store_block
from app.revisions import compared_blocks, weeks_at
from app.signed_in import SignedIn
from planner.errors import BlockError, Fault
from planner.plan import Week
from planner.wire import dump_block, dump_week

_FURTHEST_AHEAD = timedelta(days=366)


# --- planning -----------------------------------------------------------------------------------------------------


def plan_block(
    desk: Desk, who: SignedIn, body: schemas.BlockCreate, *, finish_current: bool, block_id: UUID | None = None
) -> tables.Block:
    """Plan and store a block; the unfinished one before it ends."""
    lock_client(desk.session, desk.client)
    new = _checked(desk, who, body, block_id)
    current = open_block(desk.session, desk.client)
    if current is not None:
        if not (finish_current or is_over(desk, current)):
            raise BlockOpen("finish_first", members={"block_id": str(current.id)})
        finish_block(desk, current)
    block, planned = draft_block(desk, new)
    store_block(desk, block, planned)
    return block


def try_block(desk: Desk, who: SignedIn, body: schemas.BlockCreate) -> str:
    """Return the block as it would be planned now, with its weeks and what it would change; nothing is stored."""
    current = open_block(desk.session, desk.client)
    block, planned = draft_block(desk, _checked(desk, who, body, None))
    block.document, block.status = dump_block(planned.block).decode(), planned.block.status
    weeks = {week.week_number: week for week in (*planned.block.earned, *planned.block.projected)}
    whole = json.loads(block_document(block, desk.today))
    whole["planned_weeks"] = _planned_weeks(block, weeks)
    if current is not None and not is_over(desk, current):
        whole["difference"] = _difference(desk, current, block, weeks)
    desk.session.expunge_all()
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _planned_weeks(block: tables.Block, weeks: Mapping[int, Week]) -> list[object]:
    bodies = (dump_week(week).decode() for _, week in sorted(weeks.items()))
    return [json.loads(week_body(block, body, block.etag, block.revision)) for body in bodies]


def _difference(desk: Desk, current: tables.Block, block: tables.Block, weeks: Mapping[int, Week]) -> list[object]:
    """Return what the client would do differently from today on, as rows."""
    shown = shown_today(desk.session, current, desk.today)
    before = weeks_at(desk.session, current, shown, shown.weeks)
    rows = compared_blocks(current, before, block, weeks, today=desk.today)
    return [Change.model_validate(row, from_attributes=True).model_dump(mode="json") for row in rows]


def _checked(desk: Desk, who: SignedIn, body: schemas.BlockCreate, block_id: UUID | None) -> NewBlock:
    """Return what is asked for after checking what no schema can see."""
    assessment = find_fact(desk.session, desk.client, body.assessment_id)
    if assessment is None or assessment.kind != "assessment":
        raise InvalidInput(faults=(Fault("/assessment_id", "unknown_assessment"),))
    if not who.is_staff and json.loads(assessment.body)["setting"] != "home":
        raise Forbidden("clinic_block")
    # Whoever has gone west since may have been assessed tomorrow.
    starts_on = body.starts_on or max(desk.today, assessment.performed_on)
    if starts_on < assessment.performed_on:
        raise BlockError((Fault("/starts_on", "before_assessment"),))
    if starts_on > desk.today + _FURTHEST_AHEAD:
        raise BlockError((Fault("/starts_on", "too_far_ahead"),))
    return NewBlock(id=block_id or new_id(), assessment_id=body.assessment_id, starts_on=starts_on, weeks=body.weeks)


# --- reading ------------------------------------------------------------------------------------------------------


def week_document(session: Session, block: tables.Block, number: int, today: date) -> Packed:
    """Return a week's JSON in the version that is shown on a day, with the bytes it was compressed to when stored."""
    row = tables.BlockWeek
    statement = select(row.version, row.body, row.packed).where(
        row.organization_id == block.organization_id,
        row.block_id == block.id,
        row.week_number == number,
        col(row.is_current),
    )
    stored = {version: (body.encode(), blocks) for version, body, blocks in session.exec(statement)}
    if not stored:
        raise NotFound
    return week_in(block, number, stored, today)


def block_holding(session: Session, client: tables.Client, on: date) -> tables.Block:
    """Return the block whose weeks hold a day: the newest one that had not been finished by then."""
    statement = (
        select(tables.Block)
        .where(
            tables.Block.organization_id == client.organization_id,
            tables.Block.client_id == client.id,
            tables.Block.starts_on <= on,
        )
        .order_by(col(tables.Block.created_at).desc(), col(tables.Block.id).desc())
    )
    for block in session.exec(statement):
        ended = None if block.finished_at is None else local_day(block.finished_at, client.time_zone)
        if on <= last_day(block) and (ended is None or on < ended):
            return block
    raise NoBlock


def week_holding(session: Session, client: tables.Client, on: date, today: date) -> Packed:
    """Return the week that holds a day."""
    block = block_holding(session, client, on)
    number = week_number(block, on)
    assert number is not None
    return week_document(session, block, number, today)


def list_blocks(
    session: Session, client: tables.Client, *, limit: int, cursor: str | None
) -> tuple[Sequence[tables.Block], str | None]:
    """Return a page of a client's blocks, newest first."""
    scope = f"{client.id}/blocks"
    statement = (
        select(tables.Block)
        .where(tables.Block.organization_id == client.organization_id, tables.Block.client_id == client.id)
        .order_by(col(tables.Block.created_at).desc(), col(tables.Block.id).desc())
        .limit(limit + 1)
    )
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(tables.Block.created_at, tables.Block.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.created_at.isoformat(), str(row.id)))


def to_summary(block: tables.Block, today: date) -> schemas.BlockSummary:
    """Return a block as it stands in a list."""
    values = {name: getattr(block, name) for name in schemas.BlockSummary.model_fields if name != "ends_on"}
    return schemas.BlockSummary.model_validate(values | {"ends_on": last_day(block), "status": status_on(block, today)})


def to_ladder(block: tables.Block) -> schemas.Ladder:
    """Return the ladder of a block."""
    plan = json.loads(block.document)
    names = ("limiting_factor", "current_rung", "up_criteria", "reasons")
    return schemas.Ladder.model_validate(
        {name: plan[name] for name in names}
        | {"block_id": block.id, "revision": block.revision, "rungs": plan["ladder"]}
    )


def list_decisions(
    session: Session, block: tables.Block, *, limit: int, cursor: str | None
) -> tuple[list[schemas.TakenDecision], str | None]:
    """Return a page of a block's decisions, newest first."""
    scope = f"{block.id}/decisions"
    after = place(cursor, scope=scope, parts=1)
    statement = (
        select(tables.BlockRevision)
        .where(
            tables.BlockRevision.organization_id == block.organization_id,
            tables.BlockRevision.block_id == block.id,
            tables.BlockRevision.decisions != "[]",
        )
        .order_by(col(tables.BlockRevision.revision).desc())
    )
    told = [decision for row in session.exec(statement) for decision in _taken(row)]
    ids = [decision.id for decision in told]
    start = ids.index(after[0]) + 1 if after is not None and after[0] in ids else 0
    page, following = cut(told[start : start + limit + 1], limit, scope=scope, key=lambda one: (one.id,))
    return list(page), following


def _taken(row: tables.BlockRevision) -> list[schemas.TakenDecision]:
    more = {"revision": row.revision, "cause_kind": row.cause_kind, "cause_id": row.cause_id}
    return [schemas.TakenDecision.model_validate(told | more) for told in reversed(json.loads(row.decisions))]
