"""The finding: whole assessments, and what is said along with it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from planner import facts
from planner.assess import read_assessment
from planner.catalogue import Catalogue
from planner.facts import Assessment, BackPainHistory
from planner.limiting import find_limiting_factor
from planner.plan import Finding
from planner.words import AnkleSign
from tests.planner.assessing import Told, measurements, table, told

VIGNETTES = table("limiting")


def finding_of(case: Told, catalogue: Catalogue) -> Finding:
    return finding_for(case.assessment(), case, catalogue)


def finding_for(assessment: Assessment, case: Told, catalogue: Catalogue) -> Finding:
    readings = read_assessment(assessment, catalogue)
    return find_limiting_factor(assessment, case.profile(), readings, catalogue)


def faults_of(case: Mapping[str, object], catalogue: Catalogue) -> Iterator[str]:
    """Yield where a vignette's finding differs from what it expects."""
    finding = finding_of(told(case["given"]), catalogue)
    expect = dict(case["expect"])
    score = expect.pop("score", None)
    if score is not None and finding.scores[finding.limiting_factor] != score:
        yield f"score is {finding.scores}"
    ankle = expect.pop("scores.ankle", None)
    if ankle is not None and finding.scores["ankle"] != ankle:
        yield f"scores.ankle is {finding.scores['ankle']}"
    for name, wanted in expect.items():
        found = getattr(finding, name)
        if (list(found) if isinstance(found, tuple) else found) != wanted:
            yield f"{name} is {found!r}"


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the vignettes that fail with a catalogue."""
    return [case["name"] for case in VIGNETTES if any(faults_of(case, catalogue))]


@pytest.mark.parametrize("case", VIGNETTES, ids=lambda case: case["name"])
def test_a_vignette_leads_to_its_finding(case: dict[str, object], catalogue: Catalogue) -> None:
    """Factor, subtype, second factor, confidence and score are those of the vignette."""
    assert list(faults_of(case, catalogue)) == []


# --- what is said ---------------------------------------------------------------------------------


def test_evidence_names_the_measured_and_the_needed_range(catalogue: Catalogue) -> None:
    """Evidence says in one sentence what was measured and what the preferred squat asks."""
    finding = finding_of(told(VIGNETTES[0]["given"]), catalogue)
    first = finding.evidence[0]

    assert (first.rule, first.factor, first.supports, first.weight) == ("LF02", "hip", True, 3.0)
    assert first.text == "Hip flexion 96° where parallel low-bar asks 110°"
    assert first.facts == {"measured": 96, "needed": 110, "probability": 0.99}


def test_evidence_speaks_for_and_against(catalogue: Catalogue) -> None:
    """A finding shows what speaks against the other factors, too."""
    finding = finding_of(told(VIGNETTES[0]["given"]), catalogue)

    assert {item.factor for item in finding.evidence if not item.supports} >= {"ankle", "trunk"}


def test_what_was_not_measured_is_listed(catalogue: Catalogue) -> None:
    """Missing measurements are named in plain words and asked for in the advice."""
    finding = finding_of(Told(not_measured=("hip_external_rotation", "hip_flexion")), catalogue)

    assert finding.missing == ("hip flexion", "active hip flexion", "hip external rotation")
    assert any("hip external rotation" in text for text in finding.advice)


def test_a_missing_core_measurement_takes_high_confidence_away(catalogue: Catalogue) -> None:
    """Without the knee-to-wall test the same hip finding is only of medium confidence."""
    case = told(VIGNETTES[0]["given"])
    finding = finding_of(replace(case, not_measured=("ankle_knee_to_wall",)), catalogue)

    assert finding.limiting_factor == "hip"
    assert finding.confidence == "medium"


def test_advice_tells_an_irritability_mismatch(catalogue: Catalogue) -> None:
    """Declared low with pain of 4 is said to start as moderate."""
    pain = BackPainHistory(usual=2, worst_24h=4, settles_within_h=20)
    finding = finding_of(Told(back_pain=pain), catalogue)

    assert any("given as low" in text and "moderate" in text for text in finding.advice)


def test_advice_says_that_nothing_is_known_about_irritability(catalogue: Catalogue) -> None:
    """Without a word on pain the advice says so."""
    finding = finding_of(Told(irritability=None), catalogue)

    assert any(text.startswith("Nothing is known yet") for text in finding.advice)


def test_no_limitation_is_said_plainly(catalogue: Catalogue) -> None:
    """A client in whom nothing counts reads that no clear limitation was found."""
    assert finding_of(Told(), catalogue).advice[0].startswith("No clear limitation was found.")


def test_a_mixed_finding_names_both(catalogue: Catalogue) -> None:
    """A second factor is named in the advice."""
    case = next(case for case in VIGNETTES if case["name"] == "a mixed finding of hip and ankle")
    finding = finding_of(told(case["given"]), catalogue)

    assert "the hip leads and the ankle is trained along" in finding.advice[0]


def test_a_single_side_is_noticed(catalogue: Catalogue) -> None:
    """Advice names a measure taken on one side only."""
    finding = finding_of(Told(measures={"hip_flexion": ((122, 107),)}), catalogue)

    assert any(text.startswith("Only one side was measured") for text in finding.advice)


def test_an_empty_assessment_names_no_limitation(catalogue: Catalogue) -> None:
    """Nothing measured, nothing reported: no limitation, low confidence, no invented label."""
    assessment = Assessment(performed_on=date(2026, 11, 2), setting="home")
    finding = finding_for(assessment, Told(), catalogue)

    assert (finding.limiting_factor, finding.confidence, finding.counted) == ("none", "low", ())


def test_ankle_and_trunk_level_start_both(catalogue: Catalogue) -> None:
    """When ankle and trunk tie, the ankle leads, the trunk is trained along and it is said."""
    case = Told(
        signs=(*get_args(AnkleSign), "compressed_not_tired", "unrack_is_hardest"),
        tests={
            "heels_up": "helps",
            "arms_forward_squat": "fails",
            "exhale_stack": "helps",
            "breath_at_bottom": "fails",
        },
    )
    finding = finding_of(case, catalogue)

    assert (finding.limiting_factor, finding.second_factor) == ("ankle", "trunk")
    assert finding.advice[0].startswith("Ankle and trunk are level")


def test_taken_tests_are_not_asked_for_again(catalogue: Catalogue) -> None:
    """Advice lists the relief tests that were not tried, and only those."""
    assessment = replace(Told().assessment(), tests=(facts.TestOutcome(test="heels_up", result="no_help"),))
    advice = " ".join(finding_for(assessment, Told(), catalogue).advice)

    assert "raised heels" not in advice
    assert "wider stance" in advice


def test_measurements_helper_names_both_sides() -> None:
    """The helper of these tests writes one measurement a side."""
    assert [m.side for m in measurements({"hip_flexion": ((1, 1), (2, 2))})] == ["left", "right"]
