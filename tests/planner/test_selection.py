"""What the joints are trained for, and with which exercises."""

from collections.abc import Mapping
from typing import Any

import pytest

from planner.catalogue import Catalogue
from planner.chooser import Chooser
from planner.client import allowed_exercise, forbidden_sides
from planner.selection import targets
from planner.training import Training
from tests.planner.laddering import client_of, table
from tests.planner.planning import EVERY_DAY, SHORT_HIP, client, context

Case = Mapping[str, Any]
MIRROR = {"left": "right", "right": "left", "both": "both"}


def trained(given: Case, catalogue: Catalogue) -> list[list[str]]:
    """Return what a case's client is trained for."""
    found = targets(client_of(given, catalogue), catalogue)
    return [[target.measure, target.approach, target.short_side or ""] for target in found]


def chosen(given: Case, catalogue: Catalogue) -> list[list[str]]:
    """Return the exercises of the first target of a case."""
    who = client_of(given, catalogue)
    first = targets(who, catalogue)[0]
    picks = Chooser(who, catalogue).for_target(
        first, hard=given.get("hard", False), unloaded=given.get("unloaded", False)
    )
    return [[pick.exercise.id, pick.side] for pick in picks]


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    asked = ((case, trained) for case in table("targets")), ((case, chosen) for case in table("choices"))
    return [case["name"] for cases in asked for case, ask in cases if ask(case["given"], catalogue) != case["expect"]]


def test_targets_and_choices_are_what_the_cases_say(catalogue: Catalogue) -> None:
    """Measures, approaches, sides and exercises answer as their cases say."""
    assert check_cases(catalogue) == []


def test_a_reason_names_the_measure_and_what_is_asked(catalogue: Catalogue) -> None:
    """The sentence says both numbers, and the facts hold nothing else."""
    first, _ = targets(client(catalogue), catalogue)

    assert first.why.rule == "LD35"
    assert first.why.text == "Your hip flexion is 96°; your squat asks 110°."
    assert first.why.facts == {"measured": 96, "needed": 110}


def test_a_stand_in_says_what_it_replaces_and_why(catalogue: Catalogue) -> None:
    """An exercise that is not the first choice names the limit that ruled that one out."""
    who = client(catalogue, measures={"hip_flexion": [96, 84]}, limits=[{"code": "pregnancy"}])
    first = targets(who, catalogue)[0]
    pick = Chooser(who, catalogue).for_target(first, hard=True, unloaded=False)[0]

    assert [reason.rule for reason in pick.because] == ["LD45"]
    assert "pregnancy" in pick.because[0].text


def test_swapping_the_sides_of_a_client_swaps_the_work(catalogue: Catalogue) -> None:
    """Left and right are treated alike."""
    one = {"hip_flexion": {"left": [80, 70], "right": [98, 90]}}
    other = {"hip_flexion": {"left": [98, 90], "right": [80, 70]}}
    limits = [[{"code": "knee_pain", "side": side}] for side in ("left", "right")]
    work = [
        chosen({"measures": measures, "limits": limit, "hard": True}, catalogue)
        for measures, limit in zip((one, other), limits, strict=True)
    ]

    assert [[name, MIRROR[side]] for name, side in work[0]] == work[1]


@pytest.mark.parametrize("measure", ["hip_flexion", "hip_internal_rotation", "ankle_knee_to_wall", "thoracic_rotation"])
def test_every_programme_ends_in_strength_at_the_edge(measure: str, catalogue: Catalogue) -> None:
    """Whatever the approach, a list holds an end-range exercise that is not hard."""
    programme = catalogue.programmes.targets[measure]
    for listed in (programme.passive_first, programme.active_first, programme.active_only, programme.load):
        chosen = [catalogue.exercises[name] for name in listed]
        assert any(one.category == "end_range" and not one.hard for one in chosen)


def test_no_choice_is_ruled_out_for_the_client(catalogue: Catalogue) -> None:
    """Whatever the limits are, every exercise chosen for a role or target may be done on its side."""
    codes = ["hip_replacement", "knee_pain", "shoulder_pain", "bone_fragility", "pregnancy", "hypermobility"]
    for code in codes:
        who = client(catalogue, limits=[{"code": code}])
        chooser = Chooser(who, catalogue)
        picks = [pick for listed in catalogue.programmes.roles.values() for pick in chooser.first(listed)]
        assert picks
        for pick in picks:
            assert allowed_exercise(pick.exercise, who) == ""
            assert pick.side == "both" or pick.side not in forbidden_sides(pick.exercise, who)


def test_hard_work_is_rationed_over_the_week(catalogue: Catalogue) -> None:
    """Daily trainers do hard work for a target three times, two targets a day, six times a week at most."""
    measures = {**SHORT_HIP, "hip_external_rotation": [20, 18], "ankle_knee_to_wall": [5, None]}
    who = client(catalogue, days=EVERY_DAY, measures=measures)
    training = Training(context(who, catalogue), Chooser(who, catalogue), targets(who, catalogue))
    days = list(training.hard_on.values())

    assert sum(map(len, days)) == 6
    assert all(len(chosen) <= 3 for chosen in days)
    assert all((b - a) % 7 >= 2 for chosen in days for a in chosen for b in chosen if a != b)
    assert all(sum(day in chosen for chosen in days) <= 2 for day in range(7))
