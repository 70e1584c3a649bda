"""Ladder rules: why each rung is there, what was replaced, what waits, how high box and heels are.

Each rule that speaks adds one reason to a rung or to the ladder.
"""

from collections.abc import Mapping
from dataclasses import field
from math import ceil
from typing import Literal

from planner.decision import Rule, Value
from planner.limits import LadderLimits
from planner.rules.entry import ENTRY_RULES
from planner.rules.load import LOAD_RULES
from planner.rules.load_case import tidy
from planner.values import dataclass
from planner.words import LimitingFactor, depth_at

Obstacle = Literal["", "equipment", "weight", "limit", "range", "path"]
"""What keeps a squat off the ladder: a missing thing, a load too heavy, a condition, range."""


@dataclass(slots=True, kw_only=True)
class LadderCase:
    """What the ladder rules look at: one rung, or what stands in the way of one.

    Not frozen only for speed, like `planner.plan.Item`: no rule changes its case.
    """

    limits: LadderLimits
    factor: LimitingFactor = "hip"
    curated: bool = False
    between: bool = False  # found by search, to keep the steps small
    goal: bool = False
    squat: str = ""
    target: str = ""
    depth: int = 0
    wanted_depth: int = 0
    mixed: bool = False
    obstacle: Obstacle = ""
    thing: str = ""  # the obstacle in words
    missing_range: str = ""
    demand: float = 0
    other_demand: float | None = None
    other_squat: str = ""
    heel_cm: float = 0
    knee_pain: bool = False
    box: bool = False
    height_cm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reason: the template's case and its facts."""

    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """How high the box or the pins are."""

    cm: int
    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


def curated_step(case: LadderCase) -> Told | None:
    """Say which way back a rung belongs to, or that it only keeps the steps small."""
    if case.goal:
        return None
    if case.between:
        return Told(case="between", facts={"squat": case.squat})
    if not case.curated:
        return None
    return Told(case=case.factor, facts={"squat": case.squat, "target": case.target})


def goal_step(case: LadderCase) -> Told | None:
    """Name the squat the ladder leads to."""
    return Told(facts={"squat": case.squat}) if case.goal else None


def reduced_range(case: LadderCase) -> Told | None:
    """Say that a range shallower than the preferred one is meant, for a while."""
    if case.goal or case.depth >= case.wanted_depth:
        return None
    return Told(facts={"depth": depth_at(case.depth), "preferred": depth_at(case.wanted_depth)})


def replaced_for_thing(case: LadderCase) -> Told | None:
    """Replace a rung that needs a thing the client does not have, or a lighter weight."""
    if case.obstacle not in {"equipment", "weight"}:
        return None
    return Told(case=case.obstacle, facts={"squat": case.squat, "thing": case.thing})


def replaced_for_limit(case: LadderCase) -> Told | None:
    """Replace a rung that a condition rules out."""
    if case.obstacle != "limit":
        return None
    return Told(facts={"squat": case.squat, "thing": case.thing})


def replaced_for_range(case: LadderCase) -> Told | None:
    """Replace a rung that asks range of a joint that is not being trained."""
    if case.obstacle != "range":
        return None
    return Told(facts={"squat": case.squat, "thing": case.thing})


def waits_for_range(case: LadderCase) -> Told | None:
    """Let a rung wait for the range that is being trained or still has to be measured."""
    return Told(facts={"missing": case.missing_range}) if case.missing_range else None


def out_of_reach(case: LadderCase) -> Told | None:
    """Say why the preferred squat is not at the end of this ladder."""
    if not case.goal or case.obstacle in {"", "range"}:
        return None
    return Told(case=case.obstacle, facts={"squat": case.target, "thing": case.thing})


def depth_held(case: LadderCase) -> Told | None:
    """Say that a condition holds the whole ladder above the preferred depth."""
    if not case.thing or case.obstacle or case.depth >= case.wanted_depth:
        return None
    return Told(facts={"depth": depth_at(case.depth), "thing": case.thing})


def lower_demand(case: LadderCase) -> Told | None:
    """Of two ladders take the rung that asks less of the two weak points."""
    if case.other_demand is None or not case.other_squat:
        return None
    squat, left = case.squat, case.other_squat
    if case.other_demand < case.demand:
        squat, left = left, squat
    lower = min(case.demand, case.other_demand)
    chosen = "second" if case.other_demand < case.demand else "first"
    return Told(case=chosen, facts={"squat": squat, "left": left, "demand": tidy(lower)})


def heel_lift(case: LadderCase) -> Told | None:
    """Say how high the heels go; knee pain keeps the lift low."""
    if case.heel_cm <= 0:
        return None
    kept_low = case.knee_pain and case.heel_cm >= case.limits.guards.knee_heel_cm
    return Told(case="kept_low" if kept_low else "default", facts={"cm": tidy(case.heel_cm)})


def box_height(case: LadderCase) -> Height | None:
    """Work out the box from body height and depth, rounded up."""
    if not case.box:
        return None
    limits = case.limits.box
    height = limits.unknown_height_cm if case.height_cm is None else case.height_cm
    exact = limits.height_share * height + limits.step_cm * (limits.reference_depth - case.depth)
    cm = limits.rounding_cm * ceil(round(exact / limits.rounding_cm, 6))
    named = "unknown_height" if case.height_cm is None else "default"
    return Height(cm=cm, case=named, facts={"cm": cm, "height": tidy(height)})


LD02 = Rule(
    id="LD02",
    name="curated rung",
    summary="A rung of the curated ladder of the limiting factor.",
    sources=("house-judgement",),
    decide=curated_step,
)
LD09 = Rule(
    id="LD09",
    name="reduced range",
    summary="A shallower range is planned for a while and never raises the load.",
    sources=("method-article", "enoki-2023"),
    decide=reduced_range,
)
LD10 = Rule(
    id="LD10",
    name="replaced for equipment",
    summary="A rung without its equipment, or with nothing light enough, is replaced.",
    sources=("house-judgement",),
    decide=replaced_for_thing,
)
LD11 = Rule(
    id="LD11",
    name="replaced for a limit",
    summary="A rung that a condition rules out is replaced.",
    sources=("house-judgement",),
    numbers=("limits/ladder.guards.hip_depth", "limits/ladder.guards.knee_depth"),
    decide=replaced_for_limit,
)
LD12 = Rule(
    id="LD12",
    name="replaced for range",
    summary="A rung that asks range of a joint not in training is replaced.",
    sources=("house-judgement",),
    numbers=("limits/ladder.fit.error_share",),
    decide=replaced_for_range,
)
LD13 = Rule(
    id="LD13",
    name="waits for range",
    summary="A rung waits until the range it asks for is there or measured.",
    sources=("house-judgement",),
    numbers=("limits/ladder.fit.error_share", "limits/ladder.fit.unmeasured_depth"),
    decide=waits_for_range,
)
LD14 = Rule(
    id="LD14",
    name="out of reach",
    summary="When equipment or a condition blocks the preferred squat, the ladder says so.",
    sources=("house-judgement",),
    decide=out_of_reach,
)
LD16 = Rule(
    id="LD16",
    name="box height",
    summary="The box follows body height and depth and is rounded up.",
    sources=("house-judgement",),
    numbers=(
        "limits/ladder.box.height_share",
        "limits/ladder.box.step_cm",
        "limits/ladder.box.reference_depth",
        "limits/ladder.box.rounding_cm",
        "limits/ladder.box.unknown_height_cm",
    ),
    decide=box_height,
)
LD17 = Rule(
    id="LD17",
    name="heel lift",
    summary="The smallest heel lift that gives the ankle enough; low with knee pain.",
    sources=("charlton-2017", "monteiro-2022", "house-judgement"),
    numbers=("limits/ladder.guards.knee_heel_cm",),
    decide=heel_lift,
)
LD18 = Rule(
    id="LD18",
    name="lower demand",
    summary="With two limiting factors each step is the one that asks less of the two weak points.",
    sources=("house-judgement",),
    decide=lower_demand,
)
LD23 = Rule(
    id="LD23",
    name="goal",
    summary="The ladder ends at the client's own squat.",
    sources=("method-article",),
    decide=goal_step,
)
LD24 = Rule(
    id="LD24",
    name="depth held",
    summary="A condition holds every rung above the preferred depth.",
    sources=("arthroplasty-precautions", "house-judgement"),
    numbers=("limits/ladder.guards.hip_depth", "limits/ladder.guards.knee_depth"),
    decide=depth_held,
)

RUNG_RULES = (LD13, LD17, LD09, LD23, LD02)
LADDER_RULES = (
    *ENTRY_RULES,
    LD14,
    LD24,
    LD11,
    LD12,
    LD10,
    LD18,
    *RUNG_RULES,
    LD16,
    *LOAD_RULES,
)
