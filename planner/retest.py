"""Re-tests inside a block: part of an assessment, compared with the one before.

A re-test that lacks a core measure adds its readings to the assessment it re-tests and
keeps the finding; a whole assessment makes a new finding. Only readings of the same
setting and method are compared.
"""

from dataclasses import replace
from datetime import date

from planner.assess import read_assessment
from planner.catalogue import Catalogue
from planner.change import RangeKind, change_case, judge
from planner.decision import all_outcomes
from planner.facts import Assessment, Measurement
from planner.progress import Spoken
from planner.rules.progression import RETEST_RULES, RetestCase
from planner.schedule import planned_training_days
from planner.standing import BlockFrame, worst_mean
from planner.state import State

Key = tuple[str, str, str]


def _key(one: Measurement) -> Key:
    return one.joint, one.motion, one.side


def is_partial(assessment: Assessment, catalogue: Catalogue) -> bool:
    """Return whether a core measure is missing, so that this is a re-test of some measures."""
    readings = read_assessment(assessment, catalogue)
    core = (key for key, measure in catalogue.measures.items() if measure.core)
    return any(readings.worst_passive(key) is None for key in core)


def merged(before: Assessment, retest: Assessment) -> Assessment:
    """Return the earlier assessment with everything the re-test measured anew.

    It keeps its date: loads are judged by the maximum as it was then. Readings of the other
    setting (clinic, home) have another error and are not mixed in.
    """
    if retest.setting != before.setting:
        return before
    fresh = {_key(one): one for one in retest.measurements}
    kept = tuple(one for one in before.measurements if _key(one) not in fresh)
    return replace(
        before,
        measurements=(*kept, *fresh.values()),
        irritability=retest.irritability or before.irritability,
        back_pain=retest.back_pain or before.back_pain,
    )


def primary_measure(state: State) -> str | None:
    """Return the measure the block's limiting factor is judged by, None without one."""
    return {"hip": "hip_flexion", "ankle": "ankle_knee_to_wall"}.get(state.client.finding.limiting_factor)


def retest_moves(
    state: State, assessment: Assessment, frame: BlockFrame, on: date, catalogue: Catalogue
) -> list[Spoken]:
    """Return what a re-test asks for: a re-assessment when range and symptoms part ways.

    It is compared with the measure the block started from; the re-test before it may confirm a change.
    """
    measure = primary_measure(state)
    if measure is None:
        return []
    after = read_assessment(assessment, catalogue)
    series = (state.readings_at_start, state.client.readings, after)
    kind: RangeKind = "gap" if state.client.finding.subtype == "control" else "passive"
    change = change_case(series, measure, kind, catalogue)
    _, judged = judge(change)
    if judged.verdict == "not_comparable":
        return []
    planned = planned_training_days(state.profile, frame.starts_on, on)
    case = RetestCase(
        limits=catalogue.limits.progression,
        better=judged.verdict == "better",
        improved=-change.change if change.gap else change.change,
        smallest_real_change=change.real,
        weeks=(on - frame.starts_on).days // 7,
        adherence=min(1.0, state.sessions_done / planned) if planned else 1.0,
        worst_at_start=state.worst_at_start,
        worst_mean=worst_mean(state, on),
    )
    return [Spoken(rule, move) for rule, move in all_outcomes(RETEST_RULES, case)]
