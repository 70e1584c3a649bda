"""The library's entries: exercises and squat variations, sources and numbers."""

from functools import cached_property
from typing import Final, Literal

from planner.seeded import dataclass
from planner.words import Category, Equipment, Evidence, LoadPosition, Modifier

EquipmentNeed = Equipment | str
"""An equipment code, or `door_frame`, which only a home always has."""

# The words an exercise is described with. Safety rules read them, so a word that none of them knows is refused.
Needed = Literal[Equipment, "door_frame"]
ExerciseCategory = Literal["cars", "end_range", "trunk", "mobility", "accessory", "general"]
Sides = Literal["each", "both"]
ExerciseLoad = Literal["none", "bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"]
Contraindication = Literal[
    "HR", "HR_SMALL", "PIN", "ANT", "ACU", "KN", "SH", "WR", "HYP", "FX", "BP", "PRG", "NECK", "DIZZY", "ACHILLES",
    "ANKLE_SPRAIN", "GROIN", "CRAMP", "SPINE", "BEND",
]  # fmt: skip
PHASED: Final = "pails_rails"  # the method whose seconds are told by its phases, not by the dose
Method = Literal[
    "cars", "pails_rails", "lift_off", "hover", "transition", "passive_range_hold", "loaded_hold", "eccentric",
    "mobility_reps", "breathing", "trunk", "carry", "setup", "strength", "conditioning",
]  # fmt: skip
Pose = Literal[
    "supine", "prone", "side_lying", "hands_and_knees", "kneeling", "half_kneeling", "seated", "standing", "deep_squat",
]  # fmt: skip
Trained = Literal[
    "hip", "hip_flexion", "hip_extension", "hip_abduction", "hip_internal_rotation", "hip_external_rotation",
    "adductors", "glutes", "hamstrings", "quads", "hinge", "single_leg", "knee", "ankle", "ankle_dorsiflexion", "foot",
    "spine", "trunk", "breathing", "setup", "thoracic", "thoracic_rotation", "thoracic_extension", "scapula",
    "shoulder", "shoulder_flexion", "upper_back", "neck", "wrist", "general",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number or a method comes from."""

    number: int | None = None
    title: str
    kind: str
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the seeds with what makes it trustworthy."""

    key: str
    value: float | str | tuple[float, ...]
    unit: str
    source: str
    confidence: Evidence
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """Usual dose of an exercise; pairs are [low, high]. Units in the names."""

    sets: tuple[int, int] = (1, 1)
    reps: tuple[int, int] | None = None
    hold_s: tuple[int, int] | None = None
    breaths: tuple[int, int] | None = None
    duration_s: tuple[int, int] | None = None
    distance_m: tuple[int, int] | None = None
    tempo: str | None = None
    rest_s: tuple[int, int] | None = None
    rep_s: tuple[int, int] | None = None
    both_ways: bool = False
    sessions_per_week: tuple[int, int] | None = None
    ladder: tuple[int, ...] | None = None
    source: str
    confidence: Evidence

    @property
    def grows(self) -> bool:
        """Return whether the weeks may change it: a pair of two numbers is gone through step by step."""
        pairs = (self.sets, self.reps, self.hold_s, self.breaths, self.distance_m)
        return any(pair is not None and pair[0] != pair[1] for pair in pairs)


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One library exercise: what it trains, needs, forbids, and how to do it."""

    id: str
    code: str
    name: str
    category: Category
    targets: tuple[str, ...]
    method: str
    level: int
    hard: bool
    sides: str  # each | both
    positions: tuple[str, ...]
    equipment: tuple[tuple[EquipmentNeed, ...], ...]
    load: str
    breath_hold: bool
    contraindications: tuple[str, ...]
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    cue: str
    setup: str
    steps: tuple[str, ...]
    feel: str
    stop_if: str
    mistake: str
    dose: Dose

    @cached_property
    def grows(self) -> bool:
        """Return whether it is done otherwise from step to step of the end-range work."""
        return self.method == PHASED or self.dose.grows


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """What a variation already is by itself."""

    box: bool = False
    pins: bool = False
    heels: bool = False
    tempo: str = ""
    pause: bool = False

    @cached_property
    def modifiers(self) -> tuple[Modifier, ...]:
        """Return the same as modifiers."""
        flags: tuple[tuple[Modifier, bool], ...] = (
            ("heels_up", self.heels),
            ("pause", self.pause),
            ("slow_tempo", bool(self.tempo)),
            ("box", self.box),
            ("pins", self.pins),
        )
        return tuple(modifier for modifier, is_so in flags if is_so)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Demand 0-10 at usual depth and load: hip, ankle, trunk, control, spine load."""

    hip: float
    ankle: float
    trunk: float
    control: float
    spine_load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationLoad:
    """How a variation is loaded; `factor` = share of the back-squat maximum (low, high)."""

    kind: str
    factor: tuple[float, float] | None = None
    kg: tuple[float, float] | None = None
    capped: bool = False

    @property
    def midpoint(self) -> float | None:
        """Return the midpoint of the load factor, None without one."""
        return None if self.factor is None else (self.factor[0] + self.factor[1]) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One squat variation: demands, load, depths, equipment, teaching."""

    id: str
    code: str
    name: str
    family: str
    load_position: LoadPosition
    demand_column: str
    hip_demand_extra: str
    built_in: BuiltIn
    scores: Scores
    load: VariationLoad
    depths: tuple[int, int]
    home: bool
    unloaded: bool
    equipment: tuple[tuple[EquipmentNeed, ...], ...]
    bells: int
    contraindications: tuple[str, ...]
    single_leg: bool
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    cue: str
    reason: str
    setup: str
    steps: tuple[str, ...]
    feel: str
    stop_if: str
    mistake: str
    source: str
    confidence: Evidence
