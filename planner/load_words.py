"""Loads in words: what to pick up, and what a sentence says about it, in the client's units."""

from collections.abc import Mapping
from typing import Final

from planner.catalogue import Catalogue, Variation
from planner.decision import Value
from planner.facts import Profile
from planner.plates import bar_of, round_down
from planner.rules.load_case import tidy
from planner.texts import Texts
from planner.weights import KG_PER_LB, bar_kg, bell_word, plate_step_kg, pound_dumbbells, pound_plates

_AMOUNTS: Final = frozenset({"training_max", "goblet_max", "kg"})
"""Facts of the load rules that are kilograms; their sentences leave the unit to the words."""


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
        return texts.phrase("load.two", weight=_bell_weight(kg / 2, profile, catalogue), thing=thing)
    if kind == "bell":
        thing = texts.phrases[f"load.{bell_word(kg, profile, catalogue)}"]
        return texts.phrase("load.one", weight=_bell_weight(kg, profile, catalogue), thing=thing)
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
    return f"{_pounds(kg, texts)} ({texts.number(kg)} kg)"


def _pounds(kg: float, texts: Texts) -> str:
    return f"{texts.number(round(kg / KG_PER_LB, 1))} lb"


def _bar_weight(kg: float, profile: Profile, texts: Texts) -> str:
    """Return what a bar or its plates weigh: in pounds alone where plates are in pounds."""
    return _pounds(kg, texts) if pound_plates(profile) else weight_text(kg, profile, texts)


def _bell_weight(kg: float, profile: Profile, catalogue: Catalogue) -> str:
    """Return what one bell weighs: in pounds alone where dumbbells are in pounds."""
    texts = catalogue.texts
    return _pounds(kg, texts) if _in_pounds(kg, profile, catalogue) else weight_text(kg, profile, texts)


def _in_pounds(kg: float, profile: Profile, catalogue: Catalogue) -> bool:
    return pound_dumbbells(profile) and bell_word(kg, profile, catalogue) == "dumbbell"


def loads_told(
    loads: Mapping[str, Value], variation: Variation, profile: Profile, catalogue: Catalogue
) -> dict[str, str]:
    """Return the working loads of a sentence as the client reads them on bar, bells or machine."""
    return {
        name: _load_weight(kg, variation, profile, catalogue)
        for name, kg in loads.items()
        if isinstance(kg, (int, float))
    }


def _load_weight(kg: float, variation: Variation, profile: Profile, catalogue: Catalogue) -> str:
    texts = catalogue.texts
    if variation.load.kind == "barbell":
        return _bar_weight(kg, profile, texts)
    hands = 2 if variation.load.kind == "two_bells" else 1
    return _pounds(kg, texts) if _in_pounds(kg / hands, profile, catalogue) else weight_text(kg, profile, texts)


def amount_words(facts: Mapping[str, Value], profile: Profile, texts: Texts) -> dict[str, str]:
    """Return the facts that are amounts nobody picks up, such as a maximum, in the client's units alone."""
    return {
        name: _amount(kg, profile, texts)
        for name, kg in facts.items()
        if name in _AMOUNTS and isinstance(kg, (int, float))
    }


def _amount(kg: float, profile: Profile, texts: Texts) -> str:
    return f"{texts.number(kg)} kg" if profile.units == "metric" else f"{round(kg / KG_PER_LB)} lb"


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
