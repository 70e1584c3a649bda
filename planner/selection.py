"""What the joints are trained for: which measures, how, on which side, and with which exercises.

Only measures the preferred squat asks for are trained, and only when they fall short or are
not controlled; the rest is noted in the finding. What limits the squat comes first.
"""

from collections.abc import Iterator
from typing import Final, Literal

from planner.catalogue import Catalogue
from planner.client import has_code
from planner.decision import Reason
from planner.demand import squat_demand
from planner.position import Client
from planner.rules.day_plan import ROLE_OF_FACTOR
from planner.rules.dosing import DoseCase, Dosing, told
from planner.rules.end_range import approach, falls_short, loaded_edges, not_controlled, two_to_one
from planner.rules.load import tidy
from planner.values import dataclass, replace
from planner.words import LimitingFactor, Side

Approach = Literal["passive_first", "active_first", "active_only", "load"]

ROLE_OF_JOINT: Final = {"hip": "hip", "ankle": "ankle", "thoracic": "thoracic", "shoulder": "shoulder"}
MAIN_MEASURE: Final[dict[LimitingFactor, str]] = {"hip": "hip_flexion", "ankle": "ankle_knee_to_wall"}
"""The measure a joint is trained for when what limits the squat shows in no measure of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing the end-range work is for. `short_side` gets two sets for each one on the other."""

    measure: str  # measure key, or `load_ownership`
    role: str
    approach: Approach
    short_side: Side | None = None
    lack: float = 0.0  # how far it falls short, in smallest real changes
    why: Reason  # what was measured against what
    way: Reason  # what the approach is, told with the exercises after the first
    uneven: Reason | None = None


def factors_of(client: Client) -> tuple[LimitingFactor, LimitingFactor]:
    """Return the limiting factor and the second one of a mixed finding (`none` without)."""
    return client.finding.limiting_factor, client.finding.second_factor or "none"


def dose_case(client: Client, catalogue: Catalogue) -> DoseCase:
    """Return what every choice for this client has in common."""
    factor, second = factors_of(client)
    return DoseCase(
        limits=catalogue.doses,
        session_minutes=client.profile.session_minutes,
        easily_provoked=client.irritability == "high" or has_code(client.codes, "ACU"),
        irritable=client.irritability != "low",
        operated_hip=has_code(client.codes, "HR"),
        hypermobile=has_code(client.codes, "HYP"),
        factor=factor,
        second=second,
    )


def needs(client: Client, catalogue: Catalogue) -> dict[str, float]:
    """Return what the preferred squat asks of each measure it asks anything of."""
    squat = client.profile.preferred_squat
    demand = squat_demand(squat, catalogue)
    asked = {
        "hip_flexion": demand.hip_flexion,
        "hip_internal_rotation": demand.internal_rotation,
        "hip_external_rotation": demand.external_rotation,
        "thoracic_rotation": catalogue.limits.limiting.midpoints.thoracic_rotation,
    }
    if demand.knee_to_wall is not None:
        asked["ankle_knee_to_wall"] = demand.knee_to_wall
    overhead = catalogue.measures["shoulder_flexion"].norm
    if squat.variation == "overhead_squat" and overhead is not None:
        asked["shoulder_flexion"] = overhead
    return asked


def targets(client: Client, catalogue: Catalogue) -> tuple[Target, ...]:
    """Return the targets of the end-range work, the most important first; none without a limiter."""
    factor, second = factors_of(client)
    if factor == "none":
        return ()
    case = dose_case(client, catalogue)
    found = [
        target
        for measure, needed in needs(client, catalogue).items()
        if (target := _target(measure, _case_of(measure, needed, case, client, catalogue), catalogue))
    ]
    main = ROLE_OF_FACTOR[factor], ROLE_OF_FACTOR[second]
    found += [_main_target(each, case, client, catalogue) for each in (factor, second) if _lacks(each, found)]
    found += _loaded(case, catalogue)
    return tuple(sorted(found, key=lambda one: (_order(one.role, main), -one.lack, one.measure)))


def _order(role: str, main: tuple[str, str]) -> int:
    return main.index(role) if role in main else len(main)


def _lacks(factor: LimitingFactor, found: list[Target]) -> bool:
    return factor in MAIN_MEASURE and all(target.role != ROLE_OF_FACTOR[factor] for target in found)


def _case_of(measure: str, needed: float | None, case: DoseCase, client: Client, catalogue: Catalogue) -> DoseCase:
    readings, described = client.readings, catalogue.measures[measure]
    side = readings.short_side(measure)
    gap, asymmetry = described.gap, described.asymmetry
    return replace(
        case,
        measured=readings.worst_passive(measure),
        needed=needed,
        gap=readings.largest_gap(measure),
        large_gap=None if gap is None else gap.large,
        control=client.finding.subtype == "control" and described.joint == "hip",
        difference=None if side is None else side[1],
        act=None if asymmetry is None else asymmetry.act,
        short_side=side[0] if side else None,
    )


def _target(measure: str, case: DoseCase, catalogue: Catalogue) -> Target | None:
    """Return the target a measure makes, None when it neither falls short nor lacks control."""
    way = approach(case)
    if way is None:
        return None
    short, loose, uneven = falls_short(case), not_controlled(case), two_to_one(case)
    found = [("LD35", short), ("LD36", loose)]
    told_first = [_told(rule, why, measure, catalogue) for rule, why in found if why]
    described = catalogue.measures[measure]
    return Target(
        measure=measure,
        role=ROLE_OF_JOINT[described.joint],
        approach=_approach(way.value),
        short_side=case.short_side if uneven else None,
        lack=float(short.value) / described.mdc if short and isinstance(short.value, (int, float)) else 0.0,
        why=told_first[0],
        way=told("LD37", way, catalogue),
        uneven=_told("LD42", uneven, measure, catalogue, side=case.short_side or "") if uneven else None,
    )


def _main_target(factor: LimitingFactor, case: DoseCase, client: Client, catalogue: Catalogue) -> Target:
    """Return the target of a joint that limits by signs and tests, though no measure falls short."""
    measure = MAIN_MEASURE[factor]
    way = approach(replace(_case_of(measure, None, case, client, catalogue), limiting=True))
    measured = client.readings.worst_passive(measure) is not None
    chosen: Approach = _approach(way.value) if way and measured else "active_first"
    say = "load" if measured else "not_measured"
    why = catalogue.reason("LD37", say, name=catalogue.measures[measure].name, limiting=True)
    return Target(
        measure=measure,
        role=ROLE_OF_FACTOR[factor],
        approach=chosen,
        why=why,
        way=why,
    )


def _loaded(case: DoseCase, catalogue: Catalogue) -> Iterator[Target]:
    why = loaded_edges(case)
    if why:
        reason = told("LD38", why, catalogue)
        yield Target(measure="load_ownership", role="loaded", approach="load", why=reason, way=reason)


def _told(rule: str, dosing: Dosing, measure: str, catalogue: Catalogue, **more: str) -> Reason:
    """Return an outcome whose sentence names the measure and its unit; its facts stay the numbers."""
    described = catalogue.measures[measure]
    unit = catalogue.texts.phrases[f"unit.{described.unit}"]
    facts = {name: tidy(value) if isinstance(value, float) else value for name, value in dosing.facts.items()}
    said = catalogue.reason(rule, dosing.say, **facts, name=described.name, unit=unit, **more)
    return Reason(rule, said.text, facts)


def _approach(value: object) -> Approach:
    known: dict[object, Approach] = {
        "passive_first": "passive_first",
        "active_first": "active_first",
        "active_only": "active_only",
    }
    return known.get(value, "load")
