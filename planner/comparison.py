"""A re-assessment compared with its baseline: real change or noise, and what became of each factor.

Both are read with the same profile, so that only what was found differs.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.assess import read_assessment
from planner.begin import read_client
from planner.catalogue import Catalogue
from planner.change import RANGE_KINDS, RangeKind, because, change_case, judge, value_of
from planner.check import measure_key
from planner.clues import ComparedClue, compared_clues, signs_looked_for
from planner.decision import Reason, first_outcome
from planner.demand import asked_of_ranges
from planner.facts import Assessment, Measurement, Profile
from planner.fit import leeway
from planner.limiting import FACTORS
from planner.plan import Finding
from planner.readings import Readings
from planner.rules.factor_change import FACTOR_RULES, FactorCase
from planner.words import ChangeVerdict, Factor, FactorStatus, Joint, Motion, Side, Unit

SIDES: Final[tuple[Side, ...]] = ("left", "right", "midline")
Place = tuple[str, Side, RangeKind]
"""Measure key, side, kind of range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementError:
    """The error a change is judged by, in the measure's unit: of one value, and the smallest real change."""

    sem: float
    smallest_real_change: float
    source_id: str  # of the smallest real change


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandMet:
    """What the preferred squat asks of a range, and whether it was there; None when not measured."""

    needed: float
    met_before: bool | None
    met_now: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedMeasure:
    """One range of one side at the baseline and now; `change` is None where nothing may be compared."""

    measure: str
    name: str
    joint: Joint
    motion: Motion
    side: Side
    kind: RangeKind
    unit: Unit
    baseline: float | None
    now: float | None
    baseline_method: str | None
    method: str | None
    change: float | None
    verdict: ChangeVerdict
    error: MeasurementError
    demand: DemandMet | None
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFactor:
    """One factor at the baseline and now, and what became of it."""

    factor: Factor
    status: FactorStatus
    score_before: float
    score_now: float
    counted_before: bool
    counted_now: bool
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two assessments compared: findings, measures, clues and factors."""

    finding_before: Finding
    finding_now: Finding
    measures: tuple[ComparedMeasure, ...]
    clues: tuple[ComparedClue, ...]
    factors: tuple[ComparedFactor, ...]


def compare(
    baseline: Assessment, between: Sequence[Assessment], again: Assessment, profile: Profile, catalogue: Catalogue
) -> Comparison:
    """Return what changed from a baseline to a later assessment; `between` are the re-tests of the time between.

    Pain is left out of the findings: squats by a plan are easier than the one the baseline's pain came from.
    """
    catalogue = catalogue.spoken(profile.locale)
    series = tuple(read_assessment(one, catalogue) for one in (baseline, *between, again))
    measures = tuple(_measures(series, profile, catalogue))
    not_tested = {_place(one) for one in measures if one.verdict == "not_comparable"}
    not_real = not_tested | {_place(one) for one in measures if one.verdict == "noise"}
    kept, undone = (_kept(baseline, again, ranges, catalogue) for ranges in (not_tested, not_real))
    before, now, if_kept, if_undone = (
        read_client(profile, one, one.performed_on, catalogue, on_plan=True).finding
        for one in (baseline, again, kept, undone)
    )
    return Comparison(
        finding_before=before,
        finding_now=now,
        measures=measures,
        clues=compared_clues(baseline, again, catalogue),
        factors=tuple(_factor(factor, before, now, if_kept, if_undone, catalogue) for factor in FACTORS),
    )


def _place(one: ComparedMeasure) -> Place:
    return one.measure, one.side, one.kind


# --- measures -------------------------------------------------------------------------------------------------------


def _measures(series: Sequence[Readings], profile: Profile, catalogue: Catalogue) -> Iterator[ComparedMeasure]:
    """Yield every range of every side that was measured at the baseline or now."""
    asked = asked_of_ranges(profile.preferred_squat, catalogue)
    for key, measure in catalogue.measures.items():
        for side in SIDES:
            for kind in RANGE_KINDS if measure.gap else RANGE_KINDS[:1]:
                found = _measure(series, (key, side, kind), asked.get((key, kind)), catalogue)
                if found.baseline is not None or found.now is not None:
                    yield found


def _measure(series: Sequence[Readings], place: Place, needed: float | None, catalogue: Catalogue) -> ComparedMeasure:
    key, side, kind = place
    measure = catalogue.measures[key]
    case = change_case(series, key, kind, catalogue, side)
    rule, judged = judge(case)
    number = f"norms/measures.{key}.{'gap.smallest_real_change' if case.gap else 'mdc'}"
    return ComparedMeasure(
        measure=key,
        name=measure.name,
        joint=measure.joint,
        motion=measure.motion,
        side=side,
        kind=kind,
        unit=measure.unit,
        baseline=case.was,
        now=case.now,
        baseline_method=_method(series[0], key, side),
        method=_method(series[-1], key, side),
        change=None if judged.verdict == "not_comparable" else case.change,
        verdict=judged.verdict,
        error=MeasurementError(
            sem=round(case.error, 2), smallest_real_change=case.real, source_id=catalogue.numbers[number].source
        ),
        demand=None if needed is None else _demand(series, place, needed, catalogue),
        because=because(rule, judged, catalogue),
    )


def _method(readings: Readings, measure: str, side: Side) -> str | None:
    reading = readings.sides.get(measure, {}).get(side)
    return reading.method if reading else None


def _demand(series: Sequence[Readings], place: Place, needed: float, catalogue: Catalogue) -> DemandMet:
    """Return whether a range reached what the squat asks, by the planner's own measure of what fits."""
    key, side, kind = place

    def met(readings: Readings) -> bool | None:
        value = value_of(readings, key, kind, (side,))
        short = leeway(key, readings, catalogue) if kind == "passive" else 0.0
        return None if value is None else value >= needed - short

    return DemandMet(needed=needed, met_before=met(series[0]), met_now=met(series[-1]))


# --- factors --------------------------------------------------------------------------------------------------------


def _factor(
    factor: Factor, before: Finding, now: Finding, if_kept: Finding, if_undone: Finding, catalogue: Catalogue
) -> ComparedFactor:
    case = FactorCase(
        name=catalogue.texts.phrases[f"factor_{factor}"],
        score_before=before.scores[factor],
        score_now=now.scores[factor],
        before=factor in before.counted,
        now=factor in now.counted,
        kept=factor in if_kept.counted,
        undone=factor in if_undone.counted,
    )
    named = first_outcome(FACTOR_RULES, case)
    assert named is not None  # RT29 always decides
    rule, judged = named
    return ComparedFactor(
        factor=factor,
        status=judged.status,
        score_before=case.score_before,
        score_now=case.score_now,
        counted_before=case.before,
        counted_now=case.now,
        because=catalogue.reason(rule, judged.say, **judged.facts),
    )


def _kept(baseline: Assessment, again: Assessment, undone: Collection[Place], catalogue: Catalogue) -> Assessment:
    """Return the later assessment with all that was not looked for again as it was at the baseline.

    So are the ranges to be undone.
    """
    looked = signs_looked_for(again, catalogue)
    tests = {one.test: one for one in (*baseline.tests, *again.tests)}
    cars = {(one.joint, one.side): one for one in (*baseline.car_faults, *again.car_faults)}
    was, now = ({(measure_key(one), one.side): one for one in of.measurements} for of in (baseline, again))
    return replace(
        again,
        measurements=tuple(_undone(place, was.get(place), now.get(place), undone) for place in {**was, **now}),
        signs=again.signs if looked else tuple(dict.fromkeys((*baseline.signs, *again.signs))),
        observations=again.observations
        if looked
        else tuple(dict.fromkeys((*baseline.observations, *again.observations))),
        tests=tuple(tests.values()),
        car_faults=tuple(cars.values()),
    )


def _undone(
    place: tuple[str, Side], was: Measurement | None, now: Measurement | None, undone: Collection[Place]
) -> Measurement:
    """Return the later measurement, its ranges to be undone as they were."""
    if was is None or now is None:
        found = now or was
        assert found is not None
        return found
    back = {kind: getattr(was, kind) for kind in ("passive", "active") if (*place, kind) in undone}
    return replace(now, **{kind: value for kind, value in back.items() if value is not None})
