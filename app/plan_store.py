"""Stored plans: what the planner answered as rows, and which row a reader sees on a day.

A week is kept in up to three versions: `projected` while it lies ahead, `earned` from the day it begins,
and `withheld` (nothing loaded) for weeks that had begun while the block is locked and for those left when it is
finished. A version that changes becomes a new row; the old one stays, so that a log may still name what it once said.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from app import tables
from app.block_days import DAYS, first_day, tag, version_for
from app.block_weeks import (
    Stored,
    WeekKey,
    changed_bodies,
    content_tag,
    current_weeks,
    earned_bodies,
    replace_weeks,
    stored_weeks,
)
from app.kept_states import KEPT_STATES
from app.revisions import Cause, Place, Shown, Told, add_revision, bodies_at, compared, new_decisions, standing_of, told
from app.statements import Statement
from app.table_kit import table_of
from app.withheld import withheld
from planner.catalogue import Catalogue
from planner.decision import Decision
from planner.plan import Block, Lock, Week
from planner.replan import Planned
from planner.wire import dump_block, dump_state

_BLOCKS: Final = table_of(tables.Block)
_UPDATE_BLOCK: Final = update(_BLOCKS).where(
    _BLOCKS.c.organization_id == bindparam("organization"), _BLOCKS.c.id == bindparam("block")
)
_KEEP_STATE: Final = Statement(_UPDATE_BLOCK, sets=("state", "state_mark", "input_digest"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving a plan changed for readers."""

    revision: int
    decisions: tuple[Decision, ...]
    changed_weeks: tuple[int, ...]


def shown_today(session: Session, block: tables.Block, today: date) -> Shown:
    """Return what readers of a block see on a day."""
    return _shown(block, current_weeks(session, block), today)


def save_plan(
    session: Session,
    block: tables.Block,
    planned: Planned,
    *,
    cause: Cause,
    catalogue: Catalogue,
    today: date,
    before: Mapping[WeekKey, Stored],
) -> Saved:
    """Store what the planner answered; the revision rises when something changed, was decided or was upgraded.

    `before` are the block's weeks as `current_weeks` has them.
    """
    document, state = dump_block(planned.block).decode(), dump_state(planned.state).decode()
    mark = content_tag(state)
    KEPT_STATES.keep(block.id, mark, planned.state)
    weeks = _weeks(session, block, planned.block, before, catalogue, today)
    fresh = changed_bodies(block, weeks, before)
    gone = {key for key in before if _is_gone(key, weeks, planned)}
    decisions = new_decisions(session, block, planned.decisions)
    same = document == block.document and not (fresh or gone or decisions)
    if same and cause.kind != "upgrade":
        _keep_state(session, block, state, mark)
        return Saved(revision=block.revision, decisions=(), changed_weeks=())
    earlier = _shown(block, before, today)
    revision = block.revision + 1
    replace_weeks(session, block, fresh, gone, revision)
    _update(
        session,
        block,
        revision,
        state=state,
        state_mark=mark,
        document=document,
        status=planned.block.status,
        etag=tag(block.id, revision),
    )
    after = _after(before, fresh, gone, revision)
    later = _shown(block, after, today)
    changed = _changed(earlier, before, later, after)
    known = {n: weeks[n, place.version] for n, place in later.weeks.items() if (n, place.version) in weeks}
    rows = compared(session, block, earlier, later, known=known)
    add_revision(session, block, cause, decisions, told(changed, rows), earlier, later)
    return Saved(revision=revision, decisions=decisions, changed_weeks=changed)


def hold_training(
    session: Session,
    block: tables.Block,
    lock: Lock,
    *,
    document: str,
    cause: Cause,
    today: date,
) -> Saved:
    """Show nothing loaded in any week until the plan can be made again; the folded state no longer counts.

    No stored week is read as more than JSON, for that may be what failed: whoever reads the revision compares.
    """
    before = current_weeks(session, block)
    earlier = _shown(block, before, today)
    bodies = {
        (number, "withheld"): emptied(body, asdict(lock)) for number, body in earned_bodies(session, block).items()
    }
    revision = block.revision + 1
    fresh = {key: body for key, body in bodies.items() if key not in before or before[key].etag != content_tag(body)}
    replace_weeks(session, block, fresh, set(), revision)
    etag = tag(block.id, revision)
    _update(session, block, revision, state="", state_mark=None, document=document, status="locked", etag=etag)
    after = _after(before, fresh, set(), revision)
    later = _shown(block, after, today)
    changed = _changed(earlier, before, later, after)
    add_revision(session, block, cause, (), Told(weeks=changed), earlier, later)
    return Saved(revision=revision, decisions=(), changed_weeks=changed)


def finish(session: Session, block: tables.Block, *, cause: Cause, today: date) -> None:
    """End a block: it stays readable and takes no more changes, and asks for nothing from that day on.

    What it had planned from then on is emptied for good: no later red flag reaches a block that is finished. Whoever
    reads the revision compares, for a plan that failed can be ended too.
    """
    before = current_weeks(session, block)
    earlier = _shown(block, before, today)
    left = {n: place for n, place in earlier.weeks.items() if first_day(block, n) + timedelta(days=DAYS) > today}
    bodies = {(n, "withheld"): _ended(body, today) for n, body in bodies_at(session, block, left).items()}
    revision = block.revision + 1
    replace_weeks(session, block, bodies, set(), revision)
    _update(session, block, revision, status="finished", etag=tag(block.id, revision), finished_at=cause.at)
    after = _after(before, bodies, set(), revision)
    later = _shown(block, after, today)
    changed = _changed(earlier, before, later, after)
    add_revision(session, block, cause, (), Told(weeks=changed), earlier, later)


def _weeks(
    session: Session,
    block: tables.Block,
    plan: Block,
    before: Mapping[WeekKey, Stored],
    catalogue: Catalogue,
    today: date,
) -> dict[WeekKey, Week]:
    """Return every week version the plan gives, and the withheld ones while it is locked."""
    weeks = {(week.week_number, "earned"): week for week in plan.earned}
    weeks |= {(week.week_number, "projected"): week for week in plan.projected}
    if plan.lock is None:
        return weeks
    begun = [number for number in range(1, block.weeks + 1) if first_day(block, number) <= today]
    planned = {week.week_number: week for week in plan.earned}
    kept = stored_weeks(session, block, before, [number for number in begun if number not in planned])
    for number in begun:
        week = planned.get(number) or kept.get(number)
        if week is not None:
            weeks[number, "withheld"] = locked_week(week, plan.lock, catalogue)
    return weeks


def _is_gone(key: WeekKey, bodies: Collection[WeekKey], planned: Planned) -> bool:
    """Return whether a stored version is no more: neither planned now nor held as it was."""
    number, version = key
    held = version == "earned" or (version == "projected" and number in planned.held)
    return planned.replanned and not held and key not in bodies


def locked_week(week: Week, lock: Lock, catalogue: Catalogue) -> Week:
    """Return a week as it is shown while a lock holds."""
    return replace(withheld(week, lock, catalogue), status="locked", lock=lock)


def emptied(body: str, lock: Mapping[str, object]) -> str:
    """Return a stored week without any item, without asking the planner: it may be what failed."""
    return _without_items(json.loads(body) | {"status": "locked", "lock": lock}, date.min)


def _ended(body: str, today: date) -> str:
    """Return a stored week of a block that ends today; what was done today stays in its log."""
    return _without_items(json.loads(body) | {"status": "finished"}, today)


def _without_items(week: dict[str, Any], from_day: date) -> str:
    for day in week["days"]:
        for planned in day["sessions"] if day["date"] >= from_day.isoformat() else ():
            status = "withheld" if planned["status"] == "planned" else planned["status"]
            planned |= {"items": [], "status": status}
    return json.dumps(week, ensure_ascii=False, separators=(",", ":"))


def _keep_state(session: Session, block: tables.Block, state: str, mark: str) -> None:
    """Write the state of a block whose plan is as it was."""
    named = {"organization": block.organization_id, "block": block.id}
    _KEEP_STATE.run(session, named | {"state": state, "state_mark": mark, "input_digest": block.input_digest})
    set_committed_value(block, "state", state)
    set_committed_value(block, "state_mark", mark)


def _update(session: Session, block: tables.Block, revision: int, **values: object) -> None:
    """Write the block; the client's row is locked, so the revision read is still the stored one."""
    values |= {"revision": revision, "input_digest": block.input_digest}
    session.execute(_UPDATE_BLOCK, {"organization": block.organization_id, "block": block.id} | values)
    for name, value in values.items():
        set_committed_value(block, name, value)


def _after(
    before: Mapping[WeekKey, Stored], fresh: Mapping[WeekKey, str], gone: Collection[WeekKey], revision: int
) -> dict[WeekKey, Stored]:
    """Return the current week versions after a revision replaced some."""
    kept = {key: stored for key, stored in before.items() if key not in gone}
    return kept | {key: Stored(revision, content_tag(body)) for key, body in fresh.items()}


def _shown(block: tables.Block, stored: Mapping[WeekKey, Stored], today: date) -> Shown:
    """Return what a reader sees on a day: where the block stands, and one version of each week."""
    versions: dict[int, list[str]] = {}
    for number, version in stored:
        versions.setdefault(number, []).append(version)
    seen = {number: version_for(known, begun=first_day(block, number) <= today) for number, known in versions.items()}
    weeks = {number: Place(seen[number], stored[number, seen[number]].revision) for number in sorted(seen)}
    return Shown(standing=standing_of(block), weeks=weeks)


def _changed(
    earlier: Shown, before: Mapping[WeekKey, Stored], later: Shown, after: Mapping[WeekKey, Stored]
) -> tuple[int, ...]:
    """Return the weeks that a reader would now see differently."""
    old = {number: before[number, place.version].etag for number, place in earlier.weeks.items()}
    new = {number: after[number, place.version].etag for number, place in later.weeks.items()}
    return tuple(number for number in sorted({*old, *new}) if old.get(number) != new.get(number))
