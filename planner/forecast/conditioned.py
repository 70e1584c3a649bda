"""Virtual clients that could be this client: drawn from the population, bent to what is known.

What limits is what was found as often as such findings are right. Joints, usual pain and
attendance are those of candidates from the population, taken as often as they explain what was
measured and written down. The training done so far has already moved a body: its range, trunk
and control are those of today, and only the rest is still to gain.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from statistics import fmean
from typing import Final

from planner.catalogue import Catalogue
from planner.forecast.evidence import attendance, joint_fit, joint_seen, pick, scores_fit
from planner.forecast.life import WEEK
from planner.forecast.suspects import Suspects, suspected
from planner.forecast.training import Training, is_slow
from planner.forecast.traits import (
    HabitTraits,
    JointTraits,
    ResponseTraits,
    Traits,
    draw_body,
    draw_joints,
    draw_response,
)
from planner.schedule import planned_training_days, retest_weeks
from planner.standing import BlockFrame
from planner.state import State

FEWEST_SCORES: Final = 7
NEVER: Final = 10_000
CANDIDATES: Final = 40
OUTSIDERS: Final = 8
"""Of the candidates, how many may have a usual pain and scatter as told, whatever the population's range."""

MISSED_SHAPES: Final = (9.4, 37.6)
"""Check-ins and logs missed before anything is known: the population's 10 to 30 % as a beta distribution."""

BLOCK_BEFORE: Final = 6
"""Weeks that a client who goes on from an earlier block has trained before."""

HIGHEST_SCORE: Final = 10.0
TOLD_ERROR: Final = 0.5
"""Points by which people mistake the pain of a usual day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What one training session does, on average over a week of the plan (1 = a usual dose)."""

    ranges: Mapping[str, float] = field(default_factory=dict)
    trunk: float = 0.0
    control: float = 0.0
    loaded: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the logs so far say of how this client lives with the plan."""

    done: int  # training sessions logged
    planned: int
    mornings: int
    days: int
    usual: float
    before: int  # weeks trained before this block
    measured: float  # share of the days so far that had passed at the last measurement
    scores: Mapping[tuple[int, int], int]  # (week, score) -> mornings
    session: Usual

    @property
    def weeks(self) -> float:
        """Return the weeks since the client was first assessed, as far as known."""
        return self.before + self.days / WEEK


def known(
    state: State, frame: BlockFrame, today: date, catalogue: Catalogue, *, session: Usual, follows: bool
) -> Known:
    """Return what the logs of the block say; `follows` = it goes on from an earlier block."""
    scores = [one.now for one in state.mornings]
    last = min(today, state.last_on)
    days = max(0, (today - frame.starts_on).days)
    before = BLOCK_BEFORE if follows else 0
    weeks = [(one.on - frame.starts_on).days // WEEK + before for one in state.mornings]
    return Known(
        done=state.sessions_done,
        planned=planned_training_days(state.profile, frame.starts_on, last),
        mornings=sum(one.on >= frame.starts_on for one in state.mornings),
        days=days,
        usual=fmean(scores[-2 * WEEK :]) if len(scores) >= FEWEST_SCORES else state.baseline,
        before=before,
        measured=_measured(frame, days, catalogue),
        scores=Counter((max(0, week), score) for week, score in zip(weeks, scores, strict=True)),
        session=session,
    )


def _measured(frame: BlockFrame, days: int, catalogue: Catalogue) -> float:
    """Return when joints were last measured, as a share of the days so far: re-tests are taken when due."""
    tested = [WEEK * (week - 1) for week in retest_weeks(frame.weeks, catalogue) if WEEK * (week - 1) < days]
    return max(tested, default=0) / days if days else 0.0


def usual_session(sessions: list[Training]) -> Usual:
    """Return what a session does on average."""
    if not sessions:
        return Usual()
    count = len(sessions)
    measures = {name for one in sessions for name in one.ranges}
    squats = [one.squat for one in sessions if one.squat is not None]
    slow = sum(is_slow(one.variation, one.modifiers) for one in squats)
    return Usual(
        ranges={name: sum(one.ranges.get(name, 0.0) for one in sessions) / count for name in sorted(measures)},
        trunk=sum(one.trunk for one in sessions) / count,
        control=min(1.0, (sum(one.control for one in sessions) + slow) / count),
        loaded=sum(one.load_kg is not None for one in squats) / count,
    )


def draw_alike(rng: Random, state: State, told: Known, catalogue: Catalogue) -> Traits:
    """Return one virtual client that could be this client today."""
    suspects = suspected(rng, state.client.finding, catalogue)
    drawn = draw_body(rng, state.profile, suspects.limiter, suspects.second, suspects.subtype, catalogue)
    bodies = catalogue.population.bodies
    habits = _habits(rng, drawn.habits, told, catalogue)
    sessions = _sessions(told, habits, state)
    weeks = sessions / bodies.skill_sessions_per_week
    loaded = sessions * told.session.loaded / 2
    return replace(
        drawn,
        joints=_joints(rng, state, suspects, told, sessions, catalogue),
        trunk=min(HIGHEST_SCORE, drawn.trunk + weeks * drawn.trunk_per_week * told.session.trunk),
        control=min(HIGHEST_SCORE, drawn.control + weeks * drawn.control_per_week * told.session.control),
        tolerated=min(1.0, drawn.tolerated * (1 + drawn.load_rise) ** loaded),
        response=_response(rng, drawn, state, told, catalogue),
        habits=habits,
    )


def _sessions(told: Known, habits: HabitTraits, state: State) -> float:
    """Return how many sessions were done so far, written down or not."""
    logged = told.done / (1 - habits.missed_logs)
    return min(float(told.planned), logged) + told.before * len(state.profile.training_days) * habits.adherence


# --- joints ---


def _joints(
    rng: Random, state: State, suspects: Suspects, told: Known, sessions: float, catalogue: Catalogue
) -> dict[str, JointTraits]:
    """Return the joints of today: each of the candidate that explains its measurements."""
    profile, readings = state.profile, state.client.readings
    limited = frozenset({suspects.limiter, suspects.second})
    candidates = [draw_joints(rng, profile, limited, suspects.subtype, catalogue) for _ in range(CANDIDATES)]
    found: dict[str, JointTraits] = {}
    for name in candidates[0]:
        dose = sessions * told.session.ranges.get(name, 0.0)
        when = [trained(one[name], dose * told.measured, catalogue) for one in candidates]
        seen = joint_seen(readings, name, catalogue.measures[name].sem)
        place = rng.randrange(CANDIDATES)
        if seen is not None:
            place = pick(rng, range(CANDIDATES), lambda at, seen=seen, when=when: joint_fit(seen, when[at]))  # type: ignore[misc]
        found[name] = trained(candidates[place][name], dose, catalogue)
    return found


def trained(joint: JointTraits, dose: float, catalogue: Catalogue) -> JointTraits:
    """Return a joint after so many sessions with work for it: what is gained is no longer to gain."""
    ranges = catalogue.population.bodies.trained_range
    weeks = dose / ranges.sessions_per_week
    gained: float = joint.gain * (1 - 0.5 ** (weeks / ranges.half_life_weeks))
    closable = joint.gap * joint.gap_closes_by
    closed = min(closable, joint.gap_closing * weeks)
    gap = joint.gap - closed
    return replace(
        joint,
        passive=joint.passive + gained,
        gain=joint.gain - gained,
        gap=gap,
        gap_closes_by=(closable - closed) / gap if gap > 0 else 0.0,
    )


# --- pain ---


def _response(rng: Random, drawn: Traits, state: State, told: Known, catalogue: Catalogue) -> ResponseTraits:
    """Return how this back answers and recovers, of the candidate that explains the mornings so far."""
    ranges = catalogue.population.bodies.response
    candidates = [draw_response(rng, ranges, drawn.limiter) for _ in range(CANDIDATES)]
    candidates[:OUTSIDERS] = [
        replace(one, usual=max(0.0, rng.gauss(told.usual, 1)), noise_sd=one.noise_sd * rng.uniform(0.6, 1.5))
        for one in candidates[:OUTSIDERS]
    ]
    fast = ranges.natural_recovery_weeks
    asked = state.assessment.back_pain

    def fit(one: ResponseTraits) -> float:
        levels = [
            usual_in(one, week + 0.5, fast) for week in range(1 + max((week for week, _ in told.scores), default=0))
        ]
        first = 0.0 if asked is None else -(((asked.usual - levels[0]) / (TOLD_ERROR + one.noise_sd / 4)) ** 2) / 2
        return first + scores_fit(told.scores, levels, one.noise_sd)

    kept = pick(rng, candidates, fit)
    return replace(
        drawn.response,
        usual=usual_in(kept, told.weeks, fast),
        recovery_per_week=kept.recovery_per_week * _slowed(told.weeks, fast),
        noise_sd=kept.noise_sd,
        noise_carry=kept.noise_carry,
    )


def usual_in(response: ResponseTraits, weeks: float, fast: float) -> float:
    """Return the usual pain after so many weeks: it recovers by itself, half as fast later on."""
    return max(0.0, response.usual - response.recovery_per_week * (min(weeks, fast) + max(0.0, weeks - fast) / 2))


def _slowed(weeks: float, fast: float) -> float:
    """Return the factor on recovery that makes up for a clock that starts anew today.

    Chosen so that two weeks after the fast weeks would end, as much is recovered.
    """
    horizon = fast + 2
    anew = fast + (horizon - fast) / 2
    left = max(0.0, fast - weeks)
    return (left + (horizon - left) / 2) / anew


# --- habits ---


def _habits(rng: Random, drawn: HabitTraits, told: Known, catalogue: Catalogue) -> HabitTraits:
    """Return habits that follow attendance and check-ins so far; nobody leaves and nothing is planted."""
    before, after = MISSED_SHAPES
    missed = rng.betavariate(before + max(0, told.days - told.mornings), after + told.mornings)
    shapes = catalogue.population.clients.adherence
    return replace(
        drawn,
        adherence=min(0.98, attendance(rng, shapes, told.done, told.planned, 1 - missed)),
        missed_logs=missed,
        under_reports=False,
        over_deepens=False,
        drops_out_on=NEVER,
        flag=None,
    )


__all__ = ["Known", "Usual", "draw_alike", "known", "trained", "usual_in", "usual_session"]
