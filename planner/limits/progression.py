"""Limits of the progression rules (PG): when to move up, hold, ease, step back, re-rank, refer."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UpLimits:
    """What moving up one rung needs; `barbell` values hold from stage `barbell_stage` on."""

    barbell_stage: int
    exposures: int
    exposures_barbell: int
    days: int
    days_barbell: int
    green_window: int  # told exposures looked at for the normal ones
    greens: int
    rpe: float
    rpe_top: float  # on the preferred squat itself
    adherence: float
    adherence_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadUpLimits:
    """What adding load, sets or repetitions needs and how much may be added."""

    rpe_below: float  # logged RPE at least this far below the target
    weekly_rise: float
    weekly_rise_top: float
    tonnage_rise: float
    tonnage_from_kg: float
    cap_days: int  # the weekly cap looks back this far from the next squat day


@dataclass(frozen=True, slots=True, kw_only=True)
class EaseLimits:
    """When and by how much the next exposure is eased."""

    window: int
    watches: int
    load: float
    sets: int
    sleep_h: float
    stress: int
    high_peak: int
    high_load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBackLimits:
    """What a problem response takes back."""

    load: float
    sets: int
    again_days: int
    calm_rise: int  # mornings up to baseline + this are calm
    calm_mornings: int
    rerank_count: int
    rerank_days: int
    refer_count: int
    refer_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlareLimits:
    """A flare and the way back from it."""

    peak: int
    rise: int
    settle_h: int
    load: float
    stage_back_days: int
    refer_days: int
    rerank_count: int
    rerank_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateauLimits:
    """When weeks of adherent training without change call for another look."""

    weeks: int
    points: float
    share: float
    worst_mean: float
    adherence: float
    flat_weeks: int
    measure_weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionLimits:
    """All limits of the moves; loads and shares as fractions of 1."""

    up: UpLimits
    load_up: LoadUpLimits
    ease: EaseLimits
    step_back: StepBackLimits
    flare: FlareLimits
    plateau: PlateauLimits
    leg_soreness: int
    stall_days: int  # without a step up or a question about it
    deload_adherence: float  # who did less of the planned sessions skips a lighter week
    carry_days: int  # since the last exposure, for a block to go on where another ended
    clearance_days: int
    depth_floor: int  # shallowest depth index a step back may reach
    effort_sessions: int  # training sessions that count as one week of end-range work
    stress_days: int
    gate_normal: int  # normal responses in a row that open loads of 70 % and more
    gate_hold_s: int  # back-extensor hold they also need, when it was measured
