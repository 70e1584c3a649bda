"""What a client may do: contraindication codes, caps, equipment, allowed exercises and squats.

Codes follow the library (`KN`, `PIN`, `ACU`, ...). A condition of one side is written
`KN:left`; `has_code` answers for any side. Weights are in planner/weights.py.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from planner.catalogue import Catalogue, EquipmentNeed, Exercise, Variation
from planner.facts import Assessment, Profile
from planner.position import Client
from planner.readings import Readings
from planner.words import Irritability, LimitCode, Side, Test

BOTH_SIDES: Final[frozenset[Side]] = frozenset({"left", "right"})
NO_SIDE: Final[frozenset[Side]] = frozenset()

CODE_OF_LIMIT: Final[dict[LimitCode, str]] = {
    "hip_replacement": "HR",
    "hip_surgery": "HR",
    "spine_surgery": "SPINE",
    "hip_front_pinch": "PIN",
    "ankle_front_pinch": "ANT",
    "knee_pain": "KN",
    "shoulder_pain": "SH",
    "wrist_pain": "WR",
    "hypermobility": "HYP",
    "bone_fragility": "FX",
    "uncontrolled_blood_pressure": "BP",
    "hernia": "BP",
    "pregnancy": "PRG",
    "post_partum": "PRG",
    "neck_pain": "NECK",
    "dizziness": "DIZZY",
    "achilles_pain": "ACHILLES",
    "recent_ankle_sprain": "ANKLE_SPRAIN",
    "groin_pain": "GROIN",
    "hamstring_cramp": "CRAMP",
}
WHOLE_BODY: Final = frozenset({"SPINE", "HYP", "FX", "BP", "PRG", "NECK", "DIZZY"})
"""Codes without a side, whatever side a limit names."""

BLOCKED_ITEMS: Final[dict[str, frozenset[str]]] = {
    "SPINE": frozenset({"T16", "X02", "C06"}),
    "BEND": frozenset({"H03", "C06", "H13", "X02"}),
}
"""Library codes ruled out by conditions that the library entries themselves do not list."""

LOADS_BOTH_HIPS: Final = frozenset({"H01", "H02", "H05", "H09", "H10", "H11", "H12", "H13", "S01", "A08"})
"""Items whose position loads both hips: one operated hip rules them out on both sides."""

LYING: Final = frozenset({"supine", "prone"})
GUARDED_EFFORT: Final = frozenset({"BP", "FX"})
GUARDED_RPE: Final = frozenset({"SPINE", "BP", "PRG"})
MOMENTARY: Final = "ACU"
"""About today, not about the client: it keeps loads away now and takes no rung off the ladder."""


def contraindication_codes(
    profile: Profile,
    readings: Readings,
    assessment: Assessment,
    irritability: Irritability,
    catalogue: Catalogue,
) -> frozenset[str]:
    """Return every contraindication code of a client, from limits, measurements and symptoms."""
    codes = {_sided(CODE_OF_LIMIT[limit.code], limit.side) for limit in profile.limits}
    codes.update(_pinch_codes(readings))
    if _acute(assessment, irritability, catalogue):
        codes.add("ACU")
    if "pain_on_bending_eased_by_arching" in assessment.observations:
        codes.add("BEND")
    return frozenset(codes)


def _sided(code: str, side: Side | None) -> str:
    return f"{code}:{side}" if side in BOTH_SIDES and code not in WHOLE_BODY else code


def _pinch_codes(readings: Readings) -> set[str]:
    return {
        _sided("PIN" if measure.startswith("hip_") else "ANT", side)
        for measure, sides in readings.sides.items()
        if measure.startswith(("hip_", "ankle_"))
        for side, reading in sides.items()
        if reading.pinch or reading.limit_felt == "front_pinch"
    }


def _acute(assessment: Assessment, irritability: Irritability, catalogue: Catalogue) -> bool:
    if irritability == "high":
        return True
    pain = assessment.back_pain
    limit = catalogue.limits.ladder.guards.acute_back_pain
    return pain is not None and max(pain.usual, pain.worst_24h) >= limit


def relief_tests(assessment: Assessment) -> frozenset[Test]:
    """Return the relief tests that clearly helped."""
    return frozenset(outcome.test for outcome in assessment.tests if outcome.result == "helps")


def code_sides(codes: frozenset[str], code: str) -> frozenset[Side]:
    """Return the sides a code holds for; a code without a side holds for both."""
    if code in codes:
        return BOTH_SIDES
    sides: tuple[Side, ...] = ("left", "right")
    return frozenset(side for side in sides if f"{code}:{side}" in codes)


def has_code(codes: frozenset[str], code: str) -> bool:
    """Return whether a code holds on any side."""
    return code in codes or f"{code}:left" in codes or f"{code}:right" in codes


def age_on(profile: Profile, on: date) -> int:
    """Return the age reached in the year of a day; the birth year is all that is known."""
    return on.year - profile.birth_year


def squat_depth_cap(codes: frozenset[str], catalogue: Catalogue) -> int:
    """Return the deepest depth index the client's conditions allow."""
    guards = catalogue.limits.ladder.guards
    caps = [len(catalogue.demands.hip_flexion)]
    if has_code(codes, "HR"):
        caps.append(guards.hip_depth)
    if has_code(codes, "KN"):
        caps.append(guards.knee_depth)
    return min(caps)


def rpe_cap(codes: frozenset[str], catalogue: Catalogue) -> float | None:
    """Return the hardest squat effort the client's conditions allow, None without such a cap."""
    return catalogue.limits.ladder.guards.rpe if codes & GUARDED_RPE else None


def effort_cap(codes: frozenset[str], catalogue: Catalogue) -> int | None:
    """Return the hardest isometric effort in percent, None without such a cap."""
    return catalogue.limits.ladder.guards.effort_percent if codes & GUARDED_EFFORT else None


def has_equipment(groups: Iterable[Sequence[EquipmentNeed]], profile: Profile) -> bool:
    """Return whether every group of needs is met by what the client owns or finds anywhere."""
    return missing_equipment(groups, profile) == ""


def missing_equipment(groups: Iterable[Sequence[EquipmentNeed]], profile: Profile) -> str:
    """Return the first need that is not met, "" when all are.

    Only the door frame depends on the setting: every home has one.
    """
    for group in groups:
        if any(need in profile.equipment for need in group):
            continue
        if "door_frame" in group and profile.setting == "home":
            continue
        return group[0]
    return ""


def forbidden_sides(exercise: Exercise, client: Client) -> frozenset[Side]:
    """Return the sides an exercise must not be done on; both for a movement of both sides."""
    if _blocking_code(exercise, client.codes):
        return BOTH_SIDES
    sides = {side for code in exercise.contraindications for side in code_sides(client.codes, code)}
    if not sides:
        return NO_SIDE
    one_sided_will_do = exercise.sides == "each" and not (
        exercise.code in LOADS_BOTH_HIPS and has_code(client.codes, "HR")
    )
    return frozenset(sides) if one_sided_will_do else BOTH_SIDES


def allowed_exercise(exercise: Exercise, client: Client, *, side: Side = "both") -> str:
    """Return "" when an exercise may be done on a side (both = at least one), else the code or need against it."""
    return missing_equipment(exercise.equipment, client.profile) or exercise_ruled_out(exercise, client, side=side)


def exercise_ruled_out(exercise: Exercise, client: Client, *, side: Side = "both") -> str:
    """Return the condition against an exercise on a side (both = on either), "" when none is."""
    blocking = _blocking_code(exercise, client.codes)
    if blocking:
        return blocking
    forbidden = forbidden_sides(exercise, client)
    if forbidden != BOTH_SIDES and side not in forbidden:
        return ""
    found = [code for code in exercise.contraindications if has_code(client.codes, code)]
    return next((code for code in found if side in code_sides(client.codes, code)), found[0])


def small_range_only(exercise: Exercise, client: Client) -> bool:
    """Return whether an exercise is allowed only small and free of pain (an operated hip)."""
    return "HR_SMALL" in exercise.contraindications and has_code(client.codes, "HR")


def _blocking_code(exercise: Exercise, codes: frozenset[str]) -> str:
    """Return a whole-body code that rules the exercise out, "" without one."""
    for code, items in BLOCKED_ITEMS.items():
        if code in codes and exercise.code in items:
            return code
    if "PRG" in codes and not LYING.isdisjoint(exercise.positions):
        return "PRG"
    return next((code for code in exercise.contraindications if code in codes), "")


def allowed_variation(variation: Variation, client: Client) -> str:
    """Return "" when a squat may be on the client's ladder, else the code or need against it.

    An acute back is not asked here: it decides the entry, not the ladder.
    """
    return missing_equipment(variation.equipment, client.profile) or squat_ruled_out(variation, client)


def squat_ruled_out(variation: Variation, client: Client) -> str:
    """Return the lasting condition against a squat, "" when none is."""
    return next(
        (code for code in variation.contraindications if code != MOMENTARY and has_code(client.codes, code)),
        "",
    )
