"""A day planned alone is the day the full plan shows: what a simulation trains is what a client would be shown."""

from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.day import earned_day
from planner.plan import Day
from planner.replan import build
from planner.session import choices_of
from tests.support.story import MONDAY, Story

DAYS = [MONDAY + timedelta(days=offset) for offset in range(1, 34)]
DAY = timedelta(days=1)
STOPPED, CLEARED = MONDAY + timedelta(days=26), MONDAY + timedelta(days=29)


def lived(story: Story, on: date, *, trouble: bool) -> None:
    """Live one day: mornings are forgotten, sessions are left out; with trouble a problem, a flare and a red flag."""
    offset = (on - MONDAY).days
    if offset % 5 != 3:
        told = {"red_flags": {"numbness": "yes"}} if trouble and on == STOPPED else {}
        story.morning(on, now=5 if trouble and 9 <= offset <= 13 else 1, **told)
    if trouble and on == CLEARED:
        story.clear(on)
    if offset % 4 != 2:
        story.train(on)
    if story.squat_session(on) is not None and offset % 9 != 7 and not story.state.locked:
        bad = trouble and 8 <= offset <= 12
        story.squat(on, during=6 if bad else 1, after=5 if bad else 1, context={"stress": 8 if trouble else 2})


def in_the_full_plan(story: Story, on: date) -> Day:
    """Return a day as the earned weeks show it when everything is planned on the day before."""
    block = build(story.request, story.facts, catalogue=story.catalogue, today=on - DAY).block
    return next(day for week in block.earned for day in week.days if day.date == on)


@pytest.mark.parametrize("trouble", [False, True], ids=["calm", "troubled"])
@pytest.mark.parametrize("name", ["V1", "V2", "V4", "V7", "V14"])
def test_a_day_alone_is_the_day_of_the_full_plan(catalogue: Catalogue, name: str, trouble: bool) -> None:
    """On each day of five weeks the sessions and items of the day are those of a full build on the day before."""
    story = Story.of(catalogue, name, weeks=5, check_rebuild=False)
    lived(story, MONDAY, trouble=trouble)
    for on in DAYS:
        choices = choices_of(story.state.client, catalogue)
        alone = earned_day(story.request, story.state, on, catalogue=catalogue, choices=choices)

        assert alone == in_the_full_plan(story, on), on
        assert alone == earned_day(story.request, story.state, on, catalogue=catalogue)
        lived(story, on, trouble=trouble)
