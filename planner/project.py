"""Weeks ahead as they would be if every response were normal.

Runs the same decisions as real logs do, with assumed exposures on the squat days: every
move then comes at its earliest permitted date.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.position import Position
from planner.progress import decide
from planner.schedule import next_squat_day
from planner.standing import target_rpe, waiting
from planner.state import KEPT_EXPOSURES, Exposure, State
from planner.words import STAGES

MIDDAY = time(12, tzinfo=UTC)


def projected_positions(state: State, request: BlockRequest, today: date, catalogue: Catalogue) -> dict[date, Position]:
    """Return the position of every squat day after `today`, assuming normal responses.

    While squats wait for calm mornings the days until these can be there are left out.
    """
    start = max(_day_before_open(state, today), request.starts_on - timedelta(days=1))
    if waiting(state, state.progress, catalogue):
        start += timedelta(days=catalogue.limits.progression.step_back.calm_mornings)
        state = replace(state, progress=replace(state.progress, wait="none", wait_since=None))
    elif state.latest is not None and state.latest.colour == "pending":
        state = _decided_normal(state, state.latest, request, catalogue)
    found: dict[date, Position] = {}
    for day in _squat_days(state, request, start, catalogue):
        found[day] = state.position
        state = _after_normal(state, day, request, catalogue)
    return found


def _day_before_open(state: State, today: date) -> date:
    """Return the day after which exposures are assumed: today's counts until it is logged."""
    logged = state.latest is not None and state.latest.on >= today
    return today if logged else today - timedelta(days=1)


def _squat_days(state: State, request: BlockRequest, after: date, catalogue: Catalogue) -> Iterator[date]:
    end = request.starts_on + timedelta(days=7 * request.weeks)
    day = next_squat_day(state.profile, after, catalogue)
    while day < end:
        yield day
        day = next_squat_day(state.profile, day, catalogue)


def _after_normal(state: State, day: date, request: BlockRequest, catalogue: Catalogue) -> State:
    """Return the state after an assumed normal exposure on a day."""
    rung = state.ladder.rungs[state.position.rung]
    exposure = Exposure(
        id="",
        at=datetime.combine(day, MIDDAY),
        on=day,
        rung=rung.index,
        stage=STAGES.index(rung.stage),
        at_rung=True,
        rpe_target=target_rpe(state, state.position, catalogue),
    )
    history = state.history if state.latest is None else (*state.history, state.latest)
    state = replace(state, base=state.progress, history=history[-KEPT_EXPOSURES:])
    return _decided_normal(state, exposure, request, catalogue)


def _decided_normal(state: State, exposure: Exposure, request: BlockRequest, catalogue: Catalogue) -> State:
    """Return the state with an exposure taken as normal, easy enough and decided."""
    below = catalogue.limits.progression.load_up.rpe_below
    seen = replace(
        exposure,
        colour="normal",
        morning=exposure.morning or 0,
        rpe=min(exposure.rpe or exposure.rpe_target, exposure.rpe_target - below),
    )
    state = replace(state, latest=seen)
    progress, _ = decide(state, seen, request.frame, exposure.on, catalogue, assumed=True)
    return replace(state, progress=progress)
