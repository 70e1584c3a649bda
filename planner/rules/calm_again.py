"""PG22: when squats that waited for a calmer back return."""

from planner.decision import Rule
from planner.limits.progression import ProgressionLimits
from planner.rules.progression_case import Move
from planner.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CalmCase:
    """The mornings since squats began to wait: the longest row of calm ones."""

    limits: ProgressionLimits
    rises: tuple[float, ...] = ()  # each morning's score above the baseline, oldest first

    @property
    def calm_in_a_row(self) -> int:
        """Return the longest row of mornings no more than the calm rise above the baseline."""
        longest = run = 0
        for rise in self.rises:
            run = run + 1 if rise <= self.limits.step_back.calm_rise else 0
            longest = max(longest, run)
        return longest


def calm_again(case: CalmCase) -> Move | None:
    """Squats return: enough calm mornings in a row."""
    needed = case.limits.step_back.calm_mornings
    if case.calm_in_a_row < needed:
        return None
    return Move(verdict="hold", facts={"mornings": needed, "rise": case.limits.step_back.calm_rise})


RETURN_RULES: tuple[Rule[CalmCase, Move], ...] = (
    Rule(
        id="PG22",
        name="progression.calm_again",
        summary="Squats that waited return after two calm mornings in a row.",
        sources=("house-judgement",),
        numbers=(
            "limits/progression.step_back.calm_mornings",
            "limits/progression.step_back.calm_rise",
        ),
        decide=calm_again,
    ),
)
