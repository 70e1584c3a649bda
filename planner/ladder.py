"""The ladder from a squat the client can own to the preferred one.

Curated rows are the rule; what this client cannot do is replaced by search, and a rung that
asks for range still in training is kept and waits for it.
"""

from itertools import pairwise

from planner.catalogue import Catalogue, LadderStep
from planner.client import has_code
from planner.decision import Reason
from planner.entry import entry_of, owned_scores
from planner.facts import Assessment
from planner.plan import Ladder, Rung
from planner.position import Client
from planner.reach import Block, Reach
from planner.repair import Placed, first_step, key_of, repaired, small_rise
from planner.route import Key
from planner.rules.entry import Entry
from planner.rules.ladder import LD14, LD16, LD24, RUNG_RULES, LadderCase
from planner.scores import Five, effective_scores, no_harder, score_row
from planner.steps import goal_step, opening_steps, wanted_steps
from planner.values import replace
from planner.words import STAGES, Modifier, RungStatus, depth_at, depth_index

__all__ = [
    "box_height_cm",
    "build_ladder",
    "easier_rung",
    "effective_scores",
    "place_no_harder",
    "with_status",
]


def build_ladder(
    client: Client,
    assessment: Assessment,
    catalogue: Catalogue,
    *,
    keep: Rung | None = None,
    opening: bool = False,
) -> Ladder:
    """Return the ladder of a client, entered where §3.1's rules say.

    `keep` is a rung already reached: the ladder is then entered there or no harder. `opening`
    asks for the first stages even where no limiter was found (after a clearance).
    """
    reach = Reach(client, assessment.performed_on, catalogue)
    goal, block = goal_step(reach)
    steps, notes = wanted_steps(goal, reach)
    rule, entry = entry_of(client, assessment, steps, reach)
    if client.finding.limiting_factor == "none" and (opening or entry.stage != "P5"):
        steps = [*opening_steps(reach), *steps]
    placed, told = repaired(steps, reach, _curated_pairs(steps, client))
    placed = _with_first(placed, reach)
    rungs = [_rung(index, one, goal, reach) for index, one in enumerate(placed)]
    start = _entry_index(rungs, entry, owned_scores(assessment, catalogue), catalogue)
    unplaced = Ladder(rungs=tuple(rungs), entry=start)
    if keep is not None:
        start = place_no_harder(unplaced, keep, 0, catalogue)
    return Ladder(
        rungs=tuple(with_status(rung, start) for rung in rungs),
        entry=start,
        factor=client.finding.limiting_factor,
        second=client.finding.second_factor,
        out_of_reach=_out_of_reach(block, reach),
        notes=(
            catalogue.reason(rule, entry.case, **entry.facts),
            *_held(reach),
            *notes,
            *told,
            *_larger_step(placed, reach),
        ),
    )


# --- entry ------------------------------------------------------------------------------


def _with_first(placed: list[Placed], reach: Reach) -> list[Placed]:
    """Return the row with an easier first step when its first one cannot be entered now."""
    if not reach.missing(placed[0].step):
        return placed
    return [Placed(first_step(placed[0].step, reach), curated=False), *placed]


def _entry_index(rungs: list[Rung], entry: Entry, owned: tuple[float, float], catalogue: Catalogue) -> int:
    """Return the first rung of the entry stage, or one before it that fits and asks little new.

    A squat that is kept because nothing limits it is owned already.
    """
    stage = max(STAGES.index(entry.stage), 1)
    first = next((rung.index for rung in rungs if STAGES.index(rung.stage) >= stage), len(rungs) - 1)
    if STAGES.index(rungs[first].stage) > stage:
        first = max(first - 1, 0)
    kept = entry.stage == "P5"
    while first > 0 and (rungs[first].waits_for or not (kept or _near(rungs[first], owned, catalogue))):
        first -= 1
    return first


def _near(rung: Rung, owned: tuple[float, float], catalogue: Catalogue) -> bool:
    """Return whether a rung asks little more trunk and control than the client owns."""
    row, rise = _row(rung, depth_index(rung.depth), catalogue), catalogue.limits.ladder.owned.rise
    return row[2] <= owned[0] + rise and row[3] <= owned[1] + rise


def with_status(rung: Rung, here: int) -> Rung:
    """Return a rung as owned, current or ahead for a client who stands on a rung."""
    status: RungStatus = "ahead"
    if rung.index <= here:
        status = "current" if rung.index == here else "owned"
    return rung if rung.status == status else replace(rung, status=status)


# --- rungs ------------------------------------------------------------------------------


def _curated_pairs(steps: list[LadderStep], client: Client) -> frozenset[tuple[Key, Key]]:
    """Return the pairs of steps that follow each other by the curated tables."""
    if client.finding.second_factor is None and client.finding.limiting_factor != "none":
        keys = [key_of(step) for step in steps]
        return frozenset(pairwise(keys))
    return frozenset()


def _rung(index: int, placed: Placed, goal: LadderStep, reach: Reach) -> Rung:
    step, variation = placed.step, reach.variation(placed.step)
    first_forced = index == 0 and not placed.curated
    waits = "" if first_forced else reach.waits_for(step)
    return Rung(
        index=index,
        variation=step.variation,
        name=variation.name,
        load_position=variation.load_position,
        depth=depth_at(step.depth),
        modifiers=_shown_modifiers(step, reach),
        stage=step.stage,
        because=_because(placed, goal, waits, reach),
        heel_cm=reach.heel_cm(step),
        waits_for=waits,
    )


def _shown_modifiers(step: LadderStep, reach: Reach) -> tuple[Modifier, ...]:
    """Return the modifiers of a step and those its squat has by itself; pins where no box is owned."""
    own = reach.variation(step).built_in.modifiers
    equipment = reach.client.profile.equipment
    if "box" in own and "box" not in equipment and _on_pins(step, reach):
        own = tuple("pins" if modifier == "box" else modifier for modifier in own)
    return (*own, *(modifier for modifier in step.modifiers if modifier not in own))


def _on_pins(step: LadderStep, reach: Reach) -> bool:
    return any("pins" in group for group in reach.variation(step).equipment)


def _because(placed: Placed, goal: LadderStep, waits: str, reach: Reach) -> tuple[Reason, ...]:
    step, client, catalogue = placed.step, reach.client, reach.catalogue
    preferred = client.profile.preferred_squat
    case = LadderCase(
        limits=catalogue.limits.ladder,
        factor=client.finding.limiting_factor,
        curated=placed.curated,
        between=not placed.curated and placed.replaced is None,
        goal=step.variation == goal.variation and step.depth == goal.depth and not step.modifiers,
        squat=reach.variation(step).name,
        target=catalogue.variations[preferred.variation].name,
        depth=step.depth,
        wanted_depth=depth_index(preferred.depth),
        missing_range=waits,
        heel_cm=reach.heel_cm(step),
        knee_pain=has_code(client.codes, "KN"),
    )
    reasons = [] if placed.replaced is None else [placed.replaced]
    for rule in RUNG_RULES:
        told = rule.decide(case)
        if told is not None:
            reasons.append(catalogue.reason(rule.id, told.case, **told.facts))
    return tuple(reasons)


def _out_of_reach(block: Block, reach: Reach) -> Reason | None:
    preferred = reach.catalogue.variations[reach.client.profile.preferred_squat.variation]
    case = LadderCase(
        limits=reach.catalogue.limits.ladder,
        goal=True,
        obstacle=block[0],
        thing=block[1],
        target=preferred.name,
    )
    told = LD14.decide(case)
    return None if told is None else reach.catalogue.reason("LD14", told.case, **told.facts)


def _larger_step(placed: list[Placed], reach: Reach) -> tuple[Reason, ...]:
    """Say so when what is at hand leaves no row of small steps."""
    found = [pair for pair in pairwise(placed) if not (pair[0].curated and pair[1].curated)]
    if all(small_rise(one.step, two.step, reach) for one, two in found):
        return ()
    return tuple(reason for reason in (_out_of_reach(("path", ""), reach),) if reason is not None)


def _held(reach: Reach) -> tuple[Reason, ...]:
    case = LadderCase(
        limits=reach.catalogue.limits.ladder,
        thing=reach.depth_cap_reason(),
        depth=reach.deepest,
        wanted_depth=depth_index(reach.client.profile.preferred_squat.depth),
    )
    told = LD24.decide(case)
    return () if told is None else (reach.catalogue.reason("LD24", told.case, **told.facts),)


# --- places -----------------------------------------------------------------------------


def place_no_harder(
    ladder: Ladder, rung: Rung, depth_drop: int, catalogue: Catalogue, *, range_lost: bool = True
) -> int:
    """Return the same rung, else the highest one no deeper and no harder in any score.

    A rung already trained stays though a new reading is just short of it, unless range was really lost
    or the reading before was short of it too.
    """
    same = (rung.variation, rung.depth, rung.modifiers)
    stays = not range_lost and not rung.waits_for
    for other in ladder.rungs:
        if (other.variation, other.depth, other.modifiers) == same and (stays or not other.waits_for):
            return other.index
    depth = depth_index(rung.depth) - depth_drop
    row = _row(rung, depth, catalogue)
    for other in reversed(ladder.rungs):
        below = depth_index(other.depth) <= depth and not other.waits_for
        if below and no_harder(_row(other, depth_index(other.depth), catalogue), row):
            return other.index
    return 0


def easier_rung(
    ladder: Ladder, index: int, depth_drop: int, catalogue: Catalogue, *, stage_back: bool = False
) -> int | None:
    """Return the nearest rung below that is no harder in any score; None when there is none.

    A deeper rung counts at the depth left. `stage_back` asks for an earlier stage.
    """
    left = ladder.rungs[index]
    depth = depth_index(left.depth) - depth_drop
    row = _row(left, depth, catalogue)
    for other in reversed(ladder.rungs[:index]):
        if stage_back and STAGES.index(other.stage) >= STAGES.index(left.stage):
            continue
        reached = min(depth_index(other.depth), depth)
        if not other.waits_for and no_harder(_row(other, reached, catalogue), row):
            return other.index
    return None


def _row(rung: Rung, depth: int, catalogue: Catalogue) -> Five:
    variation = catalogue.variations[rung.variation]
    return score_row(variation, depth, rung.modifiers, catalogue.limits.ladder.modifiers)


def box_height_cm(height_cm: float | None, depth: int, catalogue: Catalogue) -> int:
    """Return how high a box is for a body height and a depth index, rounded up (cm)."""
    case = LadderCase(limits=catalogue.limits.ladder, box=True, depth=depth, height_cm=height_cm)
    height = LD16.decide(case)
    assert height is not None  # the rule speaks for every box
    return height.cm
