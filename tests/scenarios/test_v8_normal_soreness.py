"""V8: sore thighs after the first squats; the back only worked and settled within a day."""

from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the story on the morning after the first squats."""
    told = Story.of(catalogue, "V8")
    told.squat(MONDAY, during=1, after=2, words=("worked",), leg_soreness=4, warm_up_helped=True)
    told.morning(MONDAY + timedelta(days=1), now=1, worst=2, leg_soreness=6, words=("worked",), hours_to_settle=20)
    return told


def test_there_is_no_label(catalogue: Catalogue) -> None:
    """Nothing about her joints is called limiting."""
    finding = Story.of(catalogue, "V8").state.client.finding

    assert finding.limiting_factor == "none"
    assert finding.counted == ()


def test_it_is_a_normal_response(story: Story) -> None:
    """Sore legs of six with a calm back are normal; nobody is referred and nothing locks."""
    assert story.planned.response == "normal"
    assert story.block.lock is None
    assert not {"refer", "step_back", "ease", "stop"} & {one.verdict for one in story.planned.decisions}


def test_the_next_squat_is_no_lighter(story: Story) -> None:
    """The next exposure keeps depth, sets and at least the load."""
    before, after = story.squat_item(MONDAY), story.next_squat(MONDAY + timedelta(days=1))

    assert before is not None
    assert after is not None
    assert (after.exercise, after.depth, after.sets) == (before.exercise, before.depth, before.sets)
    assert (after.load_kg or 0) >= (before.load_kg or 0)


@pytest.mark.parametrize("soreness", range(8))
def test_leg_soreness_up_to_seven_changes_nothing(catalogue: Catalogue, soreness: int) -> None:
    """Whatever the legs say up to 7, the response is normal and the plan is the same."""
    told = [Story.of(catalogue, "V8") for _ in range(2)]
    for one, legs in zip(told, (0, soreness), strict=True):
        one.squat(MONDAY, during=1, after=1)
        one.morning(MONDAY + timedelta(days=1), leg_soreness=legs)

    assert told[0].state.position == told[1].state.position
    assert told[1].planned.response == "normal"


@pytest.mark.parametrize("soreness", [8, 9, 10])
def test_very_sore_legs_repeat_the_same_load(catalogue: Catalogue, soreness: int) -> None:
    """From 8 on the same load is repeated, without a step back."""
    told = Story.of(catalogue, "V8")
    before = told.state.position
    told.squat(MONDAY, during=1, after=1)
    told.morning(MONDAY + timedelta(days=1), leg_soreness=soreness)

    assert told.planned.response == "normal"
    assert (told.state.position.load_kg, told.state.position.sets) == (before.load_kg, before.sets)
    assert told.rules() == ["PG17"]
