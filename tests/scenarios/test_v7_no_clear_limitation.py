"""V7: everything measures normal; training jumped and sleep is short."""

from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V7")


def test_no_limiter_is_invented(story: Story) -> None:
    """One sign and normal measures give no limiting factor, no counted factor and no subtype."""
    finding = story.state.client.finding

    assert (finding.limiting_factor, finding.subtype, finding.second_factor) == ("none", None, None)
    assert finding.counted == ()


def test_the_preferred_squat_stays_lighter(story: Story) -> None:
    """The high-bar squat stays in, two or three sets at 60 to 75 percent and RPE 7 at most."""
    for number in (1, 2, 3):
        story.calm_week(number)
    squats = [item for item in story.items() if item.category == "squat"]

    assert {item.exercise for item in squats} == {"high_bar_back_squat"}
    assert {item.sets for item in squats} <= {2, 3}
    assert all(item.load_kg is not None and item.load_kg <= 0.75 * 0.9 * 130 for item in squats)
    assert all(item.rpe_max is not None and item.rpe_max <= 7 for item in squats)


def test_circles_stand_on_every_day_and_no_range_is_trained(story: Story) -> None:
    """CARs are daily; without a limiter there is no target."""
    assert story.block.trained == ()
    for day in story.week(1).days:
        assert any(item.category == "cars" for one in day.sessions for item in one.items)


def test_it_is_reassessed_in_week_four(story: Story) -> None:
    """A re-test stands in week four."""
    assert 4 in [retest.week_number for retest in story.block.retests]


def test_bad_sleep_eases_a_watched_squat(story: Story) -> None:
    """A watched response after five hours of sleep takes off load and a set; the sleep is named."""
    first = story.squat_item(MONDAY)
    story.squat(MONDAY, during=3, after=3, context={"sleep_h": 5})
    story.morning(MONDAY + timedelta(days=1), now=2)
    spoken = next(one for one in story.planned.decisions if one.rule == "PG13")
    after = story.next_squat(MONDAY + timedelta(days=1))

    assert spoken.facts["sleep_h"] == 5
    assert first is not None
    assert after is not None
    assert first.load_kg is not None
    assert after.load_kg is not None
    assert after.load_kg <= 0.9 * first.load_kg
    assert after.sets == first.sets - 1


def test_the_same_response_after_good_sleep_only_holds(story: Story) -> None:
    """Without bad sleep or stress one watched response repeats the exposure."""
    first = story.squat_item(MONDAY)
    story.squat(MONDAY, during=3, after=3, context={"sleep_h": 8})
    story.morning(MONDAY + timedelta(days=1), now=2)
    after = story.next_squat(MONDAY + timedelta(days=1))

    assert first is not None
    assert after is not None
    assert (after.load_kg, after.sets, after.reps) == (first.load_kg, first.sets, first.reps)
