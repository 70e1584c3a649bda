"""Walks through lists that change under the reader: what was there the whole time is seen exactly once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import InvalidCursor
from app.paging import place_in_time, seal
from tests.app.kit import CALM_MORNING, SAM, Api
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.profile import SLOW

_CHANGES = st.one_of(
    st.tuples(st.sampled_from(("add", "add", "wait")), st.just(0)),
    st.tuples(st.sampled_from(("remove", "put_back")), st.integers(0, 20)),
)
_BETWEEN = st.lists(st.lists(_CHANGES, max_size=2), max_size=6)
"""What happens before each page."""


@dataclass(slots=True)
class Listed:
    """A list under change: what is on it, and what was on it at some time of the walk, or all the time."""

    api: Api
    clock: Clock
    path: str
    there: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    ever: set[str] = field(default_factory=set)
    always: set[str] = field(default_factory=set)

    def begin(self, size: int) -> None:
        """Fill the list: every second row has the instant of the one before."""
        for number in range(size):
            self.add()
            self.clock.forward(seconds=number % 2)
        self.ever, self.always = set(self.there), set(self.there)

    def change(self, what: str, which: int) -> None:
        """Let one thing happen."""
        if what == "wait":
            self.clock.forward(seconds=1)
        elif what == "add":
            self.add()
        elif rows := self.there if what == "remove" else self.gone:
            getattr(self, what)(rows.pop(which % len(rows)))

    def add(self) -> None:
        """Add a row at the present instant."""
        self.appear(self.create())

    def create(self) -> str:
        """Make a row and return its id."""
        raise NotImplementedError

    def appear(self, row_id: str) -> None:
        """Note that a row is on the list."""
        self.there.append(row_id)
        self.ever.add(row_id)

    def remove(self, row_id: str) -> None:
        """Take a row off the list."""
        self.gone.append(row_id)
        self.always.discard(row_id)

    def put_back(self, row_id: str) -> None:
        """Put a row back on the list."""
        self.appear(row_id)

    def walk(self, limit: int, between: list[list[tuple[str, int]]]) -> list[str]:
        """Read page after page, with changes before each; return the ids as they were read."""
        seen: list[str] = []
        cursor, turn = "", 0
        while cursor is not None:
            page = self.api.get(self.path, params={"limit": limit, "cursor": cursor})
            assert len(page["items"]) <= limit
            seen += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
            for change in between[turn] if turn < len(between) else ():
                self.change(*change)
            turn += 1
        return seen


class Clients(Listed):
    """The clients of an organization, who are archived and brought back."""

    def create(self) -> str:
        """Add a client."""
        made: str = self.api.post("/v1/clients", SAM)["id"]
        return made

    def remove(self, row_id: str) -> None:
        """Archive a client."""
        assert self.api.send("DELETE", f"/v1/clients/{row_id}").status_code == 204
        Listed.remove(self, row_id)

    def put_back(self, row_id: str) -> None:
        """Bring a client back."""
        self.api.patch(f"/v1/clients/{row_id}", {"archived": False})
        Listed.put_back(self, row_id)


class CheckIns(Listed):
    """The check-ins of a client: they stay; what comes late stands where it happened."""

    def create(self) -> str:
        """Tell of this morning, or late of one before it."""
        at = self.clock.now - timedelta(seconds=2 * (len(self.there) % 3))
        made: str = self.api.post(self.path, CALM_MORNING | {"at": at.isoformat()})["log"]["id"]
        return made

    def change(self, what: str, which: int) -> None:
        """Let one thing happen; nothing that was told is taken away."""
        if what not in ("remove", "put_back"):
            Listed.change(self, what, which)


def _is_walked(listed: Listed, size: int, limit: int, between: list[list[tuple[str, int]]]) -> None:
    """Walk once; the rows that were there before stay out of it."""
    others = set(Listed.walk(listed, 100, []))
    listed.begin(size)
    seen = [row_id for row_id in listed.walk(limit, between) if row_id not in others]

    assert len(seen) == len(set(seen)), "twice"
    assert listed.always <= set(seen), "skipped"
    assert set(seen) <= listed.ever, "of nowhere"
    left = listed.walk(100, [])
    lasting = [row_id for row_id in left if row_id in listed.always]
    assert [row_id for row_id in seen if row_id in listed.always] == lasting, "in another order"
    for row_id in listed.there if isinstance(listed, Clients) else ():
        listed.api.send("DELETE", f"/v1/clients/{row_id}")  # the next walk is short again


MakeList = Callable[[Api, Clock], Listed]


def _clients(api: Api, clock: Clock) -> Listed:
    return Clients(api, clock, "/v1/clients")


def _check_ins(api: Api, clock: Clock) -> Listed:
    return CheckIns(api, clock, f"{api.new_client()}/check-ins")


_SUPPRESSED = (*SLOW, HealthCheck.function_scoped_fixture)


def _tried(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=_SUPPRESSED)


_LISTS = pytest.mark.parametrize("make_list", [_clients, _check_ins], ids=["clients", "check_ins"])
_WALKS = given(size=st.integers(0, 7), limit=st.integers(1, 4), between=_BETWEEN)


@_LISTS
@_tried(6)
@_WALKS
def test_what_stays_is_seen_once(
    client: TestClient,
    gym: Gym,
    clock: Clock,
    make_list: MakeList,
    size: int,
    limit: int,
    between: list[list[tuple[str, int]]],
) -> None:
    """Nothing is skipped, shown twice or out of order, whatever comes, goes and comes back between the pages."""
    _is_walked(make_list(Api(client, gym.coach), clock), size, limit, between)


@pytest.mark.campaign
@_LISTS
@_tried(1000)
@_WALKS
def test_what_stays_is_seen_once_in_a_thousand_walks(
    client: TestClient,
    gym: Gym,
    clock: Clock,
    make_list: MakeList,
    size: int,
    limit: int,
    between: list[list[tuple[str, int]]],
) -> None:
    """The same; a thousand walks through each of the two lists."""
    _is_walked(make_list(Api(client, gym.coach), clock), size, limit, between)


@pytest.mark.parametrize(
    "key",
    [
        ("yesterday", str(UUID(int=1))),
        ("2026-11-02T12:00:00+00:00", "the last"),
        ("0001-01-01T00:00:00+14:00", str(UUID(int=1))),
        ("2026-11-02",),
    ],
)
def test_a_cursor_that_is_made_up_is_refused(key: tuple[str, ...]) -> None:
    """Whoever read the code can seal one; what it says is judged all the same."""
    with pytest.raises(InvalidCursor):
        place_in_time(seal("list", key), scope="list")
