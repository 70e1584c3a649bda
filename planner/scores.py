"""How hard a squat is: its five scores at a depth with its modifiers, and the stage it belongs to."""

from collections.abc import Collection
from typing import Final

from planner.catalogue import Catalogue, LadderStep, Scores, Variation
from planner.limits.ladder import ModifierScores
from planner.words import Modifier, Stage

HIGHEST: Final = 10
Five = tuple[float, float, float, float, float]
"""Hip, ankle, trunk, control, spine load."""


def effective_scores(variation: Variation, depth: int, modifiers: Collection[Modifier], catalogue: Catalogue) -> Scores:
    """Return the demand of a squat at a depth index; what it already is by itself counts once."""
    five = score_row(variation, depth, modifiers, catalogue.limits.ladder.modifiers)
    return Scores(hip=five[0], ankle=five[1], trunk=five[2], control=five[3], spine_load=five[4])


def score_row(variation: Variation, depth: int, modifiers: Collection[Modifier], limits: ModifierScores) -> Five:
    """Return the five scores as a row, for comparing many."""
    base = variation.scores
    shift = limits.depth_step * (depth - min(limits.reference_depth, variation.depths[1]))
    hip, ankle, trunk, control = base.hip + shift, base.ankle + shift, base.trunk, base.control + shift
    own = variation.built_in.modifiers
    for modifier in modifiers:
        if modifier in own:
            continue
        if modifier == "heels_up":
            hip, ankle = hip - limits.heels_hip, ankle - limits.heels_ankle
        elif modifier == "box":
            ankle, control = ankle - limits.box_ankle, control - limits.box_control
        elif modifier == "pause":
            trunk, control = trunk + limits.pause_trunk, control + limits.pause_control
        elif modifier == "slow_tempo":
            control += limits.tempo_control
    return _kept(hip), _kept(ankle), _kept(trunk), _kept(control), _kept(base.spine_load)


def _kept(score: float) -> float:
    return min(max(score, 0), HIGHEST)


def no_harder(one: Five, other: Five) -> bool:
    """Return whether the first squat asks no more than the second in any score."""
    return all(mine <= theirs for mine, theirs in zip(one, other, strict=True))


def stage_of(
    variation: Variation,
    depth: int,
    modifiers: Collection[Modifier],
    goal: LadderStep,
    catalogue: Catalogue,
) -> Stage:
    """Return the stage of a rung that no curated ladder lists."""
    if variation.unloaded:
        return "P1"
    if variation.id == goal.variation and depth == goal.depth and not modifiers:
        return "P6"
    if variation.load.kind in {"barbell", "dowel_bar", "machine"}:
        same_bar = variation.family == catalogue.variations[goal.variation].family
        return "P5" if same_bar else "P4"
    slow = {"slow_tempo", "pause"}
    held = not slow.isdisjoint(variation.built_in.modifiers) or not slow.isdisjoint(modifiers)
    return "P3" if held or depth > catalogue.limits.ladder.early_depth else "P2"
