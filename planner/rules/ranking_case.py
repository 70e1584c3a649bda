"""What the ranking rules read and answer: scores, sources, what was left open, and the back's answer to the squat."""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Final

from planner.limits.limiting import LimitingLimits
from planner.rules.limiting_case import GateSource
from planner.values import dataclass
from planner.words import Confidence, Factor, LimitingFactor, Subtype

ORDER: Final[tuple[Factor, ...]] = ("hip", "ankle", "trunk", "load_ownership")
"""Who leads on equal points: range before control, and position before load."""

UNMEASURED: Final[frozenset[Factor]] = frozenset({"trunk", "load_ownership"})
"""Factors that no range decides: signs, tests and the back's answer speak for them."""


@dataclass(frozen=True, kw_only=True)
class RankingCase:
    """Scores and sources of the factors, what was left open, and what breaks ties between them."""

    scores: Mapping[Factor, float]
    sources: Mapping[Factor, tuple[GateSource, ...]] = field(default_factory=dict)
    open_points: Mapping[Factor, float] = field(default_factory=dict)  # full points of what was not taken
    measured: frozenset[Factor] = frozenset()  # factors whose range was measured
    own_signs: int = 0  # signs of load ownership
    added_pain: int | None = None  # of the squat: worst score above the usual one; None = not known
    room: float = 0.0
    heels_help: bool = False
    front_load_helps: bool = False
    unrack_is_hardest: bool = False
    motion_points: float = 0.0
    control_points: float = 0.0
    core_missing: bool = False
    limits: LimitingLimits

    def counts(self, factor: Factor) -> bool:
        """Return whether a factor has the sources and the points to count."""
        gate = self.limits.gate
        if factor in UNMEASURED and self.added_pain is not None and self.added_pain < gate.added_pain.least:
            return False
        if factor == "load_ownership":
            return self._owning_counts()
        agreed = len(self.sources.get(factor, ())) >= gate.sources
        found = self.scores.get(factor, 0.0) >= gate.least_score
        return agreed and found and self.points_towards(factor) >= self.points_needed(factor)

    def _owning_counts(self) -> bool:
        """Return whether load ownership counts: having the room to own it is no evidence of not owning it.

        Its signs need its test or the back's answer; where nobody told of that, many signs will do.
        """
        gate, sources = self.limits.gate, self.sources.get("load_ownership", ())
        told = self.added_pain is not None
        backed = "test" in sources or (self.answered if told else self.own_signs >= gate.own_signs)
        enough = self.scores.get("load_ownership", 0.0) >= gate.score["load_ownership"]
        return enough and "sign" in sources and backed

    @property
    def answered(self) -> bool:
        """Return whether the back clearly answers the squat."""
        return self.added_pain is not None and self.added_pain >= self.limits.gate.added_pain.clear

    def points_towards(self, factor: Factor) -> float:
        """Return a factor's points with the benefit of the doubt for what was not taken."""
        share = self.limits.gate.open_share
        return round(self.scores[factor] + share * self.open_points.get(factor, 0.0), 4)

    def points_needed(self, factor: Factor) -> float:
        """Return the points a factor needs: more where its range is there, less where the back clearly answers."""
        gate = self.limits.gate
        is_there = factor in self.measured and "measurement" not in self.sources.get(factor, ())
        if self.answered and factor in gate.answered:
            return gate.answered[factor]
        return (gate.unbacked if is_there else gate.score)[factor]

    @cached_property
    def counted(self) -> tuple[Factor, ...]:
        """Return the factors that count, highest score first."""
        passed = [factor for factor in ORDER if self.counts(factor)]
        return tuple(sorted(passed, key=lambda factor: -self.scores[factor]))

    def trunk_lead(self) -> float | None:
        """Return the trunk's lead over the ankle when these two lead, else None."""
        if set(self.counted[:2]) != {"ankle", "trunk"}:
            return None
        return round(self.scores["trunk"] - self.scores["ankle"], 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One step of the ranking: a factor, a subtype or a confidence, whichever the rule decides."""

    factor: LimitingFactor | None = None
    counted: tuple[Factor, ...] = ()
    subtype: Subtype | None = None
    confidence: Confidence | None = None
