"""Nobody stalls in silence: seven weeks without a step up ask for a re-assessment, once."""

from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.fold import fold
from tests.support.next_block import next_block
from tests.support.story import MONDAY, Story

DAY = timedelta(days=1)
STALLED = MONDAY + timedelta(days=49)


@pytest.fixture(scope="module")
def stalled(catalogue: Catalogue) -> Story:
    """Return V1 after seven weeks of calm squats that were too hard to move up, on the eve of the 49th day."""
    told = Story.of(catalogue, "V1", check_rebuild=False)
    for number in range(1, 8):
        told.calm_week(number, rpe=8)
    return told


@pytest.fixture
def story(stalled: Story) -> Story:
    """Return the stalled client, for one test."""
    return stalled.copy()


def asked_on(story: Story) -> list[date]:
    """Return the days on which the plan asked for a re-assessment because of a stall."""
    _, decisions = fold(story.request, story.facts, story.catalogue)
    return [one.at.date() for one in decisions if one.rule == "PG19"]


def test_a_stall_asks_after_seven_weeks(story: Story) -> None:
    """On the 48th day nothing is asked; on the 49th the plan asks to be measured again and nothing moves up."""
    assert story.state.position.rung == story.state.ladder.entry
    assert asked_on(story) == []
    story.morning(STALLED)

    assert "PG19" in story.rules()
    assert story.state.progress.rerank_due
    assert story.state.progress.asked_on == STALLED
    told = next(one for one in story.planned.decisions if one.rule == "PG19")
    assert told.verdict == "rerank"
    assert told.because.startswith("49 days without a step up")


def test_it_asks_once(story: Story) -> None:
    """Calm days go on after the question: it is told once, however many check-ins and squats follow."""
    for offset in range(7):
        story.calm_day(STALLED + offset * DAY, rpe=8)

    assert asked_on(story) == [STALLED]


def test_an_answered_question_is_asked_again_seven_weeks_later(story: Story) -> None:
    """Measured again, the client who still does not move up is asked in the next block, 49 days after the question."""
    story.morning(STALLED)
    later = next_block(story, STALLED + DAY, story.assessment)
    assert not later.state.progress.rerank_due
    for number in range(1, 8):
        later.calm_week(number, rpe=8)

    assert asked_on(later) == [STALLED + timedelta(days=49)]


def test_a_silent_stall_is_told_with_the_next_check_in(catalogue: Catalogue) -> None:
    """A check-in that belongs to no squat asks as well: seven weeks have passed since the block began."""
    story = Story.of(catalogue, "V1")
    story.morning(STALLED - DAY)
    assert story.rules() == []
    story.morning(STALLED)

    assert story.rules() == ["PG19"]


def test_a_step_up_starts_the_count_again(catalogue: Catalogue) -> None:
    """Seven weeks after the first day nothing is asked of who moved up in the first one."""
    story = Story.of(catalogue, "V1", check_rebuild=False)
    story.calm_week(1)
    assert story.state.progress.moved_on is not None
    assert story.state.progress.moved_on > MONDAY
    story.morning(STALLED)

    assert "PG19" not in story.rules()


def test_the_preferred_squat_never_stalls(catalogue: Catalogue) -> None:
    """Who squats what they prefer has nowhere to climb and is not asked why."""
    story = Story.of(catalogue, "V7")
    assert len(story.state.ladder.rungs) == 1
    story.calm_week(1)
    story.morning(STALLED)

    assert "PG19" not in story.rules()


def test_a_preferred_squat_that_nobody_does_is_asked_about(catalogue: Catalogue) -> None:
    """Seven weeks without a squat at the top are a stall as well: it was planned and never arrived at."""
    story = Story.of(catalogue, "V7")
    story.morning(STALLED)

    assert story.rules() == ["PG19"]


def test_after_a_clearance_the_count_begins_anew(catalogue: Catalogue) -> None:
    """Climbing begins on the day of the clearance, so a stall after it is noticed too."""
    story = Story.of(catalogue, "V1")
    story.morning(MONDAY, red_flags={"numbness": "yes"})
    story.clear(MONDAY + DAY)
    assert story.state.progress.moved_on == MONDAY + DAY
    story.morning(STALLED)
    assert "PG19" not in story.rules()
    story.morning(STALLED + DAY)

    assert "PG19" in story.rules()
