"""Whether a stored block is what its facts lead to: built again from them, and compared with what is stored.

The law behind it: facts give the same state and the same days ahead in whatever order they arrived. Days that had begun
keep what was shown, so they are taken from the stored weeks, which carry a digest of themselves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col, select

from app import tables
from app.block_days import first_day, tag, week_number
from app.block_request import block_request
from app.block_weeks import content_tag
from app.compressed import deflated
from app.digests import input_digest, revision_seal
from app.facts import fact_rows, to_fact
from app.plan_store import locked_week
from app.revisions import load_shown
from planner import PLANNER_VERSION
from planner.catalogue import Catalogue
from planner.facts import SessionLog
from planner.plan import Block, Week
from planner.replan import Planned, build
from planner.wire import dump_block, dump_state, dump_week, load_week

Verdict = Literal["same", "older", "held"]
WeekRows = Mapping[tuple[int, str], tables.BlockWeek]
"""The current rows of a block's weeks, by number and version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One block: whether it could be built again, and everything in which it differs.

    `older`: another planner or catalogue made it; `held`: no plan could be made, so there is nothing to compare with.
    """

    block: tables.Block
    verdict: Verdict
    faults: tuple[str, ...]


def check_block(session: Session, block: tables.Block, catalogue: Catalogue) -> Checked:
    """Check a block, whatever is stored; nothing is written."""
    client = session.get(tables.Client, (block.organization_id, block.client_id))
    if client is None:
        return Checked(block=block, verdict="held", faults=("its client is missing",))
    facts = fact_rows(session, client)
    if block.finished_at is not None:
        facts = [row for row in facts if row.received_at <= block.finished_at]
    weeks = _week_rows(session, block)
    revisions = _revisions(session, block)
    faults = [*_week_faults(weeks), *_revision_faults(block, revisions, weeks), *_input_faults(block, facts)]
    verdict: Verdict = "same"
    if (block.planner_version, block.catalogue_digest) != (PLANNER_VERSION, catalogue.digest):
        verdict = "older"
    elif not block.state:
        verdict = "held"
    else:
        current = {(row.week_number, row.version): row for row in weeks if row.is_current}
        faults += _rebuilt_faults(block, facts, current, revisions, catalogue)
    return Checked(block=block, verdict=verdict, faults=tuple(faults))


def _week_rows(session: Session, block: tables.Block) -> Sequence[tables.BlockWeek]:
    row = tables.BlockWeek
    statement = select(row).where(row.organization_id == block.organization_id, row.block_id == block.id)
    return session.exec(statement.order_by(col(row.week_number), col(row.version), col(row.revision))).all()


def _revisions(session: Session, block: tables.Block) -> Sequence[tables.BlockRevision]:
    row = tables.BlockRevision
    statement = select(row).where(row.organization_id == block.organization_id, row.block_id == block.id)
    return session.exec(statement.order_by(col(row.revision))).all()


# --- as it was written --------------------------------------------------------------------------------------------


def _week_faults(rows: Sequence[tables.BlockWeek]) -> Iterator[str]:
    for row in rows:
        name = f"week {row.week_number} ({row.version}, revision {row.revision})"
        if content_tag(row.body) != row.etag:
            yield f"{name} is not what was written"
        elif row.packed is not None and row.packed != deflated(row.body[1:].encode()):
            yield f"{name} is compressed otherwise than it reads"


def _revision_faults(
    block: tables.Block, revisions: Sequence[tables.BlockRevision], weeks: Sequence[tables.BlockWeek]
) -> Iterator[str]:
    numbers = [row.revision for row in revisions]
    if numbers != list(range(1, block.revision + 1)):
        yield f"its revisions are not those from 1 to {block.revision}"
    if block.etag != tag(block.id, block.revision):
        yield f"its tag is not that of revision {block.revision}"
    stored = {(row.week_number, row.version, row.revision) for row in weeks}
    for row in revisions:
        if row.seal is not None and row.seal != revision_seal(row):
            yield f"revision {row.revision} is not what was written"
        elif not _places(row) <= stored:
            yield f"a week that revision {row.revision} showed is missing"


def _places(row: tables.BlockRevision) -> set[tuple[int, str, int]]:
    shown = load_shown(row)
    return set() if shown is None else {(n, place.version, place.revision) for n, place in shown.weeks.items()}


def _input_faults(block: tables.Block, facts: Sequence[tables.Fact]) -> Iterator[str]:
    """Tell whether any fact was changed, removed or put in since it was folded."""
    if block.input_digest is None:
        return
    before = [row for row in facts if row.received_at != block.finished_at]  # the same instant may be before or after
    if block.input_digest not in (input_digest(block, facts), input_digest(block, before)):
        yield "its facts, or what it was asked for, are not those it was made from"


# --- built again --------------------------------------------------------------------------------------------------


def _rebuilt_faults(
    block: tables.Block,
    facts: Sequence[tables.Fact],
    current: WeekRows,
    revisions: Sequence[tables.BlockRevision],
    catalogue: Catalogue,
) -> Iterator[str]:
    try:
        today, numbers = _last_planned(block, facts)
        shown = {n: load_week(current[n, "earned"].body) for n in numbers if (n, "earned") in current}
        known = tuple(map(to_fact, facts))
        planned = build(block_request(block), known, catalogue=catalogue, today=today, shown=shown)
        bodies = dict(_bodies(block, planned.block, current, catalogue, today))
    except Exception as error:  # whatever is stored there, the next block is looked at too
        yield f"it cannot be built again ({type(error).__name__})"
        return
    if dump_state(planned.state).decode() != block.state:
        yield "its state is not what its facts add up to"
    if dump_block(planned.block).decode() != block.document:
        yield "its document is not what its facts lead to"
    if block.status not in ("finished", planned.block.status):
        yield f"its status is {block.status}, its facts lead to {planned.block.status}"
    yield from _differing(current, bodies, planned, ended=block.status == "finished")
    told = "".join(row.decisions for row in revisions)
    missing = [one.id for one in planned.decisions if f'"{one.id}"' not in told]
    yield from (f"decision {one} is not told by any revision" for one in missing)


def _last_planned(block: tables.Block, facts: Sequence[tables.Fact]) -> tuple[date, Collection[int]]:
    """Return the day on which the block was planned last, and the weeks of which the begun days were kept."""
    at = max((row.received_at for row in facts), default=block.created_at)
    at = max(at, block.created_at)
    last = [row for row in facts if row.received_at == at]
    if not last:
        begun = [n for n in range(1, block.weeks + 1) if first_day(block, n) <= block.created_on]
        return block.created_on, begun
    days = {last[-1].received_on, *(on for row in last if (on := _answered_on(row)) is not None)}
    return last[-1].received_on, {n for day in days if (n := week_number(block, day)) is not None}


def _answered_on(row: tables.Fact) -> date | None:
    body = to_fact(row).body
    return body.answers.planned_on if isinstance(body, SessionLog) and body.answers is not None else None


def _bodies(
    block: tables.Block, plan: Block, current: WeekRows, catalogue: Catalogue, today: date
) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield every version of a week that the plan gives, and those withheld while it is locked."""
    for version, weeks in (("earned", plan.earned), ("projected", plan.projected)):
        yield from (((week.week_number, version), dump_week(week).decode()) for week in weeks)
    if plan.lock is None:
        return
    planned = {week.week_number: week for week in plan.earned}
    for number in range(1, block.weeks + 1):
        week = planned.get(number) or _stored(current, number)
        if first_day(block, number) <= today and week is not None:
            yield (number, "withheld"), dump_week(locked_week(week, plan.lock, catalogue)).decode()


def _stored(current: WeekRows, number: int) -> Week | None:
    row = current.get((number, "earned"))
    return None if row is None else load_week(row.body)


def _differing(
    current: WeekRows, bodies: Mapping[tuple[int, str], str], planned: Planned, *, ended: bool
) -> Iterator[str]:
    for (number, version), body in sorted(bodies.items()):
        row = current.get((number, version))
        if row is None:
            yield f"week {number} ({version}) is missing"
        elif row.body != body and not (ended and version == "withheld"):
            yield f"week {number} ({version}) is not what its facts lead to"
    for number, version in sorted(current.keys() - bodies.keys()):
        kept = version == "earned" or (version == "projected" and number in planned.held)
        if not (kept or (ended and version == "withheld")):
            yield f"week {number} ({version}) is stored, and not planned"
