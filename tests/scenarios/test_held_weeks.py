"""Which weeks one more fact plans anew, and which stay as they were stored."""

from datetime import timedelta

from planner.catalogue import Catalogue
from tests.support.story import CLEAR, MONDAY, Story


def test_a_squat_as_assumed_leaves_the_projected_weeks_as_stored(catalogue: Catalogue) -> None:
    """The first squat lifts the ceiling of a new rung in the earned weeks; the projection had assumed it."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    planned = story.squat(MONDAY)

    assert planned.replanned
    assert [week.week_number for week in planned.block.earned] == [1, 2, 3, 4, 5, 6]
    assert planned.block.projected == ()
    assert planned.held == (2, 3, 4, 5, 6)


def test_a_step_of_the_end_range_effort_leaves_the_projected_weeks_as_stored(catalogue: Catalogue) -> None:
    """A week of training steps up the earned weeks to where the projected ones already are."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    story.calm_week(1)
    planned = story.morning(MONDAY + timedelta(days=7))

    assert planned.replanned
    assert planned.block.projected == ()
    assert planned.held == (3, 4, 5, 6)


def test_a_morning_without_news_leaves_every_week_as_stored(catalogue: Catalogue) -> None:
    """A calm morning plans nothing: the block has the running week alone."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    story.calm_day(MONDAY)
    story.calm_day(MONDAY + timedelta(days=1))
    planned = story.morning(MONDAY + timedelta(days=2))

    assert not planned.replanned
    assert [week.week_number for week in planned.block.earned] == [1]
    assert (planned.block.projected, planned.held) == ((), (2, 3, 4, 5, 6))


def test_a_lock_holds_no_projected_week(catalogue: Catalogue) -> None:
    """A red flag plans every week anew and leaves nothing projected."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    flag = next(iter(CLEAR))
    planned = story.morning(MONDAY + timedelta(days=1), red_flags={flag: "yes"})

    assert planned.block.lock is not None
    assert len(planned.block.earned) == 6
    assert (planned.block.projected, planned.held) == ((), ())
