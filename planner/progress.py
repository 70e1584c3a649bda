"""Decide what an exposure changes.

`decide` asks every protective rule, and only when all are silent the advancing ones; while
training is held, those have nothing to say. The answer is always worked out from
`State.base`, the progress before the exposure.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, TypedDict

from planner.adjust import standing_on
from planner.catalogue import Catalogue
from planner.decision import all_outcomes, first_outcome
from planner.exposure import escalating
from planner.limits.progression import ProgressionLimits
from planner.load_steps import Ceilings, heavy_bar, next_load
from planner.moves import advanced, after_exposure, asked_on, lower_rung, protected
from planner.position import Position
from planner.rules.progression import (
    ADVANCING_RULES,
    PROTECTIVE_RULES,
    Move,
    ProgressCase,
    combined,
)
from planner.schedule import next_squat_day
from planner.standing import BlockFrame, adherence, deloads, greens, reps_of, waiting, worst_mean
from planner.state import Event, Exposure, Progress, State, too_old
from planner.values import dataclass, replace
from planner.words import STAGES

QUIET_RULES: Final = tuple(rule for rule in PROTECTIVE_RULES if rule.id in {"PG02", "PG07", "PG19"})
"""What time alone can bring about while nobody squats."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule that spoke, and the move it asks for."""

    rule: str
    move: Move


class Climb(TypedDict):
    """What the advancing rules alone read, by the names a case has for them."""

    stage: int
    rpe: float | None
    rpe_target: float
    greens: int
    days_at_rung: int
    waits_for: str
    deload_ahead: bool
    days_since_clearance: int | None
    sets_missing: int
    load_now: float | None
    load_next: float | None
    reps_room: bool
    eased: bool
    held_by_hand: bool


class Place(TypedDict):
    """Where on the ladder an exposure was done, by the names a case has for it."""

    exposures: int
    at_top: bool
    depth_drop: int


def _place(state: State, position: Position) -> Place:
    return Place(
        exposures=position.exposures,
        at_top=position.rung == len(state.ladder.rungs) - 1,
        depth_drop=position.depth_drop,
    )


def climb(
    state: State,
    seen: Exposure,
    position: Position,
    frame: BlockFrame,
    lighter: Sequence[int],
    catalogue: Catalogue,
    ceilings: Ceilings | None = None,
) -> Climb:
    """Return what may move up after an exposure, and what stands in the way; `position` counts the exposure.

    `lighter` are the numbers of the deload weeks.
    """
    rungs = state.ladder.rungs
    rung = rungs[position.rung]
    ahead = next_squat_day(state.profile, seen.on, catalogue)
    at_top = position.rung == len(rungs) - 1
    cleared = state.screen.cleared_on
    return Climb(
        stage=STAGES.index(rung.stage),
        rpe=seen.rpe,
        rpe_target=seen.rpe_target,
        greens=greens(state.history, seen, catalogue.limits.progression.up.green_window),
        days_at_rung=(ahead - position.since).days,
        waits_for="" if at_top or position.depth_drop else rungs[position.rung + 1].waits_for,
        deload_ahead=frame.week_of(ahead) in lighter,
        days_since_clearance=None if cleared is None else (ahead - cleared).days,
        sets_missing=max(0, catalogue.doses.stages.of(rung.stage).sets[0] - position.sets),
        load_now=position.load_kg,
        load_next=next_load(state, position, ahead, catalogue, ceilings),
        reps_room=position.reps < reps_of(rung, catalogue)[1] and not heavy_bar(state, position, catalogue),
        eased=state.base.position.ease < 1.0,
        held_by_hand=standing_on(state, "hold_step", seen.on) is not None,
    )


def progress_case(
    state: State, seen: Exposure, position: Position, frame: BlockFrame, on: date, catalogue: Catalogue
) -> ProgressCase:
    """Return what the protective rules look at; `position` counts the exposure. The advancing ones add `climb`."""
    limits = catalogue.limits.progression
    progress = state.base
    window = (*state.history, seen)[-limits.ease.window :]
    lasting = progress.wait == "flare" and waiting(state, progress, catalogue)
    return ProgressCase(
        limits=limits,
        colour=seen.colour,
        morning_known=seen.morning is not None,
        peak=seen.peak,
        morning_rise=-1 if seen.morning is None else seen.morning - state.baseline,
        slow_to_settle=seen.unsettled_h >= limits.flare.settle_h or (seen.settled_h or 0) > limits.flare.settle_h,
        watches=sum([one.watched for one in window]),
        same_spot_twice=_same_spot_twice(state.history, seen),
        sleep_h=seen.sleep_h,
        stress=seen.stress,
        leg_soreness=seen.leg_soreness,
        flare_days=(on - progress.wait_since).days if lasting and progress.wait_since else 0,
        stage_taken=progress.stage_taken,
        weeks_trained=(on - frame.starts_on).days // 7,
        worst_mean=worst_mean(state, on),
        worst_at_start=state.worst_at_start,
        above_entry=position.rung > state.ladder.entry,
        gates_passed=seen.gates_passed,
        days_unasked=days_unasked(progress, on),
        adherence=adherence(state, frame, seen.on, catalogue),
        rerank_due=progress.rerank_due,
        refer_advised=progress.refer_advised,
        **_place(state, position),
        **_setbacks(progress.events, position.rung, limits, on),
    )


class Setbacks(TypedDict):
    """Step-backs and flares before an exposure, by the names a case has for them."""

    step_backs_at_rung: int
    step_backs_recent: int
    step_backs_rerank: int
    step_backs_refer: int
    flares_before: int


_NO_SETBACKS: Final = Setbacks(
    step_backs_at_rung=0, step_backs_recent=0, step_backs_rerank=0, step_backs_refer=0, flares_before=0
)


def _setbacks(events: Sequence[Event], rung: int, limits: ProgressionLimits, on: date) -> Setbacks:
    if not events:
        return _NO_SETBACKS
    back = limits.step_back
    return Setbacks(
        step_backs_at_rung=sum(event.kind == "step_back" and event.rung == rung for event in events),
        step_backs_recent=_count(events, "step_back", back.again_days, on),
        step_backs_rerank=_count(events, "step_back", back.rerank_days, on),
        step_backs_refer=_count(events, "step_back", back.refer_days, on),
        flares_before=_count(events, "flare", limits.flare.rerank_days, on),
    )


def days_unasked(progress: Progress, on: date) -> int:
    """Return the days since the last step up or question about it; 0 while a question is open."""
    known = [day for day in (progress.moved_on, progress.asked_on) if day is not None]
    if not known or progress.rerank_due or progress.refer_advised:
        return 0
    return (on - max(known)).days


def _count(events: Sequence[Event], kind: str, days: int, on: date) -> int:
    old = too_old(days, on)
    return sum([event.kind == kind and old < event.on <= on for event in events])


def _same_spot_twice(history: Sequence[Exposure], seen: Exposure) -> bool:
    if not history:
        return False
    return all(one.colour == "watch" and one.same_spot for one in (history[-1], seen))


def decide(
    state: State, seen: Exposure, frame: BlockFrame, on: date, catalogue: Catalogue, *, held: bool
) -> tuple[Progress, list[Spoken]]:
    """Return the progress after an exposure and the rules that made it, most protective first.

    `held` says that nothing loaded may be trained: then nothing moves up, however well the back answered.
    """
    position = after_exposure(state.base.position, seen)
    case = progress_case(state, seen, position, frame, on, catalogue)
    protective = all_outcomes(PROTECTIVE_RULES, case)
    if protective:
        move = combined(found for _, found in protective)
        spoken = [Spoken(rule, found) for rule, found in protective]
        progress = protected(state, seen, position, case, move, on, catalogue)
        if case.arrived:
            progress = replace(progress, moved_on=seen.on)
        asked = asked_by(state.base, spoken)
        return progress if asked == progress.asked_by else replace(progress, asked_by=asked), spoken
    if held:
        return replace(state.base, position=position), []
    ahead = climb(replace(state, latest=seen), seen, position, frame, deloads(state, frame, catalogue), catalogue)
    rising = escalating(state, frame.starts_on, seen.on, catalogue)
    named = first_outcome(ADVANCING_RULES, replace(case, **ahead, escalating=rising))
    assert named is not None  # PG99 always decides
    rule, move = named
    progress = advanced(state, position, move, seen.on, catalogue)
    return replace(progress, moved_on=seen.on) if case.arrived else progress, [Spoken(rule, move)]


def decide_assumed(
    state: State, seen: Exposure, frame: BlockFrame, lighter: Sequence[int], catalogue: Catalogue, ceilings: Ceilings
) -> Progress:
    """Return the progress after a projected exposure, assumed normal: no protective rule has anything to say.

    All planned sessions are assumed done as well, and no morning to rise.
    """
    position = after_exposure(state.base.position, seen)
    case = ProgressCase(
        limits=catalogue.limits.progression,
        **_place(state, position),
        **climb(state, seen, position, frame, lighter, catalogue, ceilings),
    )
    named = first_outcome(ADVANCING_RULES, case)
    assert named is not None  # PG99 always decides
    return advanced(state, position, named[1], seen.on, catalogue)


def asked_by(before: Progress, spoken: Sequence[Spoken]) -> str:
    """Return the rule behind the open question; one to a professional is not overtaken by another measurement."""
    if before.refer_advised:
        return before.asked_by
    moves = (one for one in spoken if one.move.refer or (one.move.rerank and not before.rerank_due))
    return next((one.rule for one in moves), before.asked_by)


def decide_waiting(state: State, on: date, catalogue: Catalogue) -> tuple[Progress, list[Spoken]]:
    """Return the progress after a morning that belongs to no exposure: a flare or a stall may last too long."""
    progress = state.progress
    lasting = progress.wait == "flare" and waiting(state, progress, catalogue)
    case = ProgressCase(
        limits=catalogue.limits.progression,
        flare_days=(on - progress.wait_since).days if lasting and progress.wait_since else 0,
        stage_taken=progress.stage_taken,
        refer_advised=progress.refer_advised,
        days_unasked=days_unasked(progress, on),
        **_place(state, progress.position),
    )
    spoken = [Spoken(rule.id, move) for rule in QUIET_RULES if (move := rule.decide(case))]
    if not spoken:
        return progress, []
    move = combined(one.move for one in spoken)
    position = progress.position
    if move.stage_back:
        position = lower_rung(state, position, on, catalogue, stage_back=True)
    told = replace(
        progress,
        position=position,
        rerank_due=progress.rerank_due or move.rerank,
        refer_advised=progress.refer_advised or move.refer,
        asked_on=asked_on(progress, progress, move, on),
        asked_by=asked_by(progress, spoken),
        stage_taken=progress.stage_taken or move.stage_back,
    )
    return told, [] if told == progress else spoken
