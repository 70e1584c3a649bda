"""Where the client stands: entering a rung, waiting for calm mornings, adherence, deloads."""

from collections.abc import Sequence
from datetime import date

from planner.catalogue import Catalogue
from planner.client import rpe_cap
from planner.load import first_load
from planner.maximum import reps_range
from planner.plan import Rung
from planner.position import Position
from planner.rules.progression import CalmCase, calm_again
from planner.schedule import deload_weeks, next_squat_day, planned_training_days
from planner.state import Exposure, Progress, State, too_old
from planner.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFrame:
    """What the block itself fixes: first day and length in weeks."""

    starts_on: date
    weeks: int

    def week_of(self, on: date) -> int:
        """Return the number of the block week that holds a day, the first being 1."""
        return (on - self.starts_on).days // 7 + 1


def enter_rung(state: State, index: int, on: date, catalogue: Catalogue) -> Position:
    """Return the position of a first exposure at a rung, from the next squat day after `on`."""
    rung = state.ladder.rungs[index]
    variation = catalogue.variations[rung.variation]
    return Position(
        rung=index,
        since=next_squat_day(state.profile, on, catalogue),
        load_kg=first_load(
            variation,
            stage=rung.stage,
            client=state.client,
            on=state.assessment.performed_on,
            catalogue=catalogue,
            modifiers=rung.modifiers,
        ),
        sets=catalogue.doses.stages.of(rung.stage).sets[0],
        reps=reps_of(rung, catalogue)[0],
    )


def reps_of(rung: Rung, catalogue: Catalogue) -> tuple[int, int]:
    """Return the fewest and most repetitions of a set at a rung."""
    variation = catalogue.variations[rung.variation]
    return reps_range(variation, stage=rung.stage, modifiers=rung.modifiers, catalogue=catalogue)


def target_rpe(state: State, position: Position, catalogue: Catalogue) -> float:
    """Return the highest effort the next exposure may take: the stage's, less on a first one."""
    rung = state.ladder.rungs[position.rung]
    limit = catalogue.doses.stages.of(rung.stage).rpe[1]
    if position.exposures == 0:
        limit = min(limit, catalogue.limits.load.first.rpe_high)
    if state.client.finding.limiting_factor == "none":
        limit = min(limit, catalogue.doses.block.no_limiter_rpe)
    return min(limit, rpe_cap(state.client.codes, catalogue) or limit)


def waiting(state: State, progress: Progress, catalogue: Catalogue) -> bool:
    """Return whether squats still wait for calm mornings."""
    if progress.wait == "none" or progress.wait_since is None:
        return False
    return calm_again(calm_case(state, progress.wait_since, catalogue)) is None


def is_calm(state: State, catalogue: Catalogue) -> bool:
    """Return whether a flare is not over, so that only calm content is shown."""
    return state.progress.wait == "flare" and waiting(state, state.progress, catalogue)


def calm_case(state: State, since: date, catalogue: Catalogue) -> CalmCase:
    """Return the mornings after a day, as the rule that lets squats return looks at them."""
    rises = tuple(one.now - state.baseline for one in state.mornings if one.on > since)
    return CalmCase(limits=catalogue.limits.progression, rises=rises)


def adherence(state: State, frame: BlockFrame, on: date, catalogue: Catalogue) -> float:
    """Return the share of planned training sessions that were done, of the last days up to today."""
    days = catalogue.limits.progression.up.adherence_days
    start = max(frame.starts_on, on.fromordinal(on.toordinal() - days + 1))
    planned = planned_training_days(state.profile, start, on)
    done = len([day for day in state.trained if start <= day <= on])
    return 1.0 if not planned else min(1.0, done / planned)


def greens(history: Sequence[Exposure], seen: Exposure, window: int) -> int:
    """Return how many of the last exposures, up to this one, were normal; none before a problem counts.

    An earlier one whose next morning nobody told of says nothing, unless it was a problem.
    """
    told = [one for one in history if one.colour != "watch" or one.morning is not None]
    recent_ones = [*told[-(window - 1) :], seen]
    problems = [place for place, one in enumerate(recent_ones) if one.colour == "problem"]
    after = recent_ones[problems[-1] + 1 :] if problems else recent_ones
    return sum(one.colour == "normal" for one in after)


def worst_mean(state: State, on: date) -> float:
    """Return the mean of the worst 24 h scores of the last seven days, 0 without enough scores."""
    old = too_old(7, on)
    scores = [one.worst for one in state.mornings if old < one.on <= on]
    return sum(scores) / len(scores) if len(scores) >= 3 else 0.0


def deloads(state: State, frame: BlockFrame, catalogue: Catalogue) -> tuple[int, ...]:
    """Return the numbers of the block's deload weeks; who has trained little skips one that lies ahead."""
    planned = sorted(deload_weeks(frame.weeks, state.client.age, high_stress(state, catalogue), catalogue))
    over = max(0, (state.last_on - frame.starts_on).days // 7)
    done = adherence(state, frame, state.last_on, catalogue)
    if not over or done >= catalogue.limits.progression.deload_adherence:
        return tuple(planned)
    return tuple(week for week in planned if week <= over + 1)


def high_stress(state: State, catalogue: Catalogue) -> bool:
    """Return whether the mean stress of the recent logs is high."""
    scores = [score for _, score in state.stress]
    limit = catalogue.limits.progression.ease.stress
    return bool(scores) and sum(scores) / len(scores) >= limit
