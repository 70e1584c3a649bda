"""Three phones of one client, offline by turns, with wrong clocks and lost answers: all end up with what is stored."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import tables
from app.block_request import block_request
from app.facts import load_facts
from planner.facts import CheckIn, Fact
from planner.fold import fold, in_order
from planner.wire import load_state
from tests.app.kit import HIP, Api, Json, flags
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.phones import Phone

PHONES = 3
_PHONE = st.integers(0, PHONES - 1)
_PAIN = st.sampled_from((0, 1, 1, 2, 4, 7))
COACH = ("days", "name", "hold", "pause", "revoke", "screen", "next")
MOVES = st.one_of(
    st.tuples(st.just("log"), _PHONE, _PAIN),
    st.tuples(st.just("morning"), _PHONE, _PAIN),
    st.tuples(st.just("correct"), _PHONE, st.none()),
    st.tuples(st.just("dispute"), _PHONE, st.none()),
    st.tuples(st.just("spoil"), _PHONE, st.none()),
    st.tuples(st.just("sync"), _PHONE, st.booleans()),
    st.tuples(st.just("sync"), _PHONE, st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 60), st.none()),
    st.tuples(st.just("coach"), st.sampled_from(COACH), st.none()),
)
FLAG = st.none() | st.tuples(st.just("flag"), _PHONE, _PAIN)
"""At most one in a life: after it nothing loaded is planned."""
Move = tuple[str, int | str, int | bool | None]


@dataclass(slots=True)
class Life:
    """One client with a block, three phones and a coach."""

    api: Api
    clock: Clock
    path: str
    block: Json
    phones: list[Phone]
    adjustments: list[str] = field(default_factory=list)
    flagged: set[str] = field(default_factory=set)

    @classmethod
    def begin(cls, api: Api, clock: Clock, luck: random.Random) -> "Life":
        """Plan a block; the phones' clocks are right, three days behind and three days ahead."""
        path, block = api.planned_client()
        skews = (timedelta(0), timedelta(days=-3), timedelta(days=3))
        phones = [Phone(api, path, random.Random(luck.random()), skew) for skew in skews]
        return cls(api, clock, path, block, phones)

    def do(self, move: Move) -> None:
        """Let one thing happen."""
        what, which, more = move
        if what == "wait":
            self.clock.forward(hours=float(which))
        elif what == "coach":
            getattr(self, f"coach_{which}")()
        else:
            self.on_phone(self.phones[int(which)], what, more)

    def on_phone(self, phone: Phone, what: str, more: int | bool | None) -> None:
        """Let something happen on a phone, which asks for nothing loaded once the server knows of a red flag."""
        now = self.clock.now
        if what == "sync":
            answer = phone.sync(lost=bool(more))
            stored = {one["id"] for one in answer["results"] if one["status"] in ("stored", "already_stored")}
            self.flagged |= stored & {body["id"] for one in self.phones for body in one.made if "red_flags" in body}
            if self.flagged and not more:
                assert (answer["lock"] is None) == (answer["block_revision"] is None)
                assert phone.loaded() == []
        elif what in ("log", "morning"):
            getattr(phone, what)(now, more)
        elif what == "dispute":
            self.dispute(phone)
        elif what == "flag":
            phone.morning(now, int(more or 0), flag=True)
        else:
            phone.correct(now) if what == "correct" else phone.spoil()

    def dispute(self, phone: Phone) -> None:
        """Let a phone tell what it has, and another correct the same morning as this one without hearing of it."""
        phone.sync()
        other = self.phones[(self.phones.index(phone) + 1) % PHONES]
        other.sync()
        for one in (phone, other):
            one.correct(self.clock.now, newest=True)

    # --- the coach ---

    def coach_days(self) -> None:
        """Change the training days."""
        self.api.patch(self.path, {"training_days": ["tue", "thu"], "session_minutes": 45})

    def coach_name(self) -> None:
        """Change the record, not the plan."""
        self.api.patch(self.path, {"display_name": f"Sam at {self.clock.now.isoformat()}"})

    def coach_hold(self) -> None:
        """Hold the step."""
        self._adjust({"kind": "hold_step", "scope": "rest_of_block"})

    def coach_pause(self) -> None:
        """Pause this week."""
        self._adjust({"kind": "pause", "scope": "week"})

    def coach_revoke(self) -> None:
        """Take the latest change back."""
        if self.adjustments:
            address = f"/v1/adjustments/{self.adjustments.pop()}"
            assert self.api.send("DELETE", address, headers={"If-Match": "*"}).status_code == 200

    def coach_screen(self) -> None:
        """Ask the questions anew; nobody clears anything."""
        self.api.post(f"{self.path}/screenings", {"red_flags": flags()})

    def coach_next(self) -> None:
        """Finish the block and plan another from a new assessment."""
        assessed = self.api.post(f"{self.path}/assessments", HIP)
        body = {"assessment_id": assessed["id"]}
        self.block = self.api.post(f"{self.path}/blocks?finish_current=true", body)
        self.adjustments.clear()

    def _adjust(self, body: Json) -> None:
        address = f"/v1/blocks/{self.block['id']}/adjustments"
        made = self.api.send("POST", address, json=body | {"reason": "A test."}, headers={"If-Match": "*"})
        if made.status_code == 201:
            self.adjustments.append(made.json()["adjustment"]["id"])

    # --- the end ---

    def everybody_online(self) -> None:
        """Let all phones tell what they have, then read what the others told."""
        for _ in range(2):
            for phone in self.phones:
                phone.catch_up()

    def stored(self, kind: str) -> list[str]:
        """Return the ids of all session logs or check-ins that are stored."""
        found, cursor = list[str](), {}
        while True:
            page = self.api.get(f"{self.path}/{kind}", params={"limit": 100} | cursor)
            found += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def made(self, name: str) -> list[str]:
        """Return the ids of what the phones made that can be stored: logs or check-ins, told by a field of theirs."""
        return [body["id"] for phone in self.phones for body in phone.made if name in body]


def _converges(life: Life, moves: list[Move], flag: Move | None, app: FastAPI) -> None:
    when = life.phones[0].luck.randrange(len(moves))
    for move in (*moves[:when], *((flag,) if flag else ()), *moves[when:]):
        life.do(move)
    life.everybody_online()
    fresh = Phone(life.api, life.path, random.Random(0), timedelta(0))
    fresh.catch_up()

    assert [phone.seen() == fresh.seen() for phone in life.phones] == [True] * PHONES
    assert sorted(life.stored("session-logs")) == sorted(life.made("performed_at"))
    assert sorted(life.stored("check-ins")) == sorted(life.made("at"))
    block = life.api.get(f"/v1/blocks/{life.block['id']}")
    assert fresh.copy.get(("block", block["id"])) == (None if block["status"] == "finished" else block)
    if flag:
        assert [phone.loaded() for phone in (*life.phones, fresh)] == [[]] * (PHONES + 1)
    _is_what_all_facts_give(life, app)


def _is_what_all_facts_give(life: Life, app: FastAPI) -> None:
    """The stored state is the one that all facts add up to, in whichever order they come."""
    organization_id = life.api.who.organization_id
    with app.state.database.read() as session:
        block = session.get_one(tables.Block, (organization_id, UUID(life.block["id"])))
        client = session.get_one(tables.Client, (organization_id, block.client_id))
        facts = list(load_facts(session, client))
        life.phones[0].luck.shuffle(facts)
        state, _ = fold(block_request(block), facts, app.state.catalogue)
        assert state == load_state(block.state)
        _counts_once(facts)


def _counts_once(facts: list[Fact]) -> None:
    """Of a morning and everything that corrects it, on whichever phone, one is folded."""
    folded = {fact.id for fact in in_order(facts) if isinstance(fact.body, CheckIn)}
    corrected = {fact.id: fact.replaces for fact in facts if fact.replaces}
    mornings = {_first(fact.id, corrected) for fact in facts if isinstance(fact.body, CheckIn)}
    assert sorted(_first(name, corrected) for name in folded) == sorted(mornings)


def _first(name: str, corrected: dict[str, str]) -> str:
    while name in corrected:
        name = corrected[name]
    return name


def _some(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_some(4)
@given(moves=st.lists(MOVES, min_size=8, max_size=16), flag=FLAG, seed=st.integers(0, 2**32))
def test_phones_converge(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, moves: list[Move], flag: Move | None, seed: int
) -> None:
    """Nothing is lost, nothing stored twice, every copy is what is stored, no load after a red flag."""
    _converges(Life.begin(Api(client, gym.coach), clock, random.Random(seed)), moves, flag, app)


@pytest.mark.campaign
@_some(500)
@given(moves=st.lists(MOVES, min_size=10, max_size=60), flag=FLAG, seed=st.integers(0, 2**32))
def test_phones_converge_after_long_lives(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, moves: list[Move], flag: Move | None, seed: int
) -> None:
    """The same over 500 longer lives."""
    _converges(Life.begin(Api(client, gym.coach), clock, random.Random(seed)), moves, flag, app)
