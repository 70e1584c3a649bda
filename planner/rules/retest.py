"""PG20-PG21: what a re-test inside a block asks for."""

from planner.decision import Rule
from planner.limits.progression import ProgressionLimits
from planner.rules.progression_case import Move
from planner.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetestCase:
    """A re-test inside a block: change of the primary measure, and of the symptoms meanwhile."""

    limits: ProgressionLimits
    better: bool = False  # the primary measure really improved
    improved: float = 0  # in the measure's unit, towards more range (or a smaller gap)
    smallest_real_change: float = 10
    weeks: int = 4
    adherence: float = 1
    worst_at_start: float = 0
    worst_mean: float = 0

    @property
    def symptoms_flat(self) -> bool:
        """Return whether the worst scores are still there and have not changed meaningfully."""
        limits = self.limits.plateau
        gained = self.worst_at_start - self.worst_mean
        changed = gained >= limits.points or gained >= limits.share * max(self.worst_at_start, 1)
        return self.worst_mean >= limits.worst_mean and not changed


def range_without_relief(case: RetestCase) -> Move | None:
    """Re-rank: the range really changed, the symptoms did not."""
    limit = case.limits.plateau.flat_weeks
    if case.weeks < limit or not case.better or not case.symptoms_flat:
        return None
    return Move(
        verdict="rerank",
        rerank=True,
        facts={"improved": case.improved, "real": case.smallest_real_change, "weeks": case.weeks},
    )


def no_range_change(case: RetestCase) -> Move | None:
    """Re-rank: weeks of adherent work and the range has not really changed."""
    limits = case.limits.plateau
    done = case.weeks >= limits.measure_weeks and case.adherence >= limits.adherence
    if not done or case.better:
        return None
    return Move(
        verdict="rerank",
        rerank=True,
        facts={"improved": case.improved, "real": case.smallest_real_change, "weeks": case.weeks},
    )


RETEST_RULES: tuple[Rule[RetestCase, Move], ...] = (
    Rule(
        id="PG20",
        name="progression.range_without_relief",
        summary="Range that really improved without relief after four weeks asks for a re-assessment.",
        sources=("house-judgement", "ostelo-2008"),
        numbers=("limits/progression.plateau.flat_weeks", "limits/progression.plateau.worst_mean"),
        decide=range_without_relief,
    ),
    Rule(
        id="PG21",
        name="progression.no_range_change",
        summary="No real change of range after six adherent weeks asks for a re-assessment.",
        sources=("house-judgement",),
        numbers=(
            "limits/progression.plateau.measure_weeks",
            "limits/progression.plateau.adherence",
        ),
        decide=no_range_change,
    ),
)
