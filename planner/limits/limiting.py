"""Numbers that rank limiting factors; their values live in seeds/limits/limiting.yaml.

Weights are points of a factor's score. Spreads are standard deviations of the normal curve
that turns a distance from a threshold into a probability; at home they are widened.
"""

from collections.abc import Mapping

from planner.seeded import dataclass
from planner.words import Factor


@dataclass(frozen=True, slots=True, kw_only=True)
class HipWeights:
    """Points of the hip's evidence; `car_fault` is per grade."""

    flexion: float
    internal_rotation: float
    external_rotation: float
    flexion_gap: float
    internal_rotation_gap: float
    sign: float
    rock_back: float
    wider_stance: float
    car_fault: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnkleWeights:
    """Points of the ankle's evidence; a clean overhead squat takes its points off."""

    knee_to_wall: float
    sign: float
    heels_up: float
    front_load: float
    overhead_clean: float
    arms_forward: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOwnershipWeights:
    """Points of the evidence for load ownership, before they are scaled by the room."""

    sign: float
    slow_tempo: float
    fails_only_under_load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkWeights:
    """Points of the trunk's evidence; `front_load_ankle_share` goes to a short ankle instead."""

    sign: float
    exhale_stack: float
    breath_at_bottom: float
    front_load: float
    front_load_ankle_share: float
    rib_flare: float
    arching: float
    bending: float
    thoracic_rotation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """Standard deviations of the probability curves, in the measure's unit."""

    hip_flexion: float
    hip_internal_rotation: float
    hip_external_rotation: float
    hip_flexion_gap: float
    hip_internal_rotation_gap: float
    knee_to_wall: float
    thoracic_rotation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Midpoints:
    """Values at which a measure that no squat asks for is as likely short as not."""

    hip_flexion_gap: float
    hip_internal_rotation_gap: float
    thoracic_rotation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How far load ownership can count: in full only where the range is there."""

    base: float
    by_range: float
    unknown: float  # probability assumed for a measure that was not taken


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPain:
    """How far the worst pain stands above the usual (0-10 scale): felt at all, and clearly."""

    least: int
    clear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What makes a source, and how many sources and points let a factor count.

    Evidence that was not taken counts by `open_share` of its points towards `score` and `unbacked`,
    never towards `least_score`.
    """

    limited: float  # probability
    possible: float  # probability
    room: float
    thoracic_rotation: float
    signs: int
    main_hip_signs: int
    car_fault: int
    sources: int
    least_score: float
    score: Mapping[Factor, float]
    unbacked: Mapping[Factor, float]  # where the range was measured and is there
    open_share: float
    own_signs: int  # of load ownership, without its test and without knowing the added pain
    added_pain: AddedPain
    answered: Mapping[Factor, float]  # points that are enough where the added pain is clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Which factor leads and when a second one is trained along."""

    second_share: float  # of the first factor's score
    tie: float  # points between ankle and trunk
    front_load_lead: float  # points of the trunk's lead that front-load relief can explain


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceLimits:
    """Sources and lead (points) behind each word of confidence; medium needs as many sources as the gate."""

    high_sources: int
    high_lead: float
    medium_lead: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IrritabilityLimits:
    """Back pain (0-10) and hours to settle that separate low, moderate and high."""

    moderate_pain: int  # from
    high_pain: int  # from
    moderate_settles_h: float  # above
    high_settles_h: float  # above


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitingLimits:
    """All numbers behind a finding."""

    hip: HipWeights
    ankle: AnkleWeights
    load_ownership: LoadOwnershipWeights
    trunk: TrunkWeights
    spreads: Spreads
    midpoints: Midpoints
    room: Room
    gate: Gate
    ranking: Ranking
    confidence: ConfidenceLimits
    irritability: IrritabilityLimits
    some_help_share: float  # of a test's points when it helps only a little
    home_spread_factor: float  # widens every spread for a home assessment
    home_error_factor: float  # widens every measurement error for a home assessment
