"""V2: ankles short of range, high-bar at parallel; heels-up helps at once."""

import itertools
from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Assessment, Measurement
from planner.replan import Planned
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of the story."""
    return Story.of(catalogue, "V2")


@pytest.fixture(scope="module")
def calm_story(catalogue: Catalogue) -> Story:
    """Return the story after eight calm weeks; nothing may be added to it."""
    told = Story.of(catalogue, "V2")
    for number in range(1, 9):
        told.calm_week(number)
    return told


def ankles(story: Story, on: date, left: float, right: float) -> Planned:
    """Tell of a re-test of both ankles."""
    sides = (("left", left), ("right", right))
    return story.tell(
        Assessment(
            performed_on=on,
            setting="clinic",
            measurements=tuple(
                Measurement(joint="ankle", motion="knee_to_wall", side=side, passive=value, unit="cm")  # type: ignore[arg-type]
                for side, value in sides
            ),
        ),
        on,
    )


def test_the_ankle_limits_and_the_trunk_does_not_count(story: Story) -> None:
    """Four signs, a short ankle and heels that help score 8.1; the trunk passes no gate."""
    finding = story.state.client.finding

    assert (finding.limiting_factor, finding.second_factor) == ("ankle", None)
    assert round(finding.scores["ankle"], 1) == 8.1
    assert finding.counted == ("ankle",)


def test_it_starts_goblet_with_heels_on_five_centimetres(story: Story) -> None:
    """The entry is the goblet squat with heels on five centimetres, before any bar."""
    first = story.squat_item(MONDAY)

    assert first is not None
    assert (first.exercise, first.stage, story.here.heel_cm) == ("goblet_heels_up", "P2", 5)


def test_every_rung_before_the_last_lifts_the_heels(story: Story) -> None:
    """Flat squats wait for the ankle: all rungs but the preferred squat are heels-up."""
    *before, last = story.state.ladder.rungs

    assert all("heels_up" in rung.modifiers for rung in before)
    assert (last.variation, last.modifiers) == ("high_bar_back_squat", ())


def test_hard_ankle_work_stands_on_at_most_three_days(story: Story) -> None:
    """Ankle PAILs/RAILs stand on one to three days a week, two days apart; ankle work on more."""
    week = story.week(1)
    hard = [
        day.date
        for day in week.days
        if any("ankle_pails" in item.exercise for one in day.sessions for item in one.items)
    ]

    assert 1 <= len(hard) <= 3
    assert all((after - before).days >= 2 for before, after in itertools.pairwise(hard))


def test_no_flat_back_squat_appears_in_eight_calm_weeks(calm_story: Story) -> None:
    """While the ankle stays short the block ends at the heels-up high-bar squat."""
    assert calm_story.rung == "high_bar_heels_up"
    assert not any(item.exercise == "high_bar_back_squat" for item in calm_story.items())


def test_a_first_small_rise_keeps_the_wedge(story: Story) -> None:
    """At week four 1.1 cm more is no claim: the wedge stays at five centimetres."""
    for number in (1, 2, 3):
        story.calm_week(number)
    ankles(story, MONDAY + timedelta(days=22), 6.6, 7.0)

    assert story.here.heel_cm == 5
    assert story.state.ladder.rungs[-1].waits_for


def test_a_real_rise_lowers_the_wedge(story: Story) -> None:
    """At week six 2 cm more than at the start is real: a lower wedge is enough on the way up."""
    for number in (1, 2, 3):
        story.calm_week(number)
    before = {rung.heel_cm for rung in story.state.ladder.rungs}
    ankles(story, MONDAY + timedelta(days=22), 6.6, 7.0)
    ankles(story, MONDAY + timedelta(days=36), 7.5, 8.0)

    assert 5 in before
    assert max(rung.heel_cm for rung in story.state.ladder.rungs) == 2.5


def test_two_small_rises_are_one_real_one(story: Story) -> None:
    """At week six 0.9 cm more than at week four is 2 cm more than at the start: nobody asks why nothing changed."""
    for number in range(1, 7):
        story.calm_week(number)
        if number == 4:
            ankles(story, MONDAY + timedelta(days=27), 6.6, 7.0)
    told = ankles(story, MONDAY + timedelta(days=43), 7.5, 8.0)

    assert "PG21" not in {one.rule for one in told.decisions}


def test_no_rise_since_the_start_is_told_at_week_six(story: Story) -> None:
    """Half a centimetre after six adherent weeks is no real change, whatever the re-test between showed."""
    for number in range(1, 7):
        story.calm_week(number)
        if number == 4:
            ankles(story, MONDAY + timedelta(days=27), 4.0, 4.5)
    told = ankles(story, MONDAY + timedelta(days=43), 6.0, 6.5)

    assert "PG21" in {one.rule for one in told.decisions}


def test_enough_range_opens_the_flat_squat(story: Story) -> None:
    """From 8.5 cm on the flat high-bar squat no longer waits."""
    story.calm_week(1)
    ankles(story, MONDAY + timedelta(days=8), 8.5, 9.0)

    assert story.state.ladder.rungs[-1].waits_for == ""


def test_no_cue_holds_the_knees_back(story: Story) -> None:
    """No item tells an ankle client to keep the knees behind the toes."""
    assert not any("knees back" in item.cue.lower() or "behind" in item.cue.lower() for item in story.items())
