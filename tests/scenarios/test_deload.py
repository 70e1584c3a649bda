"""Lighter weeks: planned from the first day, never the end of what was earned."""

from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.moves import after_exposure
from planner.progress import climb
from planner.standing import deloads
from tests.support.story import MONDAY, Story


@pytest.fixture(scope="module")
def three_weeks(catalogue: Catalogue) -> Story:
    """Return V1 after three calm weeks; the fourth is a lighter one."""
    told = Story.of(catalogue, "V1")
    for number in (1, 2, 3):
        told.calm_week(number)
    return told


@pytest.fixture
def story(three_weeks: Story) -> Story:
    """Return V1 after three calm weeks, for one test."""
    return three_weeks.copy()


def test_lighter_weeks_are_known_from_the_start(catalogue: Catalogue) -> None:
    """Weeks four and eight of a block are marked lighter on its first day."""
    weeks = Story.of(catalogue, "V1").block.earned

    assert [week.week_number for week in weeks if week.deload] == [4, 8]


def test_a_lighter_week_takes_sets_and_load_and_keeps_the_circles(story: Story) -> None:
    """In week four the squat has fewer sets and about a tenth less load; CARs stay daily."""
    before = story.state.position
    item = story.squat_item(story.squat_days(4)[0])

    assert item is not None
    assert item.load_kg is not None
    assert before.load_kg is not None
    assert item.sets < before.sets
    assert 0.8 * before.load_kg <= item.load_kg <= 0.9 * before.load_kg
    for day in story.days_of(4):
        assert any(one.category == "cars" for one in story.items_on(day))


def test_after_a_lighter_week_the_working_load_is_back(story: Story) -> None:
    """Doing the lighter week as asked does not lower what was earned before it."""
    earned = story.state.position.load_kg
    story.calm_week(4)

    assert earned is not None
    assert story.state.position.load_kg is not None
    assert story.state.position.load_kg >= earned or story.state.position.rung > 3


def test_nothing_moves_up_into_a_lighter_week(story: Story) -> None:
    """The squats of the lighter week are on the rung of the week before."""
    assert {item.rung for day in story.squat_days(4) if (item := story.squat_item(day))} == {
        item.rung for day in story.squat_days(3) if (item := story.squat_item(day))
    }


@pytest.mark.parametrize("stress", [6, 10])
def test_stress_never_makes_the_lighter_week_harder(catalogue: Catalogue, stress: int) -> None:
    """However stressful the last log of week three was, week four stays lighter."""
    story = Story.of(catalogue, "V1", check_rebuild=False)
    for number in (1, 2, 3):
        for day in story.days_of(number):
            story.morning(day)
            story.train(day)
            if story.squat_session(day) is not None:
                story.squat(day, context={"stress": stress if day >= MONDAY + timedelta(days=18) else 6})
    story.morning(MONDAY + timedelta(days=21))

    assert story.week(4).deload


def test_who_trained_little_needs_no_lighter_week(catalogue: Catalogue) -> None:
    """After two weeks of mornings without training the fourth week is no longer lighter."""
    story = Story.of(catalogue, "V1")
    for offset in range(15):
        story.morning(MONDAY + timedelta(days=offset))

    assert not story.week(4).deload


def test_who_trained_keeps_the_lighter_week(three_weeks: Story) -> None:
    """Three trained weeks leave the lighter fourth week in the plan."""
    assert three_weeks.week(4).deload


def held_by_the_week_ahead(story: Story) -> bool:
    """Return whether the last squat of a story may move nothing up because the next one is in a lighter week."""
    state = story.state
    assert state.latest is not None
    position = after_exposure(state.base.position, state.latest)
    frame, catalogue = story.request.frame, story.catalogue
    lighter = deloads(state, frame, catalogue)
    return climb(state, state.latest, position, frame, lighter, catalogue)["deload_ahead"]


def test_a_lighter_week_that_remains_holds_back(three_weeks: Story) -> None:
    """Who trained as planned moves up nothing into the fourth week, which stays lighter."""
    assert three_weeks.week(4).deload
    assert held_by_the_week_ahead(three_weeks)


def test_a_lighter_week_that_is_skipped_holds_nothing_back(catalogue: Catalogue) -> None:
    """Who did half of the planned sessions skips the lighter week, and may move up into it."""
    story = Story.of(catalogue, "V2")
    for day in (day for number in (1, 2, 3) for day in story.days_of(number)):
        story.morning(day)
        if story.squat_session(day) is not None:
            story.squat(day)

    assert not story.week(4).deload
    assert not held_by_the_week_ahead(story)
    assert "PG34" not in story.rules()
