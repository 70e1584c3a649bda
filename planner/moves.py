"""Apply moves to a position: one variable up, or everything the protective rules take back."""

from datetime import date

from planner.catalogue import Catalogue
from planner.ladder import easier_rung
from planner.load_steps import is_bar
from planner.plan import Rung
from planner.plates import round_down
from planner.position import Position
from planner.rules.progression import Move, ProgressCase, is_flare
from planner.schedule import next_squat_day
from planner.standing import enter_rung, reps_of
from planner.state import Event, Exposure, Progress, State
from planner.values import replace
from planner.words import depth_index


def after_exposure(position: Position, seen: Exposure) -> Position:
    """Return the position with the exposure counted and the load no higher than what was done."""
    if not seen.at_rung:
        return position
    load = seen.load_kg
    if load is not None and position.load_kg is not None:
        asked = position.load_kg if seen.asked_kg is None else seen.asked_kg
        as_asked = round(load, 1) >= round(asked, 1)  # a tenth is lost between pounds and kilograms
        load = position.load_kg if as_asked else min(load, position.load_kg)
    return replace(
        position,
        exposures=position.exposures + 1,
        since=seen.on if position.exposures == 0 else position.since,
        load_kg=position.load_kg if load is None else load,
    )


def advanced(state: State, position: Position, move: Move, day: date, catalogue: Catalogue) -> Progress:
    """Return the progress with the one variable an advancing rule moves; `position` counts the exposure of the day."""
    progress = state.base
    if move.rung:
        position = _with_known_load(state, position, enter_rung(state, position.rung + 1, day, catalogue))
    elif move.depth:
        position = replace(
            position,
            depth_drop=position.depth_drop - 1,
            exposures=0,
            since=next_squat_day(state.profile, day, catalogue),
        )
    elif move.end_ease:
        position = replace(position, ease=1.0)
    elif move.new_load is not None:
        position = _loaded(state, position, move.new_load, catalogue)
    elif move.sets or move.reps:
        position = replace(position, sets=position.sets + move.sets, reps=position.reps + move.reps)
    moved_on = day if move.rung or move.depth else progress.moved_on
    return replace(progress, position=position, moved_on=moved_on)


def _with_known_load(state: State, left: Position, entered: Position) -> Position:
    """Return the new position; the same squat keeps a load that was found by feel."""
    rungs = state.ladder.rungs
    same = rungs[left.rung].variation == rungs[entered.rung].variation
    return replace(entered, load_kg=left.load_kg) if same and entered.load_kg is None else entered


def protected(
    state: State, seen: Exposure, position: Position, case: ProgressCase, move: Move, on: date, catalogue: Catalogue
) -> Progress:
    """Return the progress with everything the protective rules take back; `position` counts the exposure."""
    progress = state.base
    position = _eased(state, position, move, catalogue)
    if move.rung or move.stage_back:
        position = lower_rung(state, position, on, catalogue, stage_back=move.stage_back)
    events = progress.events
    if seen.colour == "problem":
        events = (*events, Event(kind="step_back", on=seen.on, rung=progress.position.rung))
    if is_flare(case):
        events = (*events, Event(kind="flare", on=seen.on, rung=progress.position.rung))
    fresh = move.wait != "none" and not (progress.wait == "flare" and case.flare_days)
    return replace(
        progress,
        position=position,
        wait=move.wait if fresh else progress.wait,
        wait_since=seen.on if fresh else progress.wait_since,
        events=events,
        rerank_due=progress.rerank_due or move.rerank,
        refer_advised=progress.refer_advised or move.refer,
        asked_on=asked_on(progress, state.progress, move, on),
        stage_taken=move.stage_back or (progress.stage_taken and not fresh),
    )


def asked_on(before: Progress, told: Progress, move: Move, on: date) -> date | None:
    """Return when a question was last asked: on this day, if a move asks one that was not open before.

    `told` is the progress as last decided: news about the same exposure ask nothing a second time.
    """
    new = (move.rerank and not before.rerank_due) or (move.refer and not before.refer_advised)
    if not new:
        return before.asked_on
    return on if told.asked_on == before.asked_on else told.asked_on


def _eased(state: State, position: Position, move: Move, catalogue: Catalogue) -> Position:
    """Return the position with load, sets and depth taken down; unloaded squats start at depth."""
    if move.load == move.ease == position.ease == 1.0 and not move.sets and not move.depth and position.sets:
        return position
    drop = -move.depth
    load, lowered = position.load_kg, position.load_kg
    if move.load < 1.0:
        variation = catalogue.variations[state.ladder.rungs[position.rung].variation]
        lowered = None if load is None else round_down(load * move.load, variation, state.profile, catalogue)
        if lowered is None and move.verdict != "ease":
            drop = max(drop, 1)
    kept = load if lowered is None else lowered
    share = min(move.ease, move.load)
    target = 1.0 if load is None or not kept else min(1.0, load * position.ease * share / kept)
    return _deeper(
        state,
        replace(position, load_kg=kept, ease=target, sets=max(1, position.sets + move.sets)),
        drop,
        catalogue,
    )


def _deeper(state: State, position: Position, drop: int, catalogue: Catalogue) -> Position:
    """Return the position with depth indices taken off, never above the shallowest depth."""
    if not drop:
        return position
    depth = depth_index(state.ladder.rungs[position.rung].depth)
    floor = depth - catalogue.limits.progression.depth_floor
    return replace(position, depth_drop=min(floor, position.depth_drop + drop), exposures=0)


def _loaded(state: State, position: Position, load: float, catalogue: Catalogue) -> Position:
    """Return the position with a new load; a bell step drops the repetitions to the low end."""
    rung = state.ladder.rungs[position.rung]
    reps = position.reps
    if not is_bar(state, position, catalogue):
        reps = reps_of(rung, catalogue)[0]
    return replace(position, load_kg=load, reps=reps)


def lower_rung(state: State, position: Position, on: date, catalogue: Catalogue, *, stage_back: bool) -> Position:
    """Return the first exposure at an easier rung, in nothing above what was left."""
    left = state.ladder.rungs[position.rung]
    found = easier_rung(state.ladder, position.rung, position.depth_drop, catalogue, stage_back=stage_back)
    if found is None:
        return position
    rung = state.ladder.rungs[found]
    entered = enter_rung(state, found, on, catalogue)
    load = entered.load_kg
    if load is not None and position.load_kg is not None:
        load = min(load, position.load_kg)
    return replace(
        entered,
        load_kg=load,
        sets=min(entered.sets, position.sets),
        depth_drop=_drop_to(rung, depth_index(left.depth) - position.depth_drop),
    )


def _drop_to(rung: Rung, depth: int) -> int:
    return max(0, depth_index(rung.depth) - depth)
