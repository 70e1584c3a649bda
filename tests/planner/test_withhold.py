"""What counts as loaded, and what is left of weeks that had begun when a lock came."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.withheld import withheld
from planner.catalogue import Catalogue
from planner.plan import Day, Item, Lock, PlannedSession, Week
from planner.withhold import is_loaded, withhold

MONDAY = date(2026, 11, 2)


def item(exercise: str, **values: Any) -> Item:
    known: dict[str, Any] = {"id": exercise, "name": exercise, "category": "mobility", "side": "both", "sets": 1}
    return Item(exercise=exercise, **(known | values))


def week(*items: Item, status: Any = "planned") -> Week:
    session = PlannedSession(id="s", kind="squat", title="Squat", minutes=30, items=items, status=status)
    return Week(
        week_number=1,
        starts_on=MONDAY,
        ends_on=date(2026, 11, 8),
        projected=False,
        status="active",
        focus="",
        stage="P2",
        deload=False,
        days=(Day(MONDAY, (session,)), Day(date(2026, 11, 3))),
    )


def only(of: Week) -> PlannedSession:
    (session,) = of.days[0].sessions
    return session


CAR = item("ankle_car")
HARD_CAR = item("hip_car_side_lying", effort_percent=60)
SOFT_CAR = item("hip_car_side_lying", effort_percent=5)
CARRY = item("suitcase_carry", category="trunk")
SQUAT = item("goblet_squat", category="squat", stage="P2", load_kg=12.0)
OTHER = item("adductor_rockback")


@pytest.mark.parametrize("stage", ["P2", "P3", "P4", "P5", "P6"])
def test_a_squat_above_the_shape_stage_is_loaded(catalogue: Catalogue, stage: str) -> None:
    """With or without a weight; the stages below it and other exercises of a stage are not."""
    assert is_loaded(item("bodyweight_squat", category="squat", stage=stage), catalogue)
    assert not is_loaded(item("ankle_car", category="mobility", stage=stage), catalogue)
    assert not is_loaded(item("bodyweight_squat", category="squat", stage="P1"), catalogue)
    assert not is_loaded(item("bodyweight_squat", category="squat", stage="P0"), catalogue)


def test_a_weight_is_a_load_even_of_nothing(catalogue: Catalogue) -> None:
    """Whatever it hangs on."""
    assert is_loaded(replace(CAR, load_kg=0.0), catalogue)
    assert not is_loaded(CAR, catalogue)


def test_an_own_exercise_is_loaded_when_it_says_how(catalogue: Catalogue) -> None:
    """The library's exercises say it by what they are done with: a text alone makes no load of them."""
    assert is_loaded(item("own_halo@1", load_text="light bell"), catalogue)
    assert not is_loaded(item("own_halo@1"), catalogue)
    assert not is_loaded(replace(CAR, load_text="none"), catalogue)


def test_every_outside_load_of_the_library_counts(catalogue: Catalogue) -> None:
    """And nothing else in it does; what is not in it is judged by its weight and stage."""
    outside = {"bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"}
    for key, exercise in catalogue.exercises.items():
        assert is_loaded(item(key), catalogue) is (exercise.load in outside)
    assert not is_loaded(item("unknown"), catalogue)


@pytest.mark.parametrize("load", ["bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"])
def test_each_kind_of_outside_load_counts(catalogue: Catalogue, load: Any) -> None:
    """Whether the library uses it today or not."""
    changed = replace(catalogue.exercises["ankle_car"], load=load)
    assert is_loaded(CAR, replace(catalogue, exercises={**catalogue.exercises, "ankle_car": changed}))


def test_loaded_items_leave_a_week_and_nothing_else_does(catalogue: Catalogue) -> None:
    """A planned session that lost something is withheld; a done one stays done."""
    left = withhold(week(CAR, SQUAT, OTHER), catalogue)
    assert (only(left).items, only(left).status) == ((CAR, OTHER), "withheld")
    assert [day.date for day in left.days] == [MONDAY, date(2026, 11, 3)]
    assert only(withhold(week(CAR, SQUAT, status="done"), catalogue)).status == "done"
    whole = week(CAR, OTHER)
    assert withhold(whole, catalogue) == whole


# --- days that had begun ------------------------------------------------------------------------------------------


def lock(urgency: Any) -> Lock:
    return Lock(urgency=urgency, text="Stop.", unlock="A clearance.")


@pytest.mark.parametrize("urgency", ["emergency", "same_day"])
@pytest.mark.parametrize(("status", "then"), [("planned", "withheld"), ("withheld", "withheld"), ("done", "done")])
def test_under_an_urgent_lock_advice_alone_is_left(catalogue: Catalogue, urgency: str, status: str, then: str) -> None:
    """No exercise at all, not even circles; what was done stays in its log."""
    left = only(withheld(week(CAR, SQUAT, status=status), lock(urgency), catalogue))
    assert (left.items, left.status) == ((), then)


@pytest.mark.parametrize("urgency", ["refer", "incomplete"])
def test_under_any_other_lock_the_gentle_list_is_left(catalogue: Catalogue, urgency: str) -> None:
    """Small circles and easy walking, never harder than for an easily provoked back."""
    walk = item(catalogue.programmes.roles["walk"][0])
    left = only(withheld(week(CAR, walk, HARD_CAR, SOFT_CAR, CARRY, SQUAT, OTHER), lock(urgency), catalogue))
    effort = catalogue.doses.methods.cars.rehab_effort
    assert left.items == (CAR, walk, replace(HARD_CAR, effort_percent=effort), SOFT_CAR)
    assert left.status == "withheld"


def test_a_session_that_is_all_gentle_stays_planned(catalogue: Catalogue) -> None:
    """Nothing was taken from it; at exactly the effort nothing is eased."""
    at_limit = replace(SOFT_CAR, effort_percent=catalogue.doses.methods.cars.rehab_effort)
    gentle = week(CAR, at_limit)
    assert only(withheld(gentle, lock("refer"), catalogue)) == only(gentle)
    eased = only(withheld(week(HARD_CAR), lock("refer"), catalogue))
    assert (eased.status, len(eased.items)) == ("planned", 1)


def test_a_session_that_was_withheld_before_is_gentle_too(catalogue: Catalogue) -> None:
    """A lock that became less urgent gives nothing back that is not gentle."""
    left = only(withheld(week(CAR, OTHER, status="withheld"), lock("refer"), catalogue))
    assert (left.items, left.status) == ((CAR,), "withheld")


@pytest.mark.parametrize("status", ["done", "partly", "skipped"])
def test_a_session_that_is_over_keeps_what_is_not_loaded(catalogue: Catalogue, status: str) -> None:
    """It asks for nothing any more."""
    left = only(withheld(week(CAR, OTHER, HARD_CAR, SQUAT, status=status), lock("refer"), catalogue))
    assert (left.items, left.status) == ((CAR, OTHER, HARD_CAR), status)
