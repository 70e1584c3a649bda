"""Numbers behind the ladder: who may do what, which depth fits, how far one rung may rise."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Caps that follow from a client's conditions."""

    acute_back_pain: int  # back score from which loaded work waits
    hip_depth: int  # deepest depth index after hip surgery or replacement
    knee_depth: int  # deepest depth index with knee pain
    knee_heel_cm: float  # highest heel lift with knee pain
    rpe: float  # hardest effort after spine surgery, with blood pressure or pregnancy limits
    effort_percent: int  # hardest isometric effort with blood pressure or bone limits


@dataclass(frozen=True, slots=True, kw_only=True)
class FitLimits:
    """When a depth fits the measured range."""

    error_share: float  # share of the smallest real change a value may fall short by
    pinch_margin: float  # degrees of hip flexion left free when the front of the hip pinches
    unmeasured_depth: int  # deepest depth index planned without a measurement
    control_depth: int  # deepest loaded depth index while hip control is the limiter
    rotation_depth: int  # depth index from which hip rotation is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierScores:
    """What a modifier adds to (pause, tempo) or takes from (heels, box, depth) the scores."""

    pause_control: float
    pause_trunk: float
    tempo_control: float
    heels_ankle: float
    heels_hip: float
    box_ankle: float
    box_control: float
    depth_step: float  # hip, ankle and control per depth index
    reference_depth: int  # scores count at this depth or the variation's deepest usual one


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLimits:
    """How much harder a searched rung may be than the one before."""

    spine_rise: float  # trunk, control and spine load
    joint_rise: float  # hip and ankle
    depth_rise: int
    rung_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedScores:
    """Trunk and control scores a client owns before any log."""

    untested: float
    clean: float
    slow_tempo: float
    goblet_trunk: float
    rise: float  # an entry rung may ask this much more


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxHeight:
    """Box height = share x height + step x (reference depth - depth), rounded up."""

    height_share: float
    step_cm: float
    reference_depth: int
    rounding_cm: int
    unknown_height_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderLimits:
    """Every number the ladder compares."""

    guards: Guards
    fit: FitLimits
    modifiers: ModifierScores
    edges: EdgeLimits
    owned: OwnedScores
    box: BoxHeight
    early_depth: int  # searched front-loaded rungs up to this depth index belong to P2
