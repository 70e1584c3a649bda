"""Loads of a squat: the lowest ceiling holds, the start is low, the words are the client's own.

`on` is the day the maximum is judged at (the assessment's). A load of None means
bodyweight, a stick, or a load found by feel; `load_text` says which.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.catalogue import Catalogue, Variation
from planner.decision import Reason
from planner.facts import Profile
from planner.maximum import Effort, first_effort, load_case, reps_range, training_max
from planner.plates import bar_of, hand_loads, round_down, step_up
from planner.position import Client
from planner.rules.load import CEILING_RULES, LD06, LD07, LD08, LD15, LD29
from planner.rules.load_case import BELL_FAMILIES, Kilograms, LoadCase, tidy
from planner.texts import Texts
from planner.weights import KG_PER_LB, bar_kg, bell_word, plate_step_kg, pound_plates
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
    "load_text",
    "ramp_sets",
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


def load_reasons(case: LoadCase, load_kg: float | None, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Return why a load is what it is: by feel, bodyweight, or the ceiling it stays under."""
    if LD07.decide(case) is not None:
        return (catalogue.reason("LD07"),)
    feel = LD08.decide(case)
    lowest = ceiling(case)
    if feel is not None or lowest is None:
        return () if feel is None else (catalogue.reason("LD08", feel.case, **feel.facts),)
    facts = {**lowest.outcome.facts, "ceiling": tidy(lowest.kg), "load": tidy(load_kg or 0)}
    reasons = [catalogue.reason(lowest.rule, lowest.outcome.case, **facts)]
    slower = LD29.decide(case)
    if slower is not None:
        reasons.append(catalogue.reason("LD29", slower.case, **slower.facts))
    pause = LD15.decide(case)
    if pause is not None:
        reasons.append(catalogue.reason("LD15", pause.case, **pause.facts))
    return tuple(reasons)


def load_text(kg: float | None, variation: Variation, profile: Profile, catalogue: Catalogue) -> str:
    """Return a load in words: what to pick up, or how it should feel without a number."""
    texts, kind = catalogue.texts, variation.load.kind
    if kg is None:
        return _without_number(variation, catalogue)
    if kind == "barbell":
        plates = _plates(kg, variation, profile, catalogue)
        return texts.phrase("load.bar", weight=_bar_weight(kg, profile, texts), plates=plates)
    if kind == "two_bells":
        thing = texts.phrases[f"load.{bell_word(kg / 2, profile, catalogue)}s"]
        return texts.phrase("load.two", weight=weight_text(kg / 2, profile, texts), thing=thing)
    if kind == "bell":
        thing = texts.phrases[f"load.{bell_word(kg, profile, catalogue)}"]
        return texts.phrase("load.one", weight=weight_text(kg, profile, texts), thing=thing)
    return texts.phrase("load.machine" if kind == "machine" else "load.held", weight=weight_text(kg, profile, texts))


def _without_number(variation: Variation, catalogue: Catalogue) -> str:
    texts = catalogue.texts
    if variation.unloaded:
        return texts.phrases["load.bodyweight"]
    if variation.load.kind == "dowel_bar":
        return texts.phrases["load.stick"]
    first = catalogue.limits.load.first
    return texts.phrase("load.feel", rpe=tidy(first.feel_rpe), reps=first.feel_reps)


def weight_text(kg: float, profile: Profile, texts: Texts) -> str:
    """Return a weight that is marked in kilograms, in the client's units as well."""
    if profile.units == "metric":
        return f"{texts.number(kg)} kg"
    return f"{texts.number(round(kg / KG_PER_LB, 1))} lb ({texts.number(kg)} kg)"


def _bar_weight(kg: float, profile: Profile, texts: Texts) -> str:
    """Return what a bar or its plates weigh: in pounds alone where plates are in pounds."""
    if pound_plates(profile):
        return f"{texts.number(round(kg / KG_PER_LB, 1))} lb"
    return weight_text(kg, profile, texts)


def _plates(kg: float, variation: Variation, profile: Profile, catalogue: Catalogue) -> str:
    texts = catalogue.texts
    bar = bar_kg(profile, bar_of(variation, profile), catalogue)
    if kg - bar < plate_step_kg(profile, catalogue) / 2:
        return texts.phrases["load.empty_bar"]
    return texts.phrase(
        "load.bar_and_plates", bar=_bar_weight(bar, profile, texts), side=_bar_weight((kg - bar) / 2, profile, texts)
    )


def ramp_sets(load_kg: float | None, variation: Variation, profile: Profile, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the warm-up sets before a barbell squat; none for other loads."""
    if variation.load.kind != "barbell":
        return ()
    ramp, texts = catalogue.limits.load.ramp, catalogue.texts
    bar = bar_kg(profile, bar_of(variation, profile), catalogue)
    sets = [texts.phrase("ramp.bar", reps=ramp.bar_reps)]
    for percent, reps in zip(ramp.percents, ramp.reps, strict=True):
        weight = None if load_kg is None else round_down(load_kg * percent / 100, variation, profile, catalogue)
        if weight is not None and weight > bar:
            sets.append(texts.phrase("ramp.set", weight=_bar_weight(weight, profile, texts), reps=reps))
    return tuple(sets)
