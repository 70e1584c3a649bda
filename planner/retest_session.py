"""The session of a re-test: the joints circled cold, then measured as in the assessment."""

from collections.abc import Iterable

from planner.catalogue import Catalogue
from planner.chooser import Chooser
from planner.decision import Reason
from planner.items import ItemMaker
from planner.minutes import Draft
from planner.position import Client, PlanContext
from planner.rules.day_plan import retest_due
from planner.rules.dosing import DoseCase, told
from planner.selection import Target
from planner.words import LimitingFactor

MAIN_TEST: dict[LimitingFactor, str] = {
    "hip": "hip_flexion",
    "ankle": "ankle_knee_to_wall",
    "load_ownership": "slow_tempo_pause",
    "trunk": "breath_at_bottom",
    "none": "hip_flexion",
}
"""What shows first whether the limiting factor moves: a measure, or one of the assessment's tests."""

CIRCLE_OF = {"hip": "cars_hip", "ankle": "cars_ankle", "thoracic": "cars_thoracic", "shoulder": "cars_shoulder"}
CIRCLE_OF_TESTS = "cars_hip"


def retest_measures(context: PlanContext, trained: Iterable[Target], week: int) -> tuple[str, ...]:
    """Return the measures and tests a week's re-test takes, the limiting one first; () without one."""
    due = retest_due(_case(context, week))
    if due is None:
        return ()
    return measures_due(context.client, trained, str(due.value))


def measures_due(client: Client, trained: Iterable[Target], kind: str) -> tuple[str, ...]:
    """Return what a `quick` or `full` re-test takes."""
    main = MAIN_TEST[client.finding.limiting_factor]
    if kind == "quick":
        return (main,)
    others = (one.measure for one in trained if one.role != "loaded")
    second = client.finding.second_factor
    also = (MAIN_TEST[second],) if second else ()
    return tuple(dict.fromkeys((main, *others, *also)))


def measure_name(measure: str, catalogue: Catalogue) -> str:
    """Return a measure or test in words."""
    known = catalogue.measures.get(measure)
    return catalogue.texts.phrases[f"retest.{measure}"] if known is None else known.name


def retest_drafts(
    context: PlanContext, chooser: Chooser, maker: ItemMaker, trained: Iterable[Target], week: int
) -> tuple[list[Draft], tuple[Reason, ...]]:
    """Return one draft per joint to measure, the limiting one first, and why the re-test is due."""
    catalogue = context.catalogue
    due = retest_due(_case(context, week))
    if due is None:
        return [], ()
    reason = told("LD54", due, catalogue)
    drafts: list[Draft] = []
    for role, measures in _by_circle(measures_due(context.client, trained, str(due.value)), catalogue).items():
        drafts += _measured(role, measures, reason, chooser, maker, len(drafts))
    return drafts, (reason,)


def _case(context: PlanContext, week: int) -> DoseCase:
    return DoseCase(limits=context.catalogue.doses, week=week, weeks=context.weeks)


def _by_circle(measures: Iterable[str], catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the measures by the circle that goes with them, in order."""
    grouped: dict[str, list[str]] = {}
    for measure in measures:
        known = catalogue.measures.get(measure)
        role = CIRCLE_OF_TESTS if known is None else CIRCLE_OF[known.joint]
        grouped.setdefault(role, []).append(measure)
    return grouped


def _measured(
    role: str, measures: list[str], reason: Reason, chooser: Chooser, maker: ItemMaker, place: int
) -> list[Draft]:
    catalogue = maker.catalogue
    names = ", ".join(measure_name(measure, catalogue) for measure in measures)
    time = len(measures) * catalogue.doses.block.pace.retest_measure_s
    drafts: list[Draft] = []
    for pick in chooser.first(catalogue.programmes.roles[role]):
        item = maker.circle(pick, because=(reason,))
        item.cue = item.cue if drafts else catalogue.texts.phrase("retest.cue", measures=names)
        drafts.append(Draft(item=item, source=pick.exercise, place=place, required=place == 0, extra_s=time))
        time = 0
    return drafts
