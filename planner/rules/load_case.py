"""What the load rules look at and what they answer: the case, kilograms, shares, a feel."""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from planner.decision import Value
from planner.limits import LoadLimits
from planner.values import dataclass
from planner.words import Modifier

BELL_FAMILIES: Final = frozenset({"goblet", "split"})
"""Families whose load follows the load factor alone: they have no percentage column."""


@dataclass(slots=True, kw_only=True)
class LoadCase:
    """What a load depends on: the variation's factor, the stage's dose, the client's maximum.

    Not frozen only for speed, like `planner.plan.Item`: no rule changes its case.
    """

    limits: LoadLimits
    family: str = "safety_bar"
    unloaded: bool = False
    factor: tuple[float, float] | None = None
    maximum: float | None = None  # back squat, kg
    goblet_maximum: float | None = None  # kg
    percent: tuple[float, float] | None = None  # of the stage
    reps: int = 0
    rpe: float = 0
    rpe_percent: float = 100  # of the maximum, at `reps` and `rpe`
    first: bool = False
    gate_passed: bool = False
    fragile: bool = False
    slowed_by: tuple[Modifier, ...] = ()  # modifiers the variation does not have by itself
    weeks_off: float | None = None

    @property
    def tm(self) -> float | None:
        """Return the training maximum, None when no percentage applies."""
        if self.maximum is None or self.factor is None or self.family in BELL_FAMILIES:
            return None
        midpoint = (self.factor[0] + self.factor[1]) / 2
        return self.maximum * midpoint * self.limits.training_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Kilograms:
    """A load a rule allows at most, or starts from."""

    kg: float
    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A factor a rule puts on a load."""

    share: float
    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByFeel:
    """How a load should feel when no maximum is known."""

    rpe: float
    reps: int
    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


def tidy(number: float) -> float | int:
    """Return a number as people write it: whole when it is whole, else to one decimal."""
    return int(number) if number == int(number) else round(number, 1)
