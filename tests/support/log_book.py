"""Clients in the middle of a block, what they have to log, and whether a database holds all of it and nothing else."""

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, create_engine, text
from sqlmodel import Session, select

from app import tables
from app.block_request import block_request
from app.catalogue import load_catalogue
from app.copying import copy_database
from app.db import ANY_ORGANIZATION, migrate, open_database
from app.facts import load_facts
from app.plan_store import content_tag
from app.settings import Settings
from planner.fold import fold
from planner.wire import load_state
from tests.app.kit import Api, as_prescribed
from tests.gym import PASSWORD, make_gym
from tests.kept import built
from tests.support.quick import Quick
from tests.support.serving import Serving

Json = dict[str, Any]
_SINCE = timedelta(days=20)
WRITERS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to log, under the key it is sent with."""

    path: str
    body: Json
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class ClientBook:
    """A client, their block and what happened on the days since it began."""

    path: str
    block_id: str
    sessions: tuple[tuple[str, Json], ...]

    def entries(self, seed: int) -> Iterator[Entry]:
        """Yield logs without end: each session of the days behind with its next morning, then more mornings."""
        chance = random.Random(seed)
        for day, session in self.sessions:
            yield Entry(f"{self.path}/session-logs", _log(day, session, chance))
            yield Entry(f"{self.path}/check-ins", _morning(day, chance))
        while True:
            yield Entry(f"{self.path}/check-ins", _morning(chance.choice(self.sessions)[0], chance))


def _log(day: str, session: Json, chance: random.Random) -> Json:
    pain = {"during": chance.randint(0, 5), "after": chance.randint(0, 5)}
    return as_prescribed(session, performed_at=f"{day}T12:00:00Z", back_pain=pain)


def _morning(day: str, chance: random.Random) -> Json:
    morning = datetime.fromisoformat(day) + timedelta(days=1, hours=chance.randint(0, 9), minutes=chance.randint(0, 59))
    pain = {"now": chance.randint(0, 6), "worst_24h": 6}
    return {"at": f"{morning.isoformat()}Z", "back_pain": pain, "hours_to_settle": chance.choice((6, 12, 20, 30))}


@dataclass(frozen=True, slots=True)
class LogBook:
    """A database to start from, whose it is, and a book for each writer."""

    file: Path
    email: str
    clients: tuple[ClientBook, ...]

    def copy_to(self, settings: Settings) -> None:
        """Fill an empty database."""
        migrate(settings)
        databases = open_database(_on(self.file)), open_database(settings)
        copy_database(*[database.engine for database in databases])
        for database in databases:
            database.engine.dispose()

    def sign_in(self, server: Serving) -> dict[str, str]:
        """Return the header of the coach who writes for all."""
        answer = server.post("/v1/auth/login", {"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _on(file: Path) -> Settings:
    cheap = {"argon2_memory_kib": 8, "argon2_rounds": 1}
    return Settings(_env_file=None, database_url=f"sqlite:///{file}", **cheap)  # type: ignore[arg-type, call-arg]


def make_log_book(migrated: Path, file: Path) -> LogBook:
    """Plan blocks that began three weeks ago and note what they asked for up to yesterday."""
    shutil.copyfile(migrated, file)
    now = datetime.now(UTC)
    app, clock = built(_on(file)), [now - _SINCE]
    app.state.clock = lambda: clock[0]
    with Quick(app) as http:
        coach = Api(http, make_gym(http, app.state.database, app.state.hasher, clock[0]).coach)
        planned = [coach.planned_client() for _ in range(WRITERS)]
        clock[0] = now
        books = tuple(ClientBook(path, block["id"], _sessions(coach, block, now)) for path, block in planned)
        app.state.database.leave_no_traces()
    return LogBook(file, coach.who.email, books)


def _sessions(coach: Api, block: Json, now: datetime) -> tuple[tuple[str, Json], ...]:
    yesterday = (now.date() - timedelta(days=1)).isoformat()
    days = [day for number in (1, 2, 3) for day in coach.week(block, number)["days"]]
    return tuple((day["date"], session) for day in days if day["date"] < yesterday for session in day["sessions"])


# --- what a database must hold ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """The logs a database holds, by their id, and the keys they came under."""

    facts: frozenset[str]
    keys: frozenset[str]


def kept(url: str) -> Kept:
    """Return what a database holds, once it is shown to be whole: see `assert_whole`."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            assert file.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    # One moment of PostgreSQL: what a killed server has sent may still be committed between two reads.
    one_moment = {} if url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), **one_moment)
    try:
        with engine.connect() as connection:
            assert_whole(connection)
            facts = connection.execute(text("SELECT id FROM facts WHERE kind IN ('session_log', 'check_in')"))
            keys = connection.execute(text("SELECT key FROM idempotency_keys"))
            return Kept(frozenset(str(UUID(str(row[0]))) for row in facts), frozenset(row[0] for row in keys))
    finally:
        engine.dispose()


def assert_whole(connection: Connection) -> None:
    """Check that every log is there with its key, answer, change and consequences, and every block is their fold."""
    counts = {
        name: connection.execute(text(f"SELECT count(*) FROM {rest}")).scalar_one()
        for name, rest in {
            "logs": "facts WHERE kind IN ('session_log', 'check_in')",
            "answered": "facts WHERE kind IN ('session_log', 'check_in') AND answer IS NOT NULL",
            "keys": "idempotency_keys",
            "changes": "client_changes WHERE kind IN ('session_log', 'check_in')",
        }.items()
    }
    assert len(set(counts.values())) == 1, counts
    with Session(connection) as session:
        for block in session.exec(select(tables.Block), execution_options=ANY_ORGANIZATION).all():
            _assert_folded(session, block)


def _assert_folded(session: Session, block: tables.Block) -> None:
    client = session.get_one(tables.Client, (block.organization_id, block.client_id))
    state, _ = fold(block_request(block), load_facts(session, client), load_catalogue())
    assert load_state(block.state) == state
    revision = tables.BlockRevision
    told = session.exec(select(revision.revision).where(revision.block_id == block.id).order_by("revision")).all()
    assert list(told) == list(range(1, block.revision + 1))
    weeks = session.exec(select(tables.BlockWeek).where(tables.BlockWeek.block_id == block.id)).all()
    assert all(week.etag == content_tag(week.body) and week.revision <= block.revision for week in weeks)
    assert {week.week_number for week in weeks if week.is_current} == set(range(1, block.weeks + 1))
    assert json.loads(block.document)["weeks"]
