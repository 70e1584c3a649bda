"""What a client's known maximum is worth for a variation, and the case the load rules compare.

`on` is the day the maximum is judged at (the assessment's): following a block must not
age the maximum any further.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from planner.catalogue import Catalogue, Variation
from planner.client import rpe_cap
from planner.facts import Profile
from planner.position import Client
from planner.rules.load import LD15
from planner.rules.load_case import BELL_FAMILIES, LoadCase
from planner.values import dataclass
from planner.words import Modifier, Stage

DAYS_A_WEEK: Final = 7
HARDEST: Final = 10  # RPE of a set to failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How a set is meant to be done, and whether the last responses open the heavier loads."""

    stage: Stage
    reps: int
    rpe: float
    first: bool = False  # first exposure of the variation
    gate_passed: bool = False


def weeks_off(profile: Profile, on: date) -> float | None:
    """Return the weeks since the last heavy squats, None when not known."""
    last = profile.preferred_squat.last_heavy_on
    return None if last is None else (on - last).days / DAYS_A_WEEK


def known_maximum(profile: Profile, *, on: date, catalogue: Catalogue) -> float | None:
    """Return the maximum of the preferred squat as it stands after a layoff."""
    return _after_layoff(profile, LoadCase(limits=catalogue.limits.load, weeks_off=weeks_off(profile, on)))


def _after_layoff(profile: Profile, case: LoadCase) -> float | None:
    """Return the maximum of the preferred squat after the layoff of a case."""
    maximum = profile.preferred_squat.one_rep_max_kg
    pause = None if maximum is None else LD15.decide(case)
    return maximum if maximum is None or pause is None else maximum * pause.share


def back_squat_maximum(profile: Profile, *, on: date, catalogue: Catalogue) -> float | None:
    """Return the back-squat maximum; a goblet maximum is never converted."""
    return _as_back_squat(known_maximum(profile, on=on, catalogue=catalogue), profile, catalogue)


def _as_back_squat(maximum: float | None, profile: Profile, catalogue: Catalogue) -> float | None:
    preferred = catalogue.variations[profile.preferred_squat.variation]
    midpoint = preferred.load.midpoint
    if maximum is None or midpoint is None or preferred.family in BELL_FAMILIES:
        return None
    return maximum / midpoint


def training_max(variation: Variation, *, profile: Profile, on: date, catalogue: Catalogue) -> float | None:
    """Return the weight percentages of a variation refer to, None when none do."""
    maximum = back_squat_maximum(profile, on=on, catalogue=catalogue)
    factor = variation.load.factor
    return LoadCase(limits=catalogue.limits.load, family=variation.family, factor=factor, maximum=maximum).tm


def rpe_percent(reps: int, rpe: float, catalogue: Catalogue) -> float:
    """Return the percentage of the maximum for repetitions at an effort; halves are means."""
    curve = catalogue.rpe_percent
    to_failure = min(max(reps + HARDEST - rpe, 1), len(curve))
    below = int(to_failure)
    share = to_failure - below
    upper = curve[min(below, len(curve) - 1)]
    return curve[below - 1] * (1 - share) + upper * share


def first_effort(stage: Stage, codes: frozenset[str], catalogue: Catalogue) -> Effort:
    """Return how the first exposure at a stage is done: few repetitions, low effort."""
    dose = catalogue.doses.stages.of(stage)
    caps = (dose.rpe[1], catalogue.limits.load.first.rpe_high, rpe_cap(codes, catalogue) or HARDEST)
    return Effort(stage=stage, reps=dose.reps[0], rpe=min(caps), first=True)


def reps_range(
    variation: Variation, *, stage: Stage, modifiers: Iterable[Modifier], catalogue: Catalogue
) -> tuple[int, int]:
    """Return the fewest and most repetitions of a set; slow repetitions are few."""
    low, high = catalogue.doses.stages.of(stage).reps
    slow = variation.built_in.tempo == catalogue.doses.stages.slow_tempo
    if slow or "slow_tempo" in added_modifiers(variation, modifiers):
        most = catalogue.limits.load.tempo_reps
        return min(low, most), min(high, most)
    return low, high


def load_case(
    variation: Variation,
    *,
    effort: Effort,
    client: Client,
    on: date,
    catalogue: Catalogue,
    modifiers: Iterable[Modifier] = (),
) -> LoadCase:
    """Gather what the load rules compare."""
    profile = client.profile
    stick = variation.load.kind == "dowel_bar"
    case = LoadCase(
        limits=catalogue.limits.load,
        family=variation.family,
        unloaded=variation.unloaded or stick,
        factor=None if stick else variation.load.factor,
        percent=catalogue.doses.stages.of(effort.stage).percent,
        reps=effort.reps,
        rpe=effort.rpe,
        rpe_percent=rpe_percent(effort.reps, effort.rpe, catalogue),
        first=effort.first,
        gate_passed=effort.gate_passed,
        fragile="FX" in client.codes,
        slowed_by=added_modifiers(variation, modifiers),
        weeks_off=weeks_off(profile, on),
    )
    known = _after_layoff(profile, case)
    case.maximum = _as_back_squat(known, profile, catalogue)
    if catalogue.variations[profile.preferred_squat.variation].family in BELL_FAMILIES:
        case.goblet_maximum = known
    return case


def added_modifiers(variation: Variation, modifiers: Iterable[Modifier]) -> tuple[Modifier, ...]:
    """Return the modifiers a variation does not have by itself."""
    own = variation.built_in.modifiers
    return tuple([modifier for modifier in modifiers if modifier not in own])
