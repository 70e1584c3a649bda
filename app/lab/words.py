"""How figures of the lab are written, in the terminal and on the page."""

from collections.abc import Mapping
from math import isinf
from typing import Final

from planner.forecast.targets import Check

POLICY_NAMES: Final[Mapping[str, str]] = {
    "squatback": "squatback",
    "oracle": "oracle",
    "generic": "generic ladder",
    "linear": "linear",
    "rest": "rest, then linear",
}
MISSING: Final = "–"


def percent(share: float | None) -> str:
    """Return a share as a percentage with one decimal."""
    return MISSING if share is None else f"{100 * share:.1f} %"


def number(value: float | None) -> str:
    """Return a number without needless zeros."""
    if value is None:
        return MISSING
    return "not back" if isinf(value) else f"{round(value, 2):g}"


def weeks_range(low: float | None, high: float | None) -> str:
    """Return the weeks by which a tenth and nine tenths are back."""
    return f"{number(low)} to {number(high)}"


def plain(name: str) -> str:
    """Return a factor as people write it."""
    return name.replace("_", " ")


def value_of(check: Check) -> str:
    """Return the value a run reached."""
    return percent(check.value) if check.unit == "share" else number(check.value)


def target_of(check: Check) -> str:
    """Return the target of a check."""
    sign = "≥" if check.at_least is not None else "≤"
    limit = f"{100 * check.target:g} %" if check.unit == "share" else number(check.target)
    return f"{sign} {limit}"


def verdict_of(check: Check) -> str:
    """Return whether a target is reached."""
    return {True: "pass", False: "misses", None: "not measured"}[check.holds]
