"""All rules behind a finding (LF), in the order they are asked.

Evidence first, then what counts and leads; readings and irritability have tables of their own.
"""

from typing import Final

from planner.decision import AnyRule, Rule
from planner.rules.irritability import IRRITABILITY_RULES
from planner.rules.limiting_ankle import ANKLE_EVIDENCE_RULES
from planner.rules.limiting_case import Clue, LimitingCase
from planner.rules.limiting_hip import HIP_EVIDENCE_RULES
from planner.rules.limiting_ownership import LOAD_OWNERSHIP_EVIDENCE_RULES
from planner.rules.limiting_trunk import TRUNK_EVIDENCE_RULES
from planner.rules.ranking import RANKING_RULES
from planner.rules.reading import READING_RULES

EVIDENCE_RULES: Final[tuple[Rule[LimitingCase, Clue], ...]] = (
    *HIP_EVIDENCE_RULES,
    *ANKLE_EVIDENCE_RULES,
    *LOAD_OWNERSHIP_EVIDENCE_RULES,
    *TRUNK_EVIDENCE_RULES,
)

LIMITING_RULES: Final[tuple[AnyRule, ...]] = (
    *EVIDENCE_RULES,
    *RANKING_RULES,
    *READING_RULES,
    *IRRITABILITY_RULES,
)

__all__ = ["EVIDENCE_RULES", "IRRITABILITY_RULES", "LIMITING_RULES", "RANKING_RULES", "READING_RULES"]
