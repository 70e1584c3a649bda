"""V4: the unrack is hardest and breathing needs an arch; low-bar at parallel."""

import itertools

import pytest

from planner.catalogue import Catalogue
from planner.words import STAGES
from tests.support.story import Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V4")


@pytest.fixture(scope="module")
def calm_story(catalogue: Catalogue) -> Story:
    """Return the story after eight calm weeks; nothing may be added to it."""
    told = Story.of(catalogue, "V4")
    for number in range(1, 9):
        told.calm_week(number)
    return told


def test_the_trunk_limits(story: Story) -> None:
    """Signs, breath, rib flare and front-load relief score 9.1 for the trunk."""
    finding = story.state.client.finding

    assert (finding.limiting_factor, finding.confidence) == ("trunk", "high")
    assert round(finding.scores["trunk"], 1) == 9.1


def test_front_loaded_rungs_come_before_back_loaded_ones(story: Story) -> None:
    """No rung with the load in front follows one with the load on the back."""
    positions = [rung.load_position for rung in story.state.ladder.rungs]
    first_back = positions.index("back")

    assert "front" not in positions[first_back:]
    assert "front" in positions[:first_back]


def test_the_ladder_goes_from_goblet_over_bells_and_front_to_the_low_bar(story: Story) -> None:
    """Goblet, double bells, front squat, paused safety bar, low-bar tempo, low-bar."""
    assert story.variations == [
        "goblet_squat",
        "double_bell_front_squat",
        "front_squat",
        "safety_bar_squat",
        "low_bar_tempo_squat",
        "low_bar_back_squat",
    ]


def test_breathing_stands_on_every_day(story: Story) -> None:
    """A breathing drill is part of each day of the week."""
    for day in story.week(1).days:
        names = [item.exercise for one in day.sessions for item in one.items]
        assert any("breathing" in name for name in names), day.date


def test_every_squat_day_rehearses_the_unrack(calm_story: Story) -> None:
    """The unrack is rehearsed with the empty bar on each squat day of the block."""
    for number in range(1, 9):
        for day in calm_story.squat_days(number):
            assert "unrack_rehearsal" in [item.exercise for item in calm_story.items_on(day)]


def test_no_up_move_skips_a_rung(calm_story: Story) -> None:
    """Over eight calm weeks the rung rises by one at a time and reaches the low-bar tempo squat."""
    days = [day for number in range(1, 9) for day in calm_story.days_of(number)]
    seen = [item.rung for day in days if (item := calm_story.squat_item(day)) is not None]

    steps = {(after or 0) - (before or 0) for before, after in itertools.pairwise(seen)}
    assert steps == {0, 1}
    assert STAGES.index(calm_story.here.stage) >= STAGES.index("P5")


def test_missed_breath_at_the_bottom_holds(story: Story) -> None:
    """A squat without breath at the bottom earns nothing, however calm the back is."""
    story.calm_week(1)
    here = story.state.position
    for day in story.days_of(2):
        story.morning(day)
        story.train(day)
        if story.squat_session(day):
            story.squat(day, gates={"breath_ok": False})

    assert story.state.position.rung == here.rung
    assert story.state.position.load_kg == here.load_kg
