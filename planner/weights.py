"""What a client can put on: bars, plates, bells and a backpack, listed or assumed.

Weights are kilograms throughout; pounds appear only where plates or dumbbells are in pounds.
"""

from typing import Final, Literal

from planner.catalogue import Catalogue
from planner.facts import Profile

KG_PER_LB: Final = 0.45359237  # exact, by definition of the pound

BarKind = Literal["barbell", "safety_bar"]


def pound_plates(profile: Profile) -> bool:
    """Return whether plates are in pounds: imperial units and no plate step given in kilograms."""
    return profile.units == "imperial" and profile.weights.plate_step_kg is None


def pound_dumbbells(profile: Profile) -> bool:
    """Return whether dumbbells are in pounds: imperial units and none listed in kilograms."""
    return profile.units == "imperial" and profile.weights.dumbbells_kg is None


def bar_kg(profile: Profile, kind: BarKind, catalogue: Catalogue) -> float:
    """Return what the empty bar weighs."""
    defaults, weights = catalogue.limits.load.defaults, profile.weights
    listed = weights.bar_kg if kind == "barbell" else weights.safety_bar_kg
    if listed is not None:
        return listed
    if pound_plates(profile):
        pounds = defaults.bar_lb if kind == "barbell" else defaults.safety_bar_lb
        return pounds * KG_PER_LB
    return defaults.bar_kg if kind == "barbell" else defaults.safety_bar_kg


def plate_step_kg(profile: Profile, catalogue: Catalogue) -> float:
    """Return the smallest change of a loaded bar, both sides together."""
    if profile.weights.plate_step_kg is not None:
        return profile.weights.plate_step_kg
    defaults = catalogue.limits.load.defaults
    return defaults.plate_step_lb * KG_PER_LB if pound_plates(profile) else defaults.plate_step_kg


def kettlebells(profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the kettlebells a client has, the usual sizes when none are listed."""
    if "kettlebell" not in profile.equipment:
        return ()
    listed = profile.weights.kettlebells_kg
    return catalogue.limits.load.defaults.kettlebells_kg if listed is None else listed


def dumbbells(profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the dumbbells a client has, an even row when none are listed."""
    if "dumbbell" not in profile.equipment:
        return ()
    listed = profile.weights.dumbbells_kg
    if listed is not None:
        return listed
    limits = catalogue.limits.load
    step = limits.defaults.dumbbell_step_kg
    if pound_dumbbells(profile):
        step = limits.defaults.dumbbell_step_lb * KG_PER_LB
    return _row(step, limits.bell_max_kg, step)


def backpack(profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the loads a backpack can be packed to."""
    if "backpack" not in profile.equipment:
        return ()
    defaults = catalogue.limits.load.defaults
    listed = profile.weights.backpack_max_kg
    heaviest = defaults.backpack_max_kg if listed is None else listed
    return _row(defaults.backpack_min_kg, heaviest, defaults.backpack_step_kg)


def bells(profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return every single load to hold or wear, lightest first.

    Bells go before the backpack: it only adds loads outside the row of bells.
    """
    hand = {*kettlebells(profile, catalogue), *dumbbells(profile, catalogue)}
    packed = backpack(profile, catalogue)
    if hand:
        packed = tuple(kg for kg in packed if not min(hand) <= kg <= max(hand))
    return tuple(sorted({*hand, *packed}))


def pairs(profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the bells there are two of, lightest first.

    A gym has its sizes twice and dumbbells come in twos; a kettlebell at home counts as a
    pair only when it is listed twice.
    """
    singles = kettlebells(profile, catalogue)
    if profile.setting == "home":
        singles = tuple(kg for kg in singles if singles.count(kg) > 1)
    return tuple(sorted({*singles, *dumbbells(profile, catalogue)}))


def bell_word(kg: float, profile: Profile, catalogue: Catalogue) -> str:
    """Return the phrase key of the thing that weighs this much."""
    if kg in kettlebells(profile, catalogue):
        return "kettlebell"
    return "dumbbell" if kg in dumbbells(profile, catalogue) else "backpack"


def _row(first: float, last: float, step: float) -> tuple[float, ...]:
    count = int((last - first) / step + 1e-9) + 1
    return tuple(round(first + step * index, 2) for index in range(max(count, 0)))
