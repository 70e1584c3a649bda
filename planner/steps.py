"""The steps a ladder is made of, before anything is repaired: goal, curated rows, mixed, home leg."""

from itertools import zip_longest
from typing import Final, cast

from planner.catalogue import Catalogue, LadderStep
from planner.decision import Reason
from planner.reach import FREE, Block, Reach
from planner.route import distance, step_row
from planner.rules.ladder import LD18, LadderCase
from planner.values import replace
from planner.words import STAGES, Factor, PreferredVariation, Stage

BAR_SQUATS: Final[tuple[PreferredVariation, ...]] = (
    "front_squat",
    "high_bar_back_squat",
    "low_bar_back_squat",
    "safety_bar_squat",
)
"""What can stand in for a bar squat that is out of reach; an overhead squat is nobody's stand-in."""

WITHOUT_BAR: Final[tuple[tuple[Stage, str], ...]] = (
    ("P4", "goblet_tempo_squat"),
    ("P5", "front_foot_raised_split_squat"),
    ("P6", "rear_foot_raised_split_squat"),
)
WITHOUT_WEIGHTS: Final[tuple[Stage, str]] = ("P3", "bodyweight_tempo_squat")
OPENING: Final = STAGES[:3]
DIMENSION: Final[dict[Factor, int]] = {"hip": 0, "ankle": 1, "trunk": 2, "load_ownership": 3}
"""Where the weak dimension of a factor stands in a row of scores."""


def goal_step(reach: Reach) -> tuple[LadderStep, Block]:
    """Return the last step this client can have, and what blocks the preferred squat if something does."""
    preferred = reach.client.profile.preferred_squat.variation
    goal = LadderStep(stage="P6", variation=preferred, depth=reach.deepest)
    block = reach.thing_missing(goal)
    if block == FREE:
        return goal, FREE
    if preferred == "goblet_squat":
        return _without_bar(reach, [])[-1], block
    row = step_row(goal, reach.catalogue)
    stand_ins = [replace(goal, variation=name) for name in BAR_SQUATS if name != preferred]
    able = [step for step in stand_ins if reach.thing_missing(step) == FREE]
    if not able:
        return _without_bar(reach, [])[-1], block
    return (
        min(
            able,
            key=lambda step: distance(row, goal.depth, step_row(step, reach.catalogue), step.depth),
        ),
        block,
    )


def _without_bar(reach: Reach, body: list[LadderStep]) -> list[LadderStep]:
    """Return the later stages where no bar squat is possible; a squat of the body comes back deeper."""
    limits = reach.catalogue.limits.ladder
    most = min(limits.modifiers.reference_depth, reach.deepest)
    early = min(limits.early_depth, most)
    before = {(step.variation, step.depth) for step in body}
    steps = [
        LadderStep(stage=stage, variation=name, depth=early if stage == "P4" and (name, early) not in before else most)
        for stage, name in WITHOUT_BAR
    ]
    able = [step for step in steps if reach.thing_missing(step) == FREE]
    stage, name = WITHOUT_WEIGHTS
    return able or [LadderStep(stage=stage, variation=name, depth=most)]


def wanted_steps(goal: LadderStep, reach: Reach) -> tuple[list[LadderStep], list[Reason]]:
    """Return the steps up to a goal for the client's limiting factors, and what to say about them."""
    finding = reach.client.finding
    if finding.limiting_factor == "none":
        return _kept_squat(goal, reach), []
    first = _curated(goal, finding.limiting_factor, reach)
    if finding.second_factor is None:
        return _finished(first, goal, reach), []
    second = _curated(goal, finding.second_factor, reach)
    mixed, reasons = _mixed(first, second, (finding.limiting_factor, finding.second_factor), reach.catalogue)
    return _finished(mixed, goal, reach), reasons


def opening_steps(reach: Reach) -> list[LadderStep]:
    """Return a quiet way in for a client without a limiter: the first stages of owning the range."""
    steps = reach.catalogue.ladders["high_bar_back_squat"]["load_ownership"]
    return [_aimed(step, reach) for step in steps if step.stage in OPENING]


def _curated(goal: LadderStep, factor: Factor, reach: Reach) -> list[LadderStep]:
    """Return a curated row without its last step, in the client's depths."""
    preferred = reach.client.profile.preferred_squat.variation
    ladders = reach.catalogue.ladders
    target = cast(PreferredVariation, goal.variation if goal.variation in ladders else preferred)
    return [_aimed(step, reach) for step in ladders[target][factor][:-1]]


def _aimed(step: LadderStep, reach: Reach) -> LadderStep:
    return replace(step, depth=min(step.depth, reach.deepest))


def _kept_squat(goal: LadderStep, reach: Reach) -> list[LadderStep]:
    """Return the preferred squat from the deepest depth that fits now, dosed as modified."""
    modified = [replace(goal, stage="P5", depth=depth) for depth in range(goal.depth, 0, -1)]
    fitting = next((step for step in modified if not reach.missing(step)), modified[-1])
    return [step for step in reversed(modified) if step.depth >= fitting.depth]


def _finished(body: list[LadderStep], goal: LadderStep, reach: Reach) -> list[LadderStep]:
    """Return a body with its end: the depth before a deep goal, the goal, or the way without a bar."""
    if goal.variation not in reach.catalogue.ladders:
        early = [step for step in body if STAGES.index(step.stage) < STAGES.index("P4")]
        return _distinct([*early, *_without_bar(reach, early)])
    listed = reach.catalogue.ladders[cast(PreferredVariation, goal.variation)]
    usual = listed["hip"][-1].depth
    between = [replace(goal, stage="P5", depth=depth) for depth in range(usual, goal.depth)]
    return _distinct([*body, *between, goal])


def _distinct(steps: list[LadderStep]) -> list[LadderStep]:
    """Return the steps without repetitions; the last of equal steps stays, where the goal is."""
    found: dict[tuple[str, int, tuple[str, ...]], LadderStep] = {}
    last = steps[-1]
    for step in steps[:-1]:
        key = (step.variation, step.depth, step.modifiers)
        if key != (last.variation, last.depth, last.modifiers):
            found.setdefault(key, step)
    return [*found.values(), last]


def _mixed(
    first: list[LadderStep],
    second: list[LadderStep],
    factors: tuple[Factor, Factor],
    catalogue: Catalogue,
) -> tuple[list[LadderStep], list[Reason]]:
    """Return, stage by stage, the steps that ask less of both weak dimensions."""
    steps: list[LadderStep] = []
    reasons: list[Reason] = []
    weak = tuple(DIMENSION[factor] for factor in factors)
    for stage in STAGES:
        ours = [step for step in first if step.stage == stage]
        theirs = [step for step in second if step.stage == stage]
        for one, two in zip_longest(ours, theirs):
            if one is None or two is None or one == two:
                steps.append(two if one is None else one)
                continue
            case = _choice(one, two, weak, catalogue)
            told = LD18.decide(case)
            steps.append(two if told is not None and told.case == "second" else one)
            if told is not None:
                reasons.append(catalogue.reason("LD18", told.case, **told.facts))
    return steps, reasons


def _choice(one: LadderStep, two: LadderStep, weak: tuple[int, ...], catalogue: Catalogue) -> LadderCase:
    rows = (step_row(one, catalogue), step_row(two, catalogue))
    return LadderCase(
        limits=catalogue.limits.ladder,
        mixed=True,
        squat=catalogue.variations[one.variation].name,
        other_squat=catalogue.variations[two.variation].name,
        demand=max(rows[0][index] for index in weak),
        other_demand=max(rows[1][index] for index in weak),
    )
