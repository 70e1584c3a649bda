"""The one place that calls the planner: a new fact in, its consequences stored in the same transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from app import tables
from app.audit_chain import act_of
from app.block_days import last_day, tag, week_number
from app.block_request import block_request
from app.block_weeks import Stored, WeekKey, current_weeks, stored_weeks
from app.client_locks import lock_client
from app.digests import input_digest, with_fact
from app.fact_bodies import load_body
from app.facts import NewFact, fact_rows, is_replaced, load_facts, store_fact, to_fact
from app.held_plans import hold_plan
from app.kept_states import KEPT_STATES
from app.local_time import local_day
from app.notices import SCREENED, conflict_notices, end_notices, keep_flags, keep_notices, place_of
from app.open_blocks import open_block, open_weeks
from app.plan_store import Saved, finish, save_plan
from app.revisions import Cause
from app.week_schedule import begin_schedule, end_schedule
from planner import PLANNER_VERSION
from planner.attention import Notice, outlook
from planner.carry import Carried, carried_from
from planner.catalogue import Catalogue
from planner.decision import Decision
from planner.facts import CheckIn, Fact, SessionLog
from planner.fold import fold
from planner.plan import Lock, Rung, Week
from planner.replan import Planned, build, replan
from planner.state import State
from planner.wire import dump_carried, load_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a fact led to: how the back answered, what was decided, what readers see differently."""

    response: str
    decisions: tuple[Decision, ...] = ()
    block_revision: int | None = None
    changed_weeks: tuple[int, ...] = ()
    lock: Lock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who records for whom, with what and when; the same for every step of one request."""

    session: Session
    client: tables.Client
    author_id: UUID
    catalogue: Catalogue
    now: datetime

    @property
    def today(self) -> date:
        """Return the client's local day of receipt."""
        return local_day(self.now, self.client.time_zone)


def record_fact(desk: Desk, new: NewFact) -> tuple[tables.Fact, Outcome]:
    """Store a fact and fold it into the client's block; both are kept or neither is."""
    lock_client(desk.session, desk.client)
    row = store_fact(desk.session, desk.client, new, author_id=desk.author_id, now=desk.now)
    weeks = open_weeks(desk.session, desk.client)
    block = open_block(desk.session, desk.client)
    if block is None:
        if row.kind in SCREENED:
            keep_flags(desk.session, desk.client, today=desk.today, catalogue=desk.catalogue)
        return row, Outcome(response=_response(new, None))
    set_committed_value(block, "input_digest", _digest_with(desk, block, row))  # written with the plan
    fact = to_fact(row, new.body)
    cause = Cause(kind=row.kind, id=row.id, author_id=desk.author_id, at=desk.now)
    try:
        current = _upgraded(desk, block, fact, weeks())
        planned = _fold(desk, block, new, fact, current)
        notices = outlook(planned.state, block_request(block), desk.catalogue)
    except SQLAlchemyError:
        raise
    except Exception as error:  # whatever went wrong: the fact is kept and training is held
        return row, _held(desk, block, new, cause, error)
    saved = _save(desk, block, planned, cause=cause, notices=notices, current=current)
    return row, _outcome(new, saved, planned)


def _digest_with(desk: Desk, block: tables.Block, row: tables.Fact) -> str:
    """Return the digest of a block's inputs with one more fact; blocks of earlier versions had none."""
    if block.input_digest is None:
        return input_digest(block, fact_rows(desk.session, desk.client))
    return with_fact(block.input_digest, row)


def _response(new: NewFact, judged: str | None) -> str:
    """Return how the back answered; a red flag is one whatever the plan makes of it."""
    flagged = isinstance(new.body, CheckIn) and "yes" in new.body.red_flags.values()
    return "red_flag" if flagged else judged or "pending"


def _fold(desk: Desk, block: tables.Block, new: NewFact, fact: Fact, current: Mapping[WeekKey, Stored]) -> Planned:
    """Fold one fact onto the stored state, or everything again when it came late, corrects another or was corrected."""
    shown, request = _shown(desk, block, fact, current), block_request(block)
    state = KEPT_STATES.read(block)
    replaced = is_replaced(desk.session, desk.client, new.id) if new.is_replaced is None else new.is_replaced
    if state is not None and not replaced:
        planned = replan(request, state, fact, catalogue=desk.catalogue, today=desk.today, shown=shown)
        if planned is not None:
            return planned
    facts = load_facts(desk.session, desk.client)
    return build(request, facts, catalogue=desk.catalogue, today=desk.today, shown=shown)


def _upgraded(
    desk: Desk, block: tables.Block, fact: Fact, before: Mapping[WeekKey, Stored]
) -> Mapping[WeekKey, Stored]:
    """Let a newer planner or catalogue take effect first, as a revision of its own; return the weeks there are then."""
    if _is_current(block, desk.catalogue):
        return before
    facts = tuple(known for known in load_facts(desk.session, desk.client) if known.id != fact.id)
    shown = _shown(desk, block, fact, before)
    planned = build(block_request(block), facts, catalogue=desk.catalogue, today=desk.today, shown=shown)
    block.planner_version, block.catalogue_digest = PLANNER_VERSION, desk.catalogue.digest
    cause = Cause(kind="upgrade", id=None, author_id=desk.author_id, at=desk.now)
    save_plan(desk.session, block, planned, cause=cause, catalogue=desk.catalogue, today=desk.today, before=before)
    return current_weeks(desk.session, block)


def _is_current(block: tables.Block, catalogue: Catalogue) -> bool:
    """Return whether this planner and catalogue made what is stored."""
    return (block.planner_version, block.catalogue_digest) == (PLANNER_VERSION, catalogue.digest)


def _shown(desk: Desk, block: tables.Block, fact: Fact, current: Mapping[WeekKey, Stored]) -> Mapping[int, Week]:
    """Return the stored weeks that keep what was shown: the current one and that of the session answered."""
    days = [desk.today]
    if isinstance(fact.body, SessionLog) and fact.body.answers is not None:
        days.append(fact.body.answers.planned_on)
    numbers = [number for day in days if (number := week_number(block, day)) is not None]
    return stored_weeks(desk.session, block, current, numbers)


def block_state(desk: Desk, block: tables.Block) -> State:
    """Return the state of a block, as it may leave this process.

    It is read as it was stored, or folded anew when another planner or catalogue stored it.
    """
    if _is_current(block, desk.catalogue):
        return load_state(block.state)
    state, _ = fold(block_request(block), load_facts(desk.session, desk.client), desk.catalogue)
    return state


def _held(desk: Desk, block: tables.Block, new: NewFact, cause: Cause, error: Exception) -> Outcome:
    """Hold training, and answer so."""
    saved, lock = hold_plan(
        desk.session, desk.client, block, cause=cause, error=error, today=desk.today, catalogue=desk.catalogue
    )
    return Outcome(
        response=_response(new, None), block_revision=saved.revision, changed_weeks=saved.changed_weeks, lock=lock
    )


def _save(
    desk: Desk,
    block: tables.Block,
    planned: Planned,
    *,
    cause: Cause,
    notices: tuple[Notice, ...],
    current: Mapping[WeekKey, Stored],
) -> Saved:
    """Store a plan and what it asks a coach for."""
    stood = place_of(block)
    saved = save_plan(
        desk.session, block, planned, cause=cause, catalogue=desk.catalogue, today=desk.today, before=current
    )
    against = conflict_notices(block, today=desk.today, catalogue=desk.catalogue)
    keep_notices(desk.session, desk.client, (*notices, *against), block=block, stood=stood)
    return saved


def _outcome(new: NewFact, saved: Saved, planned: Planned) -> Outcome:
    return Outcome(
        response=_response(new, planned.response),
        decisions=saved.decisions,
        block_revision=saved.revision,
        changed_weeks=saved.changed_weeks,
        lock=planned.block.lock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBlock:
    """A block somebody asks for."""

    id: UUID
    assessment_id: UUID
    starts_on: date
    weeks: int


def draft_block(desk: Desk, new: NewBlock) -> tuple[tables.Block, Planned]:
    """Plan a block from all facts of the client; nothing is stored."""
    block = tables.Block(
        organization_id=desk.client.organization_id,
        id=new.id,
        client_id=desk.client.id,
        assessment_id=new.assessment_id,
        starts_on=new.starts_on,
        weeks=new.weeks,
        status="active",
        planner_version=PLANNER_VERSION,
        catalogue_digest=desk.catalogue.digest,
        revision=0,
        etag=tag(new.id, 0),
        state="",
        document="",
        carried=_carried(desk),
        created_at=desk.now,
        created_on=desk.today,
    )
    rows = fact_rows(desk.session, desk.client)
    block.input_digest = input_digest(block, rows)
    facts = tuple(map(to_fact, rows))
    request, catalogue, today = block_request(block), desk.catalogue, desk.today
    shown: Mapping[int, Week] = {}
    if new.starts_on < today:
        begun = build(request, facts, catalogue=catalogue, today=new.starts_on)
        shown = {week.week_number: week for week in begun.block.earned if week.starts_on <= today}
    return block, build(request, facts, catalogue=catalogue, today=today, shown=shown)


def store_block(desk: Desk, block: tables.Block, planned: Planned) -> Saved:
    """Store a drafted block as its first revision."""
    desk.session.add(block)
    desk.session.flush()
    act_of(desk.session).about(block.id)
    cause = Cause(kind="created", id=block.id, author_id=desk.author_id, at=desk.now)
    notices = outlook(planned.state, block_request(block), desk.catalogue)
    begin_schedule(desk.session, desk.client, block, now=desk.now)
    return _save(desk, block, planned, cause=cause, notices=notices, current={})


def finish_block(desk: Desk, block: tables.Block) -> None:
    """End the client's block so that another can begin."""
    cause = Cause(kind="finished", id=None, author_id=desk.author_id, at=desk.now)
    finish(desk.session, block, cause=cause, today=desk.today)
    end_notices(desk.session, desk.client, at=desk.now)
    end_schedule(desk.session, desk.client)


def is_over(desk: Desk, block: tables.Block) -> bool:
    """Return whether all days of a block lie in the client's past."""
    return desk.today > last_day(block)


def _carried(desk: Desk) -> str | None:
    """Return what the client's latest block hands on to the next one."""
    statement = (
        select(tables.Block)
        .where(
            tables.Block.organization_id == desk.client.organization_id,
            tables.Block.client_id == desk.client.id,
        )
        .order_by(col(tables.Block.created_at).desc())
        .limit(1)
    )
    block = desk.session.exec(statement).first()
    if block is None:
        return None
    state = KEPT_STATES.read(block) if _is_current(block, desk.catalogue) else None
    if state is not None:
        return dump_carried(carried_from(state))
    plan = json.loads(block.document)
    return dump_carried(Carried(rung=load_body(Rung, json.dumps(plan["ladder"][plan["current_rung"]]))))
