"""PG: what one squat exposure changes: refer, re-rank, step back, ease, hold, up.

All protective rules are evaluated and, per variable, the most protective wins
(`combined`); only when none of them objects may the advancing rules move one variable.
So a worse log, which can only make more protective rules speak, never leads to a harder
next exposure. Method: the moves of the article ("a version you can own, then back") with
limits of our own judgement; the 2-10 % load rule of the ACSM position stand.
"""

from planner.decision import Rule
from planner.rules.advancing import ADVANCING_RULES, NOT_YET_RULES
from planner.rules.calm_again import RETURN_RULES, CalmCase, calm_again
from planner.rules.ease_and_hold import EASE_AND_HOLD_RULES
from planner.rules.progression_case import WAITS, Move, ProgressCase, Wait, combined
from planner.rules.retest import RETEST_RULES, RetestCase
from planner.rules.step_back import STEP_BACK_RULES, is_flare

PROTECTIVE_RULES: tuple[Rule[ProgressCase, Move], ...] = (*STEP_BACK_RULES, *EASE_AND_HOLD_RULES)

__all__ = [
    "ADVANCING_RULES",
    "NOT_YET_RULES",
    "PROTECTIVE_RULES",
    "RETEST_RULES",
    "RETURN_RULES",
    "WAITS",
    "CalmCase",
    "Move",
    "ProgressCase",
    "RetestCase",
    "Wait",
    "calm_again",
    "combined",
    "is_flare",
]
