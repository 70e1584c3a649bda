"""Adjustments: checked, laid over the plan, stored as facts, taken back."""

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from app.adjustments import schemas
from app.adjustments.fields import MEMBERS, WHOLE_PLAN, field_faults
from app.adjustments.stored import described, revoked_ids, rows_of, to_adjustment
from app.block_changes import current_block, to_changes
from app.block_days import first_day, week_number
from app.blocks import schemas as blocks
from app.db import nothing_kept
from app.errors import Conflict, Forbidden, IfMatchRequired, InvalidInput, NotFound, StaleEtag
from app.fact_bodies import load_body, to_fact_body
from app.facts import NewFact
from app.ids import new_id
from app.logs.answered import find_item, find_session
from app.own_exercises import find_own, to_prescribed
from app.paging import cut, place_in_time
from app.plan_store import shown_today
from app.planning import Desk, record_fact
from app.revisions import compared
from app.signed_in import SignedIn
from planner.adjustment import AdjustedPlace, Adjustment
from planner.errors import Fault
from planner.facts import AnsweredItem, AnsweredSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for a change of which block, based on which tag, to try or to keep."""

    desk: Desk
    who: SignedIn
    block: tables.Block
    if_match: str | None
    dry_run: bool


def adjust(
    asked: Asked, body: schemas.AdjustmentCreate, *, adjustment_id: UUID | None = None
) -> schemas.AdjustmentAnswer:
    """Lay an adjustment over the plan; a dry run stores nothing."""
    block = _checked_block(asked)
    adjustment = _adjustment(asked, body)
    return _recorded(asked, block, adjustment_id or new_id(), adjustment)


def revoke(asked: Asked, row: tables.Fact) -> schemas.AdjustmentAnswer:
    """Take an adjustment back; everything else is planned as if it had never been made."""
    block = _checked_block(asked)
    made = load_body(Adjustment, row.body)
    if not asked.who.is_staff and not made.by_member:
        raise Forbidden("coach_change")
    if str(row.id) in revoked_ids(rows_of(asked.desk.session, block)):
        raise Conflict("taken_back")
    taken_back = Adjustment(kind=made.kind, reason=made.reason, by_member=made.by_member, revokes=str(row.id))
    answer = _recorded(asked, block, new_id(), taken_back)
    return answer.model_copy(update={"adjustment": to_adjustment(row, block.id, revoked=True)})


def _checked_block(asked: Asked) -> tables.Block:
    """Return the current block; its tag is compared where nobody can come between."""
    block = current_block(asked.desk, asked.block)
    if asked.dry_run:
        return block
    headers, members = {"ETag": block.etag}, {"etag": block.etag}
    if asked.if_match is None:
        raise IfMatchRequired(headers=headers, members=members)
    if not {block.etag, "*"} & {tag.strip() for tag in asked.if_match.split(",")}:
        raise StaleEtag(headers=headers, members=members)
    return block


def _adjustment(asked: Asked, body: schemas.AdjustmentCreate) -> Adjustment:
    found = None if body.exercise is None else find_own(asked.desk.session, asked.who.organization_id, body.exercise)
    own = None if found is None else to_prescribed(found)
    faults = tuple(field_faults(body, asked.desk.catalogue, own=own is not None))
    if faults:
        raise InvalidInput(faults=faults)
    placed = _place(asked, body)
    _check_member(asked, body, placed)
    _check_load(asked, body, placed)
    values = body.model_dump(exclude={"item_id", "session_id"}) | _lasting(asked, body)
    values |= {"by_member": not asked.who.is_staff, "place": None if placed is None else asdict(placed)}
    if own is not None:
        values |= {"exercise": own.id, "own": asdict(own)}
    return to_fact_body(Adjustment, values)


def _check_member(asked: Asked, body: schemas.AdjustmentCreate, place: AdjustedPlace | None) -> None:
    """Let members move a session and swap an exercise of today, nothing else."""
    if asked.who.is_staff:
        return
    if body.kind not in MEMBERS or body.acknowledges or body.scope != "session":
        raise Forbidden("member_changes")
    if body.kind == "swap_exercise" and (place is None or place.on != asked.desk.today):
        raise Forbidden("member_swap")


def _check_load(asked: Asked, body: schemas.AdjustmentCreate, place: AdjustedPlace | None) -> None:
    """Refuse a load for an exercise that is done without one."""
    known = None if place is None else asked.desk.catalogue.exercises.get(place.exercise or "")
    if body.kind == "set_load" and known is not None and known.load == "none":
        raise InvalidInput(faults=(Fault("/load_kg", "not_for_this_exercise"),))


def _lasting(asked: Asked, body: schemas.AdjustmentCreate) -> dict[str, object]:
    """Return how long a change of the whole plan holds: `week` ends with this block week."""
    if body.kind not in WHOLE_PLAN:
        return {}
    number = week_number(asked.block, asked.desk.today)
    last = body.expires_on
    if body.scope == "week" and number is not None:
        over = first_day(asked.block, number + 1) - timedelta(days=1)
        last = over if last is None else min(last, over)
    return {"scope": "rest_of_block", "expires_on": last}


def _place(asked: Asked, body: schemas.AdjustmentCreate) -> AdjustedPlace | None:
    """Return what the ids name, as the author saw it."""
    desk, today = asked.desk, asked.desk.today
    if body.item_id is not None:
        found = find_item(desk.session, desk.client, body.item_id, on=today)
        if found is None:
            raise InvalidInput(faults=(Fault("/item_id", "unknown_item"),))
        return _placed(*found)
    if body.session_id is not None:
        session = find_session(desk.session, desk.client, body.session_id, on=today)
        if session is None:
            raise InvalidInput(faults=(Fault("/session_id", "unknown_session"),))
        return _placed(session, None)
    return None


def _placed(session: AnsweredSession, item: AnsweredItem | None) -> AdjustedPlace:
    return AdjustedPlace(
        session_id=session.session_id,
        session_kind=session.kind,
        on=session.planned_on,
        exercise=None if item is None else item.exercise,
        side=None if item is None else item.side,
        item_id=None if item is None else item.item_id,
    )


def _recorded(asked: Asked, block: tables.Block, fact_id: UUID, adjustment: Adjustment) -> schemas.AdjustmentAnswer:
    """Keep the adjustment, in a dry run until the answer is written, and answer what it changed."""
    desk = asked.desk
    with _dry(asked.dry_run, desk):
        before = shown_today(desk.session, block, desk.today)
        record_fact(desk, NewFact(id=fact_id, body=adjustment, performed_at=desk.now))
        about = adjustment.revokes or str(fact_id)
        return schemas.AdjustmentAnswer(
            adjustment=described(fact_id, block.id, desk.author_id, desk.now, adjustment),
            difference=to_changes(compared(desk.session, block, before, shown_today(desk.session, block, desk.today))),
            conflicts=tuple(one for one in conflicts_of(block) if str(one.adjustment_id) == about),
            block_revision=block.revision,
        )


def _dry(dry_run: bool, desk: Desk) -> AbstractContextManager[None]:
    return nothing_kept(desk.session) if dry_run else nullcontext()


def conflicts_of(block: tables.Block) -> tuple[blocks.Conflict, ...]:
    """Return why adjustments of a block are not applied."""
    return tuple(blocks.Conflict.model_validate(one) for one in json.loads(block.document).get("conflicts", ()))


# --- reading ------------------------------------------------------------------------------------------------------


def find_adjustment(session: Session, person: SignedIn, adjustment_id: UUID) -> tuple[tables.Fact, tables.Block]:
    """Return an adjustment the person may see and its block; a missing one and somebody else's look the same."""
    statement = select(tables.Fact).where(
        tables.Fact.organization_id == person.organization_id,
        tables.Fact.id == adjustment_id,
        tables.Fact.kind == "adjustment",
    )
    row = session.exec(statement).first()
    if row is None or not (person.is_staff or person.client_id == row.client_id):
        raise NotFound
    block = _block_of(session, row)
    if block is None or load_body(Adjustment, row.body).revokes is not None:
        raise NotFound
    return row, block


def _block_of(session: Session, row: tables.Fact) -> tables.Block | None:
    """Return the block an adjustment was made in: the latest one planned before it."""
    statement = (
        select(tables.Block)
        .where(
            tables.Block.organization_id == row.organization_id,
            tables.Block.client_id == row.client_id,
            tables.Block.created_at <= row.performed_at,
        )
        .order_by(col(tables.Block.created_at).desc())
    )
    return session.exec(statement).first()


def list_adjustments(
    session: Session, block: tables.Block, *, limit: int, cursor: str | None
) -> tuple[list[schemas.Adjustment], str | None]:
    """Return a page of what people changed in a block, newest first, with what was taken back."""
    scope = f"{block.id}/adjustments"
    after = place_in_time(cursor, scope=scope)
    rows = rows_of(session, block)
    gone = revoked_ids(rows)
    made = [row for row in rows if load_body(Adjustment, row.body).revokes is None]
    if after is not None:
        made = [row for row in made if (row.performed_at, row.id) < after]
    page, following = cut(
        made[: limit + 1], limit, scope=scope, key=lambda row: (row.performed_at.isoformat(), str(row.id))
    )
    return [to_adjustment(row, block.id, revoked=str(row.id) in gone) for row in page], following
