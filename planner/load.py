"""Loads of a squat: the lowest ceiling holds, the start is low.

`on` is the day the maximum is judged at (the assessment's). A load of None means
bodyweight, a stick, or a load found by feel; `planner.load_words` says which.
"""

from collections.abc import Iterable
from datetime import date

from planner.catalogue import Catalogue, Variation
from planner.decision import Reason
from planner.facts import Profile
from planner.load_words import amount_words
from planner.maximum import Effort, first_effort, load_case, reps_range, training_max
from planner.plates import hand_loads, round_down, step_up
from planner.position import Client
from planner.rules.load import CEILING_RULES, LD06, LD07, LD08, LD15, LD29
from planner.rules.load_case import BELL_FAMILIES, Kilograms, LoadCase, tidy
from planner.values import dataclass
from planner.words import Modifier, Stage

__all__ = [
    "Ceiling",
    "Effort",
    "ceiling",
    "ceiling_kg",
    "first_effort",
    "first_load",
    "light_enough",
    "load_case",
    "load_reasons",
    "reps_range",
    "round_down",
    "step_up",
    "training_max",
]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The lowest of all ceilings, and the rule it comes from."""

    kg: float
    rule: str
    outcome: Kilograms


def ceiling(case: LoadCase) -> Ceiling | None:
    """Return the lowest ceiling and its rule; None where a load has no kilograms."""
    if case.unloaded:
        return None
    slower = LD29.decide(case)
    share = 1.0 if slower is None else slower.share
    lowest: Ceiling | None = None
    for rule in CEILING_RULES:
        outcome = rule.decide(case)
        if outcome is not None and (lowest is None or outcome.kg * share < lowest.kg):
            lowest = Ceiling(outcome.kg * share, rule.id, outcome)
    return lowest


def ceiling_kg(
    variation: Variation,
    *,
    effort: Effort,
    client: Client,
    on: date,
    catalogue: Catalogue,
    modifiers: Iterable[Modifier] = (),
) -> float | None:
    """Return the most a set may weigh, not yet rounded; None where nothing is known or loaded."""
    if variation.load.kg is not None:
        return variation.load.kg[1]
    case = load_case(
        variation,
        effort=effort,
        client=client,
        on=on,
        catalogue=catalogue,
        modifiers=modifiers,
    )
    lowest = ceiling(case)
    return None if lowest is None else lowest.kg


def first_load(
    variation: Variation,
    *,
    stage: Stage,
    client: Client,
    on: date,
    catalogue: Catalogue,
    modifiers: Iterable[Modifier] = (),
) -> float | None:
    """Return the load of a variation's first exposure; None: bodyweight, a stick, or by feel."""
    if variation.load.kg is not None:
        return variation.load.kg[0]
    effort = first_effort(stage, client.codes, catalogue)
    case = load_case(
        variation,
        effort=effort,
        client=client,
        on=on,
        catalogue=catalogue,
        modifiers=modifiers,
    )
    return None if LD08.decide(case) is not None else _start(case, variation, client.profile, catalogue)


def _start(case: LoadCase, variation: Variation, profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the low load a known maximum starts from, None where nothing is so light."""
    lowest = ceiling(case)
    if lowest is None:
        return None
    start = LD06.decide(case)
    slower = LD29.decide(case)
    share = 1.0 if slower is None else slower.share
    wanted = lowest.kg if start is None else min(start.kg * share, lowest.kg)
    rounded = round_down(wanted, variation, profile, catalogue)
    return _lightest(lowest.kg, variation, profile, catalogue) if rounded is None else rounded


def _lightest(most: float, variation: Variation, profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the lightest bell when it still is below the ceiling; a bar has no such leeway."""
    if variation.family not in BELL_FAMILIES:
        return None
    return min((kg for kg in hand_loads(variation, profile, catalogue) if kg <= most), default=None)


def light_enough(
    variation: Variation,
    *,
    stage: Stage,
    client: Client,
    on: date,
    catalogue: Catalogue,
    modifiers: Iterable[Modifier] = (),
) -> bool:
    """Return whether the client has anything light enough to start a variation with."""
    kind, profile = variation.load.kind, client.profile
    if kind in {"bodyweight", "fixed_kg", "dowel_bar", "machine"}:
        return True
    if kind in {"bell", "two_bells"} and not hand_loads(variation, profile, catalogue):
        return False
    case = load_case(
        variation,
        effort=first_effort(stage, client.codes, catalogue),
        client=client,
        on=on,
        catalogue=catalogue,
        modifiers=modifiers,
    )
    return LD08.decide(case) is not None or _start(case, variation, profile, catalogue) is not None


def load_reasons(case: LoadCase, load_kg: float | None, profile: Profile, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Return why a load is what it is: by feel, bodyweight, or the ceiling it stays under."""
    if LD07.decide(case) is not None:
        return (catalogue.reason("LD07"),)
    feel = LD08.decide(case)
    lowest = ceiling(case)
    if feel is not None or lowest is None:
        return () if feel is None else (catalogue.reason("LD08", feel.case, **feel.facts),)
    facts = {**lowest.outcome.facts, "ceiling": tidy(lowest.kg), "load": tidy(load_kg or 0)}
    words = amount_words(lowest.outcome.facts, profile, catalogue.texts)
    reasons = [catalogue.reason(lowest.rule, lowest.outcome.case, words, **facts)]
    slower = LD29.decide(case)
    if slower is not None:
        reasons.append(catalogue.reason("LD29", slower.case, **slower.facts))
    pause = LD15.decide(case)
    if pause is not None:
        reasons.append(catalogue.reason("LD15", pause.case, **pause.facts))
    return tuple(reasons)
