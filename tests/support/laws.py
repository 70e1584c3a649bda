"""What every plan must keep, written a second time from the domain rules and not from the planner's code.

Each function returns the breaches it found in words, so that an empty list is the law.
"""

import re
from collections.abc import Iterable, Iterator

from planner.catalogue import Catalogue, Exercise, Variation
from planner.facts import Limit, Profile
from planner.plan import Block, Item, PlannedSession, Week
from planner.words import depth_index

OUTSIDE = {"bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"}
UNLOADED_STAGES = {None, "P0", "P1"}
GENTLE = {"walk", "ankle_car", "t_spine_car_seated", "shoulder_car", "foot_toe_car", "hip_car_side_lying"}
LOADS_BOTH_HIPS = {"H01", "H02", "H05", "H09", "H10", "H11", "H12", "H13", "S01", "A08"}

# Library code -> what a limit forbids, from the table of limits and effects.
FORBIDDEN_ITEMS: dict[str, set[str]] = {
    "hip_replacement": {
        "C01",
        "C02",
        "H01",
        "H02",
        "H03",
        "H05",
        "H06",
        "H07",
        "H08",
        "H09",
        "H10",
        "H11",
        "H12",
        "H13",
    },
    "hip_front_pinch": {"C01", "C02", "H01", "H02", "H03", "H05", "H06", "H07", "H08", "H11", "H13", "H14", "H16"},
    "ankle_front_pinch": {"A01", "A06", "A07", "A08"},
    "spine_surgery": {"T16", "X02", "C06"},
    "knee_pain": {"C05", "H01", "H02", "H04", "H05", "H09", "H10", "H12", "H13", "H15", "A08", "T09", "S01", "X04"},
    "shoulder_pain": {"C08", "C09", "T04", "T06", "T11", "S03", "S04", "S05", "S06", "X10"},
    "wrist_pain": {"C11", "T05", "T07", "S07"},
    "bone_fragility": {"C06", "C07", "C13", "T08", "T16", "S01", "S02", "X02"},
    "pregnancy": {"T01", "T02", "T03", "T08", "H03", "H06", "T16", "S02", "S05", "X01", "X09"},
    "groin_pain": {"H05", "H15", "X06"},
    "neck_pain": {"T08"},
    "dizziness": {"C10"},
    "hamstring_cramp": {"X09"},
}
FORBIDDEN_ITEMS["hip_surgery"] = FORBIDDEN_ITEMS["hip_replacement"]
FORBIDDEN_ITEMS["post_partum"] = FORBIDDEN_ITEMS["pregnancy"]
FORBIDDEN_SQUATS: dict[str, set[str]] = {
    "shoulder_pain": {"low_bar", "high_bar", "overhead"},
    "wrist_pain": {"front", "double_bell", "overhead"},
}
FORBIDDEN_WORDS = re.compile(
    r"\b(cures?|cured|guarantee\w*|damag\w+|danger\w*|herniat\w*|slipped|torn|arthritis|stenosis|sciatica|"
    r"degenerat\w*|you have a (disc|nerve)|diagnos(e|ed|is) (is|of)|pain[- ]free (in|by|within)|fix(es|ed)? your)\b",
    re.IGNORECASE,
)


def sessions_of(weeks: Iterable[Week]) -> Iterator[PlannedSession]:
    """Return every session of some weeks."""
    for week in weeks:
        for day in week.days:
            yield from day.sessions


def items_of(block: Block) -> list[Item]:
    """Return every item of a block, earned and projected."""
    return [item for one in sessions_of((*block.earned, *block.projected)) for item in one.items]


def entry_of(item: Item, catalogue: Catalogue) -> Exercise | Variation:
    """Return the library entry of an item."""
    return catalogue.exercises.get(item.exercise) or catalogue.variations[item.exercise]


def loaded(item: Item, catalogue: Catalogue) -> bool:
    """Return whether an item puts an outside load on anyone, or squats above the shape stage."""
    if item.load_kg is not None or (item.category == "squat" and item.stage not in UNLOADED_STAGES):
        return True
    exercise = catalogue.exercises.get(item.exercise)
    return exercise is not None and exercise.load in OUTSIDE


# --- conditions and equipment -------------------------------------------------------------------------------------


def missing_equipment(block: Block, profile: Profile, catalogue: Catalogue) -> list[str]:
    """Return items that need a thing the client has not got."""
    found = []
    for item in items_of(block):
        for group in entry_of(item, catalogue).equipment:
            has = set(group) & set(profile.equipment)
            if not has and not ("door_frame" in group and profile.setting == "home"):
                found.append(f"{item.exercise} needs {' or '.join(group)}")
    return sorted(set(found))


def forbidden_items(block: Block, profile: Profile, catalogue: Catalogue) -> list[str]:
    """Return items that one of the client's limits rules out on the side they are done on."""
    found = {
        f"{item.exercise} ({item.side}) despite {limit.code} {limit.side or ''}"
        for item in items_of(block)
        for limit in profile.limits
        if forbids(limit, item, catalogue)
    }
    return sorted(found)


def forbids(limit: Limit, item: Item, catalogue: Catalogue) -> bool:
    """Return whether a limit rules an item out on its side."""
    entry = entry_of(item, catalogue)
    if isinstance(entry, Variation):
        return entry.family in FORBIDDEN_SQUATS.get(limit.code, set())
    if entry.code not in FORBIDDEN_ITEMS.get(limit.code, set()):
        return False
    both_hips = limit.code in {"hip_replacement", "hip_surgery"} and entry.code in LOADS_BOTH_HIPS
    one_sided = limit.side in {"left", "right"} and entry.sides == "each" and not both_hips
    return not one_sided or item.side in {limit.side, "both"}


def caps_broken(block: Block, profile: Profile) -> list[str]:
    """Return squats deeper, harder or on a higher wedge than a limit allows."""
    codes = {limit.code for limit in profile.limits}
    depth = min(
        [6, *([3] if codes & {"hip_replacement", "hip_surgery"} else []), *([4] if "knee_pain" in codes else [])]
    )
    easy = codes & {
        "spine_surgery", "uncontrolled_blood_pressure", "hernia", "pregnancy", "post_partum",
    }  # fmt: skip
    found = []
    for item in items_of(block):
        if item.category != "squat":
            continue
        if item.depth and depth_index(item.depth) > depth:
            found.append(f"{item.exercise} at {item.depth}")
        if easy and (item.rpe_max or 0) > 6:
            found.append(f"{item.exercise} at RPE {item.rpe_max}")
    gentle = codes & {"uncontrolled_blood_pressure", "hernia", "bone_fragility"}
    if gentle:
        found += [
            f"{i.exercise} at {i.effort_percent} %"
            for i in items_of(block)
            if i.phases and (i.effort_percent or 0) > 50
        ]
    if "hypermobility" in codes:
        found += [
            f"{i.exercise} passive" for i in items_of(block) for phase in i.phases or () if phase.name == "passive"
        ]
    return sorted(set(found))


# --- loads --------------------------------------------------------------------------------------------------------


def back_squat_maximum(profile: Profile, catalogue: Catalogue) -> float | None:
    """Return the back-squat maximum before any layoff, None when none is known or convertible."""
    squat = profile.preferred_squat
    factor = catalogue.variations[squat.variation].load.midpoint
    if squat.one_rep_max_kg is None or squat.variation == "goblet_squat" or factor is None:
        return None
    return squat.one_rep_max_kg / factor


def too_heavy(block: Block, profile: Profile, catalogue: Catalogue) -> list[str]:
    """Return squats above their stage's share of 0.9 x maximum x load factor, or above the largest bell."""
    maximum = back_squat_maximum(profile, catalogue)
    found = []
    for item in items_of(block):
        if item.category != "squat" or item.load_kg is None:
            continue
        variation = catalogue.variations[item.exercise]
        if variation.family in {"goblet", "split"}:
            most = 32.0
            if maximum is not None and variation.load.factor is not None:
                most = min(most, 0.9 * maximum * variation.load.factor[1])
        elif maximum is None or variation.load.midpoint is None or item.stage is None:
            continue
        else:
            high = {"P2": 60, "P3": 65, "P4": 70, "P5": 75, "P6": 85}[item.stage]
            most = 0.9 * maximum * variation.load.midpoint * high / 100
        if item.load_kg > most + 1e-6:
            found.append(f"{item.exercise} {item.load_kg} kg above {most:.1f} ({item.stage})")
    return sorted(set(found))


def impossible_loads(block: Block, profile: Profile, catalogue: Catalogue) -> list[str]:
    """Return bar loads that no plates make and bells that nobody has."""
    found = []
    for item in items_of(block):
        if item.category != "squat" or item.load_kg is None:
            continue
        variation = catalogue.variations[item.exercise]
        if variation.load.kind == "barbell" and profile.units == "metric":
            step = profile.weights.plate_step_kg or 2.5
            safety = any("safety_bar" in group for group in variation.equipment) and "safety_bar" in profile.equipment
            bar = profile.weights.safety_bar_kg or 25 if safety else profile.weights.bar_kg or 20
            steps = (item.load_kg - bar) / step
            if steps < 0 or abs(steps - round(steps)) > 1e-6:
                found.append(f"{item.exercise} {item.load_kg} kg on a {bar} kg bar by {step}")
        bells = profile.weights.kettlebells_kg if profile.equipment == ("kettlebell",) else None
        if variation.load.kind == "bell" and bells and item.load_kg not in bells:
            found.append(f"{item.exercise} {item.load_kg} kg bell")
    return sorted(set(found))


# --- texts --------------------------------------------------------------------------------------------------------


def texts_of(block: Block) -> list[str]:
    """Return every sentence a block shows."""
    texts = [*block.advice, *block.up_criteria, *block.stop_rules, block.reduced_range_reason]
    texts += [reason.text for reason in block.reasons]
    texts += [f"{one.title} {one.text}" for one in block.teaching]
    texts += [retest.text for retest in block.retests]
    texts += [reason.text for rung in block.ladder for reason in rung.because]
    if block.lock is not None:
        texts += [block.lock.text, block.lock.unlock]
    for week in (*block.earned, *block.projected):
        texts.append(week.focus)
        for one in sessions_of([week]):
            texts += [one.title, *(reason.text for reason in one.because)]
            for item in one.items:
                texts += [item.name, item.cue, item.load_text or "", *(reason.text for reason in item.because)]
    return list(dict.fromkeys(texts))


def bad_texts(texts: Iterable[str]) -> list[str]:
    """Return sentences that threaten, diagnose or promise, or that were not filled in."""
    return [text for text in texts if FORBIDDEN_WORDS.search(text) or "{" in text or "None" in text]
