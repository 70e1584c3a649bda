"""V3: range is there, slow tempo shakes, the back is tight the next day."""

from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from tests.support.story import MONDAY, Story

STRETCHING = "passive"


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V3")


def test_load_ownership_limits(story: Story) -> None:
    """Fine measures with a failing slow tempo score 5.7 for load ownership and nothing else counts."""
    finding = story.state.client.finding

    assert finding.limiting_factor == "load_ownership"
    assert round(finding.scores["load_ownership"], 1) == 5.7
    assert finding.counted == ("load_ownership",)


def test_it_does_not_open_with_what_just_failed(story: Story) -> None:
    """The slow tempo failed, so the plan opens with the plain goblet squat and tempo comes next."""
    first = story.squat_item(MONDAY)

    assert first is not None
    assert (first.exercise, first.stage) == ("goblet_squat", "P2")
    assert story.variations[1] == "goblet_tempo_squat"


def test_the_ladder_teaches_ownership_before_load(story: Story) -> None:
    """From goblet over pins, pauses and tempo the way ends at the high-bar squat."""
    assert story.variations == [
        "goblet_squat",
        "goblet_tempo_squat",
        "pin_anderson_above_parallel",
        "front_paused_tempo",
        "high_bar_tempo_squat",
        "high_bar_back_squat",
    ]


def test_the_goblet_tempo_squat_is_slow(story: Story) -> None:
    """Once owned, the goblet squat is done five seconds down, three still, one up, for five at most."""
    story.calm_week(1)
    item = story.next_squat(MONDAY + timedelta(days=6))

    assert item is not None
    assert (item.exercise, item.tempo) == ("goblet_tempo_squat", "5-3-1")
    assert item.reps is not None
    assert item.reps <= 5


def test_there_is_no_stretching(story: Story) -> None:
    """Nothing in the plan has a long passive phase: the end of the range is loaded instead."""
    phases = [phase.name for item in story.items() for phase in item.phases or ()]

    assert STRETCHING not in phases
    assert any(item.category == "end_range" for item in story.items())


def test_calm_weeks_reach_the_high_bar_tempo_by_week_six(story: Story) -> None:
    """Six calm weeks reach the high-bar tempo squat; the full squat is not reached before week seven."""
    for number in range(1, 6):
        story.calm_week(number)
    assert story.rung in {"front_paused_tempo", "high_bar_tempo_squat"}
    story.calm_week(6)
    assert story.rung == "high_bar_tempo_squat"


def test_the_next_morning_decides_not_the_session(story: Story) -> None:
    """A session without any pain and a morning of 4 is watched; the same session and a calm morning is normal."""
    story.squat(MONDAY, during=0, after=0)
    assert story.planned.response == "pending"
    story.morning(MONDAY + timedelta(days=1), now=4, worst=4, hours_to_settle=48)

    assert story.planned.response == "watch"
    assert story.here.index == story.state.ladder.entry


def test_later_tightness_is_explained(story: Story) -> None:
    """The plan carries the short text on why the back is tight later and not during."""
    assert "later_not_during" in [text.id for text in story.block.teaching]
