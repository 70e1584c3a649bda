"""V9: new saddle numbness and a slow bladder: nothing is trained, whatever the joints say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from tests.support.story import CLEAR, MONDAY, Story, assessment_of, load_vignette, profile_of


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V9")


def test_the_plan_is_locked_as_an_emergency(story: Story) -> None:
    """The block is created locked, says why and what unlocks it."""
    assert story.block.status == "locked"
    assert story.block.lock is not None
    assert story.block.lock.urgency == "emergency"
    assert story.block.lock.text
    assert story.block.lock.unlock


def test_no_exercise_is_shown(story: Story) -> None:
    """No week of the block, earned or projected, holds a single item."""
    assert story.items() == []
    assert all(week.status == "locked" for week in story.block.earned)


def test_the_finding_is_still_there(story: Story) -> None:
    """The joints are read as usual: the lock stands above them."""
    assert story.state.client.finding.limiting_factor == "hip"


def test_a_later_no_unlocks_nothing(story: Story) -> None:
    """Answering no the next morning leaves the lock as it is."""
    story.morning(MONDAY + timedelta(days=1), red_flags=dict(CLEAR) | {"saddle_numbness": "no"})

    assert story.block.lock is not None
    assert story.block.lock.urgency == "emergency"
    assert story.items() == []


def test_a_clearance_resumes_at_the_shape_stage(story: Story) -> None:
    """After a dated clearance training resumes at P1, unloaded, and stays there for two weeks."""
    cleared = MONDAY + timedelta(days=3)
    story.clear(cleared)

    assert story.block.status == "active"
    assert story.here.stage == "P1"
    for offset in range(4, 16):
        day = MONDAY + timedelta(days=offset)
        story.calm_day(day)
        item = story.squat_item(day)
        assert item is None or (item.stage == "P1" and item.load_kg is None)


@pytest.mark.parametrize(
    "flag", ["both_legs_affected", "progressive_weakness", "chest_pain_or_collapse", "major_trauma"]
)
def test_every_other_emergency_does_the_same(catalogue: Catalogue, flag: str) -> None:
    """Weakness of both legs and the other emergencies lock the same way."""
    body = load_vignette("V9")
    flags = dict(CLEAR) | {flag: "yes"}
    assessment = replace(assessment_of(body["assessment"]), red_flags=flags)
    story = Story(catalogue, profile_of(body["client"]), assessment)

    assert story.block.lock is not None
    assert story.block.lock.urgency == "emergency"
    assert story.items() == []
