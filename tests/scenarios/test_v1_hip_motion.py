"""V1: hips short of motion, low-bar at parallel, moderately irritable."""

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Assessment, Measurement
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V1")


@pytest.fixture(scope="module")
def calm_story(catalogue: Catalogue) -> Story:
    """Return the story after eight calm weeks; nothing may be added to it."""
    told = Story.of(catalogue, "V1")
    for number in range(1, 9):
        told.calm_week(number)
    return told


def hips(*flexion: float) -> Assessment:
    """Return a quick re-test of hip flexion, left and right."""
    sides = zip(("left", "right"), flexion, strict=True)
    return Assessment(
        performed_on=MONDAY + timedelta(days=22),
        setting="clinic",
        measurements=tuple(
            Measurement(joint="hip", motion="flexion", side=side, passive=value, active=value - 12, unit="deg")
            for side, value in sides
        ),
    )


def test_the_hip_limits_and_it_is_motion(story: Story) -> None:
    """Short passive flexion with a small gap is a hip finding of subtype motion, scored 9.2."""
    finding = story.state.client.finding

    assert (finding.limiting_factor, finding.subtype, finding.confidence) == ("hip", "motion", "high")
    assert round(finding.scores["hip"], 1) == 9.2


def test_it_starts_with_a_goblet_to_a_box(story: Story) -> None:
    """The first squat is a goblet squat to a half-depth box with at most 24 kg."""
    first = story.squat_item(MONDAY)

    assert first is not None
    assert (first.exercise, first.depth, first.stage) == ("goblet_box_squat", "half", "P2")
    assert first.load_kg is not None
    assert first.load_kg <= 24


def test_joints_circle_daily_and_end_range_work_starts_low(story: Story) -> None:
    """CARs stand on every day; PAILs/RAILs of the hip open at 40 percent effort."""
    week = story.week(1)

    assert all(any(item.category == "cars" for one in day.sessions for item in one.items) for day in week.days)
    hard = [item for item in story.items() if item.phases and item.exercise.startswith(("hip", "90"))]
    assert hard
    assert hard[0].effort_percent == 40


def test_calm_weeks_lead_to_the_safety_bar(story: Story) -> None:
    """Two calm weeks earn the free goblet squat and then the high box at 55 kg, at most 62.5 there."""
    story.calm_week(1)
    assert story.rung == "goblet_squat"
    story.calm_week(2)
    first, _second = (story.squat_item(day) for day in story.squat_days(3)[:2])
    assert first is not None
    assert (first.exercise, first.load_kg) == ("safety_bar_high_box", 55)
    story.calm_week(3)
    assert all(item.load_kg is None or item.load_kg <= 62.5 for item in story.items() if item.rung == first.rung)


def test_the_low_bar_waits_for_range(calm_story: Story) -> None:
    """However calm the weeks are, nothing low-bar is shown while flexion is 96 degrees."""
    assert not any("low_bar" in item.exercise for item in calm_story.items())


def test_a_small_gain_claims_nothing(story: Story) -> None:
    """Four degrees more, below the smallest real change, keep the finding and the waiting rungs."""
    for number in (1, 2, 3):
        story.calm_week(number)
    story.tell(hips(100, 102), story.assessment.performed_on + timedelta(days=22))

    assert story.state.client.finding.limiting_factor == "hip"
    assert story.state.ladder.rungs[-1].waits_for


def test_range_opens_the_low_bar_step_by_step(story: Story) -> None:
    """Flexion of 112 degrees opens the box; the full low-bar squat is not entered at once."""
    for number in (1, 2, 3):
        story.calm_week(number)
    before = story.here
    told = replace(hips(112, 112))
    story.tell(told, MONDAY + timedelta(days=22))

    box = next(rung for rung in story.state.ladder.rungs if rung.variation == "low_bar_to_box")
    assert box.waits_for == ""
    assert story.here.variation == before.variation


def test_reduced_depth_never_loads_more(calm_story: Story) -> None:
    """Every squat above parallel weighs no more than the full low-bar squat may."""
    heaviest = 0.85 * 0.9 * 150
    loads = [item.load_kg for item in calm_story.items() if item.category == "squat" and item.load_kg]

    assert loads
    assert max(loads) <= heaviest
