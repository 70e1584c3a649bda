"""Forecast rows: who may compute one, and what came of it. Every process of every server goes by these rows."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from app.forecast_table import BlockForecast
from app.tables import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One computation of a forecast; it counts as long as the row carries its id."""

    id: UUID
    organization_id: UUID
    block_id: UUID
    revision: int
    seed: int
    asked_at: datetime


def find(session: Session, block: Block) -> BlockForecast | None:
    """Return the forecast of a block's present revision in whatever state it is."""
    return session.get(BlockForecast, (block.organization_id, block.id, block.revision))


def claim(session: Session, run: Run) -> None:
    """Make a row for a revision that has none. Of two at once the key lets one through: IntegrityError for the other.

    Earlier revisions are never read again; a run that still computes one finds its row gone.
    """
    session.exec(
        delete(BlockForecast).where(
            col(BlockForecast.organization_id) == run.organization_id,
            col(BlockForecast.block_id) == run.block_id,
            col(BlockForecast.revision) < run.revision,
        )
    )
    session.add(
        BlockForecast(
            organization_id=run.organization_id,
            block_id=run.block_id,
            revision=run.revision,
            run_id=run.id,
            seed=run.seed,
            started_at=run.asked_at,
        )
    )
    session.flush()


def take_over(session: Session, run: Run, *, before: UUID) -> bool:
    """Give the row of a run that died or failed to another; tell whether nobody was faster."""
    fresh = {"run_id": run.id, "status": "running", "started_at": run.asked_at, "finished_at": None}
    return _change(session, run, held_by=before, **fresh)


def begin(session: Session, run: Run, *, at: datetime) -> bool:
    """Note that a run's turn has come; tell whether it is still wanted."""
    return _change(session, run, held_by=run.id, started_at=at)


def finish(session: Session, run: Run, body: str, *, at: datetime) -> bool:
    """Keep the forecast of a run that still counts."""
    return _change(session, run, held_by=run.id, status="ready", finished_at=at, body=body)


def fail(session: Session, run: Run, *, at: datetime) -> bool:
    """Note that a run that still counts came to nothing."""
    return _change(session, run, held_by=run.id, status="failed", finished_at=at)


def release(session: Session, run: Run) -> None:
    """Forget a run that was stopped, so that the next who asks starts at once."""
    session.exec(delete(BlockForecast).where(*_held(run, run.id)))


def document(run: Run, as_of: str, forecast: bytes) -> str:
    """Return the JSON that is served: whose forecast it is, then the forecast."""
    head = {"block_id": str(run.block_id), "revision": run.revision, "as_of": as_of}
    return f"{json.dumps(head, separators=(',', ':'))[:-1]},{forecast.decode()[1:]}"


def _change(session: Session, run: Run, *, held_by: UUID, **values: object) -> bool:
    changed = session.exec(update(BlockForecast).where(*_held(run, held_by)).values(**values))
    assert isinstance(changed, CursorResult)
    return changed.rowcount == 1


def _held(run: Run, by: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        col(BlockForecast.organization_id) == run.organization_id,
        col(BlockForecast.block_id) == run.block_id,
        col(BlockForecast.revision) == run.revision,
        col(BlockForecast.run_id) == by,
    )
