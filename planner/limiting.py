"""The finding: what limits the squat, with everything that speaks for and against it.

Every evidence rule answers one clue; a factor's score is the sum of its clues. Two independent
sources and enough points let a factor count, the highest of those leads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, get_args

from planner.assess import irritability_case
from planner.catalogue import Catalogue
from planner.decision import all_outcomes, first_outcome
from planner.demand import squat_demand
from planner.facts import Assessment, PreferredSquat, Profile
from planner.plan import EvidenceItem, Finding
from planner.readings import Readings
from planner.rules.irritability import LEVELS, decided, mismatch, unknown
from planner.rules.limiting import EVIDENCE_RULES
from planner.rules.limiting_case import Clue, GateSource, LimitingCase, front_load, relief, room
from planner.rules.limiting_open import measured, open_points
from planner.rules.ranking import (
    CONFIDENCE_RULES,
    SUBTYPE_RULES,
    leader,
    second_factor,
)
from planner.rules.ranking_case import RankingCase
from planner.texts import Texts
from planner.words import CarJoint, Confidence, Factor, Irritability, LimitingFactor, Subtype, Test

Clues = list[tuple[str, Clue]]

FACTORS: Final[tuple[Factor, ...]] = get_args(Factor)
CORE_PASSIVE: Final = ("hip_flexion", "hip_internal_rotation", "ankle_knee_to_wall")
CORE_ACTIVE: Final = "hip_flexion"
RELIEF_TESTS: Final[tuple[Test, ...]] = (
    "heels_up",
    "goblet_load",
    "rock_back",
    "slow_tempo_pause",
    "wider_stance",
    "exhale_stack",
    "breath_at_bottom",
)
# Which side of the hip's score a rule speaks for, when its subtype is decided.
MOTION_RULES: Final = frozenset({"LF02", "LF03", "LF04", "LF07", "LF08"})
CONTROL_RULES: Final = frozenset({"LF05", "LF06", "LF09"})


def find_limiting_factor(
    assessment: Assessment,
    profile: Profile,
    readings: Readings,
    catalogue: Catalogue,
    irritability: Irritability | None = None,
    *,
    on_plan: bool = False,
) -> Finding:
    """Return the limiting factor of the client's preferred squat, with its evidence.

    Pain counts only while the preferred squat is still done: not `on_plan`.
    """
    squat = profile.preferred_squat
    case = limiting_case(assessment, squat, readings, catalogue)
    clues = all_outcomes(EVIDENCE_RULES, case)
    ranking = _ranking_case(case, clues, readings, None if on_plan else added_pain(assessment))
    first, second = _named(ranking)
    return Finding(
        limiting_factor=first,
        subtype=_subtype(ranking),
        second_factor=second,
        confidence=_confidence(ranking),
        scores={factor: round(ranking.scores[factor], 2) for factor in FACTORS},
        counted=ranking.counted,
        evidence=tuple(_evidence(clues, squat, catalogue)),
        missing=readings.missing,
        advice=(
            *_ranking_advice(ranking, catalogue),
            *_irritability_advice(assessment, irritability, catalogue),
            *_reading_advice(assessment, readings, catalogue),
        ),
    )


def limiting_case(
    assessment: Assessment, squat: PreferredSquat, readings: Readings, catalogue: Catalogue
) -> LimitingCase:
    """Return what the evidence rules compare for a preferred squat."""
    demand = squat_demand(squat, catalogue)
    return LimitingCase(
        hip_flexion=readings.worst_passive("hip_flexion"),
        hip_flexion_needed=demand.hip_flexion,
        hip_flexion_gap=readings.largest_gap("hip_flexion"),
        internal_rotation=readings.worst_passive("hip_internal_rotation"),
        internal_rotation_needed=demand.internal_rotation,
        internal_rotation_gap=readings.largest_gap("hip_internal_rotation"),
        external_rotation=readings.worst_passive("hip_external_rotation"),
        external_rotation_needed=demand.external_rotation,
        knee_to_wall=readings.worst_passive("ankle_knee_to_wall"),
        knee_to_wall_needed=demand.knee_to_wall,
        thoracic_rotation=readings.worst_passive("thoracic_rotation"),
        hip_car=_worst_car(assessment, "hip"),
        ankle_car=_worst_car(assessment, "ankle"),
        thoracic_car=_worst_car(assessment, "thoracic"),
        home=readings.home,
        signs=assessment.signs,
        tests={outcome.test: outcome.result for outcome in assessment.tests},
        observations=assessment.observations,
        limits=catalogue.limits.limiting,
    )


def _worst_car(assessment: Assessment, joint: CarJoint) -> int | None:
    grades = [graded.fault for graded in assessment.car_faults if graded.joint == joint]
    return max(grades, default=None)


def added_pain(assessment: Assessment) -> int | None:
    """Return how far the worst pain stands above the usual (0-10 scale), None when nobody told."""
    told = assessment.back_pain
    return None if told is None else told.worst_24h - told.usual


def _ranking_case(case: LimitingCase, clues: Clues, readings: Readings, pain: int | None) -> RankingCase:
    return RankingCase(
        scores={factor: _score(factor, clues) for factor in FACTORS},
        sources={factor: _sources(factor, clues) for factor in FACTORS},
        open_points=open_points(case),
        measured=measured(case),
        own_signs=len(case.signs_of("load_ownership")),
        added_pain=pain,
        room=room(case),
        heels_help=relief(case, "heels_up") == 1,
        front_load_helps=front_load(case)[0] == 1,
        unrack_is_hardest="unrack_is_hardest" in case.signs,
        motion_points=_points(MOTION_RULES, clues),
        control_points=_points(CONTROL_RULES, clues),
        core_missing=_core_missing(readings),
        limits=case.limits,
    )


def _score(factor: Factor, clues: Clues) -> float:
    """Return the sum of a factor's clues; evidence against it takes it to nothing, not below."""
    total = sum(clue.points for _, clue in clues if clue.factor == factor)
    return max(0.0, round(total, 4))


def _sources(factor: Factor, clues: Clues) -> tuple[GateSource, ...]:
    """Return the kinds of independent sources that speak for a factor, each once."""
    kinds = (clue.gate for _, clue in clues if clue.factor == factor)
    return tuple(dict.fromkeys(kind for kind in kinds if kind is not None))


def _points(rules: frozenset[str], clues: Clues) -> float:
    return round(sum(clue.points for rule, clue in clues if rule in rules), 4)


def _core_missing(readings: Readings) -> bool:
    passive = (readings.worst_passive(measure) for measure in CORE_PASSIVE)
    return readings.worst_active(CORE_ACTIVE) is None or any(value is None for value in passive)


def _named(case: RankingCase) -> tuple[LimitingFactor, Factor | None]:
    """Return the limiting factor and the second one."""
    second = second_factor(case)
    factor = None if second is None else second.factor
    return leader(case)[1], None if factor == "none" else factor


def _subtype(case: RankingCase) -> Subtype | None:
    """Return motion or control where the hip is the limiting or the second factor."""
    answer = first_outcome(SUBTYPE_RULES, case) if "hip" in _named(case) else None
    return None if answer is None else answer[1].subtype


def _confidence(case: RankingCase) -> Confidence:
    answer = first_outcome(CONFIDENCE_RULES, case)
    return (answer[1].confidence if answer else None) or "low"


def _evidence(clues: Clues, squat: PreferredSquat, catalogue: Catalogue) -> Iterator[EvidenceItem]:
    """Yield the clues as evidence: the heaviest of each factor first."""
    order = sorted(clues, key=lambda item: (FACTORS.index(item[1].factor), -item[1].weight))
    name = squat_name(squat, catalogue.texts)
    for rule, clue in order:
        yield EvidenceItem(
            factor=clue.factor,
            supports=clue.supports,
            source=clue.source,
            text=_sentence(rule, clue, name, catalogue.texts),
            weight=round(clue.weight, 2),
            rule=rule,
            facts=clue.facts,
        )


def _sentence(rule: str, clue: Clue, squat: str, texts: Texts) -> str:
    named = "; ".join([texts.phrases[f"sign_{sign}"] for sign in clue.named])
    return texts.fill(texts.rules[rule][clue.sentence], {"squat": squat, "named": named, **clue.facts})


def squat_name(squat: PreferredSquat, texts: Texts) -> str:
    """Return how sentences call a preferred squat: "parallel low-bar"."""
    phrases = texts.phrases
    return texts.phrase("squat_of", squat=phrases[f"squat_{squat.variation}"], at=phrases[f"depth_{squat.depth}"])


def _ranking_advice(ranking: RankingCase, catalogue: Catalogue) -> Iterator[str]:
    """Say what led and why, the second factor, the hip's subtype, and how sure this is."""
    phrases = catalogue.texts.phrases
    rule, first = leader(ranking)
    second = second_factor(ranking)
    if rule != "LF44":
        yield catalogue.reason(rule).text
    if second is not None:
        names = {"first": phrases[f"factor_{first}"], "second": phrases[f"factor_{second.factor}"]}
        yield catalogue.reason("LF45", **names).text
    if first == "none":
        if replace(ranking, added_pain=None).counted:
            yield phrases["squat_adds_no_pain"]
        return
    if "hip" in _named(ranking):
        yield from (catalogue.reason(name).text for name, _ in all_outcomes(SUBTYPE_RULES, ranking))
    yield from (catalogue.reason(name).text for name, _ in all_outcomes(CONFIDENCE_RULES, ranking))


def _irritability_advice(
    assessment: Assessment, irritability: Irritability | None, catalogue: Catalogue
) -> Iterator[str]:
    """Say which irritability decides where none was declared, or another one."""
    case = irritability_case(assessment, catalogue)
    level = max(decided(case), irritability or LEVELS[0], key=LEVELS.index)
    if unknown(case) is not None:
        yield catalogue.reason("LF63", level=level).text
    elif mismatch(case) is not None:
        yield catalogue.reason("LF64", level=level, declared=case.declared).text


def _reading_advice(assessment: Assessment, readings: Readings, catalogue: Catalogue) -> Iterator[str]:
    phrases = catalogue.texts.phrases
    yield from (remark.text for remark in (*readings.trouble, *readings.notes))
    yield from _listed(phrases["one_side_only"], _one_sided(readings, catalogue))
    yield from _listed(phrases["measure_next"], readings.missing)
    taken = {outcome.test for outcome in assessment.tests}
    tests = (phrases[f"test_{test}"] for test in RELIEF_TESTS if test not in taken)
    yield from _listed(phrases["tests_next"], tests)
    if readings.home:
        yield phrases["home_error"]


def _one_sided(readings: Readings, catalogue: Catalogue) -> Iterator[str]:
    for measure, sides in readings.sides.items():
        if catalogue.measures[measure].sided and len(sides) == 1:
            yield catalogue.measures[measure].name


def _listed(template: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the template with the names, nothing when there are none."""
    listed = ", ".join(names)
    if listed:
        yield template.format(names=listed)
