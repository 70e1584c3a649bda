"""A red flag stops training, whatever else happens to a client and wherever somebody looks, until a clearance."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.block_days import version_for
from app.logs.service import Stored
from app.logs.service import _record as record_log
from app.planning import Desk, Outcome
from planner.catalogue import Catalogue
from planner.plan import ScreeningResult
from planner.screen import screen
from planner.screening_state import with_answers, with_clearance
from planner.state import ScreenState
from planner.words import Answer, RedFlag
from tests.conftest import Clock, settings_for
from tests.databases import Databases
from tests.kept import KeptEngines, built
from tests.support.direct import Direct
from tests.support.flagged_reads import everything
from tests.support.flagged_steps import STEPS, Choices, Lives
from tests.support.flagged_world import World

IN_ONE_DATABASE = 100
"""Lives of a campaign before the next database: a larger one is slower."""
RARELY = {"the_client_is_erased_and_another_comes": 1}
"""Steps of which there are fewer than OFTEN: a life would be over too soon."""
OFTEN = 5

NewWorld = Callable[[], AbstractContextManager[World]]


@pytest.fixture
def new_world(
    databases: Databases,
    migrated: str,
    migrated_sqlite: Path,
    present: str,
    kept_engines: KeptEngines,
) -> NewWorld:
    """Return what starts the service on an empty database."""

    @contextmanager
    def started() -> Iterator[World]:
        with databases.database(present, template=migrated) as url:
            clock, app = Clock(), built(settings_for(url))
            app.state.clock = lambda: clock.now
            with kept_engines.lent(), Direct(app) as http:
                yield World(http, clock, migrated_sqlite, copies=2)

    return started


@pytest.fixture
def world(new_world: NewWorld) -> Iterator[World]:
    """Return the running service on an empty database."""
    with new_world() as found:
        yield found


# --- a few lives of any steps, made as short as they can be where one fails ----------------------------------------


class RedFlags(RuleBasedStateMachine):
    """Lives that read everything after each step; the steps become rules below."""

    world: ClassVar[World]
    lives: Lives

    @initialize()
    def begin(self) -> None:
        self.lives = Lives(self.world)

    @invariant()
    def nothing_loaded_is_shown(self) -> None:
        self.lives.look()


def _rule(name: str, choices: Choices) -> object:
    def happen(self: RedFlags, **chosen: object) -> None:
        getattr(self.lives, name)(**chosen)

    happen.__name__ = name
    return rule(**{parameter: st.sampled_from(values) for parameter, values in choices.items()})(happen)


for _name, _choices in STEPS.items():
    setattr(RedFlags, _name, _rule(_name, _choices))


def test_no_load_is_shown_after_a_red_flag_whatever_happens(world: World) -> None:
    """A few short lives; `tests/support/flagged_steps.py` tells what may happen in them."""
    RedFlags.world = world
    few = settings(max_examples=3, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(RedFlags, settings=few)


# --- many long lives, each from a number ---------------------------------------------------------------------------


def lived(world: World, number: int, steps: int) -> None:
    """Let a life happen that its number decides, in which some kinds of steps never come; AssertionError tells it.

    One place is read after each step, besides the block and the week of today, and every place at the end.
    """
    random = Random(number)
    kinds = random.sample(sorted(STEPS), random.randint(6, len(STEPS)))
    lives, told = Lives(world), []
    try:
        for name in random.choices(kinds, [RARELY.get(kind, OFTEN) for kind in kinds], k=steps):
            chosen = {parameter: random.choice(values) for parameter, values in STEPS[name].items()}
            told.append(f"    {name}({', '.join(f'{key}={value!r}' for key, value in chosen.items())})")
            getattr(lives, name)(**chosen)
            lives.look(lambda places: [random.choice(places)])
        lives.look()
    except Exception as error:
        raise AssertionError("\n".join([f"life {number}: {error!r} after", *told])) from error


def _lived(world: World, numbers: range, steps: int) -> None:
    for number in numbers:
        lived(world, number, steps)


@pytest.mark.campaign
def test_no_load_is_shown_after_a_red_flag_in_long_lives(new_world: NewWorld) -> None:
    """5,000 lives of 50 steps; a part of them with SQUATBACK_FIRST_LIFE, SQUATBACK_LIVES and SQUATBACK_STEPS.

    The parts add up, and a life that failed is lived again alone by its number.
    """
    first, count = int(os.environ.get("SQUATBACK_FIRST_LIFE", "0")), int(os.environ.get("SQUATBACK_LIVES", "5000"))
    steps, end = int(os.environ.get("SQUATBACK_STEPS", "50")), first + count
    for start in range(first, end, IN_ONE_DATABASE):
        with new_world() as world:
            _lived(world, range(start, min(start + IN_ONE_DATABASE, end)), steps)


# --- faults that are planted, and found ----------------------------------------------------------------------------


def _as_if_not_held(versions: Collection[str], *, begun: bool) -> str:
    return version_for([one for one in versions if one != "withheld"] or versions, begun=begun)


def _late_flags_are_lost(desk: Desk, sent: Any, body: Any, performed_at: datetime, *, is_replaced: bool) -> Stored:
    if performed_at < desk.now - timedelta(hours=20):
        body = replace(body, red_flags={})
    return record_log(desk, sent, body, performed_at, is_replaced=is_replaced)


def _a_no_ends_a_yes(known: ScreenState, answers: Mapping[RedFlag, Answer], on: date, at: datetime) -> ScreenState:
    after = with_answers(known, answers, on, at)
    return replace(after, positive={flag: at for flag, at in after.positive.items() if answers.get(flag) != "no"})


def _any_clearance_does(known: ScreenState, cleared_on: date, at: datetime, catalogue: Catalogue) -> ScreenState:
    told = {flag: replace(answer, on=min(answer.on, cleared_on)) for flag, answer in known.answers.items()}
    return with_clearance(replace(known, answers=told), cleared_on, at, catalogue)


def _limits_need_no_clearance(
    flags: Mapping[RedFlag, Answer], *, age: int, limits: object, catalogue: Catalogue
) -> ScreeningResult:
    return screen(flags, age=age, limits=(), catalogue=catalogue)


FAULTS: dict[str, tuple[str, object, int]] = {
    "weeks are shown as if nothing held them": ("app.block_documents.version_for", _as_if_not_held, 1),
    "letters are written as if nothing held them": ("app.delivery.content.version_for", _as_if_not_held, 2),
    "calendars are written as if nothing held them": ("app.calendars.history.version_for", _as_if_not_held, 1),
    "revisions keep what nothing holds": ("app.plan_store.version_for", _as_if_not_held, 2),
    "clients read earlier revisions in full": ("app.blocks.revision_service.lock_of", lambda *_: None, 6),
    "a flag of a late log is lost": ("app.logs.service._record", _late_flags_are_lost, 9),
    "a flag of something refused is lost": ("app.refused_flags.with_flags_kept", lambda *_: None, 14),
    "a later no ends a flag": ("planner.begin.with_answers", _a_no_ends_a_yes, 11),
    "a clearance ends flags that came after the look": ("planner.begin.with_clearance", _any_clearance_does, 15),
    "a plan that fails holds nothing": ("app.planning._held", lambda *_: Outcome(response="pending"), 5),
    "a finished block keeps what was ahead": ("app.plan_store._ended", lambda body, _: body, 10),
    "a limit needs no clearance": ("planner.screening_state.screen", _limits_need_no_clearance, 1),
}
"""What is replaced by what, and the number of a life that soon shows it."""


@pytest.mark.sqlite_only
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(world: World, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Faults of one place each, as somebody might make them."""
    target, planted, first = FAULTS[fault]
    monkeypatch.setattr(target, planted)

    with pytest.raises(AssertionError, match="while training is held"):
        _lived(world, range(first, first + 50), steps=20)


# --- the machine looks, and would see ------------------------------------------------------------------------------


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


def test_every_place_shows_loads_before_a_flag_none_under_it_and_some_again_later(world: World) -> None:
    """So that the lives cannot pass because they look at nothing."""
    life = Lives(world).life
    before = {where for where, found in everything(life) if found}
    life.clock.forward(hours=1)
    life.morning(life.me, {"numbness": "yes"})
    under = [found for _, found in everything(life) if found]
    life.clock.forward(hours=1)
    life.clear(life.coach, 0)

    weeks = {f"/v1/blocks/{life.block['id']}/weeks/{number}" for number in range(1, 5)}
    mails = {f"e-mail of week {number}" for number in range(1, 5)}
    pages = {"/week", "/week to the coach", "/week/{token}", "/v1/calendars/{token}.ics"}
    assert before >= weeks | mails | pages | {"revision", "revision to the client", "sync", "export"}
    assert before >= {"/v1/me/week", "/v1/clients/{client_id}/week", "/v1/clients/{client_id}/week to the client"}
    assert under == []
    assert life.coach.get(f"/v1/blocks/{life.block['id']}")["lock"] is None
    assert weeks & {where for where, found in everything(life) if found}
