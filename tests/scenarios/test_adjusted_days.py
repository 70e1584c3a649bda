"""What people change stays changed as the days go by, and nothing about it is silent."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from planner.adjustment import AdjustedPlace, Adjustment
from planner.catalogue import Catalogue
from planner.facts import Limit
from planner.plan import Item, PlannedSession
from tests.support.story import MONDAY, Story, changed

DAY = timedelta(days=1)
ALL = tuple(f"AD{number:02}" for number in range(1, 15))


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
        Adjustment(
            kind="add_exercise",
            reason="more",
            exercise="bodyweight_squat",
            place=place(joint, wednesday),
            acknowledges=("AD13",),
        )
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
    story.tell(
        Adjustment(kind="set_load", reason="try", load_kg=200.0, place=place(session, day, squat), acknowledges=ALL),
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


def test_a_condition_speaks_even_where_the_missing_equipment_is_acknowledged(catalogue: Catalogue) -> None:
    """Both are held against it: naming the one does not hide the other."""
    story = Story.of(catalogue, "V1", weeks=6)
    bare = changed(story.profile, equipment=(), limits=(Limit(code="bone_fragility", cleared_on=MONDAY - DAY),))
    story.tell(bare, MONDAY, 11)
    wednesday = MONDAY + 2 * DAY
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    for named in ((), ("AD10", "AD14")):
        wanted = Adjustment(
            kind="add_exercise",
            reason="more",
            exercise="tempo_rdl_light",
            place=place(joint, wednesday),
            acknowledges=named,
        )
        story.tell(wanted, MONDAY, 13 + len(named))

    assert rules_against(story).count("AD03") == 2
    assert all(one.exercise != "tempo_rdl_light" for one in story.items_on(wednesday))


def test_a_flare_keeps_out_a_bar_whose_load_is_found_by_feel(catalogue: Catalogue) -> None:
    """Without a known maximum no kilograms are written, and it is loaded all the same."""
    story = Story.of(catalogue, "V1", weeks=6)
    by_feel = replace(story.profile.preferred_squat, one_rep_max_kg=None)
    story.tell(changed(story.profile, preferred_squat=by_feel), MONDAY, 11)
    story.squat(MONDAY, during=7, after=7, words=("sharp",))
    story.morning(MONDAY + DAY, now=7, hours_to_settle=None)
    day = next(day for day in story.days_of(1)[2:] if any(one.kind != "daily_cars" for one in story.sessions(day)))
    session = story.sessions(day)[-1]
    wanted = Adjustment(
        kind="add_exercise", reason="try", exercise="low_bar_back_squat", place=place(session, day), acknowledges=ALL
    )
    story.tell(wanted, MONDAY + DAY, 9)

    assert rules_against(story) == ["AD02"]


# --- more than earned ---------------------------------------------------------------------------------------------


def test_a_squat_that_asks_more_than_the_step_is_added_knowingly_only(catalogue: Catalogue) -> None:
    """A bar on the back beside a goblet step, and sets, repetitions and effort above its own first dose."""
    story = Story.of(catalogue, "V1", weeks=6)
    session = story.squat_session(MONDAY + 4 * DAY)
    assert session is not None
    wanted = Adjustment(
        kind="add_exercise",
        reason="try",
        exercise="low_bar_back_squat",
        sets=8,
        reps=12,
        rpe_max=10.0,
        place=place(session, MONDAY + 4 * DAY),
        acknowledges=("AD14",),
    )
    story.tell(wanted, MONDAY, 13)
    (against,) = story.block.conflicts

    assert against.rule == "AD13"
    assert {"sets", "reps", "effort", "trunk"} <= set(str(against.facts["harder"]).split(", "))


def test_slower_repetitions_ask_for_more(catalogue: Catalogue) -> None:
    """Nine seconds each way are named before they are done."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday = story.squat_days(1)[1]
    session, squat = story.squat_session(friday), story.squat_item(friday)
    assert session is not None
    assert squat is not None
    slow = Adjustment(kind="set_dose", reason="slow", tempo="9-9-9", place=place(session, friday, squat))
    story.tell(slow, MONDAY, 13)

    assert "AD13" in rules_against(story)
    assert story.squat_item(friday) == squat


def test_a_squat_in_the_place_of_a_hold_is_a_squat_and_nothing_else(catalogue: Catalogue) -> None:
    """No phases, hold or effort of what stood there; a loaded stage, repetitions and a box where it has one."""
    story = Story.of(catalogue, "V1", weeks=6)
    wednesday = MONDAY + 2 * DAY
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    wanted = Adjustment(
        kind="swap_exercise",
        reason="try",
        exercise="goblet_box_squat",
        place=place(joint, wednesday, next(one for one in joint.items if one.phases)),
        acknowledges=("AD12", "AD13", "AD14"),
    )
    story.tell(wanted, MONDAY, 13)
    squat = next(one for one in story.items_on(wednesday) if one.category == "squat")

    assert (squat.phases, squat.hold_s, squat.effort_percent) == (None, None, None)
    assert squat.stage == "P2"
    assert squat.reps
    assert squat.box_height_cm


# --- what lies behind ---------------------------------------------------------------------------------------------


def test_a_change_of_one_week_ends_with_it_in_silence(catalogue: Catalogue) -> None:
    """The week after, nobody is told that anything is gone."""
    story = Story.of(catalogue, "V1", weeks=6)
    friday = story.squat_days(1)[1]
    session, squat = story.squat_session(friday), story.squat_item(friday)
    assert session is not None
    assert squat is not None
    less = Adjustment(kind="set_dose", scope="week", reason="less", sets=1, place=place(session, friday, squat))
    story.tell(less, MONDAY, 13)
    for day in (friday + 2 * DAY, friday + 4 * DAY):
        story.morning(day)

        assert rules_against(story) == []


def test_a_change_of_a_day_that_is_over_is_told(catalogue: Catalogue) -> None:
    """It stays as it was shown, and whoever asked is told so once."""
    story = Story.of(catalogue, "V1", weeks=6)
    session, squat = story.squat_session(MONDAY), story.squat_item(MONDAY)
    assert session is not None
    assert squat is not None
    story.morning(MONDAY + DAY)
    late = Adjustment(kind="set_dose", reason="less", sets=1, place=place(session, MONDAY, squat))
    story.tell(late, MONDAY + DAY, 13)
    assert rules_against(story) == ["AD06"]
    story.morning(MONDAY + 2 * DAY)

    assert rules_against(story) == []


def test_squats_added_to_today_keep_others_away_before_they_are_logged(catalogue: Catalogue) -> None:
    """Today's session with a squat added yesterday is a squat day."""
    story = Story.of(catalogue, "V1", weeks=6)
    wednesday, friday = MONDAY + 2 * DAY, story.squat_days(1)[1]
    joint = next(one for one in story.sessions(wednesday) if one.kind == "joint")
    wanted = Adjustment(
        kind="add_exercise",
        reason="more",
        exercise="bodyweight_squat",
        place=place(joint, wednesday),
        acknowledges=("AD13", "AD14"),
    )
    story.tell(wanted, MONDAY, 13)
    assert rules_against(story) == []
    story.morning(wednesday)
    move(story, friday, friday - DAY, made=wednesday)

    assert rules_against(story) == ["AD12"]


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
