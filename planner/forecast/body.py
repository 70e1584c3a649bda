"""A virtual body: what it can do, how it answers training, and how the back feels each day.

Overload is what a squat asks above what the body has, in five dimensions weighted by what
limits the client; the back answers in proportion, partly at once and partly the next morning.
Ranges in degrees and centimetres, capacities in the library's scores, load as a share of the
true maximum.
"""

from dataclasses import dataclass, field

from planner.catalogue import Catalogue
from planner.demand import heel_relief
from planner.facts import Profile
from planner.forecast.life import WEEK, LifeDay
from planner.forecast.training import SquatWork, Training, is_slow
from planner.forecast.traits import JointTraits, Traits
from planner.scores import effective_scores

USUAL_LOAD = 0.65
"""Share of the maximum at which the library's scores hold."""

USUAL_REPS = 15
"""Repetitions of a usual squat session: more of them ask a little more."""

HIGHEST_PAIN = 10
HIGHEST_SCORE = 10.0


@dataclass(slots=True)
class JointNow:
    """What training has changed in one measure so far."""

    gained: float = 0.0
    closed: float = 0.0  # of the gap
    last_trained: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a session went: overload by dimension, and the points of pain it adds."""

    overload: dict[str, float]
    points: float  # at their highest
    load_share: float  # of the true maximum


@dataclass(slots=True)
class Body:
    """One virtual client's body; changed by every day it lives through."""

    traits: Traits
    catalogue: Catalogue
    profile: Profile = field(init=False)  # as agreed now: stance and shoes may change
    trunk: float = field(init=False)
    control: float = field(init=False)
    tolerated: float = field(init=False)
    joints: dict[str, JointNow] = field(init=False)
    day: int = 0
    carried: float = 0.0  # points of earlier sessions still felt this morning
    fresh: float = 0.0  # points of today's session, felt at once
    due: float = 0.0  # points of today's session, felt tomorrow morning
    peak: float = 0.0  # points of today's session at their highest
    squatted: list[int] = field(default_factory=list)  # loaded squat days of the last week
    dropped_until: int = -1

    def __post_init__(self) -> None:
        self.profile = self.traits.profile
        self.trunk, self.control = self.traits.trunk, self.traits.control
        self.tolerated = self.traits.tolerated
        self.joints = {name: JointNow() for name in self.traits.joints}

    # --- what it can do ---

    def passive(self, measure: str) -> float:
        """Return the passive range of the worse side."""
        return self.traits.joints[measure].passive + self.joints[measure].gained

    def gap(self, measure: str) -> float:
        """Return how much of the passive range of the worse side is not controlled."""
        return self.traits.joints[measure].gap - self.joints[measure].closed

    def overload(self, work: SquatWork) -> Answer:
        """Return what a squat asks above what the body has, and the points the back adds for it."""
        share = self._load_share(work)
        heavy = 0.7 + 0.3 * share / USUAL_LOAD if share else 0.8
        asked = effective_scores(work.variation, work.depth, work.modifiers, self.catalogue)
        bodies = self.catalogue.population.bodies
        over = {
            "hip": self._hip_lack(work) / bodies.spread.hip_flexion,
            "ankle": self._ankle_lack(work) / bodies.spread.ankle_knee_to_wall,
            "trunk": max(0.0, asked.trunk * heavy - self.trunk),
            "control": max(0.0, asked.control * heavy - self.control),
            "load": max(0.0, share - self._tolerated_now()) / bodies.load_unit,
        }
        volume = min(1.2, 0.7 + 0.3 * work.sets * work.reps / USUAL_REPS)
        units = sum(self.traits.weights[name] * units for name, units in over.items())
        points = self.traits.response.points_per_unit * units * volume
        return Answer(overload=over, points=points, load_share=share)

    def _tolerated_now(self) -> float:
        drop = self.catalogue.population.bodies.load_drop_after_problem
        return self.tolerated * (1 - drop) if self.day < self.dropped_until else self.tolerated

    def _load_share(self, work: SquatWork) -> float:
        midpoint = work.variation.load.midpoint
        if work.load_kg is None or midpoint is None:
            return 0.0
        return work.load_kg / (midpoint * self.traits.back_max_kg)

    def _hip_lack(self, work: SquatWork) -> float:
        demands = self.catalogue.demands
        need = demands.hip_flexion[work.depth - 1]
        if work.variation.hip_demand_extra == "low_bar":
            need += demands.low_bar_hip_extra
        if self.profile.preferred_squat.stance == "wide":
            need -= demands.wide_stance_hip
        passive = self.passive("hip_flexion")
        active = passive - self.gap("hip_flexion")
        return max(0.0, need - min(passive, active + demands.active_flexion_allowance))

    def _ankle_lack(self, work: SquatWork) -> float:
        demands = self.catalogue.demands
        column = demands.knee_to_wall.get(work.variation.demand_column)
        if column is None:
            return 0.0
        preferred = self.profile.preferred_squat
        shoes = preferred.heel_cm if work.variation.id == preferred.variation else 0.0
        need = column[work.depth - 1] - heel_relief(max(work.heel_cm, shoes), demands)
        if preferred.stance == "wide":
            need -= demands.wide_stance_knee_to_wall
        return max(0.0, need - self.passive("ankle_knee_to_wall"))

    # --- what a day does ---

    def wake(self) -> None:
        """Begin the next day: what was due is felt, what was felt fades."""
        self.day += 1
        self.carried = self.carried * self.traits.response.carried_over + self.due
        self.fresh = self.due = self.peak = 0.0
        if self.day % WEEK == 0:
            self._week_passes()

    def usual_now(self) -> float:
        """Return the usual pain, which recovers by itself: faster in the first weeks."""
        response, ranges = self.traits.response, self.catalogue.population.bodies.response
        weeks = self.day / WEEK
        fast = min(weeks, ranges.natural_recovery_weeks)
        slow = max(0.0, weeks - ranges.natural_recovery_weeks)
        return max(0.0, response.usual - response.recovery_per_week * (fast + slow / 2))

    def pain(self, life: LifeDay, *, more: float = 0.0) -> float:
        """Return the back's pain now, unrounded: usual, flare, training and the day's noise."""
        felt = self.usual_now() + life.flare + self.carried + more + life.noise
        return min(max(felt, 0.0), HIGHEST_PAIN)

    def train(self, training: Training) -> Answer | None:
        """Do a session; return how the squat went, None without one."""
        for measure, dose in training.ranges.items():
            if measure in self.joints:
                self._stretch(measure, dose)
        bodies = self.catalogue.population.bodies
        work = training.squat
        slow = work is not None and is_slow(work.variation, work.modifiers)
        per_session = 1 / bodies.skill_sessions_per_week
        controls = self.traits.control_per_week * per_session * max(float(slow), training.control)
        self.control = min(HIGHEST_SCORE, self.control + controls)
        self.trunk = min(HIGHEST_SCORE, self.trunk + self.traits.trunk_per_week * per_session * training.trunk)
        return self._squat(work) if work is not None else None

    def _squat(self, work: SquatWork) -> Answer:
        answer = self.overload(work)
        later = self.traits.response.later_share
        self.peak = answer.points
        self.fresh += answer.points * (1 - later)
        self.due += answer.points * later
        self.squatted.append(self.day)
        problem = self.catalogue.population.bodies.response.problem_points
        if answer.points >= problem:
            self.dropped_until = self.day + WEEK
        elif answer.load_share:
            self._strengthen()
        return answer

    def _strengthen(self) -> None:
        """Let the tolerated load rise: two well-answered loaded sessions give a week's rise."""
        self.tolerated = min(1.0, self.tolerated * (1 + self.traits.load_rise / 2))

    def _stretch(self, measure: str, dose: float) -> None:
        """Move range towards all it can gain, and the gap towards the part that closes."""
        traits, now = self.traits.joints[measure], self.joints[measure]
        trained = self.catalogue.population.bodies.trained_range
        share: float = 1 - 0.5 ** (dose / trained.sessions_per_week / trained.half_life_weeks)
        now.gained += (traits.gain - now.gained) * share
        now.closed = min(now.closed + traits.gap_closing * dose / trained.sessions_per_week, _closable(traits))
        now.last_trained = self.day

    def _week_passes(self) -> None:
        """Let go what was not used: range after two weeks, tolerated load after one."""
        trained = self.catalogue.population.bodies.trained_range
        for now in self.joints.values():
            if self.day - now.last_trained > trained.kept_days:
                now.gained *= 1 - self.traits.range_loss
        self.squatted = [day for day in self.squatted if self.day - day < WEEK]
        if not self.squatted:
            self.tolerated *= 1 - self.traits.load_loss


def _closable(joint: JointTraits) -> float:
    return joint.gap * joint.gap_closes_by
