"""Doses: how methods are timed, how a block and its sessions are laid out.

Percent and shares of one are marked in the name or the comment; times in seconds or minutes.
"""

from planner.seeded import dataclass
from planner.words import Stage

_DOSE_OF: dict[Stage, str] = {
    "P0": "p1",
    "P1": "p1",
    "P2": "p2",
    "P3": "p3",
    "P4": "p4",
    "P5": "p5",
    "P6": "p6",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarsDose:
    """Effort of joint circles, and who gets the longer routine."""

    daily_effort: int  # percent
    rehab_effort: int  # percent, while the back is easily provoked
    full_from_minutes: int  # a client with at least this much time does the full body on rest days


@dataclass(frozen=True, slots=True, kw_only=True)
class PailsDose:
    """One round of PAILs/RAILs, and how its effort rises over the weeks it is tolerated."""

    passive_s: int
    passive_irritable_s: int
    pails_s: int  # ramp and hold together
    rails_s: int  # ramp and hold together
    settle_s: int
    rails_only_rounds: int
    effort_steps: tuple[int, ...]  # percent, first week, second, from the third on


@dataclass(frozen=True, slots=True, kw_only=True)
class HardWork:
    """Ceilings of hard end-range work."""

    targets_per_session: int
    times_per_week: int  # all targets together
    day_gap: int  # days between hard work for the same target; two make three times a week at most


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDoses:
    """Doses of the methods that are not in the exercises themselves."""

    cars: CarsDose
    pails: PailsDose
    hard: HardWork
    short_side_sets: int  # sets on the short side for each set on the other
    hold_rpe: float  # highest effort of holds under load
    accessory_rpe: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalmDose:
    """What a flare or high irritability leaves: an easy squat on calm days, short walks."""

    squat_pain: int  # highest morning score that still allows it
    squat_sets: int
    squat_reps: int
    walks: int  # a day
    walk_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Emphasis:
    """Share of a session's end-range time, by limiting factor and part of the body."""

    hip_hip: float
    ankle_ankle: float
    ankle_hip: float
    load_ownership_loaded: float
    trunk_trunk: float
    trunk_thoracic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take, for the minutes of a session."""

    change_over_s: int  # from one item to the next
    free_rep_s: int  # a repetition without a tempo
    walking_m_per_s: float
    ramp_set_s: int  # one warm-up set with its rest
    squat_rest_s: int
    heavy_squat_rest_s: int
    retest_measure_s: int  # three tries on both sides


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDoses:
    """Layout of a block: squat days, deloads, re-tests; shares and pace of its sessions."""

    shortest_weeks: int
    longest_weeks: int
    squat_days_per_week: int
    squat_day_gap: int  # days
    cycle_weeks: int  # the last of which is a deload
    short_cycle_weeks: int
    short_cycle_from_age: int
    deload_sets: float  # share of the sets kept
    deload_load: float  # share of the load kept
    quick_retest_week: int
    full_retest_week: int
    no_limiter_rpe: float  # highest effort of squats while no limiting factor was found
    accessories_with_squats: int
    accessories_without_squats: int
    calm: CalmDose
    emphasis: Emphasis
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDose:
    """Working sets of a stage; pairs are (low, high). `percent` is of the training maximum."""

    sets: tuple[int, int]
    reps: tuple[int, int]
    rpe: tuple[float, float]
    percent: tuple[float, float] | None = None
    tempo: str = ""  # down-pause-up seconds; "" = free


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDoses:
    """Squat dose by stage. P0 holds no loaded squat; what it allows is dosed like P1."""

    p1: StageDose
    p2: StageDose
    p3: StageDose
    p4: StageDose
    p5: StageDose
    p6: StageDose
    slow_tempo: str  # of the `slow_tempo` modifier
    pause_tempo: str  # of the `pause` modifier

    def of(self, stage: Stage) -> StageDose:
        """Return the dose of a stage."""
        found: StageDose = getattr(self, _DOSE_OF[stage])
        return found
