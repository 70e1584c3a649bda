"""The inbox of a coach with five hundred clients: pages without gaps, one statement, in the order of its index."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import process_time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, insert

from app import tables
from app.coach import service
from app.ids import new_id
from app.local_time import start_of_day
from app.notice_table import ClientNotice
from app.signed_in import SignedIn
from planner.words import URGENCIES
from tests.app.kit import Api, Json
from tests.conftest import Clock
from tests.gym import Gym

CLIENTS = 500
TODAY = date(2026, 11, 2)
KINDS = ("retest", "no_logs", "block_ending", "problem", "red_flag")


@pytest.fixture
def crowd(app: FastAPI, client: TestClient, gym: Gym) -> int:
    """Give the coach five hundred clients of whom many ask for something, now or later; return how many ask now."""
    draw, people, notices = Random(7), [], []
    for number in range(CLIENTS):
        who = new_id()
        people.append(_client(gym, who, number))
        notices += [_notice(gym, who, kind, draw.randrange(-40, 40)) for kind in KINDS]
    with app.state.database.write() as session:
        session.exec(insert(tables.Client), params=people)
        session.exec(insert(ClientNotice), params=notices)
    with app.state.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return sum(one["shows_at"] <= datetime(2026, 11, 2, 12, tzinfo=UTC) for one in notices)


def _client(gym: Gym, who: object, number: int) -> Json:
    return {
        "organization_id": gym.coach.organization_id,
        "id": who,
        "display_name": f"Client {number}",
        "time_zone": "UTC",
        "locale": "en",
        "profile": "{}",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "version": 1,
    }


def _notice(gym: Gym, who: object, kind: str, days: int) -> Json:
    """Return a notice that shows so many days from today; half of the days are shared by many."""
    on = TODAY + timedelta(days=days - days % 5)
    return {
        "organization_id": gym.coach.organization_id,
        "client_id": who,
        "kind": kind,
        "shows_at": start_of_day(on, "UTC"),
        "ends_at": None,
        "urgency": URGENCIES.index("refer" if kind == "red_flag" else "routine"),
        "since": on,
        "rule": "",
        "action": "assess",
        "reason": "Something is due.",
        "facts": "{}",
        "block_id": None,
    }


def _place(row: Json) -> tuple[int, str, str, str]:
    return (URGENCIES.index(row["urgency"]), row["since"], row["client_id"], row["kind"])


@pytest.mark.parametrize("limit", [7, 20, 100])
def test_every_row_stands_on_exactly_one_page(client: TestClient, gym: Gym, crowd: int, limit: int) -> None:
    """Walked page by page the rows are in order, each once, although hundreds are equally urgent on the same day."""
    api, cursor, seen = Api(client, gym.coach), "", list[Json]()
    while cursor is not None and len(seen) < 400:
        page = api.get("/v1/coach/inbox", params={"limit": limit, "cursor": cursor})
        seen += page["items"]
        cursor = page["next_cursor"]
    places = [_place(row) for row in seen]

    assert len(seen) >= 400
    assert places == sorted(set(places))


def test_the_last_page_ends_the_walk(client: TestClient, gym: Gym, crowd: int) -> None:
    """As many rows as ask now, and then no cursor."""
    api, cursor, counted = Api(client, gym.coach), "", 0
    while cursor is not None:
        page = api.get("/v1/coach/inbox", params={"limit": 100, "cursor": cursor})
        counted, cursor = counted + len(page["items"]), page["next_cursor"]
    assert counted == crowd


@pytest.mark.parametrize("cursor", ["x", "W10=", "WyJhYiIsICJjIl0="])
def test_a_broken_cursor_is_refused(client: TestClient, gym: Gym, cursor: str) -> None:
    """What is no cursor of this list answers 400."""
    broken = Api(client, gym.coach).get("/v1/coach/inbox", 400, params={"cursor": cursor})
    assert broken["code"] == "invalid_cursor"


# --- cheap --------------------------------------------------------------------------------------------------------


@contextmanager
def _noted(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that are run meanwhile."""
    statements: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_a_page_is_one_statement(client: TestClient, app: FastAPI, gym: Gym, crowd: int) -> None:
    """There is one, whatever the size of the page, and it folds no state; the token has a connection of its own."""
    api = Api(client, gym.coach)
    for limit in (1, 100):
        with _noted(app.state.database.engine) as statements:
            api.get("/v1/coach/inbox", params={"limit": limit})
        (page,) = [one for one in statements if one.lstrip().upper().startswith("SELECT")]

        assert "client_notices" in page
        assert "blocks" not in page.replace("block_id", "")
        assert "LIMIT" in page.upper()


def _who(gym: Gym) -> SignedIn:
    return SignedIn(
        organization_id=gym.coach.organization_id,
        person_id=gym.coach.person_id,
        role="coach",
        client_id=None,
        family_id=gym.coach.person_id,
    )


def test_no_more_rows_are_read_than_shown(app: FastAPI, gym: Gym, crowd: int, clock: Clock) -> None:
    """A page of twenty reads one row more, which tells whether another page follows."""
    with app.state.database.read() as session:
        found = session.exec(service.shown(gym.coach.organization_id, clock.now).limit(21)).all()
        page, _ = service.list_inbox(session, _who(gym), now=clock.now, limit=20, cursor=None)
    assert (len(found), len(page)) == (21, 20)


@pytest.mark.parametrize("later", [False, True])
def test_the_index_gives_the_order(app: FastAPI, gym: Gym, crowd: int, clock: Clock, later: bool) -> None:
    """The database walks the inbox's index and sorts nothing, on the first page and on later ones."""
    with app.state.database.read() as session:
        plan = _plan(session, gym, clock, later)
    assert "ix_client_notices_inbox" in plan
    assert not any(sorting in plan for sorting in ("TEMP B-TREE", "Sort Key"))
    assert "Seq Scan on client_notices" not in plan
    assert "SCAN client_notices" not in plan


def _plan(session: Session, gym: Gym, clock: Clock, later: bool) -> str:
    """Return how the database would run the statement of a page."""
    statement = service.shown(gym.coach.organization_id, clock.now)
    if later:
        page, _ = service.list_inbox(session, _who(gym), now=clock.now, limit=20, cursor=None)
        statement = service.after(statement, service.place_of(page[-1]))
    name = session.get_bind().dialect.name
    dialect = postgresql.dialect() if name == "postgresql" else sqlite.dialect()
    compiled = statement.limit(21).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if name == "postgresql" else "EXPLAIN QUERY PLAN"
    return "\n".join(str(line) for line in session.connection().exec_driver_sql(f"{explain} {compiled}"))


def test_a_page_costs_at_most_ten_single_rows(app: FastAPI, gym: Gym, crowd: int, clock: Clock) -> None:
    """A page of twenty of five hundred clients costs no more than ten reads of one client's row."""
    key = (gym.coach.organization_id, gym.member.client_id)

    def one_row() -> None:
        with app.state.database.read() as session:
            assert session.get(tables.Client, key) is not None

    def one_page() -> None:
        with app.state.database.read() as session:
            assert len(service.list_inbox(session, _who(gym), now=clock.now, limit=20, cursor=None)[0]) == 20

    assert _fastest(one_page) <= 10 * _fastest(one_row)


def _fastest(work: object) -> float:
    times = []
    for _ in range(30):
        start = process_time()
        work()  # type: ignore[operator]
        times.append(process_time() - start)
    return min(times)
