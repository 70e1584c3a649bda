"""The library's entries: exercises and squat variations, sources and numbers."""

from dataclasses import dataclass

from planner.words import Category, Equipment, Evidence, LoadPosition

EquipmentNeed = Equipment | str
"""An equipment code, or `door_frame`, which only a home always has."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """What a variation already is by itself."""

    box: bool = False
    pins: bool = False
    heels: bool = False
    tempo: str = ""
    pause: bool = False


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
