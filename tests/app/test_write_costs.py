"""What a check-in asks of the database: a handful of statements, no long text that this process knows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from anyio import to_thread
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg import RawCursor
from sqlalchemy import Select, event, text

from app.db import Database
from app.deps import get_now
from app.facts import NAMING
from app.libpq import Pipeline
from app.open_blocks import BLOCK, WEEKS
from tests.app.kit import Api, Json, as_prescribed, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

CALM = {"back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": 8, "words": ["worked"]}
MOST_STATEMENTS = 12
"""One asks for the schema; SQLite has one more to begin."""
MOST_JOURNEYS = 5
"""The schema, the client, the log's id, the block with its weeks, and the commit."""


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """Collect the statements of writing transactions while the context lasts."""
    told: list[str] = []

    def note(*how: object) -> None:
        told.append(" ".join(str(how[2]).split()))

    event.listen(database.engine, "before_cursor_execute", note)
    yield told
    event.remove(database.engine, "before_cursor_execute", note)


def morning() -> Json:
    """Return a calm morning that was not told yet."""
    return CALM | {"id": str(uuid4())}


def _told_two_mornings(api: Api, clock: Clock) -> str:
    """Let a client with a block tell of two calm mornings, so that this process knows their plan; return their path."""
    path, _ = api.planned_client()
    for _ in range(2):
        clock.forward(minutes=1)
        api.post(f"{path}/check-ins", morning())
    clock.forward(minutes=1)
    return path


def test_a_morning_that_changes_nothing_costs_a_handful_of_statements(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock
) -> None:
    """State, week and notices are known from the morning before: none of them is read, and none is written."""
    api = Api(client, gym.coach)
    path = _told_two_mornings(api, clock)
    with asked(app.state.database) as told:
        answer = api.post(f"{path}/check-ins", morning())

    assert answer["changed_weeks"] == []
    assert len(told) <= MOST_STATEMENTS, told
    assert not [one for one in told if "block_weeks.body" in one or "blocks.state," in one]
    assert not [one for one in told if one.startswith(("INSERT INTO block", "DELETE")) or "client_notices" in one]


def _counted(send: Callable[..., object], journeys: list[object]) -> Callable[..., object]:
    def counted(*how: Any, **options: Any) -> object:
        journeys.append(how)
        return send(*how, **options)

    return counted


@pytest.mark.postgresql_only
def test_a_morning_that_changes_nothing_is_a_handful_of_journeys(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written waits for what is read next, or for the commit."""
    api = Api(client, gym.coach)
    path = _told_two_mornings(api, clock)
    journeys: list[object] = []
    for sender, name in ((Pipeline, "_sent"), (RawCursor, "execute")):
        monkeypatch.setattr(sender, name, _counted(getattr(sender, name), journeys))
    api.post(f"{path}/check-ins", morning())

    assert 1 < len(journeys) <= MOST_JOURNEYS


def test_a_check_in_takes_one_way_to_a_thread_and_back(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first statement to the commit: each way costs as much as three statements."""

    async def now() -> datetime:  # as in the service; the tests' own needs a thread
        return clock.now

    api = Api(client, gym.coach)
    path, _ = api.planned_client()
    ways: list[object] = []
    run_sync = to_thread.run_sync

    async def counted(work: Callable[..., object], *how: object, **options: Any) -> object:
        ways.append(work)
        return await run_sync(work, *how, **options)

    monkeypatch.setattr(to_thread, "run_sync", counted)
    monkeypatch.setitem(app.dependency_overrides, get_now, now)
    api.post(f"{path}/check-ins", morning(), headers={"Idempotency-Key": "one-way"})

    assert len(ways) == 1, ways


def test_a_session_is_found_without_reading_its_week_again(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock
) -> None:
    """The week that the check-in before it left is the one in which a session is looked for."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = sessions_of(api.week(block, 1), on=clock.now.date())[0]
    clock.forward(minutes=1)
    api.post(f"{path}/check-ins", morning())
    clock.forward(minutes=1)
    with asked(app.state.database) as told:
        api.post(f"{path}/session-logs", as_prescribed(session))

    assert not [one for one in told if one.startswith("SELECT block_weeks.body")]


@pytest.mark.parametrize("asked", [NAMING, BLOCK, WEEKS], ids=["log", "block", "weeks"])
def test_what_every_log_asks_for_is_reached_by_an_index(
    client: TestClient, app: FastAPI, asked: Select[*tuple[Any, ...]]
) -> None:
    """Neither an id nor what corrects it is looked for from end to end, nor a client's block or its weeks."""
    engine = app.state.database.engine
    compiled = asked.compile(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            ids = tuple(str(uuid4()) for _ in compiled.positiontup)
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ids)]
            assert [line for line in plan if line.startswith("SCAN")] == []
            return
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [
            row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}", dict.fromkeys(compiled.params, uuid4()))
        ]
        assert [line for line in plan if "Seq Scan" in line] == []
