"""Ranges of the virtual clients (seeds/population/): who they are, their bodies, how they are assessed.

Pairs are [low, high]; units are in seeds/population/. No rule reads them.
"""

from collections.abc import Mapping

from planner.seeded import dataclass
from planner.words import LimitingFactor, PreferredVariation

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRanges:
    """Who the clients are and how they live with a plan."""

    limiters: Mapping[LimitingFactor, float]
    second_limiter: float
    hip_control: float
    preferred: Mapping[PreferredVariation, float]
    home: float
    age: Range
    one_rep_max_kg: Range
    adherence: Range  # the two shapes of a beta distribution
    missed_logs: Range
    dropout_per_week: Range
    under_reports: float
    under_report_points: int
    over_deepens: float
    red_flag: Range
    red_flag_within: int
    cleared_after: Range
    bad_sleep_week: float
    check_up_after: int
    professional_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadRanges:
    """Spread of a measure between people."""

    hip_flexion: float
    hip_internal_rotation: float
    hip_external_rotation: float
    ankle_knee_to_wall: float
    thoracic_rotation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRange:
    """How range answers training and rest."""

    half_life_weeks: float
    hip_flexion_gain: Range
    hip_internal_rotation_gain: Range
    hip_external_rotation_gain: Range
    ankle_knee_to_wall_gain: Range
    thoracic_rotation_gain: Range
    sessions_per_week: float
    non_responders: Range
    non_responder_share: Range
    kept_days: int
    loss_per_week: Range
    gap_closing_per_week: Range
    gap_closes_by: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRanges:
    """How a back answers more than it can take, and what it does by itself."""

    points_per_unit: Range
    later_share: float
    later_share_load_ownership: float
    carried_over: Range
    problem_points: float
    usual_pain: Range
    natural_recovery_per_week: Range
    natural_recovery_weeks: float
    noise_sd: Range
    noise_carry: Range
    flare_days: Range
    flare_length: tuple[int, int]
    flare_points: Range
    flare_bad_sleep: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortRanges:
    """How people judge repetitions in reserve."""

    reserve_bias: float
    reserve_sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRanges:
    """How often a technique gate is missed."""

    missed_at_rest: float
    missed_per_unit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRanges:
    """Joints, trunk, control, tolerated load, and how they answer training."""

    spread: SpreadRanges
    limited_by: Range
    adequate_by: Range
    side_difference: Range
    gap_usual_deg: Range
    gap_large_deg: Range
    rotation_gap_deg: Range
    trunk_lack: Range
    control_lack: Range
    least_capacity: float  # share of what the preferred squat asks
    capacity_spare: Range
    tolerated_load: Range
    limiter_weight: Range
    second_weight: float
    load_unit: float
    trained_range: TrainedRange
    control_per_week: Range
    trunk_per_week: Range
    skill_sessions_per_week: float
    load_rise_per_week: Range
    load_loss_per_week: Range
    load_drop_after_problem: float
    response: ResponseRanges
    effort: EffortRanges
    leg_soreness: Range
    gates: GateRanges


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRanges:
    """How truly signs and tests show the limiter."""

    sign_of_the_limiter: float
    sign_of_another: float
    test_sensitivity: float
    test_specificity: float
    overhead_sensitivity: float
    overhead_specificity: float
    arms_forward_specificity: float
    car_fault: tuple[int, int]
    settles_h: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All ranges of the virtual clients, one group per file of seeds/population/."""

    clients: ClientRanges
    bodies: BodyRanges
    assessments: AssessmentRanges
