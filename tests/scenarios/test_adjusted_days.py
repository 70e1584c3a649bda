"""What people change stays changed as the days go by, and nothing about it is silent."""

from datetime import date, timedelta
from typing import Any

import pytest

from planner.adjustment import AdjustedPlace, Adjustment
from planner.catalogue import Catalogue
from planner.facts import Limit
from planner.plan import Item, PlannedSession
from tests.support.story import MONDAY, Story, changed

DAY = timedelta(days=1)


def place(session: PlannedSession, on: date, item: Item | None = None) -> AdjustedPlace:
    """Return how an adjustment names a session, or an item of it."""
    return AdjustedPlace(
        session_id=session.id,
        session_kind=session.kind,
        on=on,
        exercise=None if item is None else item.exercise,
        side=None if item is None else item.side,
    )


def move(story: Story, on: date, to_date: date, *, made: date = MONDAY, **how: Any) -> str:
    """Move the squat session of a day and return its id."""
    session = story.squat_session(on)
    assert session is not None
    story.tell(
        Adjustment(kind="move_session", reason="away", place=place(session, on), to_date=to_date, **how), made, 13
    )
    return session.id


def days_with(story: Story, session_id: str) -> list[date]:
    """Return the days that show a session, in the weeks as a reader sees them."""
    projected = {week.week_number: week for week in story.block.projected}
    weeks = [projected.get(number, week) for number, week in story.shown.items()]
    return [day.date for week in weeks for day in week.days if any(one.id == session_id for one in day.sessions)]


def rules_against(story: Story) -> list[str]:
    """Return the rules behind the block's conflicts."""
    return [one.rule for one in story.block.conflicts]


# --- moves --------------------------------------------------------------------------------------------------------


def test_a_moved_session_stays_when_the_day_it_left_begins(catalogue: Catalogue) -> None:
    """The mornings of the day it left, and of the days between, change nothing."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday = story.squat_days(1)[1]
    moved = move(story, friday, friday + DAY)
    for day in (friday, friday + DAY):
        story.morning(day)

        assert days_with(story, moved) == [friday + DAY]
        assert story.squat_session(friday) is None


def test_a_session_moved_into_the_next_week_stays_when_its_week_is_over(catalogue: Catalogue) -> None:
    """Also in the projected version, and when nothing of its own week is planned any more."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday, tuesday = story.squat_days(1)[1], MONDAY + timedelta(days=8)
    moved = move(story, friday, tuesday, acknowledges=("AD12",))
    assert days_with(story, moved) == [tuesday]
    for day in (friday, MONDAY + timedelta(days=7)):
        story.morning(day)

        assert days_with(story, moved) == [tuesday]


def test_a_session_done_early_does_not_come_back(catalogue: Catalogue) -> None:
    """What was moved forward and logged is gone from the day it left."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday, thursday = story.squat_days(1)[1], story.squat_days(1)[1] - DAY
    moved = move(story, friday, thursday)
    story.squat(thursday)
    story.morning(friday)

    assert days_with(story, moved) == [thursday]
    assert rules_against(story) == []


def test_a_dose_goes_with_the_session_that_was_moved(catalogue: Catalogue) -> None:
    """What was changed before the move still holds when the day it left has begun."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday = story.squat_days(1)[1]
    session, squat = story.squat_session(friday), story.squat_item(friday)
    assert session is not None
    assert squat is not None
    story.tell(Adjustment(kind="set_dose", reason="less", sets=1, place=place(session, friday, squat)), MONDAY, 12)
    move(story, friday, friday + DAY)
    story.morning(friday)

    moved = story.squat_item(friday + DAY)
    assert moved is not None
    assert moved.sets == 1


def test_a_day_that_has_begun_takes_no_session(catalogue: Catalogue) -> None:
    """Moving into the past is told as a conflict, and nothing moves."""
    story = Story.of(catalogue, "V1", weeks=6)
    wednesday, friday = MONDAY + 2 * DAY, story.squat_days(1)[1]
    story.morning(wednesday)
    moved = move(story, friday, MONDAY + DAY, made=wednesday)

    assert rules_against(story) == ["AD06"]
    assert days_with(story, moved) == [friday]


# --- squats stay apart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["add", "swap"])
def test_a_squat_in_a_session_next_to_a_squat_day_is_told(catalogue: Catalogue, how: str) -> None:
    """Whether it is added or takes an exercise's place: the days between squats are named."""
    story = Story.of(catalogue, "V1", weeks=6)
    wednesday, friday = MONDAY + 2 * DAY, story.squat_days(1)[1]
    move(story, friday, wednesday + DAY)
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    item = joint.items[-1]
    body = (
        Adjustment(kind="add_exercise", reason="more", exercise="bodyweight_squat", place=place(joint, wednesday))
        if how == "add"
        else Adjustment(
            kind="swap_exercise",
            reason="more",
            exercise="bodyweight_squat",
            place=place(joint, wednesday, item),
            acknowledges=("AD13",),
        )
    )
    story.tell(body, MONDAY, 14)

    assert rules_against(story) == ["AD12"]
    assert all(one.category != "squat" for one in story.items_on(wednesday))


# --- conditions ---------------------------------------------------------------------------------------------------


def test_no_acknowledgement_lifts_the_cap_of_a_bone_limit(catalogue: Catalogue) -> None:
    """A coach may ask for more than was earned, never for more than a condition allows."""
    story = Story.of(catalogue, "V3", weeks=6)
    fragile = changed(story.profile, limits=(Limit(code="bone_fragility", cleared_on=MONDAY - DAY),))
    story.tell(fragile, MONDAY, 11)
    day = next(day for day in story.squat_days(1) if (item := story.squat_item(day)) and item.load_kg)
    session, squat = story.squat_session(day), story.squat_item(day)
    assert session is not None
    assert squat is not None
    every = tuple(f"AD{number:02}" for number in range(1, 15))
    story.tell(
        Adjustment(kind="set_load", reason="try", load_kg=200.0, place=place(session, day, squat), acknowledges=every),
        MONDAY,
        13,
    )

    assert rules_against(story) == ["AD03"]
    assert story.squat_item(day) == squat


def test_a_side_that_must_be_spared_is_left_out_of_what_a_coach_adds(catalogue: Catalogue) -> None:
    """Knee pain on the left: an exercise of each side comes on the right alone."""
    story = Story.of(catalogue, "V1", weeks=6)
    story.tell(changed(story.profile, limits=(Limit(code="knee_pain", side="left"),)), MONDAY, 11)
    wednesday = MONDAY + 2 * DAY
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    name = next(one.id for one in catalogue.exercises.values() if "KN" in one.contraindications and one.sides == "each")
    story.tell(
        Adjustment(
            kind="add_exercise",
            reason="more",
            exercise=name,
            place=place(joint, wednesday),
            acknowledges=("AD10", "AD14"),
        ),
        MONDAY,
        13,
    )

    assert [one.side for one in story.items_on(wednesday) if one.exercise == name] == ["right"]


# --- members ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["high_bar_back_squat", "tempo_rdl_light"])
def test_a_member_does_not_swap_circles_for_loads(catalogue: Catalogue, wanted: str) -> None:
    """Neither a squat nor a loaded exercise takes the place of an unloaded one."""
    story = Story.of(catalogue, "V1", weeks=6)
    circles = story.sessions(MONDAY)[0]
    story.tell(
        Adjustment(
            kind="swap_exercise",
            reason="bored",
            by_member=True,
            exercise=wanted,
            place=place(circles, MONDAY, circles.items[0]),
        ),
        MONDAY,
        13,
    )

    assert "AD05" in rules_against(story)
    assert story.sessions(MONDAY)[0].items == circles.items


def test_what_a_member_swaps_in_takes_no_more_sets(catalogue: Catalogue) -> None:
    """An exercise of three sets takes the place of one of two: in two."""
    story, wednesday = Story.of(catalogue, "V1", weeks=6), MONDAY + 2 * DAY
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    rocking = next(one for one in joint.items if one.exercise == "rock_back_neutral_pelvis")
    story.morning(wednesday)
    story.tell(
        Adjustment(
            kind="swap_exercise",
            reason="tired",
            by_member=True,
            exercise="bird_dog",
            place=place(joint, wednesday, rocking),
        ),
        wednesday,
        13,
    )
    new = next(one for one in story.items_on(wednesday) if one.exercise == "bird_dog")

    assert rules_against(story) == []
    assert catalogue.exercises["bird_dog"].dose.sets == (3, 3)
    assert new.sets == rocking.sets == 2


# --- the moment a block is made -----------------------------------------------------------------------------------


def test_a_change_in_the_moment_the_block_was_made_counts(catalogue: Catalogue) -> None:
    """Step by step and built from all facts alike: nobody changes a block before it is there."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday = story.squat_days(1)[1]
    session = story.squat_session(friday)
    assert session is not None
    assert story.request.created_at.hour == 9
    story.tell(Adjustment(kind="skip_session", reason="away", place=place(session, friday)), MONDAY, 9)

    skipped = story.squat_session(friday)
    assert skipped is not None
    assert skipped.status == "skipped"
