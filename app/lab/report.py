"""The lab's report: one page with everything in it, the same for the same figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.lab.plots import bar_plot, line_plot
from app.lab.words import POLICY_NAMES, number, percent, plain, target_of, value_of, verdict_of, weeks_range
from planner.forecast.lab import LabResult
from planner.forecast.targets import checks

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters |= {"percent": percent, "number": number, "plain": plain}
COUNTED: Final = ("hip", "ankle", "load_ownership", "trunk", "none")
"""Order of the limiters on the page."""


def page(result: LabResult) -> str:
    """Return the report as HTML; it asks nobody for anything and holds no timings."""
    policies = result.policies
    return _PAGES.get_template("report.html").render(
        result=result,
        names=POLICY_NAMES,
        targets=[
            {
                "title": one.title,
                "value": value_of(one),
                "target": target_of(one),
                "basis": one.basis,
                "verdict": verdict_of(one),
            }
            for one in checks(result)
        ],
        back=line_plot({name: one.back_by_week for name, one in policies.items()}),
        red_days=bar_plot({name: one.red_days_per_client for name, one in policies.items()}),
        ranges={name: weeks_range(one.weeks_low, one.weeks_high) for name, one in policies.items()},
        limiters=_ordered(result.findings.confusion),
        found_as=_ordered({found: 0 for row in result.findings.confusion.values() for found in row}),
        limited=_ordered({name: 0 for one in policies.values() for name in one.by_limiter}),
    )


def _ordered(named: Mapping[str, object]) -> list[str]:
    return [name for name in COUNTED if name in named]
