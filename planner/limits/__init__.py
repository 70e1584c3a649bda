"""The numbers rules compare, as typed groups; their values live in seeds/limits and seeds/doses.

One module per group. A field here is a key there; the loader refuses any difference.
"""

from planner.limits.attention import AttentionLimits
from planner.limits.change import ChangeLimits
from planner.limits.doses import BlockDoses, MethodDoses, StageDoses
from planner.limits.ladder import LadderLimits
from planner.limits.limiting import LimitingLimits
from planner.limits.load import LoadLimits
from planner.limits.population import Population
from planner.limits.progression import ProgressionLimits
from planner.limits.response import ResponseLimits
from planner.limits.screening import ScreeningLimits
from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All limit groups, one per file of seeds/limits/."""

    screening: ScreeningLimits
    limiting: LimitingLimits
    ladder: LadderLimits
    load: LoadLimits
    response: ResponseLimits
    progression: ProgressionLimits
    attention: AttentionLimits
    change: ChangeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """All dose groups, one per file of seeds/doses/."""

    stages: StageDoses
    methods: MethodDoses
    block: BlockDoses


__all__ = [
    "AttentionLimits",
    "BlockDoses",
    "ChangeLimits",
    "Doses",
    "LadderLimits",
    "LimitingLimits",
    "Limits",
    "LoadLimits",
    "MethodDoses",
    "Population",
    "ProgressionLimits",
    "ResponseLimits",
    "ScreeningLimits",
    "StageDoses",
]
