"""A block that follows another: the same rung goes on, setbacks and open questions still count."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.carry import carried_from
from planner.catalogue import Catalogue
from planner.facts import Clearance, Screening
from planner.plan import Item
from planner.wire import dump_carried, load_carried
from tests.support.next_block import next_block
from tests.support.story import CLEAR, MONDAY, Story

DAY = timedelta(days=1)
SECOND = MONDAY + timedelta(days=35)
"""The first day after a block of five weeks."""


@pytest.fixture(scope="module")
def five_weeks(catalogue: Catalogue) -> Story:
    """Return V1 after a block of five calm weeks: two exposures at a barbell rung, one step of load earned."""
    told = Story.of(catalogue, "V1", weeks=5)
    for number in range(1, 6):
        told.calm_week(number)
    return told


@pytest.fixture
def story(five_weeks: Story) -> Story:
    """Return V1 after a block of five calm weeks, for one test."""
    return five_weeks.copy()


def first_squat(story: Story) -> Item:
    """Return the first squat of a block."""
    item = story.next_squat(story.starts_on - DAY)
    assert item is not None
    return item


def troubled(story: Story, on: date) -> None:
    """Live through a squat day that is a problem, with a morning a little above the usual."""
    story.squat(on, during=4, after=4, words=("sharp",))
    story.morning(on + DAY, now=2)


def test_the_same_rung_goes_on(story: Story) -> None:
    """Three days after the last squat load, sets, repetitions and exposures are those the earlier block ended with."""
    before = story.state
    later = next_block(story, SECOND, story.assessment)

    assert (before.position.exposures, before.position.load_kg) == (2, 67.5)
    assert later.state.position == before.position
    assert later.state.progress.moved_on == before.progress.moved_on
    assert later.state.history == before.settled_history
    assert first_squat(later).load_kg == before.position.load_kg


def test_what_is_handed_on_survives_storage(story: Story) -> None:
    """Written down and read again it is the same, readings that were not taken included."""
    carried = carried_from(story.state)

    assert load_carried(dump_carried(carried)) == carried


def test_the_weekly_cap_goes_on(story: Story) -> None:
    """The loads of the last week of a block still limit what the first week of the next one adds."""
    later = next_block(story, SECOND, story.assessment)

    assert later.state.loads == tuple(one for one in story.state.loads if one.rung == story.state.position.rung)


def test_after_a_long_gap_the_rung_starts_with_its_first_dose(story: Story) -> None:
    """Fifteen days after the last squat the rung is kept; its exposures, its load and normal responses are not."""
    latest = story.state.latest
    assert latest is not None
    soon, late = (next_block(story, latest.on + timedelta(days=gap), story.assessment) for gap in (14, 15))

    assert soon.state.position == story.state.position
    assert late.state.position.rung == story.state.position.rung
    assert late.state.position.exposures == 0
    assert late.state.position.load_kg is not None
    assert late.state.position.load_kg <= 65
    assert story.state.position.load_kg == 67.5
    assert "normal" not in {one.colour for one in late.state.history}


def test_a_problem_of_the_block_before_still_counts(story: Story) -> None:
    """A first problem in one block and another a week into the next are two at that rung: a depth is taken off."""
    second = next_block(story, SECOND, story.assessment)
    problem = second.squat_days(1)[0]
    troubled(second, problem)
    assert (second.planned.response, second.state.position.depth_drop) == ("problem", 0)
    third = next_block(second, problem + timedelta(days=2), second.assessment)
    for day in third.days_of(1)[:2]:
        third.morning(day)
    following = next(day for number in (1, 2) for day in third.squat_days(number))
    troubled(third, following)

    assert (third.planned.response, third.state.position.depth_drop) == ("problem", 1)


def test_a_wait_goes_on(story: Story) -> None:
    """Squats that wait for calm mornings still wait in a block that begins meanwhile."""
    second = next_block(story, SECOND, story.assessment)
    problem = second.squat_days(1)[0]
    troubled(second, problem)
    third = next_block(second, problem + timedelta(days=2), second.assessment)

    assert third.state.progress.wait == second.state.progress.wait == "mornings"
    assert third.state.progress.wait_since == problem


def test_a_question_stays_open_until_it_is_answered(story: Story) -> None:
    """A re-assessment that was asked for is still due in a block from the old assessment, and not in one from a new."""
    asked = replace(story.state.progress, rerank_due=True, refer_advised=True, asked_on=SECOND - DAY)
    story.planned = replace(story.planned, state=replace(story.state, progress=asked, base=asked))
    same, new = next_block(story, SECOND), next_block(story, SECOND, story.assessment)

    assert (same.state.progress.rerank_due, same.state.progress.refer_advised) == (True, True)
    assert (new.state.progress.rerank_due, new.state.progress.refer_advised) == (False, False)


def test_nobody_lifts_more_than_the_new_maximum_allows(story: Story) -> None:
    """With a lower maximum in the profile the load that goes on comes down below its ceiling, the exposures stay."""
    weaker = replace(story.profile, preferred_squat=replace(story.profile.preferred_squat, one_rep_max_kg=100))
    later = next_block(story, SECOND, story.assessment, profile=weaker)
    was, now = story.state.position, later.state.position

    assert (later.here.variation, now.exposures) == (story.here.variation, was.exposures)
    assert now.load_kg is not None
    assert now.load_kg < 67.5
    assert now.load_kg <= 0.9 * 100 * 0.7


def test_a_clearance_between_two_blocks_starts_anew(catalogue: Catalogue) -> None:
    """Cleared while no block was open, the client begins with the first dose of a shape squat, not where it stopped."""
    story = Story.of(catalogue, "V14", weeks=4)
    story.calm_day(MONDAY)
    stopped = MONDAY + timedelta(days=1)
    story.morning(stopped, red_flags={"numbness": "yes"})
    story._fact(Screening(red_flags=CLEAR), stopped + DAY, 10)  # type: ignore[arg-type]
    story._fact(Clearance(cleared_on=stopped + DAY, cleared_by="Dr Rivera"), stopped + DAY, 11)
    later = next_block(story, stopped + 2 * DAY, story.assessment)

    assert story.state.locked
    assert not later.state.locked
    assert story.state.position.exposures == 1
    assert later.here.stage == "P1"
    assert later.state.position.exposures == 0


def test_a_morning_that_is_missing_at_the_end_of_a_block_stays_missing(story: Story) -> None:
    """A squat on the last day whose morning comes in the next block is never normal: nobody told of it in time."""
    second = next_block(story, SECOND, story.assessment)
    last = second.squat_days(1)[0]
    second.squat(last)
    third = next_block(second, last + DAY, second.assessment)
    third.morning(last + DAY)

    assert second.planned.response == "pending"
    assert third.state.history[-1].colour == "watch"
    assert third.rules() == []
