"""Checks between the parts of a catalogue: every reference, order and text at once.

Types and unknown keys are refused while parsing; here are the faults no single entry shows.
A fault's pointer names the part and the key: `exercises/dead_bug.easier`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from typing import Final, get_args

from planner.catalogue import Catalogue, Demands, LadderStep, Measure
from planner.crosscheck_entries import EVIDENCE, depths_exist, exercise_faults, ordered, slug, variation_faults
from planner.crosscheck_words import wording_faults
from planner.errors import Fault
from planner.own import OWN
from planner.registry import ALL_RULES
from planner.words import DEPTHS, Factor, LimitingFactor, PreferredVariation, RedFlag

SOURCE_KINDS: Final = frozenset({"published", "convention", "judgement", "simulation", "article"})
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


def _ids(catalogue: Catalogue) -> Iterator[Fault]:
    """Ids are the slug of the name; ids and codes are used once in the whole library."""
    codes: dict[str, str] = {}
    for folder, entries in (("exercises", catalogue.exercises), ("variations", catalogue.variations)):
        for key, entry in entries.items():
            where = f"{folder}/{key}"
            if slug(entry.name) != key:
                yield Fault(f"{where}.id", "not_the_slug", f"the name asks for {slug(entry.name)!r}")
            if key.startswith(OWN):
                yield Fault(f"{where}.id", "reserved_id", "only an organization's own exercises begin like this")
            if entry.code in codes:
                yield Fault(f"{where}.code", "duplicate_code", f"{codes[entry.code]} has this code")
            codes.setdefault(entry.code, where)
    for key in sorted(catalogue.exercises.keys() & catalogue.variations.keys()):
        yield Fault(f"variations/{key}.id", "duplicate_id", "an exercise has this id")


def _exercises(catalogue: Catalogue) -> Iterator[Fault]:
    for key, exercise in catalogue.exercises.items():
        yield from exercise_faults(f"exercises/{key}", exercise, catalogue)


def _variations(catalogue: Catalogue) -> Iterator[Fault]:
    for key, variation in catalogue.variations.items():
        yield from variation_faults(f"variations/{key}", variation, catalogue)


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
        yield from depths_exist(f"{where}.{position}.depth", (step.depth,))
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
        yield from ordered(f"{where}.possible", measure.possible)
        yield from _measure_limits(where, measure)


def _measure_limits(where: str, measure: Measure) -> Iterator[Fault]:
    if measure.gap is not None:
        yield from ordered(f"{where}.gap", (measure.gap.small, measure.gap.large))
    if measure.asymmetry is not None:
        yield from ordered(f"{where}.asymmetry", (measure.asymmetry.note, measure.asymmetry.act))
    low, high = measure.possible
    if measure.norm is not None and not low <= measure.norm <= high:
        yield Fault(f"{where}.norm", "out_of_range", "the usual value is not possible")


def _demands(catalogue: Catalogue) -> Iterator[Fault]:
    demands = catalogue.demands
    for name, row in (("hip_flexion", demands.hip_flexion), *demands.knee_to_wall.items()):
        if len(row) != len(DEPTHS):
            yield Fault(f"norms/demands.{name}", "wrong_length", "one value for each depth")
        yield from ordered(f"norms/demands.{name}", row)
    yield from _heel_lifts(demands)
    percent = catalogue.rpe_percent
    yield from ordered("norms/rpe", tuple(reversed(percent)))


def _heel_lifts(demands: Demands) -> Iterator[Fault]:
    if len(demands.heel_lift_cm) != len(demands.heel_lift_knee_to_wall):
        yield Fault("norms/demands.heel_lift_cm", "wrong_length", "one range for each height")
    yield from ordered("norms/demands.heel_lift_cm", demands.heel_lift_cm)


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
    wording_faults,
)
