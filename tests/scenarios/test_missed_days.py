"""Missed sessions and missing mornings: nothing is earned, nothing is punished."""

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import LoggedSet
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of V1."""
    return Story.of(catalogue, "V1")


def test_a_missed_session_stays_planned(story: Story) -> None:
    """A session nobody logged keeps the status planned, and later days keep their squat."""
    story.morning(MONDAY + timedelta(days=3))
    missed = story.squat_session(MONDAY)
    item = story.next_squat(MONDAY + timedelta(days=3))

    assert missed is not None
    assert missed.status == "planned"
    assert item is not None
    assert item.exercise == "goblet_box_squat"
    assert item.load_kg == 24


def test_two_silent_weeks_raise_nothing(story: Story) -> None:
    """After two weeks without any log the next squat is the one of the first day."""
    first = story.squat_item(MONDAY)
    story.morning(MONDAY + timedelta(days=14))
    after = story.next_squat(MONDAY + timedelta(days=14))

    assert first is not None
    assert after is not None
    assert (after.exercise, after.load_kg, after.sets, after.reps) == (
        first.exercise,
        first.load_kg,
        first.sets,
        first.reps,
    )


def test_without_a_next_morning_a_squat_is_never_normal(story: Story) -> None:
    """Painless squats without any check-in hold: pending first, watched from the next squat on."""
    for day in story.squat_days(1):
        story.squat(day, during=0, after=0)
        assert story.planned.response == "pending"
    for day in story.squat_days(2):
        story.squat(day, during=0, after=0)

    assert {one.colour for one in story.state.history} == {"watch"}
    assert story.state.position.rung == story.state.ladder.entry
    assert story.state.position.load_kg is not None
    assert story.state.position.load_kg <= 24


def test_a_morning_that_comes_too_late_is_not_the_next_morning(story: Story) -> None:
    """A check-in two days later leaves the squat without its next morning: watched, not normal."""
    story.squat(MONDAY)
    story.morning(MONDAY + timedelta(days=2), now=0)

    assert story.planned.response == "watch"


def test_one_session_of_four_a_week_does_not_move_up(catalogue: Catalogue) -> None:
    """Less than half of the planned sessions holds the rung, however calm the back is."""
    story = Story.of(catalogue, "V2")
    for number in (1, 2, 3):
        squats = story.squat_days(number)[0]
        for day in story.days_of(number):
            story.morning(day)
            if day == squats:
                story.squat(day)

    assert len(story.profile.training_days) == 4
    assert story.state.position.rung == story.state.ladder.entry
    assert story.state.position.exposures == 3


def test_half_of_the_sessions_planned_so_far_moves_up(story: Story) -> None:
    """Two squats of the four sessions planned by then are enough: the next rung opens on the second morning after."""
    for day in (MONDAY, MONDAY + timedelta(days=7)):
        story.squat(day)
        story.morning(day + timedelta(days=1))

    assert story.rules() == ["PG40"]
    assert story.state.position.rung == story.state.ladder.entry + 1


def test_a_forgotten_morning_holds_without_easing(story: Story) -> None:
    """A squat nobody told the next morning of, after a short night, holds: no load and no set is taken off."""
    before = story.state.position
    days = [day for number in (1, 2) for day in story.squat_days(number)]
    for day in days:
        story.squat(day, context={"sleep_h": 5, "stress": 8})

    assert set(story.rules()) == {"PG15"}
    assert replace(story.state.position, exposures=0) == replace(before, exposures=0, since=story.state.position.since)


def test_normal_responses_around_a_forgotten_morning_open_the_next_rung(story: Story) -> None:
    """A normal squat, one without its morning and another normal one: two normal responses, so the rung is left."""
    (first, second), (third, *_) = story.squat_days(1), story.squat_days(2)
    story.train(first + timedelta(days=2))
    for day in (first, second, third):
        story.squat(day)
        if day != second:
            story.morning(day + timedelta(days=1))

    assert [one.colour for one in story.state.history] == ["normal", "watch"]
    assert story.state.position.rung == story.state.ladder.entry + 1


def test_a_high_peak_eases_although_its_morning_is_forgotten(story: Story) -> None:
    """Forgetting the morning after a score of six does not spare the easing: the next load is a fifth lighter."""
    story.squat(MONDAY, during=6)
    story.morning(MONDAY + timedelta(days=2))

    assert story.planned.response == "watch"
    assert story.state.position.ease == pytest.approx(0.8, abs=0.05)


def test_a_skipped_session_is_not_an_exposure(story: Story) -> None:
    """A session logged as skipped counts as missed: no exposure, no response."""
    session = story.squat_session(MONDAY)
    assert session is not None
    story.squat(MONDAY, gates={"skipped": True, "sets": ()})

    assert story.state.position.exposures == 0
    assert story.state.latest is None


def test_unfinished_sets_hold(story: Story) -> None:
    """One set of three asked for is a missed gate: the same is asked again."""
    before = story.state.position
    for day in story.squat_days(1):
        item = story.squat_item(day)
        assert item is not None
        session = story.squat_session(day)
        assert session is not None
        logged = next(one for one in session.items if one.rung is not None)
        story.squat(day, gates={"sets": (LoggedSet(reps=logged.reps, load_kg=logged.load_kg, rpe=5),)})
        story.morning(day + timedelta(days=1))

    assert story.state.position.rung == before.rung
    assert story.state.position.load_kg == before.load_kg
    assert story.state.position.reps == before.reps


def test_training_again_after_a_gap_goes_on_where_it_was(story: Story) -> None:
    """A calm week, a silent one and a calm one: the rung of the first week is kept and then built on."""
    story.calm_week(1)
    earned = story.state.position.rung
    story.morning(MONDAY + timedelta(days=14))
    assert story.state.position.rung == earned
    story.calm_week(3)
    assert story.state.position.rung >= earned
