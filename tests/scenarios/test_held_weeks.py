"""Which weeks one more fact plans anew, and which stay as they were stored."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.plan import Week
from planner.replan import Planned
from planner.wire import dump_week
from tests.support.story import CLEAR, MONDAY, Story


def test_a_squat_as_assumed_leaves_the_projected_weeks_as_stored(catalogue: Catalogue) -> None:
    """The first squat lifts the ceiling of a new rung in the earned weeks; the projection had assumed it."""
    story = Story.of(catalogue, "V7", weeks=6, check_rebuild=False)
    planned = story.squat(story.squat_days(1)[0])

    assert planned.replanned
    assert [week.week_number for week in planned.block.earned] == [1, 2, 3, 4, 5, 6]
    assert planned.block.projected == ()
    assert planned.held == (2, 3, 4, 5, 6)


def test_a_squat_that_shows_the_same_leaves_every_week_as_stored(catalogue: Catalogue) -> None:
    """At the first stages a new rung has no lower ceiling: the second squat is the first one again."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    planned = story.squat(MONDAY)

    assert not planned.replanned
    assert (planned.block.projected, planned.held) == ((), (2, 3, 4, 5, 6))


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


def _day(story: Story, on: date) -> Iterator[Planned]:
    """Tell of a calm day, and give the plan after each fact of it; the morning of the first came before the plan."""
    if on > story.starts_on:
        yield story.morning(on)
    squats = story.squat_session(on) is not None
    trained = story.train(on)
    if trained is not None:
        yield trained
    if squats:
        yield story.squat(on)


def _weeks(planned: Planned) -> dict[tuple[int, bool], bytes]:
    """Return the weeks a block has, as they are stored."""
    weeks = (*planned.block.earned, *planned.block.projected)
    return {(week.week_number, week.projected): dump_week(week) for week in weeks}


@pytest.mark.parametrize("name", ["V1", "V2", "V7", "V14"])
def test_a_life_as_assumed_leaves_every_projected_week_as_stored(catalogue: Catalogue, name: str) -> None:
    """Squats, mornings and training as the projection assumes them change earned weeks alone."""
    story = Story.of(catalogue, name, weeks=6, check_rebuild=False)
    projected: list[Week] = []
    for week in range(1, 6):
        for day in story.days_of(week):
            projected += [one for planned in _day(story, day) for one in planned.block.projected]

    assert [week.week_number for week in projected] == []


@pytest.mark.parametrize("name", ["V1", "V4", "V8"])
def test_what_is_planned_anew_is_another_plan(catalogue: Catalogue, name: str) -> None:
    """No week ahead comes out of a replan as it was stored: that one should have been left alone."""
    story = Story.of(catalogue, name, weeks=4, check_rebuild=False)
    stored = _weeks(story.planned)
    same: list[tuple[date, int, bool]] = []
    for offset in range(21):
        day = MONDAY + timedelta(days=offset)
        for planned in _day(story, day):
            new = _weeks(planned)
            begun = {(number, False) for number in story.shown if story.days_of(number)[0] <= day}
            same += [(day, *key) for key in new if stored.get(key) == new[key] and key not in begun]
            stored |= new

    assert same == []
