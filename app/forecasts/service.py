"""Forecasts: read when they are there, started once when they are not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app import tables
from app.block_days import status_on
from app.block_request import block_request
from app.db import Database
from app.errors import BlockFinished, BlockLocked, ForecastFailed
from app.forecast_table import BlockForecast
from app.forecasts import store
from app.forecasts.queue import ForecastQueue
from app.forecasts.store import Run
from app.forecasts.worker import Job
from app.ids import new_id
from app.planning import Desk, block_state
from app.settings import Settings
from app.signed_in import SignedIn
from app.visible import find_block, find_client
from planner.catalogue import Catalogue

POLL_S = 5
"""Seconds after which asking again makes sense."""

FAILED_REST = timedelta(minutes=5)
"""How long a failed forecast is left alone: the next try would most likely fail too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks for a forecast, and what answering takes: two short transactions, none while it is computed."""

    who: SignedIn
    database: Database
    queue: ForecastQueue
    catalogue: Catalogue
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The forecast of a revision is being computed."""

    revision: int


def read_or_start(asking: Asking, block_id: UUID) -> str | Running:
    """Return the stored forecast of the block's present revision; without one, see to it that it is computed."""
    with asking.database.read() as session:
        desk, block = _desk(asking, session, block_id)
        _refuse_at_rest(desk, block)
        known = store.find(session, block)
        if known is not None and known.body is not None:
            return known.body
        if known is not None and _is_busy(asking, known):
            return Running(revision=block.revision)
        run = _run(asking, block)
        job = _job(asking, desk, block, run.seed)
    if _take(asking, run, known):
        asking.queue.put(run, job)
    return Running(revision=block.revision)


def _desk(asking: Asking, session: Session, block_id: UUID) -> tuple[Desk, tables.Block]:
    block = find_block(session, asking.who, block_id)
    client = find_client(session, asking.who, block.client_id)
    desk = Desk(
        session=session,
        client=client,
        author_id=asking.who.person_id,
        catalogue=asking.catalogue,
        now=asking.now,
    )
    return desk, block


def _refuse_at_rest(desk: Desk, block: tables.Block) -> None:
    """Look ahead only from where training goes on."""
    status = status_on(block, desk.today)
    if status == "finished":
        raise BlockFinished("no_weeks_ahead")
    if status == "locked":
        raise BlockLocked("forecast_locked")


def _is_busy(asking: Asking, known: BlockForecast) -> bool:
    """Tell whether a run is still under way; one that failed a moment ago is told instead of started again."""
    if known.finished_at is None:
        return asking.now <= known.started_at + timedelta(seconds=asking.settings.forecast_limit_s)
    rest = known.finished_at + FAILED_REST - asking.now
    if rest > timedelta(0):
        raise ForecastFailed(headers={"Retry-After": str(ceil(rest.total_seconds()))})
    return False


def _run(asking: Asking, block: tables.Block) -> Run:
    return Run(
        id=new_id(),
        organization_id=block.organization_id,
        block_id=block.id,
        revision=block.revision,
        seed=_seed(block),
        asked_at=asking.now,
    )


def _seed(block: tables.Block) -> int:
    """Return the same number for a revision on every server: 31 bits, which every database holds."""
    return int.from_bytes(sha256(f"{block.id}/{block.revision}".encode()).digest()[:4]) >> 1


def _job(asking: Asking, desk: Desk, block: tables.Block, seed: int) -> Job:
    """Gather what the forecast is made from; nothing in it depends on the moment of asking."""
    state = block_state(desk, block)
    return Job(
        request=block_request(block),
        state=state,
        catalogue=asking.catalogue,
        today=max(state.last_on, block.created_on),
        seed=seed,
        runs=asking.settings.forecast_runs,
    )


def _take(asking: Asking, run: Run, known: BlockForecast | None) -> bool:
    """Enter the run as the one that counts; tell whether it was first."""
    try:
        with asking.database.write() as session:
            if known is not None:
                return store.take_over(session, run, before=known.run_id)
            store.claim(session, run)
    except IntegrityError:  # another entered the same revision in this very moment
        return False
    return True
