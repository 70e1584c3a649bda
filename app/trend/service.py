"""What became of a client over time: gathered from facts, blocks and what was decided. Nothing is planned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from app import tables
from app.answer_schemas import Decision
from app.block_days import last_day, status_on
from app.fact_bodies import load_body
from app.facts import corrected_ids
from app.local_time import local_day
from app.trend.colours import StoredExposure, StoredStanding, Told, colours
from app.trend.schemas import Trend, TrendBlock, TrendDecision, TrendExposure, TrendMorning, TrendRung
from planner.catalogue import Catalogue
from planner.exposure import is_exposure, squat_items
from planner.facts import AnsweredItem, CheckIn, SessionLog
from planner.rules.response import normal_morning

MOST_FACTS: Final = 4000
"""Logs and check-ins read at most, the newest; three years of somebody who tells daily are half as many."""

_LONGEST_BLOCK: Final = timedelta(weeks=52)


class _Plan(BaseModel):
    """What is read of a block's stored document."""

    current_rung: int
    ladder: tuple[TrendRung, ...]


_DECISIONS = TypeAdapter(tuple[Decision, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose trend is asked for, and its days, both included."""

    client: tables.Client
    first: date
    last: date
    today: date
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class _Logged:
    """A log or check-in that counts: nothing has replaced it."""

    row: tables.Fact
    body: SessionLog | CheckIn


def trend(session: Session, asked: Asked) -> Trend:
    """Return the trend of a client from one local day to another."""
    rows = tuple(_blocks(session, asked))
    standings = {row.id: _standing(row) for row in rows}
    logged = tuple(_logged(session, asked))
    blocks = tuple(_block(row, standings[row.id], asked) for row in rows)
    remembered: dict[str, StoredExposure] = {}
    for standing in standings.values():
        remembered |= standing.exposures if standing else {}
    return Trend(
        client_id=asked.client.id,
        starts_on=asked.first,
        ends_on=asked.last,
        blocks=blocks,
        exposures=tuple(_exposures(logged, remembered, blocks, asked)),
        mornings=tuple(_mornings(logged, blocks)),
        decisions=tuple(_decisions(session, asked)),
    )


def block_trend(session: Session, block: tables.Block, client: tables.Client, today: date, known: Catalogue) -> Trend:
    """Return the trend over the days of one block, which is its only one."""
    asked = Asked(client=client, first=block.starts_on, last=last_day(block), today=today, catalogue=known)
    seen = trend(session, asked)
    return seen.model_copy(
        update={
            "blocks": (_block(block, _standing(block), asked),),
            "exposures": tuple(one for one in seen.exposures if one.block_id == block.id),
            "decisions": tuple(one for one in seen.decisions if one.block_id == block.id),
        }
    )


# --- blocks -------------------------------------------------------------------------------------------------------


def _blocks(session: Session, asked: Asked) -> Iterator[tables.Block]:
    """Yield the blocks that reach into the days, the oldest first."""
    statement = (
        select(tables.Block)
        .where(
            tables.Block.organization_id == asked.client.organization_id,
            tables.Block.client_id == asked.client.id,
            tables.Block.starts_on <= asked.last,
            tables.Block.starts_on > asked.first - _LONGEST_BLOCK,
        )
        .order_by(col(tables.Block.created_at), col(tables.Block.id))
    )
    return (row for row in session.exec(statement) if _ended(row, asked.client) >= max(asked.first, row.starts_on))


def _ended(block: tables.Block, client: tables.Client) -> date:
    """Return a block's last day: planned, or the day it was finished early."""
    if block.finished_at is None:
        return last_day(block)
    return min(last_day(block), local_day(block.finished_at, client.time_zone))


def _standing(block: tables.Block) -> StoredStanding | None:
    """Return what the stored state remembers; None while the plan cannot be made."""
    try:
        return StoredStanding.model_validate_json(block.state)
    except ValidationError:
        return None


def _block(row: tables.Block, standing: StoredStanding | None, asked: Asked) -> TrendBlock:
    plan = _Plan.model_validate_json(row.document)
    limits = asked.catalogue.limits.response
    return TrendBlock(
        id=row.id,
        starts_on=row.starts_on,
        ends_on=max(_ended(row, asked.client), row.starts_on),
        status=status_on(row, asked.today),
        current_rung=plan.current_rung,
        ladder=plan.ladder,
        baseline=standing.baseline if standing else None,
        normal_up_to=normal_morning(standing.baseline, limits) if standing else None,
    )


def _block_on(blocks: Sequence[TrendBlock], day: date) -> TrendBlock | None:
    """Return the block a day belongs to: the newest one that holds it."""
    return next((one for one in reversed(blocks) if one.starts_on <= day <= one.ends_on), None)


# --- logs and check-ins -------------------------------------------------------------------------------------------


def _logged(session: Session, asked: Asked) -> Iterator[_Logged]:
    """Yield the logs and check-ins of the days, the oldest first, without those that were corrected."""
    fact = tables.Fact
    statement = (
        select(fact)
        .where(
            fact.organization_id == asked.client.organization_id,
            fact.client_id == asked.client.id,
            col(fact.kind).in_(("session_log", "check_in")),
            fact.performed_on >= asked.first,
            fact.performed_on <= asked.last,
        )
        .order_by(col(fact.performed_at).desc(), col(fact.id).desc())
        .limit(MOST_FACTS)
    )
    rows = session.exec(statement).all()
    replaced = corrected_ids(session, asked.client)
    for row in reversed(rows):
        if row.id not in replaced:
            shape: type[SessionLog | CheckIn] = SessionLog if row.kind == "session_log" else CheckIn
            yield _Logged(row, load_body(shape, row.body))


def _exposures(
    logged: Sequence[_Logged],
    remembered: Mapping[str, StoredExposure],
    blocks: Sequence[TrendBlock],
    asked: Asked,
) -> Iterator[TrendExposure]:
    """Yield each squat session with how the back answered it."""
    squats = {
        str(one.row.id): one.body
        for one in logged
        if isinstance(one.body, SessionLog) and is_exposure(one.body, asked.catalogue)
    }
    named = colours((_told(one, squats) for one in logged), remembered)
    spoken = asked.catalogue.spoken(asked.client.locale)
    for one in logged:
        name = str(one.row.id)
        if name not in squats:
            continue
        block = _block_on(blocks, one.row.performed_on)
        known = remembered.get(name)
        yield TrendExposure(
            id=one.row.id,
            performed_at=one.row.performed_at,
            on=one.row.performed_on,
            block_id=block.id if block else None,
            response=named[name],
            **_squat(squats[name], known.rung if known else None, spoken),
        )


def _told(one: _Logged, squats: Mapping[str, object]) -> Told:
    row = one.row
    return Told(
        id=str(row.id),
        performed_at=row.performed_at,
        received_at=row.received_at,
        squatted=str(row.id) in squats,
        answer=row.answer,
    )


def _squat(log: SessionLog, rung: int | None, catalogue: Catalogue) -> dict[str, object]:
    """Return what was squatted: the variation prescribed or named, where on the ladder, how heavy."""
    items = squat_items(log, catalogue)
    answered = [answer for _, answer in items if answer] or _asked_squats(log)
    done = [one for item, _ in items for one in item.sets]
    variation = answered[0].exercise if answered else next((item.exercise for item, _ in items), None)
    known = catalogue.variations.get(variation or "")
    return {
        "variation": variation,
        "name": known.name if known else None,
        "depth": answered[0].depth if answered else None,
        "rung": rung if rung is not None else next((one.rung for one in answered if one.rung is not None), None),
        "load_kg": _highest(one.load_kg for one in done),
        "effort": _highest(one.rpe for one in done),
    }


def _asked_squats(log: SessionLog) -> list[AnsweredItem]:
    """Return the squats asked for, of a session that was logged as a whole."""
    return [item for item in log.answers.items if item.category == "squat"] if log.answers else []


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value), default=None)


def _mornings(logged: Sequence[_Logged], blocks: Sequence[TrendBlock]) -> Iterator[TrendMorning]:
    """Yield one morning for each day of a check-in, the worst told of it."""
    days: dict[date, tuple[int, int]] = {}
    for one in logged:
        if isinstance(one.body, CheckIn):
            pain, before = one.body.back_pain, days.get(one.row.performed_on, (0, 0))
            days[one.row.performed_on] = (max(before[0], pain.now), max(before[1], pain.worst_24h))
    for on, (now, worst) in days.items():
        block = _block_on(blocks, on)
        limit = block.normal_up_to if block else None
        yield TrendMorning(on=on, now=now, worst_24h=worst, normal=None if limit is None else now <= limit)


# --- decisions ----------------------------------------------------------------------------------------------------


def _decisions(session: Session, asked: Asked) -> Iterator[TrendDecision]:
    """Yield what was decided on the days, the oldest first."""
    row = tables.BlockRevision
    mine = (col(tables.Block.organization_id) == row.organization_id) & (col(tables.Block.id) == row.block_id)
    statement = (
        select(row.block_id, row.decisions)
        .join(tables.Block, mine)
        .where(
            row.organization_id == asked.client.organization_id,
            tables.Block.client_id == asked.client.id,
            row.decisions != "[]",
            tables.Block.starts_on <= asked.last,
            tables.Block.starts_on > asked.first - _LONGEST_BLOCK,
        )
        .order_by(col(tables.Block.created_at), col(row.revision))
    )
    for block_id, told in session.exec(statement):
        for decision in _DECISIONS.validate_json(told):
            on = local_day(decision.at, asked.client.time_zone)
            if asked.first <= on <= asked.last:
                yield TrendDecision(on=on, block_id=block_id, **decision.__dict__)
