"""From scores to a finding (LF40-LF50): what counts, what leads, a second, subtype, confidence."""

from typing import Final

from planner.decision import Rule, first_outcome
from planner.rules.ranking_case import Ranked, RankingCase
from planner.words import LimitingFactor


def two_source_gate(case: RankingCase) -> Ranked | None:
    """Name the factors that count: enough independent sources and enough points."""
    counted = case.counted
    return Ranked(counted=counted) if counted else None


def no_clear_limitation(case: RankingCase) -> Ranked | None:
    """Name no limitation when nothing counts."""
    return None if case.counted else Ranked(factor="none")


def ankle_and_trunk_tie(case: RankingCase) -> Ranked | None:
    """Let the ankle lead a tie with the trunk: its work costs the spine no load."""
    lead = case.trunk_lead()
    if lead is None or abs(lead) > case.limits.ranking.tie:
        return None
    return Ranked(factor="ankle")


def counterbalance(case: RankingCase) -> Ranked | None:
    """Let the ankle lead a close trunk when raised heels help too and the unrack is easy."""
    lead = case.trunk_lead()
    if lead is None or lead > case.limits.ranking.front_load_lead:
        return None
    explained = case.front_load_helps and case.heels_help and not case.unrack_is_hardest
    return Ranked(factor="ankle") if explained else None


def highest_score(case: RankingCase) -> Ranked | None:
    """Let the highest score among those that count lead."""
    counted = case.counted
    return Ranked(factor=counted[0]) if counted else None


def leader(case: RankingCase) -> tuple[str, LimitingFactor]:
    """Return the rule that named the limiting factor, and the factor."""
    answer = first_outcome(_LEADER_RULES, case)
    assert answer is not None
    rule, ranked = answer
    return rule, ranked.factor or "none"


def second_factor(case: RankingCase) -> Ranked | None:
    """Name a second factor close enough behind the first; load ownership only with room."""
    first = leader(case)[1]
    if first == "none":
        return None
    enough = round(case.limits.ranking.second_share * case.scores[first], 4)
    for factor in case.counted:
        if factor == first or case.scores[factor] < enough:
            continue
        if factor != "load_ownership" or case.room >= case.limits.gate.room:
            return Ranked(factor=factor)
    return None


def control_subtype(case: RankingCase) -> Ranked | None:
    """Call the hip's subtype control when the gaps outweigh the missing range."""
    return Ranked(subtype="control") if case.control_points > case.motion_points else None


def motion_subtype(case: RankingCase) -> Ranked | None:
    """Call the hip's subtype motion otherwise: range before control."""
    return Ranked(subtype="motion") if case.control_points <= case.motion_points else None


def _is_high(case: RankingCase) -> bool:
    limits = case.limits.confidence
    sources, lead = _sources_and_lead(case)
    return sources >= limits.high_sources and lead >= limits.high_lead and not case.core_missing


def _is_medium(case: RankingCase) -> bool:
    sources, lead = _sources_and_lead(case)
    return sources >= case.limits.gate.sources and lead >= case.limits.confidence.medium_lead


def _sources_and_lead(case: RankingCase) -> tuple[int, float]:
    """Return the limiting factor's sources and its lead over every other score."""
    first = leader(case)[1]
    if first == "none":
        return 0, 0.0
    others = [score for factor, score in case.scores.items() if factor != first]
    lead = case.scores[first] - max(others, default=0.0)
    return len(case.sources.get(first, ())), round(lead, 4)


def high_confidence(case: RankingCase) -> Ranked | None:
    """Say high with every source, a clear lead and nothing core missing."""
    return Ranked(confidence="high") if _is_high(case) else None


def medium_confidence(case: RankingCase) -> Ranked | None:
    """Say medium with two sources and some lead."""
    return Ranked(confidence="medium") if _is_medium(case) and not _is_high(case) else None


def low_confidence(case: RankingCase) -> Ranked | None:
    """Say low otherwise."""
    return None if _is_medium(case) or _is_high(case) else Ranked(confidence="low")


LF40_GATE: Final = Rule(
    id="LF40",
    name="Two-source gate",
    summary=(
        "A factor counts with two independent sources and enough points, more where its range was measured and is "
        "there. Trunk and load ownership count only in a back that answers the squat; where it clearly answers, fewer "
        "points are enough for the trunk. Load ownership needs its signs, and its test or a clear answer. What was not "
        "taken gives half its points."
    ),
    sources=("simulation", "ostelo-2008", "method-article", "house-judgement"),
    decide=two_source_gate,
    numbers=(
        "limits/limiting.gate.sources",
        "limits/limiting.gate.least_score",
        "limits/limiting.gate.score.hip",
        "limits/limiting.gate.score.ankle",
        "limits/limiting.gate.score.load_ownership",
        "limits/limiting.gate.score.trunk",
        "limits/limiting.gate.unbacked.hip",
        "limits/limiting.gate.unbacked.ankle",
        "limits/limiting.gate.open_share",
        "limits/limiting.gate.own_signs",
        "limits/limiting.gate.added_pain.least",
        "limits/limiting.gate.added_pain.clear",
        "limits/limiting.gate.answered.trunk",
    ),
)
_LEADER_RULES: Final[tuple[Rule[RankingCase, Ranked], ...]] = (
    Rule(
        id="LF41",
        name="No clear limitation",
        summary="Nothing counts: no limiter is invented, load is managed and checked again.",
        sources=("house-judgement",),
        decide=no_clear_limitation,
    ),
    Rule(
        id="LF42",
        name="Ankle and trunk tie",
        summary="When ankle and trunk tie, both start and the ankle leads.",
        sources=("house-judgement",),
        decide=ankle_and_trunk_tie,
        numbers=("limits/limiting.ranking.tie",),
    ),
    Rule(
        id="LF43",
        name="Front load as counterbalance",
        summary="Front-load relief with heels-up relief and an easy unrack puts the ankle before a close trunk.",
        sources=("coaching-convention", "house-judgement"),
        decide=counterbalance,
        numbers=("limits/limiting.ranking.front_load_lead",),
    ),
    Rule(
        id="LF44",
        name="Highest score",
        summary="The highest score among the factors that count leads.",
        sources=("house-judgement",),
        decide=highest_score,
    ),
)
LF45_SECOND: Final = Rule(
    id="LF45",
    name="Second factor",
    summary="A second factor close behind the first is trained along.",
    sources=("house-judgement",),
    decide=second_factor,
    numbers=("limits/limiting.ranking.second_share", "limits/limiting.gate.room"),
)
SUBTYPE_RULES: Final[tuple[Rule[RankingCase, Ranked], ...]] = (
    Rule(
        id="LF46",
        name="Hip control",
        summary="The hip has the range and cannot hold it: control before more range.",
        sources=("motive-fra", "motive-pails-rails", "house-judgement"),
        decide=control_subtype,
    ),
    Rule(
        id="LF47",
        name="Hip motion",
        summary="The hip is short of range: range comes before control.",
        sources=("motive-fra", "house-judgement"),
        decide=motion_subtype,
    ),
)
CONFIDENCE_RULES: Final[tuple[Rule[RankingCase, Ranked], ...]] = (
    Rule(
        id="LF48",
        name="High confidence",
        summary="All three sources, a clear lead, and no core measurement missing.",
        sources=("house-judgement",),
        decide=high_confidence,
        numbers=("limits/limiting.confidence.high_sources", "limits/limiting.confidence.high_lead"),
    ),
    Rule(
        id="LF49",
        name="Medium confidence",
        summary="Two sources and some lead.",
        sources=("house-judgement",),
        decide=medium_confidence,
        numbers=(
            "limits/limiting.gate.sources",
            "limits/limiting.confidence.medium_lead",
        ),
    ),
    Rule(
        id="LF50",
        name="Low confidence",
        summary="Fewer sources or hardly a lead: the first weeks will tell.",
        sources=("house-judgement",),
        decide=low_confidence,
    ),
)

RANKING_RULES: Final[tuple[Rule[RankingCase, Ranked], ...]] = (
    LF40_GATE,
    *_LEADER_RULES,
    LF45_SECOND,
    *SUBTYPE_RULES,
    *CONFIDENCE_RULES,
)
