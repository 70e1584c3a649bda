"""A red flag stops training, whatever else happens to a client and wherever somebody looks, until a clearance."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.copying import copy_database
from app.db import open_database
from app.deps import get_now
from app.main import create_app
from tests.app.kit import Api, Json, flags
from tests.conftest import Clock, settings_for
from tests.gym import Gym
from tests.support.flagged_life import FAILURES, FLAGS, UNCLEARED, Life
from tests.support.flagged_reads import PARTS, Shown, everything

RUNS, STEPS = 5000, 50
"""What `make campaign` runs, reading one part of everything after each step and all of it at the end of a life; the
suite runs a few short lives on each database and reads everything every time."""
RESTORES = 20
"""A copy holds all lives before it, so that only the first are copied."""

FLAG = st.sampled_from(FLAGS)
LATE = st.sampled_from((0, 0, 1, 30, 100))
CHANGES: tuple[Json, ...] = (
    {"locale": "de"},
    {"locale": "en"},
    {"training_days": ["tue", "thu"]},
    {"session_minutes": 30},
    {"time_zone": "Pacific/Kiritimati"},
    {"time_zone": "America/Los_Angeles"},
    {"units": "imperial"},
    *({"limits": [one]} for one in UNCLEARED),
    {"limits": []},
)
ADJUSTMENTS: tuple[Json, ...] = (
    {"kind": "hold_step", "scope": "rest_of_block"},
    {"kind": "pause", "scope": "week"},
    {"kind": "pause", "scope": "rest_of_block"},
    {"kind": "resume", "scope": "rest_of_block"},
    *({"kind": "place_on_rung", "scope": "rest_of_block", "rung": rung} for rung in (0, 2, 9)),
)
OF_SESSIONS: tuple[Json, ...] = (
    {"kind": "add_exercise", "exercise": "suitcase_carry"},
    {"kind": "skip_session"},
    {"kind": "note", "note": "Slowly."},
    {"kind": "move_session"},
)
OF_ITEMS: tuple[Json, ...] = (
    {"kind": "set_load", "load_kg": 60},
    {"kind": "cap_load", "load_kg": 20},
    {"kind": "set_dose", "sets": 5, "reps": 3},
    {"kind": "swap_exercise", "exercise": "suitcase_carry"},
    {"kind": "swap_exercise", "exercise": "back_squat"},
    {"kind": "remove_exercise"},
    {"kind": "cap_depth", "depth": "parallel"},
)


class RedFlags(RuleBasedStateMachine):
    """Lives of clients under one app; `begin` makes a new client for each, and `copied` is a copy of the database."""

    begin: ClassVar[Callable[[], Life]]
    copied: ClassVar[Callable[[Life], Life]]
    in_parts: ClassVar[bool] = False
    restored: ClassVar[int] = 0
    life: Life
    steps: int = 0

    @initialize()
    def start(self) -> None:
        self.life = self.begin()

    def _later(self, minutes: int = 1) -> Life:
        self.life.clock.forward(minutes=minutes)
        return self.life

    # --- what people tell ---

    @rule(flag=FLAG, late=LATE, pain=st.sampled_from((0, 2, 8)))
    def a_morning_with_a_flag(self, flag: str, late: int, pain: int) -> None:
        life = self._later()
        life.morning(life.member, {flag: "yes"}, late=late, pain=pain)

    @rule(answers=st.sampled_from(({}, flags(), {"numbness": "no"})), late=LATE, pain=st.sampled_from((0, 3, 7)))
    def a_morning(self, answers: Json, late: int, pain: int) -> None:
        life = self._later()
        life.morning(life.coach, answers, late=late, pain=pain)

    @rule(flag=FLAG)
    def a_refused_morning_with_a_flag(self, flag: str) -> None:
        self._later().spoilt_morning(flag)

    @rule(pain=st.sampled_from((0, 1, 4, 9)))
    def a_session(self, pain: int) -> None:
        life = self._later()
        life.session(life.member, pain)

    @rule(flag=st.none() | FLAG, late=LATE, spoilt=st.booleans())
    def a_batch(self, flag: str | None, late: int, spoilt: bool) -> None:
        self._later().batch(flag, late=late, spoilt=spoilt)

    @rule(flag=st.none() | st.none() | FLAG, late=LATE, partly=st.booleans())
    def a_checklist(self, flag: str | None, late: int, partly: bool) -> None:
        life = self._later()
        life.screen(
            life.coach, ({} if partly else flags()) | ({flag: "yes"} if flag else {"numbness": "no"}), late=late
        )

    @rule(flag=st.none() | FLAG, how=st.sampled_from(("yes", "none")))
    def warning_signs_by_link(self, flag: str | None, how: str) -> None:
        self._later().safety(flag, how)

    @rule()
    def a_morning_by_link(self) -> None:
        self._later().linked_morning()

    @rule(flag=st.none() | FLAG, at_home=st.booleans(), ahead=st.sampled_from((0, 0, 9)))
    def an_assessment(self, flag: str | None, at_home: bool, ahead: int) -> None:
        self._later().assess({flag: "yes"} if flag else {}, at_home=at_home, ahead=ahead)

    @rule(days_ago=st.sampled_from((0, 0, 0, 1, 20)), by_coach=st.sampled_from((True, True, True, False)))
    def a_clearance(self, days_ago: int, by_coach: bool) -> None:
        life = self._later()
        life.clear(life.coach if by_coach or life.away else life.me, days_ago)

    # --- what coaches change ---

    @rule()
    def the_next_block(self) -> None:
        self._later().plan()

    @rule(values=st.sampled_from(CHANGES))
    def a_changed_record(self, values: Json) -> None:
        self._later().change(values)

    @rule(values=st.sampled_from(ADJUSTMENTS))
    def an_adjustment(self, values: Json) -> None:
        self._later().adjust(values)

    @rule(
        values=st.sampled_from(OF_SESSIONS + OF_ITEMS),
        which=st.integers(0, 30),
        scope=st.sampled_from(("session", "rest_of_block")),
    )
    def an_adjusted_session(self, values: Json, which: int, scope: str) -> None:
        life = self._later()
        numbers = range(1, life.block["weeks"] + 1)
        weeks = [life.coach.get(f"/v1/blocks/{life.block['id']}/weeks/{number}") for number in numbers]
        sessions = [
            (day["date"], one) for week in weeks for day in week["days"] for one in day["sessions"] if one["items"]
        ]
        assume(sessions)
        day, session = sessions[which % len(sessions)]
        if values in OF_ITEMS:
            more = {"item_id": session["items"][which % len(session["items"])]["id"], "scope": scope}
        else:
            more = {"session_id": session["id"]} | ({"to_date": day} if values["kind"] == "move_session" else {})
        life.adjust(values | more)

    @rule()
    def an_adjustment_is_taken_back(self) -> None:
        self._later().revoke()

    @rule(to_admin=st.booleans())
    def somebody_else_looks_after_them(self, to_admin: bool) -> None:
        life = self._later()
        life.hand_over(life.admin if to_admin else life.coach)

    @rule()
    def the_member_loses_access_or_gets_it_back(self) -> None:
        self._later().send_away()

    # --- time, trouble, and several at once ---

    @rule(hours=st.sampled_from((1, 9, 24, 60, 170)))
    def time_passes(self, hours: int) -> None:
        self._later(60 * hours)

    @rule(names=st.sampled_from(FAILURES), flag=st.none() | FLAG, by=st.sampled_from(("app", "batch", "link")))
    def planning_fails(self, names: tuple[str, ...], flag: str | None, by: str) -> None:
        life = self._later()
        with life.failing(names):
            if by == "app":
                life.morning(life.member, {flag: "yes"} if flag else {})
            elif by == "batch":
                life.batch(flag, late=0, spoilt=False)
            else:
                life.safety(flag, "yes") if flag else life.linked_morning()

    @rule(flag=FLAG, other=st.sampled_from(("clear", "screen", "morning", "adjust", "plan", "change", "session")))
    def a_flag_and_something_else_at_once(self, flag: str, other: str) -> None:
        life = self._later()
        others: dict[str, Callable[[], object]] = {
            "clear": lambda: life.clear(life.coach, 0),
            "screen": lambda: life.screen(life.coach, flags()),
            "morning": lambda: life.morning(life.coach, {}),
            "adjust": lambda: life.adjust(ADJUSTMENTS[0]),
            "plan": life.plan,
            "change": lambda: life.change(CHANGES[2]),
            "session": lambda: life.session(life.coach, 1),
        }
        life.at_once(flag, others[other])

    @rule()
    def the_client_is_erased_and_another_comes(self) -> None:
        life = self._later()
        name = life.coach.get(life.path)["display_name"]
        life.coach.post(f"{life.path}/erasure", {"confirm": name}, 204)
        life.coach.get(life.path, 404)
        assert life.browser.http.get(f"/week/{life.links['page']}").status_code == 404
        assert life.browser.http.get(f"/v1/calendars/{life.links['calendar']}.ics").status_code == 404
        self.life = self.begin()

    @precondition(lambda self: self.life.held)
    @rule()
    def a_backup_is_restored_elsewhere(self) -> None:
        if self.restored == RESTORES:
            return
        type(self).restored += 1
        copy = self.copied(self.life)
        with copy.admin.http:
            _nothing_loaded(copy)

    # --- what has to hold ---

    @invariant()
    def nothing_loaded_is_shown(self) -> None:
        self.steps += 1
        if self.life.held:
            _nothing_loaded(self.life, PARTS[self.steps % len(PARTS)] if self.in_parts else everything)

    def teardown(self) -> None:
        """Read everything once more at the end of a life."""
        if self.in_parts and self.life.held:
            _nothing_loaded(self.life)

    @invariant()
    def what_was_told_is_kept(self) -> None:
        missing = [
            one
            for one in self.life.stored
            if self.life.coach.send("GET", f"{self.life.path}/check-ins/{one}").status_code != 200
        ]
        assert missing == []
        self.life.stored.clear()

    @rule()
    def a_clear_checklist_lets_training_go_on(self) -> None:
        life = self._later()
        life.screen(life.coach, flags())
        if not life.held:
            assert life.coach.get(f"/v1/blocks/{life.block['id']}")["lock"] is None


def _nothing_loaded(life: Life, read: Callable[[Life], Shown] = everything) -> None:
    assert [(where, found) for where, found in read(life) if found] == []
    block = life.coach.get(f"/v1/blocks/{life.block['id']}")
    assert block["lock"] is not None or block["status"] == "finished"


# --- the lives ----------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(
    client: TestClient, app: FastAPI, clock: Clock, gym: Gym, migrated_sqlite: Path, tmp_path: Path
) -> type[RedFlags]:
    """Return the machine on the app of a test, and on copies of its database."""
    started = clock.now

    class OnApp(RedFlags):
        """The same on one app; each life begins on the same day."""

        @staticmethod
        def begin() -> Life:
            clock.now = started
            return Life.begin(client, app, clock, gym)

        @staticmethod
        def copied(life: Life) -> Life:
            return _copied(life, migrated_sqlite, tmp_path / f"copy{OnApp.restored}.db")

    return OnApp


def _copied(life: Life, migrated: Path, file: Path) -> Life:
    """Return the life as a new server on a copy of the database shows it."""
    file.write_bytes(migrated.read_bytes())
    settings = settings_for(f"sqlite:///{file}")
    target = open_database(settings)
    copy_database(life.app.state.database.engine, target.engine)
    target.engine.dispose()
    app = create_app(settings)
    app.dependency_overrides[get_now] = lambda: life.clock.now
    http = TestClient(app)
    admin, coach, me = (Api(http, one.who, one.token) for one in (life.admin, life.coach, life.me))
    return replace(life, app=app, admin=admin, coach=coach, me=me)


def _some(runs: int, steps: int) -> settings:
    return settings(
        max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )


def test_no_load_is_shown_after_a_red_flag_whatever_happens(machine: type[RedFlags]) -> None:
    """A few short lives; see the machine for what may happen in them."""
    run_state_machine_as_test(machine, settings=_some(3, 8))


@pytest.mark.campaign
def test_no_load_is_shown_after_a_red_flag_in_long_lives(machine: type[RedFlags]) -> None:
    """The same at the size that is promised."""
    machine.in_parts = True
    run_state_machine_as_test(machine, settings=_some(RUNS, STEPS))


@pytest.mark.sqlite_only
def test_whatever_can_answer_an_item_or_a_change_of_one_is_read_here(app: FastAPI) -> None:
    """A new way to read a plan belongs into `tests/support/flagged_reads.py`, or it is no way around a lock."""
    schemas = app.openapi()["components"]["schemas"]

    def named(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"].rsplit("/", 1)[1]} if "$ref" in node else set()
            return own.union(*map(named, node.values()))
        return set().union(*map(named, node)) if isinstance(node, list) else set()

    def reached(names: set[str]) -> set[str]:
        further = names.union(*(named(schemas[name]) for name in names))
        return names if further == names else reached(further)

    found = {
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and {"Item", "Change", "StoredWeek"} & reached(named(answer))
    }
    weeks = {"get_block", "get_block_week", "get_client_week", "get_my_week", "get_revision", "plan_block", "sync"}
    assert found == weeks | {"adjust_block", "revoke_adjustment", "ask_what_if", "export_client"}


def test_every_place_shows_loads_before_a_flag_none_under_it_and_some_again_later(
    client: TestClient, app: FastAPI, clock: Clock, gym: Gym
) -> None:
    """So that the machine cannot pass because it looks at nothing."""
    life = Life.begin(client, app, clock, gym)
    before = {where for where, found in everything(life) if found}
    clock.forward(hours=1)
    life.morning(life.me, {"numbness": "yes"})
    under = [found for _, found in everything(life) if found]
    clock.forward(hours=1)
    life.clear(life.coach, 0)

    weeks = {f"/v1/blocks/{life.block['id']}/weeks/{number}" for number in range(1, 5)}
    mails = {f"e-mail of week {number}" for number in range(1, 5)}
    assert before >= weeks | mails | {"/v1/me/week", f"{life.path}/week", "/week", f"/week/{life.links['page']}"}
    assert before >= {"/v1/calendars/{token}.ics", "revision", "sync", "export"}
    assert under == []
    assert life.coach.get(f"/v1/blocks/{life.block['id']}")["lock"] is None
    assert weeks & {where for where, found in everything(life) if found}
