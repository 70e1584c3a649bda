"""V14: goblet squat at home with a backpack, measured by herself; the slow tempo fails."""

import itertools
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Assessment, Measurement
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V14")


@pytest.fixture(scope="module")
def calm_story(catalogue: Catalogue) -> Story:
    """Return the story after eight calm weeks; nothing may be added to it."""
    told = Story.of(catalogue, "V14")
    for number in range(1, 9):
        told.calm_week(number)
    return told


def test_load_ownership_limits_with_the_wider_error_of_home(story: Story) -> None:
    """Home measures widen the error: load ownership scores 4.2."""
    finding = story.state.client.finding

    assert finding.limiting_factor == "load_ownership"
    assert round(finding.scores["load_ownership"], 1) == 4.2
    assert story.state.client.readings.error_factor == 1.75


def test_it_starts_with_the_bodyweight_squat(story: Story) -> None:
    """The tempo test failed, so it opens at P2 with the bodyweight squat just above parallel."""
    first = story.squat_item(MONDAY)

    assert first is not None
    assert (first.exercise, first.depth, first.stage) == ("bodyweight_squat", "above_parallel", "P2")
    assert first.load_kg is None


def test_the_ladder_ends_at_the_goblet_squat(story: Story) -> None:
    """From bodyweight over slow tempo and backpack to the goblet squat at parallel."""
    assert story.variations == [
        "bodyweight_squat",
        "bodyweight_tempo_squat",
        "goblet_tempo_squat",
        "goblet_tempo_squat",
        "goblet_squat",
    ]
    assert story.state.ladder.rungs[-1].depth == "parallel"


def test_no_gym_item_appears(story: Story, calm_story: Story, catalogue: Catalogue) -> None:
    """Neither over eight calm weeks nor ahead does an item ask for a thing that is not at home."""
    library = {**catalogue.exercises, **catalogue.variations}
    for item in (*story.items(), *calm_story.items()):
        for group in library[item.exercise].equipment:
            assert {"backpack", "door_frame"} & set(group), item.exercise


def test_sessions_fit_twenty_minutes(story: Story) -> None:
    """What a training day asks for takes at most twenty minutes in all."""
    for week in (*story.block.earned, *story.block.projected):
        for day in week.days:
            assert sum(one.minutes for one in day.sessions) <= 20


def test_the_backpack_grows_by_one_or_two_kilograms(story: Story) -> None:
    """Once a load was logged it grows by at most 2 kg at a time and ends at the 8 kg it holds."""
    loads: list[float] = []
    for number in range(1, 9):
        for day in story.days_of(number):
            item = story.squat_item(day)
            story.morning(day)
            story.train(day)
            if item is not None:
                load = 3.0 if item.load_kg is None and item.exercise.startswith("goblet") else item.load_kg
                story.squat(day, load_kg=load)
                loads += [load] if load is not None and not story.week(number).deload else []

    assert loads
    assert max(loads) <= 8
    assert all(after - before <= 2 for before, after in itertools.pairwise(loads))


def test_a_clinic_measure_is_not_compared_with_a_home_one(story: Story) -> None:
    """A later clinic reading makes no claim of change against the home one."""
    story.calm_week(1)
    told = story.tell(
        Assessment(
            performed_on=MONDAY + timedelta(days=45),
            setting="clinic",
            measurements=(Measurement(joint="hip", motion="flexion", side="left", passive=105, unit="deg"),),
        ),
        MONDAY + timedelta(days=45),
    )

    assert not {"PG20", "PG21"} & {one.rule for one in told.decisions}


def test_the_text_for_home_is_shown(story: Story) -> None:
    """The plan carries the short text on where to start at home."""
    assert "where_to_start_at_home" in [text.id for text in story.block.teaching]
