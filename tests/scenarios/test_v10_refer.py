"""V10: stable tingling into one calf: see a professional before training on."""

from datetime import timedelta

import pytest

from planner.attention import attention
from planner.catalogue import Catalogue
from planner.withhold import is_loaded
from tests.support.story import CLEAR, MONDAY, Story

GENTLE = {"walk", "ankle_car", "t_spine_car_seated", "shoulder_car", "foot_toe_car", "hip_car_side_lying"}


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V10")


def test_the_loaded_plan_is_withheld(story: Story, catalogue: Catalogue) -> None:
    """The block is locked at refer and holds no loaded item."""
    assert story.block.lock is not None
    assert story.block.lock.urgency == "refer"
    assert not any(is_loaded(item, catalogue) for item in story.items())


def test_only_the_gentle_list_is_shown(story: Story) -> None:
    """What is left is the easy walk and five gentle circles at ten percent effort, none of the spine."""
    shown = {item.exercise for item in story.items()}

    assert shown == GENTLE
    assert all((item.effort_percent or 0) <= 10 for item in story.items())


@pytest.mark.parametrize(
    ("flag", "urgency"),
    [
        ("loss_of_strength", "same_day"),
        ("progressive_weakness", "emergency"),
        ("both_legs_affected", "emergency"),
        ("bladder_or_bowel_change", "emergency"),
        ("severe_and_rapidly_worsening", "same_day"),
    ],
)
def test_a_worse_check_in_raises_the_level(story: Story, flag: str, urgency: str) -> None:
    """When strength drops or symptoms spread, the next check-in raises the level and takes the items away."""
    story.morning(MONDAY + timedelta(days=1), red_flags={flag: "yes"})

    assert story.block.lock is not None
    assert story.block.lock.urgency == urgency
    ahead = [day for week in story.block.earned for day in week.days if day.date > MONDAY + timedelta(days=1)]
    assert not any(day.sessions for day in ahead)


def test_a_no_does_not_unlock(story: Story) -> None:
    """Answering every item with no leaves the lock in place."""
    story.morning(MONDAY + timedelta(days=1), red_flags=dict(CLEAR))

    assert story.block.lock is not None


def test_after_a_clearance_it_is_p1_with_a_weekly_check(story: Story) -> None:
    """A dated clearance unlocks the block at the shape stage; a new yes locks it again."""
    story.clear(MONDAY + timedelta(days=4))
    assert story.block.lock is None
    assert story.here.stage == "P1"

    story.morning(MONDAY + timedelta(days=11), red_flags={"tingling": "yes"})
    assert story.block.lock is not None
    assert story.block.lock.urgency == "refer"


def test_the_weekly_check_is_asked_for_and_locks_nothing(story: Story, catalogue: Catalogue) -> None:
    """A week after the answers the coach is asked for new ones, the client has read of it, training goes on."""
    cleared = MONDAY + timedelta(days=4)
    story.clear(cleared)
    due = cleared + timedelta(days=7)
    before, after = (
        [one.text for one in attention(story.state, story.request, today=on, catalogue=catalogue)]
        for on in (due - timedelta(days=1), due)
    )
    weekly = "safety questions are asked every week"

    assert not any(weekly in text for text in before)
    assert any(weekly in text for text in after)
    assert catalogue.texts.phrases["advice_weekly_check"] in story.block.advice
    story.morning(due + timedelta(days=3))
    assert story.block.lock is None


def test_a_block_that_was_never_stopped_has_no_weekly_check(catalogue: Catalogue) -> None:
    """Without a clearance neither advice nor inbox speak of it."""
    calm = Story.of(catalogue, "V1")

    assert catalogue.texts.phrases["advice_weekly_check"] not in calm.block.advice
