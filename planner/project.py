"""Weeks ahead as they would be if every response were normal.

Runs the same decisions as real logs do, with assumed exposures on the squat days: every
move then comes at its earliest permitted date.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.load_steps import Ceilings, gate_open, load_mark
from planner.position import Due
from planner.progress import decide_assumed
from planner.schedule import next_squat_day
from planner.standing import target_rpe, waiting
from planner.state import KEPT_EXPOSURES, Exposure, Progress, State
from planner.values import replace
from planner.words import STAGES

MIDDAY = time(12, tzinfo=UTC)
_NO_TIME = datetime.min.replace(tzinfo=UTC)

Squats = tuple[tuple[date, Due], ...]
"""The squat due on each squat day, in their order."""


@dataclasses.dataclass(slots=True, eq=False, kw_only=True)
class Projections:
    """What the projections of one client and ladder in one block share: the ceilings, and the latest of them."""

    ceilings: Ceilings = dataclasses.field(default_factory=dict)
    followed_from: object = None  # the latest, as `_followed_from` tells it
    squats: Squats = ()


def projected_squats(
    state: State,
    request: BlockRequest,
    today: date,
    deloads: Sequence[int],
    catalogue: Catalogue,
    kept: Projections,
) -> Squats:
    """Return the squat due on every squat day after `today`, assuming normal responses; `deloads` = lighter weeks.

    The gate to heavier loads and the weekly caps stand as these squats leave them: one that
    goes as assumed changes nothing here. While squats wait for calm mornings the days until
    these can be there are left out. A morning that changes nothing asks for the same again.
    """
    start = max(_day_before_open(state, today), request.starts_on - timedelta(days=1))
    waits = waiting(state, state.progress, catalogue)
    if waits:
        start += timedelta(days=catalogue.limits.progression.step_back.calm_mornings)
    days = tuple(_squat_days(state, request, start, catalogue))
    followed_from = (_unread_left_out(state), waits, days, tuple(deloads))
    if kept.followed_from != followed_from:
        kept.squats = _squats(state, request, days, deloads, catalogue, kept.ceilings, waits=waits)
        kept.followed_from = followed_from
    return kept.squats


def _unread_left_out(state: State) -> State:
    """Return the state without what no projected squat follows from: the mornings, and which fact came last."""
    return replace(state, mornings=(), last_at=_NO_TIME, last_id="", last_on=date.min, logged_on=None)


def _squats(
    state: State,
    request: BlockRequest,
    days: Sequence[date],
    deloads: Sequence[int],
    catalogue: Catalogue,
    ceilings: Ceilings,
    *,
    waits: bool,
) -> Squats:
    """Return the squat due on each of some days, one after the other; `waits` for calm mornings are over by then."""
    progress = state.progress
    if waits:
        progress = replace(progress, wait="none", wait_since=None)
    elif state.latest is not None and state.latest.colour == "pending":
        state = replace(state, latest=_taken_as_normal(state.latest, catalogue))
        progress = _decided(state, request, deloads, catalogue, ceilings)
    found: list[tuple[date, Due]] = []
    for day in days:
        if found:  # what the exposure of the squat day before has earned
            progress = _decided(state, request, deloads, catalogue, ceilings)
        found.append((day, Due(progress.position, gate_open(state, catalogue))))
        state = _after_normal(state, progress, day, catalogue)
    return tuple(found)


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


def _after_normal(state: State, progress: Progress, day: date, catalogue: Catalogue) -> State:
    """Return the state with an assumed normal exposure on a day, easy enough and not yet decided."""
    rung = state.ladder.rungs[progress.position.rung]
    target = target_rpe(state, progress.position, catalogue)
    exposure = Exposure(
        id="",
        at=datetime.combine(day, MIDDAY),
        on=day,
        rung=rung.index,
        stage=STAGES.index(rung.stage),
        at_rung=True,
        rpe_target=target,
        rpe=target - catalogue.limits.progression.load_up.rpe_below,
        colour="normal",
        morning=0,
    )
    history = state.history if state.latest is None else (*state.history, state.latest)
    mark = load_mark(progress.position, day)
    return replace(
        state,
        base=progress,
        latest=exposure,
        history=history[-KEPT_EXPOSURES:],
        loads=state.loads if mark is None else (*state.loads, mark),
    )


def _taken_as_normal(exposure: Exposure, catalogue: Catalogue) -> Exposure:
    """Return an exposure still to be answered as if the answer were normal, and it easy enough."""
    most = exposure.rpe_target - catalogue.limits.progression.load_up.rpe_below
    rpe = min(exposure.rpe or exposure.rpe_target, most)
    return replace(exposure, colour="normal", morning=exposure.morning or 0, rpe=rpe)


def _decided(
    state: State, request: BlockRequest, deloads: Sequence[int], catalogue: Catalogue, ceilings: Ceilings
) -> Progress:
    """Return the progress after the latest, normal exposure."""
    assert state.latest is not None
    return decide_assumed(state, state.latest, request.frame, deloads, catalogue, ceilings)
