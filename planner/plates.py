"""Loads that exist: rounding down to plates and bells, and the next step up."""

from math import floor
from typing import Final

from planner.catalogue import Catalogue, Variation
from planner.facts import Profile
from planner.weights import BarKind, bar_kg, bells, pairs, plate_step_kg

TINY: Final = 1e-9  # keeps 62.5 from becoming 60 when it was worked out as 62.499999

HALF_A_HUNDREDTH: Final = 0.005  # loads are kept to two decimals
NEARLY: Final = 0.02  # of a step: so far, at most, loads in pounds have strayed by roundings


def round_down(kg: float, variation: Variation, profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the heaviest load that exists and does not exceed `kg`; None: nothing is so light."""
    kind = variation.load.kind
    if kind in {"bell", "two_bells"}:
        loads = hand_loads(variation, profile, catalogue)
        return max((load for load in loads if load <= kg + TINY), default=None)
    if kind == "barbell":
        bar = bar_kg(profile, bar_of(variation, profile), catalogue)
        return _on_steps(kg, bar, plate_step_kg(profile, catalogue))
    if kind == "machine":
        step = catalogue.limits.load.defaults.machine_step_kg
        return _on_steps(kg, step, step)
    if variation.load.kg is not None:
        return _on_steps(min(kg, variation.load.kg[1]), variation.load.kg[0], 1)
    return None


def round_down_told(kg: float, variation: Variation, profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the heaviest load up to one that was told or stored: to two decimals, which may be a little too few."""
    return round_down(kg + HALF_A_HUNDREDTH, variation, profile, catalogue)


def _on_steps(kg: float, lightest: float, step: float) -> float | None:
    if kg < lightest - TINY:
        return None
    return round(lightest + step * int((kg - lightest) / step + TINY), 2)


def _step_above(load: float, bar: float, step: float) -> float:
    """Return the next load that plates give: steps are counted from the bar, so that roundings do not add up."""
    return round(bar + step * (floor((load - bar) / step + NEARLY) + 1), 2)


def hand_loads(variation: Variation, profile: Profile, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the total loads that bells give a variation, lightest first."""
    most = catalogue.limits.load.bell_max_kg
    if variation.load.kind == "two_bells":
        return tuple([2 * kg for kg in pairs(profile, catalogue) if kg <= most])
    return tuple([kg for kg in bells(profile, catalogue) if kg <= most])


def bar_of(variation: Variation, profile: Profile) -> BarKind:
    """Return the bar a variation is done with: the safety bar where one is asked for and owned."""
    if "safety_bar" not in profile.equipment:
        return "barbell"
    return "safety_bar" if any("safety_bar" in group for group in variation.equipment) else "barbell"


def step_up(load: float | None, variation: Variation, profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the next heavier load, None when there is none within one smallest step."""
    if load is None:
        return None
    kind, limits = variation.load.kind, catalogue.limits.load
    if kind == "barbell":
        bar = bar_kg(profile, bar_of(variation, profile), catalogue)
        return _step_above(load, bar, plate_step_kg(profile, catalogue))
    if kind == "machine":
        return load + limits.defaults.machine_step_kg
    if variation.load.kg is not None:
        return load + 1 if load + 1 <= variation.load.kg[1] else None
    heavier = (kg for kg in hand_loads(variation, profile, catalogue) if kg > load + TINY)
    following = next(heavier, None)
    if following is None:
        return None
    hands = 2 if kind == "two_bells" else 1
    return following if (following - load) / hands <= limits.bell_step_kg + TINY else None
