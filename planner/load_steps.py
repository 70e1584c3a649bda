"""How far a load may rise: one smallest step, below every ceiling and weekly cap."""

from datetime import date

from planner.catalogue import Catalogue
from planner.client import rpe_cap
from planner.load import ceiling_kg
from planner.maximum import Effort
from planner.plates import step_up
from planner.position import Position
from planner.state import LoadMark, State, too_old

Ceilings = dict[tuple[int, int, bool], float | None]
"""What the rungs of one client's ladder may weigh at most, by rung, repetitions and gate, kept for who asks often."""


def is_bar(state: State, position: Position, catalogue: Catalogue) -> bool:
    """Return whether the rung is done with a barbell of any kind."""
    kind = catalogue.variations[state.ladder.rungs[position.rung].variation].load.kind
    return kind == "barbell"


def heavy_bar(state: State, position: Position, catalogue: Catalogue) -> bool:
    """Return whether one repetition more would break the weekly tonnage cap."""
    limits = catalogue.limits.progression.load_up
    if position.load_kg is None or position.load_kg < limits.tonnage_from_kg:
        return False
    return is_bar(state, position, catalogue) and 1 / max(position.reps, 1) > limits.tonnage_rise


def next_load(
    state: State, position: Position, on: date, catalogue: Catalogue, ceilings: Ceilings | None = None
) -> float | None:
    """Return the load one smallest step up, None when a ceiling or a weekly cap forbids it (kg)."""
    if position.load_kg is None:
        return None
    rung = state.ladder.rungs[position.rung]
    variation = catalogue.variations[rung.variation]
    raised = step_up(position.load_kg, variation, state.profile, catalogue)
    if raised is None:
        return None
    if raised > weekly_cap(state, position, raised, on, catalogue):
        return None
    gate_passed = gate_open(state, catalogue)
    known, key = {} if ceilings is None else ceilings, (position.rung, position.reps, gate_passed)
    if key not in known:
        known[key] = ceiling_at(state, position, catalogue, gate_passed=gate_passed)
    ceiling = known[key]
    return raised if ceiling is None or raised <= ceiling else None


def ceiling_at(state: State, position: Position, catalogue: Catalogue, *, gate_passed: bool) -> float | None:
    """Return the most the squat of a position may weigh, None where nothing is known or loaded (kg)."""
    rung = state.ladder.rungs[position.rung]
    dose = catalogue.doses.stages.of(rung.stage)
    return ceiling_kg(
        catalogue.variations[rung.variation],
        effort=Effort(
            stage=rung.stage,
            reps=position.reps,
            rpe=min(dose.rpe[1], rpe_cap(state.client.codes, catalogue) or dose.rpe[1]),
            gate_passed=gate_passed,
        ),
        client=state.client,
        on=state.assessment.performed_on,
        catalogue=catalogue,
        modifiers=rung.modifiers,
    )


def weekly_cap(state: State, position: Position, raised: float, on: date, catalogue: Catalogue) -> float:
    """Return the highest load this week allows: a share more than a week ago, or one step (kg)."""
    limits = catalogue.limits.progression.load_up
    old = too_old(limits.cap_days + 1, on)
    week = [mark.load_kg for mark in state.loads if mark.rung == position.rung and old < mark.on <= on]
    if not week or position.load_kg is None:
        return raised
    top = state.ladder.rungs[position.rung].stage == "P6"
    share = limits.weekly_rise_top if top else limits.weekly_rise
    lowest = min(week)
    return max(lowest * (1 + share), lowest + (raised - position.load_kg))


def gate_open(state: State, catalogue: Catalogue) -> bool:
    """Return whether loads of 70 % and more are allowed: two normal responses, hold if measured."""
    limits = catalogue.limits.progression
    known = (*state.history, *((state.latest,) if state.latest else ()))[-limits.gate_normal :]
    if len(known) < limits.gate_normal or {one.colour for one in known} != {"normal"}:
        return False
    hold = state.client.readings.worst_passive("trunk_back_extensor_hold")
    if hold is None:
        hold = state.client.readings.worst_active("trunk_back_extensor_hold")
    return hold is None or hold >= limits.gate_hold_s


def load_mark(position: Position, on: date) -> LoadMark | None:
    """Return the working load of an exposure on a day for the weekly caps, None when unloaded."""
    if position.load_kg is None:
        return None
    return LoadMark(on=on, rung=position.rung, load_kg=position.load_kg)
