"""Checks between the parts of a catalogue: every reference, order and text at once.

Types and unknown keys are refused while parsing; here are the faults no single entry shows.
A fault's pointer names the part and the key: `exercises/dead_bug.easier`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from itertools import pairwise
from typing import Final, get_args

from planner.catalogue import Catalogue, Demands, Exercise, LadderStep, Measure, Variation
from planner.errors import Fault
from planner.registry import ALL_RULES
from planner.words import DEPTHS, Equipment, Evidence, Factor, LimitingFactor, PreferredVariation, RedFlag

EQUIPMENT: Final = frozenset((*get_args(Equipment), "door_frame"))
EVIDENCE: Final = frozenset(get_args(Evidence))
SOURCE_KINDS: Final = frozenset({"published", "convention", "judgement", "simulation", "article"})
SIDES: Final = frozenset({"each", "both"})
EXERCISE_LOADS: Final = frozenset({"none", "bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"})
VARIATION_LOADS: Final = frozenset(
    {
        "bodyweight",
        "bell",
        "two_bells",
        "fixed_kg",
        "barbell",
        "safety_bar",
        "dowel_bar",
        "machine",
    }
)
HIP_EXTRAS: Final = frozenset({"none", "low_bar"})
NO_COLUMN: Final = "none"
CONTRAINDICATIONS: Final = frozenset(
    {
        "HR",
        "HR_SMALL",
        "PIN",
        "ANT",
        "ACU",
        "KN",
        "SH",
        "WR",
        "HYP",
        "FX",
        "BP",
        "PRG",
        "NECK",
        "DIZZY",
        "ACHILLES",
        "ANKLE_SPRAIN",
        "GROIN",
        "CRAMP",
    }
)
HIGHEST_SCORE: Final = 10
TEACHING: Final = (
    *get_args(LimitingFactor),
    "mixed",
    "reduced_range",
    "later_not_during",
    "should_i_stop",
    "fastest_clear_plan",
    "where_to_start_at_home",
)


def cross_check(catalogue: Catalogue) -> list[Fault]:
    """Return every fault between the parts of a catalogue, part by part."""
    return [fault for check in CHECKS for fault in check(catalogue)]


def slug(name: str) -> str:
    """Return the id that belongs to a display name."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _ids(catalogue: Catalogue) -> Iterator[Fault]:
    """Ids are the slug of the name; ids and codes are used once in the whole library."""
    codes: dict[str, str] = {}
    for folder, entries in (("exercises", catalogue.exercises), ("variations", catalogue.variations)):
        for key, entry in entries.items():
            where = f"{folder}/{key}"
            if slug(entry.name) != key:
                yield Fault(f"{where}.id", "not_the_slug", f"the name asks for {slug(entry.name)!r}")
            if entry.code in codes:
                yield Fault(f"{where}.code", "duplicate_code", f"{codes[entry.code]} has this code")
            codes.setdefault(entry.code, where)
    for key in sorted(catalogue.exercises.keys() & catalogue.variations.keys()):
        yield Fault(f"variations/{key}.id", "duplicate_id", "an exercise has this id")


def _exercises(catalogue: Catalogue) -> Iterator[Fault]:
    for key, exercise in catalogue.exercises.items():
        where = f"exercises/{key}"
        yield from _shared(where, exercise, catalogue)
        yield from _known(f"{where}.sides", [exercise.sides], SIDES)
        yield from _known(f"{where}.load", [exercise.load], EXERCISE_LOADS)
        yield from _known(f"{where}.dose.source", [exercise.dose.source], catalogue.sources)
        yield from _pairs_ordered(f"{where}.dose", exercise.dose)
        if exercise.dose.sets[0] < 1:
            yield Fault(f"{where}.dose.sets", "out_of_range", "an exercise has at least one set")


def _variations(catalogue: Catalogue) -> Iterator[Fault]:
    columns = {*catalogue.demands.knee_to_wall, NO_COLUMN}
    for key, variation in catalogue.variations.items():
        where = f"variations/{key}"
        yield from _shared(where, variation, catalogue)
        yield from _known(f"{where}.source", [variation.source], catalogue.sources)
        yield from _known(f"{where}.demand_column", [variation.demand_column], columns)
        yield from _known(f"{where}.hip_demand_extra", [variation.hip_demand_extra], HIP_EXTRAS)
        yield from _known(f"{where}.load.kind", [variation.load.kind], VARIATION_LOADS)
        yield from _pairs_ordered(f"{where}.load", variation.load)
        yield from _ordered(f"{where}.depths", variation.depths)
        yield from _depths_exist(f"{where}.depths", variation.depths)
        yield from _scores(where, variation)


def _shared(where: str, entry: Exercise | Variation, catalogue: Catalogue) -> Iterator[Fault]:
    """What exercises and variations have in common."""
    library = catalogue.exercises.keys() | catalogue.variations.keys()
    needed = [code for group in entry.equipment for code in group]
    yield from _known(f"{where}.easier", entry.easier, library)
    yield from _known(f"{where}.harder", entry.harder, library)
    yield from _known(f"{where}.contraindications", entry.contraindications, CONTRAINDICATIONS)
    yield from _known(f"{where}.equipment", needed, EQUIPMENT)
    if not all(entry.equipment):
        yield Fault(f"{where}.equipment", "empty_group", "a group needs at least one piece")


def _scores(where: str, variation: Variation) -> Iterator[Fault]:
    for field in fields(variation.scores):
        if not 0 <= getattr(variation.scores, field.name) <= HIGHEST_SCORE:
            yield Fault(f"{where}.scores.{field.name}", "out_of_range", "scores run from 0 to 10")


def _ladders(catalogue: Catalogue) -> Iterator[Fault]:
    """Six preferred squats by four factors; each ladder ends in its preferred squat."""
    for preferred in get_args(PreferredVariation):
        yield from _known(f"ladders/{preferred}", [preferred], catalogue.variations)
        by_factor = catalogue.ladders.get(preferred, {})
        for factor in get_args(Factor):
            yield from _ladder(f"ladders/{preferred}.{factor}", preferred, by_factor.get(factor, ()), catalogue)
    for preferred in sorted(catalogue.ladders.keys() - set(get_args(PreferredVariation))):
        yield Fault(f"ladders/{preferred}", "unknown_reference", "this is no preferred squat")


def _ladder(where: str, preferred: str, steps: tuple[LadderStep, ...], catalogue: Catalogue) -> Iterator[Fault]:
    if not steps:
        yield Fault(where, "missing_ladder", "there is no ladder for this squat and factor")
        return
    for position, step in enumerate(steps):
        yield from _known(f"{where}.{position}.variation", [step.variation], catalogue.variations)
        yield from _depths_exist(f"{where}.{position}.depth", (step.depth,))
    stages = [step.stage for step in steps]
    if stages != sorted(stages):
        yield Fault(where, "stages_fall", "a stage follows a later one")
    if steps[-1].variation != preferred:
        yield Fault(where, "wrong_end", f"the ladder does not end in {preferred!r}")


def _programmes(catalogue: Catalogue) -> Iterator[Fault]:
    for target, programme in catalogue.programmes.targets.items():
        for field in fields(programme):
            where = f"programmes/targets.{target}.{field.name}"
            yield from _known(where, getattr(programme, field.name), catalogue.exercises)
    for role, listed in catalogue.programmes.roles.items():
        yield from _known(f"programmes/roles.{role}", listed, catalogue.exercises)


def _measures(catalogue: Catalogue) -> Iterator[Fault]:
    for key, measure in catalogue.measures.items():
        where = f"norms/measures.{key}"
        if key != f"{measure.joint}_{measure.motion}":
            yield Fault(where, "not_joint_and_motion", "the key is joint and motion")
        yield from _ordered(f"{where}.possible", measure.possible)
        yield from _measure_limits(where, measure)


def _measure_limits(where: str, measure: Measure) -> Iterator[Fault]:
    if measure.gap is not None:
        yield from _ordered(f"{where}.gap", (measure.gap.small, measure.gap.large))
    if measure.asymmetry is not None:
        yield from _ordered(f"{where}.asymmetry", (measure.asymmetry.note, measure.asymmetry.act))
    low, high = measure.possible
    if measure.norm is not None and not low <= measure.norm <= high:
        yield Fault(f"{where}.norm", "out_of_range", "the usual value is not possible")


def _demands(catalogue: Catalogue) -> Iterator[Fault]:
    demands = catalogue.demands
    for name, row in (("hip_flexion", demands.hip_flexion), *demands.knee_to_wall.items()):
        if len(row) != len(DEPTHS):
            yield Fault(f"norms/demands.{name}", "wrong_length", "one value for each depth")
        yield from _ordered(f"norms/demands.{name}", row)
    yield from _heel_lifts(demands)
    percent = catalogue.rpe_percent
    yield from _ordered("norms/rpe", tuple(reversed(percent)))


def _heel_lifts(demands: Demands) -> Iterator[Fault]:
    if len(demands.heel_lift_cm) != len(demands.heel_lift_knee_to_wall):
        yield Fault("norms/demands.heel_lift_cm", "wrong_length", "one range for each height")
    yield from _ordered("norms/demands.heel_lift_cm", demands.heel_lift_cm)


def _numbers(catalogue: Catalogue) -> Iterator[Fault]:
    for key, number in catalogue.numbers.items():
        yield from _known(f"{key}.source", [number.source], catalogue.sources)
        if number.confidence not in EVIDENCE:
            yield Fault(f"{key}.confidence", "unknown_confidence", "this is no confidence tag")


def _sources(catalogue: Catalogue) -> Iterator[Fault]:
    numbered: dict[int, str] = {}
    for key, source in catalogue.sources.items():
        yield from _known(f"sources.{key}.kind", [source.kind], SOURCE_KINDS)
        if source.number is None:
            continue
        if source.number in numbered:
            yield Fault(f"sources.{key}.number", "duplicate_number", f"{numbered[source.number]} has it")
        numbered.setdefault(source.number, key)


def _rules(catalogue: Catalogue) -> Iterator[Fault]:
    seen: set[str] = set()
    for rule in ALL_RULES:
        if rule.id in seen:
            yield Fault(f"rules/{rule.id}", "duplicate_id", "this rule id is used twice")
        seen.add(rule.id)
        if not rule.sources:
            yield Fault(f"rules/{rule.id}.sources", "no_source", "a rule names its sources")
        yield from _known(f"rules/{rule.id}.sources", rule.sources, catalogue.sources)
        yield from _known(f"rules/{rule.id}.numbers", rule.numbers, catalogue.numbers)


def _texts(catalogue: Catalogue) -> Iterator[Fault]:
    """Every rule has sentences, every sentence a rule, every red flag a question, every plan its lessons."""
    texts, ids = catalogue.texts, [rule.id for rule in ALL_RULES]
    for rule in dict.fromkeys(ids):
        if not texts.rules.get(rule):
            yield Fault(f"texts/en.rules.{rule}", "missing_text", "the rule has no sentence")
    yield from _known("texts/en.rules", texts.rules, ids)
    for lesson in TEACHING:
        if lesson not in texts.teaching:
            yield Fault(f"texts/en.teaching.{lesson}", "missing_text", "the plan shows this text")
    for flag in get_args(RedFlag):
        if flag not in texts.red_flags:
            yield Fault(f"texts/en.red_flags.{flag}", "missing_text", "the flag has no question")
    yield from _known("texts/en.red_flags", texts.red_flags, get_args(RedFlag))


def _known(where: str, names: Iterable[str], known: Collection[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield Fault(where, "unknown_reference", f"{name!r} does not exist")


def _ordered(where: str, values: tuple[float, ...]) -> Iterator[Fault]:
    if any(later < earlier for earlier, later in pairwise(values)):
        yield Fault(where, "not_ordered", "the values must not fall")


def _pairs_ordered(where: str, holder: object) -> Iterator[Fault]:
    """Every field that holds a pair holds [low, high], never below zero."""
    for field in fields(holder):  # type: ignore[arg-type]
        pair = getattr(holder, field.name)
        if field.name == "ladder" or not isinstance(pair, tuple):
            continue
        yield from _ordered(f"{where}.{field.name}", pair)
        if min(pair) < 0:
            yield Fault(f"{where}.{field.name}", "out_of_range", "below zero")


def _depths_exist(where: str, depths: Iterable[int]) -> Iterator[Fault]:
    if not all(1 <= depth <= len(DEPTHS) for depth in depths):
        yield Fault(where, "out_of_range", "depths run from 1 to 6")


CHECKS: Final[tuple[Callable[[Catalogue], Iterator[Fault]], ...]] = (
    _ids,
    _exercises,
    _variations,
    _ladders,
    _programmes,
    _measures,
    _demands,
    _numbers,
    _sources,
    _rules,
    _texts,
)
