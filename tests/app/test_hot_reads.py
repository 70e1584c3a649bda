"""The hot reads answer what the ordinary routes answer, to the byte, and leave everything else to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.sql.visitors import iterate
from sqlmodel import col, update

from app.block_documents import _WRITTEN
from app.connections import SqliteConnections
from app.hot_store import BLOCK, CLIENT_WEEKS, MY_WEEKS, HotStore, Prepared, RunningBlock
from app.table_kit import table_of
from app.tables import AccessToken, Block, Person
from tests.app.kit import CALM_MORNING, HIP, Api, Json
from tests.conftest import Clock
from tests.gym import Account, Gym

ROLES = ("admin", "coach", "member", "other_member", "foreign_coach", "foreign_admin")
COMPARED = ("etag", "content-type", "content-encoding", "cache-control", "vary", "content-length", "content-language")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Counting:
    """A hot store that remembers how often it found something, or one that never finds anything."""

    def __init__(self, store: HotStore, *, blind: bool) -> None:
        self.store, self.blind, self.found = store, blind, 0

    async def weeks(self, *asked: Any, **days: Any) -> Any:
        return self._seen(await self.store.weeks(*asked, **days))

    async def block(self, *asked: Any) -> Any:
        return self._seen(await self.store.block(*asked))

    def _seen(self, found: Any) -> Any:
        self.found += bool(found)
        return None if self.blind else found

    async def person(self, *asked: Any) -> Any:
        return await self.store.person(*asked)

    async def close(self) -> None:
        await self.store.close()


@contextmanager
def counted(app: FastAPI, *, blind: bool = False) -> Iterator[Counting]:
    """Count what the hot store finds while the context lasts."""
    store = app.state.hot_store
    app.state.hot_store = counting = Counting(store, blind=blind)
    yield counting
    app.state.hot_store = store


def planned(client: TestClient, gym: Gym, who: str = "member") -> Json:
    """Plan a block for a member of the gym."""
    account: Account = getattr(gym, who)
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{account.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP)
    return coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})


def paths(gym: Gym, block: Json) -> list[str]:
    """Return the hot reads about a member, and some that are none."""
    own = f"/v1/clients/{gym.member.client_id}/week"
    return [
        "/v1/me/week",
        own,
        f"/v1/blocks/{block['id']}",
        f"/v1/clients/{gym.other_member.client_id}/week",
        f"/v1/clients/{UNKNOWN}/week",
        f"/v1/blocks/{UNKNOWN}",
        f"{own}/",
        f"{own}?date=2026-11-10",
        f"/v1/clients/{str(gym.member.client_id).upper()}/week",
    ]


def told(answer: Response) -> tuple[object, ...]:
    """Return what two answers must have in common."""
    body: object = answer.content
    if answer.status_code >= 400:
        body = {name: value for name, value in answer.json().items() if name != "request_id"}
        return answer.status_code, body
    return answer.status_code, body, *[answer.headers.get(name) for name in COMPARED]


@pytest.mark.parametrize("encoding", ["gzip", "identity", "br, gzip;q=0"])
def test_both_ways_answer_the_same(client: TestClient, app: FastAPI, gym: Gym, encoding: str) -> None:
    """Whoever asks for whatever: the bytes, tags and headers do not tell which way was gone."""
    block = planned(client, gym)
    asked = [(path, getattr(gym, role).headers) for path in paths(gym, block) for role in ROLES]
    asked += [(path, {"Authorization": "Bearer nonsense"}) for path in paths(gym, block)]
    with counted(app) as hot:
        first = [client.get(path, headers=who | {"Accept-Encoding": encoding}) for path, who in asked]
        assert hot.found >= 8
    with counted(app, blind=True):
        second = [client.get(path, headers=who | {"Accept-Encoding": encoding}) for path, who in asked]
    assert [told(one) for one in first] == [told(other) for other in second]
    assert [one.status_code for one in first].count(200) >= 8


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("pt", "en")])
def test_a_block_says_its_language_by_both_ways(
    client: TestClient, app: FastAPI, gym: Gym, clock: Clock, locale: str, language: str
) -> None:
    """That of its client while it runs; none once it is finished, and none on weeks, whose begun days stay."""
    Api(client, gym.coach).patch(f"/v1/clients/{gym.member.client_id}", {"locale": "en" if locale == "de-AT" else "de"})
    block = planned(client, gym)
    Api(client, gym.coach).patch(f"/v1/clients/{gym.member.client_id}", {"locale": locale})
    member, path = Api(client, gym.member), f"/v1/blocks/{block['id']}"
    for blind in (False, True):
        with counted(app, blind=blind):
            read = member.send("GET", path)
            current = member.send("GET", path, headers={"If-None-Match": read.headers["etag"]})
            week = member.send("GET", "/v1/me/week")
        assert [one.headers.get("content-language") for one in (read, current, week)] == [language, language, None]
    clock.forward(days=60)
    assert member.send("GET", path).headers.get("content-language") is None


def test_a_copy_that_is_current_is_not_sent_again(client: TestClient, app: FastAPI, gym: Gym) -> None:
    """304 by either coding's tag, with the tag, by both ways."""
    block = planned(client, gym)
    for path in ("/v1/me/week", f"/v1/blocks/{block['id']}"):
        tag = client.get(path, headers=gym.member.headers).headers["etag"]
        for blind in (False, True):
            with counted(app, blind=blind):
                again = client.get(path, headers=gym.member.headers | {"If-None-Match": f'"other", {tag}'})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_the_versions_of_a_lock_and_of_later_days(client: TestClient, app: FastAPI, gym: Gym, clock: Clock) -> None:
    """A red flag, the days of the block and the end of it read the same by both ways."""
    block = planned(client, gym)
    member, seen = Api(client, gym.member), []

    def compare() -> None:
        answers = []
        for blind in (False, True):
            with counted(app, blind=blind):
                answers.append([told(member.send("GET", path)) for path in paths(gym, block)[:3]])
        assert answers[0] == answers[1]
        seen.append(answers[0][0][0])

    for days in (0, 6, 1, 7):
        clock.forward(days=days)
        compare()
    member.post(f"/v1/clients/{gym.member.client_id}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})
    compare()
    assert member.get("/v1/me/week")["status"] == "locked"
    clock.forward(days=40)
    compare()
    assert seen == [200] * 5 + [404]


def test_a_token_that_ended_opens_nothing(client: TestClient, app: FastAPI, gym: Gym, clock: Clock) -> None:
    """Expired, of a disabled person, of an earlier session: 401 at once, for the store finds nothing."""
    planned(client, gym)
    who = {"organization_id": gym.member.organization_id, "id": gym.member.person_id}

    def change(**values: object) -> None:
        with app.state.database.write() as session:
            of = (col(Person.organization_id) == who["organization_id"], col(Person.id) == who["id"])
            session.exec(update(Person).where(*of).values(**values))

    with counted(app) as hot:
        assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 200
        for values, undone in (
            ({"disabled_at": clock.now}, {"disabled_at": None}),
            ({"session_version": 2}, {"session_version": 1}),
        ):
            change(**values)
            assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 401
            change(**undone)
        assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 200
        clock.forward(minutes=15)
        assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 401
        assert hot.found == 2


def test_they_are_counted_and_logged_like_their_routes(
    client: TestClient, app: FastAPI, gym: Gym, caplog: pytest.LogCaptureFixture
) -> None:
    """Counters have the template of the route, the line in the log has the person."""
    block = planned(client, gym)
    caplog.clear()
    with caplog.at_level("INFO", logger="squatback.requests"), counted(app) as hot:
        for path in paths(gym, block)[:3]:
            assert client.get(path, headers=gym.member.headers).status_code == 200
        assert hot.found == 3
    counts = client.get("/metrics").text
    for template in ("/v1/me/week", "/v1/clients/{client_id}/week", "/v1/blocks/{block_id}"):
        assert f'squatback_requests_total{{method="GET",route="{template}",status="200"}} 1' in counts
        assert f'"route":"{template}"' in caplog.text
    assert caplog.text.count(f'"person_id":"{gym.member.person_id}"') == 3


def test_a_broken_connection_is_left_to_the_ordinary_route(client: TestClient, app: FastAPI, gym: Gym) -> None:
    """A hot store that cannot be reached costs nobody their week."""
    planned(client, gym)

    async def fail(*_: object) -> tuple[()]:
        return ()

    app.state.hot_store._connections.fetch = fail
    assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 200


def test_the_status_of_a_stored_block_is_found_without_reading_it(client: TestClient, app: FastAPI, gym: Gym) -> None:
    """The pattern fits what the planner writes."""
    block = planned(client, gym)
    with app.state.database.read() as session:
        stored = session.get_one(Block, (gym.member.organization_id, UUID(block["id"])))
    written = _WRITTEN.match(stored.document.encode())
    assert written is not None
    assert written[1].decode() == block["status"] == "active"


@pytest.mark.parametrize("statement", [MY_WEEKS, CLIENT_WEEKS, BLOCK], ids=["mine", "client", "block"])
def test_no_table_is_read_from_end_to_end(client: TestClient, app: FastAPI, statement: Any) -> None:
    """Every table of a hot statement is reached by an index, whatever the database."""
    engine = app.state.database.engine
    compiled = statement.compile(dialect=engine.dialect)
    sql = str(compiled)
    values = {"token": "x", "now": "2026-11-02", "client": UNKNOWN, "block": UNKNOWN}
    values |= {"earliest": str(date(2026, 11, 1)), "latest": str(date(2026, 11, 1) + timedelta(days=2))}
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            listed = tuple(values[name] for name in compiled.positiontup)
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", listed)]
            assert [line for line in plan if line.startswith("SCAN")] == []
            assert statement is BLOCK or any("ix_block_weeks_days" in line for line in plan)
            return
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]
        assert [line for line in plan if "Seq Scan" in line] == []


@pytest.mark.parametrize("microsecond", [0, 7, 120_000])
def test_an_instant_is_asked_for_on_sqlite_as_its_column_stores_it(microsecond: int) -> None:
    """Whatever its zone: expiry is compared as text."""
    dialect = SqliteConnections.dialect
    column = table_of(AccessToken).c.expires_at.type
    stores = column.dialect_impl(dialect).bind_processor(dialect)
    asks = dict(Prepared(MY_WEEKS, RunningBlock, dialect)._into)["now"]
    assert asks is not None
    assert stores is not None
    for zone in (UTC, ZoneInfo("Asia/Kathmandu")):
        instant = datetime(2026, 11, 2, 3, 4, 5, microsecond, tzinfo=zone)
        assert asks(instant) == stores(instant)


def tables_of(column: Any) -> set[Any]:
    """Return whose columns a selected expression is made of."""
    return {part.table for part in iterate(column) if hasattr(part, "table")}


def test_the_columns_of_the_statements_are_what_the_rows_hold(app: FastAPI) -> None:
    """One name a column: the token's own table gives none away."""
    for statement in (MY_WEEKS, CLIENT_WEEKS, BLOCK):
        tables = set[Any]().union(*map(tables_of, statement.selected_columns))
        assert tables
        assert AccessToken.__table__ not in tables
