"""RT01-RT09: is the change of a measure between two assessments real, or noise?"""

from typing import Final

from planner.decision import Rule, Value
from planner.limits.change import ChangeLimits
from planner.values import dataclass
from planner.words import ChangeVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCase:
    """One measure at the baseline and now, in its unit, with the error of measurement.

    `previous` is the same measure at the comparable re-test before, None without one. `sem` and
    `smallest_real_change` are those of the clinic; at home `error_factor` widens them. More is
    better, but of a `gap` less is.
    """

    limits: ChangeLimits
    name: str = ""
    unit: str = ""
    was: float | None = None
    previous: float | None = None
    now: float | None = None
    sem: float = 0.0
    smallest_real_change: float = 0.0
    error_factor: float = 1.0
    gap: bool = False
    other_setting: bool = False
    other_tool: bool = False

    @property
    def error(self) -> float:
        """Return the standard error of one value as it was measured."""
        return round(self.sem * self.error_factor, 4)

    @property
    def real(self) -> float:
        """Return the smallest change that is real."""
        least = max(self.smallest_real_change, self.limits.least_gap_change) if self.gap else self.smallest_real_change
        return round(least * self.error_factor, 4)

    @property
    def change(self) -> float:
        """Return the value now less that of the baseline."""
        return _difference(self.was, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a change is, which sentence says so, and the numbers compared."""

    verdict: ChangeVerdict
    say: str = "default"
    facts: dict[str, Value]


def _difference(was: float | None, now: float | None) -> float:
    return 0.0 if was is None or now is None else round(now - was, 4)


def _incomparable(case: ChangeCase) -> Judged:
    return Judged(verdict="not_comparable", facts={"measure": case.name})


def not_in_both(case: ChangeCase) -> Judged | None:
    """Compare nothing that was measured once only."""
    if case.was is not None and case.now is not None:
        return None
    say = "not_before" if case.was is None else "not_now"
    return Judged(verdict="not_comparable", say=say, facts={"measure": case.name})


def other_setting(case: ChangeCase) -> Judged | None:
    """Compare no reading of the clinic with one of home: their errors differ."""
    return _incomparable(case) if case.other_setting else None


def other_tool(case: ChangeCase) -> Judged | None:
    """Compare no readings of two tools or positions."""
    return _incomparable(case) if case.other_tool else None


def large_enough(case: ChangeCase) -> Judged | None:
    """Call a change real from the smallest real change on."""
    return _real(case, {}) if abs(case.change) >= case.real else None


def repeated(case: ChangeCase) -> Judged | None:
    """Call a smaller change real when the re-test before showed it too."""
    before = _difference(case.was, case.previous)
    share = round(case.limits.repeated_share * case.real, 4)
    if before * case.change <= 0 or min(abs(before), abs(case.change)) < share:
        return None
    return _real(case, {"previous": case.previous, "share": share})


def within_error(case: ChangeCase) -> Judged:
    """Call every other change noise."""
    return Judged(verdict="noise", facts=_facts(case))


def _real(case: ChangeCase, more: dict[str, Value]) -> Judged:
    better = (case.change > 0) is not case.gap
    verdict: ChangeVerdict = "better" if better else "worse"
    return Judged(verdict=verdict, say=verdict, facts=_facts(case) | more)


def _facts(case: ChangeCase) -> dict[str, Value]:
    return {
        "measure": case.name,
        "was": case.was,
        "now": case.now,
        "change": abs(case.change),
        "unit": case.unit,
        "sem": case.error,
        "real": case.real,
    }


CHANGE_RULES: Final[tuple[Rule[ChangeCase, Judged], ...]] = (
    Rule(
        id="RT01",
        name="retest.not_in_both",
        summary="What was measured in one assessment only is not compared.",
        sources=("house-judgement",),
        decide=not_in_both,
    ),
    Rule(
        id="RT02",
        name="retest.other_setting",
        summary="A reading taken at home is not compared with one of the clinic.",
        sources=("house-judgement",),
        decide=other_setting,
    ),
    Rule(
        id="RT03",
        name="retest.other_tool",
        summary="Readings of two tools or positions are not compared.",
        sources=("roach-2013",),
        decide=other_tool,
    ),
    Rule(
        id="RT04",
        name="retest.real_change",
        summary="A change of at least the smallest real change of its measure is real.",
        sources=("house-judgement",),
        numbers=("limits/limiting.home_error_factor", "limits/change.least_gap_change"),
        decide=large_enough,
    ),
    Rule(
        id="RT05",
        name="retest.repeated_change",
        summary="Two re-tests in a row, each half the smallest real change from the baseline the same way, are real.",
        sources=("house-judgement",),
        numbers=("limits/change.repeated_share",),
        decide=repeated,
    ),
    Rule(
        id="RT09",
        name="retest.noise",
        summary="Any other change is within the error of measurement and claims nothing.",
        sources=("house-judgement",),
        decide=within_error,
    ),
)
