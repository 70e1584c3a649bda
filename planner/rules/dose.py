"""LD30-LD69: every rule that fills the days of a week, in the order they are listed."""

from planner.decision import Rule
from planner.rules.day_plan import DAY_PLAN_RULES
from planner.rules.dosing import DoseCase, Dosing
from planner.rules.end_range import END_RANGE_RULES
from planner.rules.squat_dose import SQUAT_DOSE_RULES

DOSE_RULES: tuple[Rule[DoseCase, Dosing], ...] = END_RANGE_RULES + DAY_PLAN_RULES + SQUAT_DOSE_RULES
