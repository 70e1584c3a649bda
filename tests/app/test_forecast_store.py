"""Rows of forecasts: a run changes its own, though others have the same revision, block or run."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import select

from app.db import Database, open_database
from app.forecast_table import BlockForecast
from app.forecasts import store
from app.forecasts.store import Run
from app.ids import new_id
from app.tables import Block
from tests.app.twins import beside_a_twin
from tests.conftest import settings_for
from tests.support.outbox import MONDAY, add_member, add_organization

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open the database."""
    opened = open_database(settings_for(database_url))
    yield opened
    opened.engine.dispose()


def test_a_run_changes_its_own_row_only(database: Database) -> None:
    """Neither that of another block, with the same run even, nor that of the same block in another organization."""
    with database.write() as session:
        admin = add_organization(session)
        block, other = (add_member(session, admin, name).block for name in ("Sam", "Kim"))
        run = _run(block)
        theirs = replace(run, block_id=other.id)
        for one in (run, theirs):
            store.claim(session, one)
        assert store.finish(session, theirs, "{}", at=MONDAY)
    with beside_a_twin(database.engine, admin.organization_id):
        with database.write() as session:
            assert store.begin(session, run, at=MONDAY)
            assert store.finish(session, run, "[]", at=MONDAY)
        with database.read() as session:
            assert [one and one.body for one in (store.find(session, block), store.find(session, other))] == [
                "[]",
                "{}",
            ]
        with database.write() as session:
            later = replace(run, id=new_id(), revision=run.revision + 1)
            store.claim(session, later)
        assert _rows(database, run) == {(other.id, run.revision), (block.id, later.revision)}
        with database.write() as session:
            store.release(session, replace(theirs, id=later.id))  # of another row: that of another run
            store.release(session, later)
        assert _rows(database, run) == {(other.id, run.revision)}


def _run(block: Block) -> Run:
    return Run(
        id=new_id(),
        organization_id=block.organization_id,
        block_id=block.id,
        revision=block.revision,
        seed=1,
        asked_at=MONDAY,
    )


def _rows(database: Database, run: Run) -> set[tuple[UUID, int]]:
    row = BlockForecast
    with database.read() as session:
        whose = select(row.block_id, row.revision).where(row.organization_id == run.organization_id)
        return set(session.exec(whose).all())
