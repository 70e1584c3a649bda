"""Revisions of a block: what made each, what was decided, what readers saw from then on and what had changed.

Stored weeks are never deleted, so a revision keeps only which row of each week was shown: the rows are the history.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, col, select, tuple_

from app import tables
from app.digests import revision_seal
from app.outbox import tell_revision
from planner.decision import Decision
from planner.difference import Change, Standing, difference, standing_difference, step_in_words
from planner.plan import Week
from planner.recut import recut
from planner.wire import load_week

LONGEST = 200
"""Rows of a difference that are stored with a revision. Comparing two revisions tells them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What made a revision: its kind, the fact or block behind it, who and when."""

    kind: str
    id: UUID | None
    author_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Which stored row of a week is meant: its version and the revision that wrote it."""

    version: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What readers of a block saw: where it stood, None before the first revision, and a row of each week."""

    standing: Standing | None
    weeks: Mapping[int, Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became different: the weeks, how many rows, the first of them (None when none were stored)."""

    weeks: tuple[int, ...]
    count: int | None = None
    changes: tuple[Change, ...] | None = None


_DECISIONS: TypeAdapter[tuple[Decision, ...]] = TypeAdapter(tuple[Decision, ...])
_SHOWN: TypeAdapter[Shown] = TypeAdapter(Shown)
_TOLD: TypeAdapter[Told] = TypeAdapter(Told)


# --- writing ------------------------------------------------------------------------------------------------------


def add_revision(
    session: Session,
    block: tables.Block,
    cause: Cause,
    decisions: Sequence[Decision],
    told: Told,
    before: Shown,
    shown: Shown,
) -> None:
    """Write down the block's present revision, and that whoever wants to know is to be told."""
    row = tables.BlockRevision(
        organization_id=block.organization_id,
        block_id=block.id,
        revision=block.revision,
        cause_kind=cause.kind,
        cause_id=cause.id,
        author_id=cause.author_id,
        at=cause.at,
        decisions=_DECISIONS.dump_json(tuple(decisions)).decode(),
        difference=_TOLD.dump_json(told).decode(),
        shown=_SHOWN.dump_json(shown).decode(),
        planner_version=block.planner_version,
        catalogue_digest=block.catalogue_digest,
        input_digest=block.input_digest,
    )
    row.seal = revision_seal(row)
    session.add(row)
    session.flush()
    tell_revision(session, block, at=cause.at, before=before.standing, after=shown.standing)


def new_decisions(session: Session, block: tables.Block, made: Sequence[Decision]) -> tuple[Decision, ...]:
    """Leave out decisions that an earlier revision told: their ids are stable."""
    if not made:
        return ()
    statement = select(tables.BlockRevision.decisions).where(
        tables.BlockRevision.organization_id == block.organization_id,
        tables.BlockRevision.block_id == block.id,
    )
    told = "".join(session.exec(statement))
    return tuple(decision for decision in made if f'"{decision.id}"' not in told)


def standing_of(block: tables.Block) -> Standing | None:
    """Return where a block stands, None before it was planned."""
    if not block.document:
        return None
    plan = json.loads(block.document)
    lock = plan.get("lock") or {}
    here = plan["ladder"][plan["current_rung"]]
    return Standing(
        status="finished" if block.status == "finished" else plan["status"],
        lock=lock.get("urgency"),
        lock_text=lock.get("text"),
        limiting_factor=plan["limiting_factor"],
        rung=step_in_words(here["stage"], here["name"], here["depth"], here["modifiers"]),
        ladder=", ".join(rung["name"] for rung in plan["ladder"]),
    )


def told(weeks: Collection[int], changes: Sequence[Change]) -> Told:
    """Return what is stored of a difference: how many rows there are, and the first of them."""
    return Told(weeks=tuple(weeks), count=len(changes), changes=tuple(changes[:LONGEST]))


# --- reading ------------------------------------------------------------------------------------------------------


def load_told(row: tables.BlockRevision) -> Told:
    """Return what became different; rows of earlier versions hold only the numbers of the weeks."""
    if row.difference.startswith("["):
        return Told(weeks=tuple(json.loads(row.difference)))
    return _TOLD.validate_json(row.difference)


def load_shown(row: tables.BlockRevision) -> Shown | None:
    """Return what readers saw; None in rows of earlier versions."""
    return None if row.shown is None else _SHOWN.validate_json(row.shown)


def bodies_at(session: Session, block: tables.Block, places: Mapping[int, Place]) -> dict[int, str]:
    """Return the stored JSON of some weeks, each as one revision wrote it."""
    row = tables.BlockWeek
    wanted = [(number, place.version, place.revision) for number, place in places.items()]
    statement = select(row.week_number, row.body).where(
        row.organization_id == block.organization_id,
        row.block_id == block.id,
        tuple_(col(row.week_number), col(row.version), col(row.revision)).in_(wanted),
    )
    return dict(session.exec(statement).all()) if wanted else {}


def compared(
    session: Session,
    block: tables.Block,
    before: Shown,
    after: Shown,
    *,
    known: Mapping[int, Week] | None = None,
) -> tuple[Change, ...]:
    """Return what differs between what readers saw at two moments; `known` are weeks of `after` already at hand."""
    numbers = {
        number for number in {*before.weeks, *after.weeks} if before.weeks.get(number) != after.weeks.get(number)
    }
    later = {number: week for number, week in (known or {}).items() if number in numbers}
    earlier = weeks_at(session, block, before, numbers)
    later |= weeks_at(session, block, after, numbers - later.keys())
    return (*_standings(before.standing, after.standing), *difference(earlier, later))


def compared_blocks(
    before: tables.Block, weeks: Mapping[int, Week], after: tables.Block, planned: Mapping[int, Week], *, today: date
) -> tuple[Change, ...]:
    """Return what another block would change for its client from a day on, day by day."""
    rows = difference(recut(weeks, planned), planned, from_day=today)
    return (*_standings(standing_of(before), standing_of(after)), *rows)


def _standings(before: Standing | None, after: Standing | None) -> tuple[Change, ...]:
    return () if before is None or after is None else standing_difference(before, after)


def weeks_at(session: Session, block: tables.Block, shown: Shown, numbers: Iterable[int]) -> dict[int, Week]:
    """Return some of the weeks that readers saw."""
    places = {number: shown.weeks[number] for number in numbers if number in shown.weeks}
    return {number: load_week(body) for number, body in bodies_at(session, block, places).items()}
