"""`squatback lab --sensitivity`: moves the numbers of the rules and writes down which of them matter."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from os import cpu_count
from typing import Final

from app.catalogue import load_catalogue
from app.lab.words import number, percent
from planner import PLANNER_VERSION
from planner.catalogue import Number
from planner.forecast.sensitivity import Measured, Plan, Variation, effects, measure, moved, plans, size, splits, tried
from planner.forecast.vary import groups

SHOWN: Final = {
    "weeks_mean": "weeks",
    "red_days": "red days",
    "limiter_accuracy": "limiter right",
    "none_mislabelled": "none mislabelled",
    "false_step_backs": "false step-backs",
    "silent_stalls": "silent stalls",
}
SHARES: Final = frozenset(SHOWN) - {"weeks_mean", "red_days"}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """A whole run: the figures as they are, and under moved numbers."""

    clients: int
    weeks: int
    seed: int
    base: Measured
    grouped: tuple[Variation, ...]
    single: tuple[Variation, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    plan: Plan
    clients: int
    weeks: int
    seed: int


def run_sensitivity(
    clients: int, weeks: int, seed: int, *, progress: Progress = lambda _what, _done, _all: None
) -> Sensitivity:
    """Return what moving numbers does, group by group and then number by number where a group matters."""
    catalogue = load_catalogue()
    base = measure(clients, weeks, seed, catalogue)

    def jobs(planned: Sequence[Plan]) -> list[_Job]:
        return [_Job(plan, clients, weeks, seed) for plan in planned]

    grouped = _all(jobs(plans(groups(catalogue))), "groups", progress)
    single = _all(jobs(splits(grouped, base, catalogue.numbers)), "single numbers", progress)
    alone = (replace(one, name=one.keys[0]) for one in grouped if len(one.keys) == 1)
    return Sensitivity(clients=clients, weeks=weeks, seed=seed, base=base, grouped=grouped, single=(*alone, *single))


def _all(jobs: Sequence[_Job], what: str, progress: Progress) -> tuple[Variation, ...]:
    found: list[Variation] = []
    for one in _tried(jobs):
        found.append(one)
        progress(what, len(found), len(jobs))
    return tuple(found)


def _tried(jobs: Sequence[_Job]) -> Iterator[Variation]:
    with get_context("fork").Pool(cpu_count() or 1) as pool:
        yield from pool.imap(_try, jobs)


def _try(job: _Job) -> Variation:
    return tried(job.plan, job.clients, job.weeks, job.seed, load_catalogue())


# --- written down ---


ABOUT: Final = """\
Every number of `seeds/limits` and `seeds/doses` is made 20 % smaller and larger, whole numbers by at least one, group
by group, for the same virtual clients with the same luck. The lists say which numbers deserve evidence first. They are
a simulation of stated assumptions, no evidence about people.
"""
EFFECT: Final = """\
Effect 1 = a figure moves by 5 % of its weeks, by five points of a share, or by 0.05 red days per client (5 % if that is
more). Findings are counted over four times as many clients, who are only assessed. Refused = the catalogue's own checks
or the planner do not accept the number.
"""
SINGLE: Final = """\
Of the groups that move a figure, each number by itself. Confidence: P published, P* published and not re-read,
C convention, S the method's article, M simulation, J judgement.
"""


def as_markdown(run: Sensitivity, on: date) -> str:
    """Return the lists as a page for coaches, the largest effect first."""
    catalogue = load_catalogue()
    weighty = [one for one in run.grouped if one.measured is None or moved(one.measured, run.base)]
    written = (
        f"Written by `make sensitivity` on {on.isoformat()}: planner {PLANNER_VERSION},"
        f" catalogue `{catalogue.digest}`, seed {run.seed}, {run.clients} virtual clients, {run.weeks} weeks."
    )
    still = (
        f"The other {len(run.grouped) - len(weighty)} of {len(run.grouped)} moves of groups change no figure so far."
    )
    parts = (
        f"# Which numbers matter\n\n{written}\n",
        ABOUT,
        f"{_unchanged(run)}\n",
        EFFECT,
        f"## Single numbers\n\n{SINGLE}",
        _table(run.single, run.base, catalogue.numbers),
        "## Groups\n",
        _table(weighty, run.base, None),
        f"{still}\n",
    )
    return "\n".join(parts)


def _unchanged(run: Sensitivity) -> str:
    base = run.base
    return (
        f"Unchanged: mean week of return {number(base.weeks_mean)} (not back by week {run.weeks} counts as that),"
        f" median {number(base.weeks_median)}, red days per client {number(base.red_days)},"
        f" limiter right {percent(base.limiter_accuracy)}, none mislabelled {percent(base.none_mislabelled)},"
        f" false step-backs {percent(base.false_step_backs)}, silent stalls {percent(base.silent_stalls)}."
    )


def _table(found: Sequence[Variation], base: Measured, numbers: Mapping[str, Number] | None) -> str:
    ranked = sorted(found, key=lambda one: (-_rank(one, base), one.name, one.factor))
    shown = [one for one in ranked if one.measured is None or _rank(one, base) > 0]
    rows = [_row(one, base, numbers) for one in shown]
    head = ["number" if numbers is not None else "group", "moved", "effect", "what moves"]
    head += ["confidence", "source"] if numbers is not None else ["numbers"]
    listed = [_line(head), _line(["---"] * len(head)), *rows]
    still = len(found) - len(shown)
    listed += ["", f"{still} further moves change nothing."] if still else []
    return "\n".join([*listed, ""])


def _rank(one: Variation, base: Measured) -> float:
    return 0.0 if one.measured is None else round(size(one.measured, base), 2)


def _row(one: Variation, base: Measured, numbers: Mapping[str, Number] | None) -> str:
    by = f"{round(100 * (one.factor - 1)):+d} %"
    what = "refused" if one.measured is None else _said(one.measured, base)
    cells = [f"`{one.name}`", by, "–" if one.measured is None else f"{_rank(one, base):g}", what]
    if numbers is None:
        return _line([*cells, str(len(one.keys))])
    about = numbers[one.keys[0]]
    return _line([*cells, about.confidence, about.source])


def _said(measured: Measured, base: Measured) -> str:
    """Return the figures that moved, the most moved first."""
    by_size = sorted(effects(measured, base).items(), key=lambda item: -abs(item[1]))
    told = [f"{SHOWN[name]} {_value(name, base)} → {_value(name, measured)}" for name, by in by_size if by]
    return "; ".join(told[:3])


def _value(name: str, measured: Measured) -> str:
    value: float = getattr(measured, name)
    return percent(value) if name in SHARES else number(value)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
