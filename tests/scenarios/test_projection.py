"""Weeks ahead: shown as if all went well, served as earned once they begin."""

import itertools
from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.plan import Item, Week
from planner.replan import build
from planner.words import STAGES
from tests.support.story import MONDAY, Story


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of V1."""
    return Story.of(catalogue, "V1")


def squats(week: Week) -> list[tuple[date, Item]]:
    """Return the squats of a week with their days."""
    return [(day.date, i) for day in week.days for one in day.sessions for i in one.items if i.rung is not None]


def test_weeks_ahead_have_two_versions(story: Story) -> None:
    """The first week is earned alone; each later week is there twice, one of them marked projected."""
    earned = [week.week_number for week in story.block.earned]
    projected = [week.week_number for week in story.block.projected]

    assert earned == list(range(1, 9))
    assert projected == list(range(2, 9))
    assert not any(week.projected for week in story.block.earned)
    assert all(week.projected for week in story.block.projected)


def test_the_projection_moves_up_and_the_earned_version_does_not(story: Story) -> None:
    """Projected weeks climb the ladder; earned weeks repeat the first rung and load."""
    first = story.squat_item(MONDAY)
    assert first is not None
    for week in story.block.earned:
        for _, item in squats(week):
            assert (item.exercise, item.load_kg) in {(first.exercise, first.load_kg), (first.exercise, 20)}
    stages = [STAGES.index(week.stage) for week in story.block.projected]
    assert stages == sorted(stages)
    assert stages[-1] > STAGES.index("P2")


def test_projected_moves_come_at_their_earliest_date(story: Story) -> None:
    """Projected rungs change no sooner than after seven days, ten from the barbell on."""
    entered: dict[int, date] = {}
    for week in (story.block.earned[0], *story.block.projected):
        for day, item in squats(week):
            assert item.rung is not None
            entered.setdefault(item.rung, day)
    rungs = sorted(entered)
    for before, after in itertools.pairwise(rungs):
        barbell = story.state.ladder.rungs[before].stage >= "P4"
        assert (entered[after] - entered[before]).days >= (10 if barbell else 7)


def test_calm_weeks_earn_what_was_projected(story: Story) -> None:
    """Living the projected responses leads to the projected squats of the third week."""
    projected = {day: item.exercise for day, item in squats(story.block.projected[1])}
    story.calm_week(1)
    story.calm_week(2)
    lived = {day: item.exercise for day, item in squats(story.week(3))}

    assert lived == projected


@pytest.mark.parametrize("weeks", [1, 2, 3, 5, 7])
def test_silence_never_raises_a_load(story: Story, weeks: int) -> None:
    """After weeks of silence the running week asks for no more than the first day did."""
    first = story.squat_item(MONDAY)
    today = MONDAY + timedelta(days=7 * weeks)
    kept = {n: week for n, week in story.shown.items() if week.starts_on <= today}
    served = build(story.request, story.facts, catalogue=story.catalogue, today=today, shown=kept)

    assert first is not None
    for week in served.block.earned:
        for _, item in squats(week):
            assert item.exercise == first.exercise
            assert (item.load_kg or 0) <= (first.load_kg or 0)
            assert item.sets <= first.sets
    assert served.state.progress == story.state.progress
    assert served.state.history == story.state.history


def test_the_stored_week_is_served_unchanged_when_it_begins(story: Story) -> None:
    """What was stored as earned for a week is what silence serves: time alone never replans."""
    today = MONDAY + timedelta(days=14)
    kept = {n: week for n, week in story.shown.items() if week.starts_on <= today}
    served = build(story.request, story.facts, catalogue=story.catalogue, today=today, shown=kept)

    assert {week.week_number: week for week in served.block.earned} == story.shown


def test_a_setback_lowers_the_projection(story: Story) -> None:
    """After a problem the projected weeks are no further along than before."""
    story.calm_week(1)
    before = {week.week_number: week.stage for week in story.block.projected}
    day = story.squat_days(2)[0]
    story.squat(day, changed_technique_to_survive=True)
    story.morning(day + timedelta(days=1), now=3, worst=5)
    after = {week.week_number: week.stage for week in story.block.projected}

    assert all(after[number] <= before[number] for number in after)


def test_begun_days_never_change(story: Story) -> None:
    """Whatever the logs say, each day that had begun stays as it was shown, to the item."""
    seen: dict[date, list[Item]] = {}
    for number in range(1, 5):
        for offset, day in enumerate(story.days_of(number)):
            story.morning(day, now=offset % 5)
            seen[day] = story.items_on(day)
            if story.squat_session(day) is not None:
                story.squat(day, during=(number + offset) % 7, after=2)
            assert all(story.items_on(past) == items for past, items in seen.items())


def test_the_last_week_is_the_end(story: Story) -> None:
    """Nothing is planned beyond the block's last day, and its last week holds a re-test."""
    last = max(day.date for week in story.block.earned for day in week.days)

    assert last == MONDAY + timedelta(days=55)
    assert 8 in [retest.week_number for retest in story.block.retests]
