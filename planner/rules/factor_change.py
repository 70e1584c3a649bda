"""RT20-RT29: what became of a limiting factor between two assessments."""

from typing import Final

from planner.decision import Rule, Value
from planner.values import dataclass
from planner.words import FactorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorCase:
    """One factor at the baseline and now: its score, and whether it counts.

    `kept` = it counts now if whatever was not tested again is as it was at the baseline;
    `undone` = it counts now if, besides, every change within the error of measurement is undone.
    """

    name: str = ""
    score_before: float = 0.0
    score_now: float = 0.0
    before: bool = False
    now: bool = False
    kept: bool = False
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorJudged:
    """What a factor has become, which sentence says so, and the scores compared."""

    status: FactorStatus
    say: str = "default"
    facts: dict[str, Value]


def _judged(case: FactorCase, status: FactorStatus, say: str = "default") -> FactorJudged:
    facts: dict[str, Value] = {"factor": case.name, "before": case.score_before, "now": case.score_now}
    return FactorJudged(status=status, say=say, facts=facts)


def not_tested_again(case: FactorCase) -> FactorJudged | None:
    """Read nothing into a factor whose evidence was not looked for again."""
    gone = case.before and not case.now
    return _judged(case, "not_tested") if gone and case.kept else None


def within_error(case: FactorCase) -> FactorJudged | None:
    """Leave a factor as it was when only changes within the error of measurement moved it."""
    if case.before is case.now or case.undone is not case.before:
        return None
    return _judged(case, "unchanged", "counts" if case.now else "absent")


def resolved(case: FactorCase) -> FactorJudged | None:
    """Call a factor resolved when real changes took it below what counts."""
    return _judged(case, "resolved") if case.before and not case.now else None


def new(case: FactorCase) -> FactorJudged | None:
    """Call a factor new when it counts now and did not at the baseline."""
    return _judged(case, "new") if case.now and not case.before else None


def unchanged(case: FactorCase) -> FactorJudged:
    """Say that a factor counts as before, or does not as before."""
    return _judged(case, "unchanged", "counts" if case.now else "absent")


FACTOR_RULES: Final[tuple[Rule[FactorCase, FactorJudged], ...]] = (
    Rule(
        id="RT20",
        name="retest.factor_not_tested",
        summary="A factor whose evidence was not looked for again is not resolved.",
        sources=("house-judgement",),
        decide=not_tested_again,
    ),
    Rule(
        id="RT21",
        name="retest.factor_within_error",
        summary="A factor that only changes within the error of measurement moved is as it was.",
        sources=("house-judgement",),
        decide=within_error,
    ),
    Rule(
        id="RT22",
        name="retest.factor_resolved",
        summary="A factor that really changed and no longer counts is resolved.",
        sources=("house-judgement",),
        decide=resolved,
    ),
    Rule(
        id="RT23",
        name="retest.factor_new",
        summary="A factor that counts now and did not at the baseline is new.",
        sources=("house-judgement",),
        decide=new,
    ),
    Rule(
        id="RT29",
        name="retest.factor_unchanged",
        summary="Any other factor is unchanged.",
        sources=("house-judgement",),
        decide=unchanged,
    ),
)
