"""Virtual clients that could be this client: drawn from the population, bent to what is known.

What was measured is kept within its error; what was found is the limiter as often as findings
of that confidence are right; attendance and scores follow the logs so far. Everything else is
drawn as for anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from statistics import fmean, stdev
from typing import Final

from planner.catalogue import Catalogue
from planner.forecast.life import WEEK
from planner.forecast.traits import HabitTraits, JointTraits, Traits, draw_traits_for
from planner.readings import Readings
from planner.schedule import planned_training_days
from planner.scores import effective_scores
from planner.standing import BlockFrame
from planner.state import State
from planner.words import Confidence, Factor, LimitingFactor, depth_index

RIGHT: Final[Mapping[Confidence, float]] = {"high": 0.97, "medium": 0.9, "low": 0.75}
"""How often a finding is right, by its confidence, as measured on virtual clients."""

FEWEST_SCORES: Final = 7
NEVER: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the logs so far say of how this client lives with the plan."""

    done: int  # training sessions logged
    planned: int
    mornings: int
    days: int
    usual: float
    scatter: float | None


def known(state: State, frame: BlockFrame, today: date) -> Known:
    """Return what the logs of the block say."""
    scores = [one.now for one in state.mornings]
    last = min(today, state.last_on)
    return Known(
        done=state.sessions_done,
        planned=planned_training_days(state.profile, frame.starts_on, last),
        mornings=sum(one.on >= frame.starts_on for one in state.mornings),
        days=max(0, (last - frame.starts_on).days),
        usual=fmean(scores[-2 * WEEK :]) if len(scores) >= FEWEST_SCORES else state.baseline,
        scatter=stdev(scores) if len(scores) >= FEWEST_SCORES else None,
    )


def draw_alike(rng: Random, state: State, told: Known, catalogue: Catalogue) -> Traits:
    """Return one virtual client that could be this client today."""
    limiter, second = _true_limiter(rng, state, catalogue)
    subtype = state.client.finding.subtype if limiter == state.client.finding.limiting_factor else None
    drawn = draw_traits_for(rng, state.profile, limiter, catalogue, second=second, subtype=subtype)
    weeks = told.days / WEEK
    owned = _owned(state, catalogue)
    return replace(
        drawn,
        joints=_joints(rng, drawn.joints, state.client.readings, catalogue),
        trunk=max(drawn.trunk + weeks * drawn.trunk_per_week / 2, owned[0]),
        control=max(drawn.control + weeks * drawn.control_per_week / 2, owned[1]),
        tolerated=max(drawn.tolerated, _carried_share(state, drawn, catalogue)),
        response=replace(
            drawn.response,
            usual=told.usual,
            recovery_per_week=drawn.response.recovery_per_week / 2,
            noise_sd=drawn.response.noise_sd if told.scatter is None else (drawn.response.noise_sd + told.scatter) / 2,
        ),
        habits=_habits(rng, drawn.habits, told, catalogue),
    )


def _true_limiter(rng: Random, state: State, catalogue: Catalogue) -> tuple[LimitingFactor, Factor | None]:
    """Return what truly limits: mostly what was found, otherwise something else by how common it is."""
    finding = state.client.finding
    if rng.random() < RIGHT[finding.confidence]:
        return finding.limiting_factor, finding.second_factor
    shares = catalogue.population.clients.limiters
    others = {name: share for name, share in shares.items() if name != finding.limiting_factor}
    return rng.choices(list(others), weights=list(others.values()))[0], None


def _joints(
    rng: Random, drawn: Mapping[str, JointTraits], readings: Readings, catalogue: Catalogue
) -> dict[str, JointTraits]:
    """Return the joints with the ranges that were measured, each within its error."""
    return {name: _joint(rng, name, joint, readings, catalogue) for name, joint in drawn.items()}


def _joint(rng: Random, name: str, joint: JointTraits, readings: Readings, catalogue: Catalogue) -> JointTraits:
    measured, gap = readings.worst_passive(name), readings.largest_gap(name)
    error = catalogue.measures[name].sem * readings.error_factor
    passive = joint.passive if measured is None else max(1.0, measured + rng.gauss(0, error))
    return replace(joint, passive=passive, gap=joint.gap if gap is None else max(0.0, gap + rng.gauss(0, error)))


def _owned(state: State, catalogue: Catalogue) -> tuple[float, float]:
    """Return the trunk and control scores of the hardest rung already left behind."""
    below = state.ladder.rungs[: state.position.rung]
    asked = [
        effective_scores(catalogue.variations[one.variation], depth_index(one.depth), one.modifiers, catalogue)
        for one in below
    ]
    return max((one.trunk for one in asked), default=0.0), max((one.control for one in asked), default=0.0)


def _carried_share(state: State, drawn: Traits, catalogue: Catalogue) -> float:
    """Return the share of the maximum that the client already squats with."""
    rung, load = state.ladder.rungs[state.position.rung], state.position.load_kg
    midpoint = catalogue.variations[rung.variation].load.midpoint
    return 0.0 if load is None or midpoint is None else min(1.0, load / (midpoint * drawn.back_max_kg))


def _habits(rng: Random, drawn: HabitTraits, told: Known, catalogue: Catalogue) -> HabitTraits:
    """Return habits that follow attendance and check-ins so far; nobody leaves and nothing is planted."""
    shapes = catalogue.population.clients.adherence
    attended = rng.betavariate(shapes[0] + told.done, shapes[1] + max(0, told.planned - told.done))
    low, high = catalogue.population.clients.missed_logs
    missed = rng.uniform(low, high)
    if told.days >= WEEK:
        missed = 1 - rng.betavariate(1 + told.mornings, 1 + max(0, told.days - told.mornings))
    logged = attended / (1 - missed) if missed < 1 else attended
    return replace(
        drawn,
        adherence=min(0.98, logged if told.planned else attended),
        missed_logs=missed,
        under_reports=False,
        drops_out_on=NEVER,
        flag=None,
    )


__all__ = ["Known", "draw_alike", "known"]
