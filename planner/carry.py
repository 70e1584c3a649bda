"""What goes on when a block follows another, or when a client on the way up is assessed anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from planner.catalogue import Catalogue
from planner.ladder import place_no_harder
from planner.load_steps import ceiling_at
from planner.plan import Rung
from planner.plates import round_down, round_down_told
from planner.position import Client, Position
from planner.readings import Readings, range_lost
from planner.retest import is_partial
from planner.standing import reps_of
from planner.state import KEPT_EXPOSURES, Event, Exposure, LoadMark, Progress, State
from planner.values import replace
from planner.words import STAGES, Factor, LimitingFactor

SQUAT_RANGES: Final = ("hip_flexion", "ankle_knee_to_wall")
TOP_STAGE: Final = STAGES[-1]
NO_RUNG: Final = -1
"""The rung of an event that happened on a rung which the new ladder does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an earlier block hands on: the rung it ended on, and how the client stood there.

    Where only the rung is known, `progress` and `readings` are None and nothing else is told.
    """

    rung: Rung
    factor: LimitingFactor = "none"  # what its ladder was laid for
    second: Factor | None = None
    progress: Progress | None = None
    history: tuple[Exposure, ...] = ()
    loads: tuple[LoadMark, ...] = ()  # at this rung
    readings: Readings | None = None


def carried_from(state: State) -> Carried:
    """Return what a block hands on to the next one."""
    here = state.position.rung
    return Carried(
        rung=state.ladder.rungs[here],
        factor=state.ladder.factor,
        second=state.ladder.second,
        progress=state.progress,
        history=state.settled_history,
        loads=tuple(mark for mark in state.loads if mark.rung == here),
        readings=state.client.readings,
    )


def squatted_before(carried: Carried | None, on: date) -> bool:
    """Return whether squats of an earlier block were done before a day, or may have been."""
    if carried is None:
        return False
    return carried.progress is None or any(one.on < on for one in carried.history)


# --- the ladder -------------------------------------------------------------------------


def laid_for(client: Client, factor: LimitingFactor, second: Factor | None) -> Client:
    """Return the client a ladder is laid for: who climbs one keeps it, whatever else limits by now.

    Another ladder takes its place when another factor limits for sure and the earlier one no
    longer counts. The joints are trained for the new finding all the same.
    """
    finding = client.finding
    sure = finding.limiting_factor != "none" and finding.confidence == "high" and factor not in finding.counted
    if sure or factor in {"none", finding.limiting_factor}:
        return client
    return replace(client, finding=replace(finding, limiting_factor=factor, second_factor=second))


def range_really_lost(before: Readings, after: Readings, catalogue: Catalogue) -> bool:
    """Return whether a range that squats ask for shrank by more than measurement error."""
    return range_lost(before, after, {name: catalogue.measures[name].mdc for name in SQUAT_RANGES})


def same_squat(one: Rung, other: Rung) -> bool:
    """Return whether two rungs are the same squat, depth and modifiers."""
    return (one.variation, one.depth, one.modifiers) == (other.variation, other.depth, other.modifiers)


def carried_rung(carried: Carried, state: State, catalogue: Catalogue) -> int:
    """Return where a new ladder is entered by who has climbed another: no harder than before."""
    dropped = carried.progress.position.depth_drop if carried.progress else 0
    readings, rung = state.client.readings, carried.rung
    lost = carried.readings is None or range_really_lost(carried.readings, readings, catalogue)
    if carried.readings is not None and carried.readings.measured_as(readings):
        # The earlier block has seen them already: they are short once, not twice.
        rung = replace(rung, waits_for="")
    return place_no_harder(state.ladder, rung, dropped, catalogue, range_lost=lost)


# --- the next block ---------------------------------------------------------------------


def continued(state: State, carried: Carried, starts_on: date, catalogue: Catalogue, *, anew: bool) -> State:
    """Return the state of a block that follows another: its waits, setbacks and questions still count.

    On the same rung load, sets and exposures go on too, unless the last exposure is too long ago
    or training starts `anew` after a clearance.
    """
    before = carried.progress
    if before is None:
        return state
    here, left = state.ladder.rungs[state.position.rung], carried.rung
    same = same_squat(here, left)
    fresh = _fresh(carried.history, starts_on, catalogue)
    open_ = not _answered(before, state, catalogue)
    moved = {left.index: here.index} if same else {}
    state = replace(
        state,
        history=_telling(carried.history, fresh=fresh)[-KEPT_EXPOSURES:],
        loads=tuple(replace(mark, rung=here.index) for mark in carried.loads) if same else (),
    )
    goes_on = same and fresh and not anew
    progress = replace(
        state.progress,
        position=_gone_on(state, before.position, catalogue) if goes_on else state.position,
        wait=before.wait,
        wait_since=before.wait_since,
        events=_renumbered(before.events, moved),
        rerank_due=before.rerank_due and open_,
        refer_advised=before.refer_advised and open_,
        stage_taken=before.stage_taken,
        moved_on=before.moved_on or starts_on,
        asked_on=before.asked_on,
    )
    return replace(state, base=progress, progress=progress)


def _fresh(history: Sequence[Exposure], starts_on: date, catalogue: Catalogue) -> bool:
    """Return whether the last exposure is recent enough to go on from."""
    return bool(history) and (starts_on - history[-1].on).days <= catalogue.limits.progression.carry_days


def _telling(history: tuple[Exposure, ...], *, fresh: bool) -> tuple[Exposure, ...]:
    """Return the exposures that still say something: normal ones of long ago open nothing."""
    return history if fresh else tuple(one for one in history if one.colour != "normal")


def _answered(before: Progress, state: State, catalogue: Catalogue) -> bool:
    """Return whether a whole assessment was made since it, or a professional's look, was asked for."""
    if before.asked_on is None:
        return True
    return state.assessment.performed_on >= before.asked_on and not is_partial(state.assessment, catalogue)


def _renumbered(events: Sequence[Event], moved: dict[int, int]) -> tuple[Event, ...]:
    return tuple(replace(event, rung=moved.get(event.rung, NO_RUNG)) for event in events)


def _gone_on(state: State, before: Position, catalogue: Catalogue) -> Position:
    """Return the earlier position on the new ladder, no heavier than the client may lift by now.

    Where nothing so light is at hand any more, the first dose is what the rung starts with.
    """
    position = replace(before, rung=state.position.rung)
    if position.load_kg is None:
        return position
    rung = state.ladder.rungs[position.rung]
    # Repetitions that were earned cost no load, and the gate holds back rises only.
    lightest = replace(position, reps=reps_of(rung, catalogue)[0])
    most = ceiling_at(state, lightest, catalogue, gate_passed=True)
    variation = catalogue.variations[rung.variation]
    load = round_down_told(position.load_kg, variation, state.profile, catalogue)
    if load is not None and most is not None and load > most:
        load = round_down(most, variation, state.profile, catalogue)
    return state.position if load is None else replace(position, load_kg=load)
