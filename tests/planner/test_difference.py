"""What a coach reads when two versions of a week differ: one row for each thing, in the order of the week."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from planner.decision import Reason, Value
from planner.difference import Standing, difference, standing_difference, step_in_words
from planner.plan import Day, Item, Lock, Phase, PlannedSession, Week
from planner.recut import recut

MONDAY = date(2026, 11, 2)
TUESDAY = MONDAY + timedelta(days=1)
STAYS = Reason("LD09", "The range is half for now.", {})
NEW = Reason("LD52", "A lighter week.", {"load_percent": 90})

GOBLET = Item(
    id="squat",
    exercise="goblet_box_squat",
    name="Goblet box squat",
    category="squat",
    side="both",
    sets=3,
    reps=6,
    load_kg=24,
    load_text="24 kg kettlebell",
    depth="half",
    box_height_cm=50,
    cue="Sit back to the box.",
    because=(STAYS,),
)
HOLD = Item(id="hold", exercise="hip_hold", name="Hip hold", category="end_range", side="left", sets=2, hold_s=20)
SQUAT = PlannedSession("s1", "squat", "Squat session", 45, (GOBLET, HOLD))
CIRCLES = PlannedSession("c1", "daily_cars", "Daily joint circles", 4, (replace(HOLD, id="c", side="both"),))
WEEK = Week(
    week_number=2,
    starts_on=MONDAY,
    ends_on=MONDAY + timedelta(days=6),
    projected=False,
    status="active",
    focus="Build up.",
    stage="P2",
    deload=False,
    days=(Day(MONDAY, (SQUAT, CIRCLES)), Day(TUESDAY, ())),
)
STANDING = Standing(
    status="active",
    lock=None,
    lock_text=None,
    limiting_factor="hip",
    rung="P2 Goblet box squat, half",
    ladder="Goblet box squat, Goblet squat",
)

Row = tuple[str, str, str, Value, Value]


def _with(*items: Item, **changes: Any) -> Week:
    """Return the week with other exercises in its squat session."""
    return _days((replace(SQUAT, items=items or SQUAT.items, **changes), CIRCLES))


def _days(monday: tuple[PlannedSession, ...], tuesday: tuple[PlannedSession, ...] = ()) -> Week:
    return replace(WEEK, days=(Day(MONDAY, monday), Day(TUESDAY, tuesday)))


def _rows(after: Week, before: Week = WEEK, **more: Any) -> list[Row]:
    rows = difference({2: before}, {2: after}, **more)
    return [(row.session, row.item, row.field, row.before, row.after) for row in rows]


def _squat(name: str, before: Value, after: Value, item: str = "Goblet box squat") -> Row:
    return ("Squat session", item, name, before, after)


CASES: dict[str, tuple[Week, list[Row]]] = {
    "the same": (WEEK, []),
    "another reason, cue or name alone": (
        _with(replace(GOBLET, because=(NEW,), cue="Slowly.", ramp=("× 8",)), HOLD),
        [],
    ),
    "the load, whose text follows": (
        _with(replace(GOBLET, load_kg=28, load_text="28 kg kettlebell"), HOLD),
        [_squat("load_kg", 24, 28)],
    ),
    "the text of a load that is no number": (
        _with(replace(GOBLET, load_text="two 12 kg kettlebells"), HOLD),
        [_squat("load_text", "24 kg kettlebell", "two 12 kg kettlebells")],
    ),
    "sets and repetitions": (
        _with(replace(GOBLET, sets=2, reps=8), HOLD),
        [_squat("sets", 3, 2), _squat("reps", 6, 8)],
    ),
    "the depth, which the box follows": (
        _with(replace(GOBLET, depth="high", box_height_cm=55, modifiers=("box", "pause")), HOLD),
        [_squat("depth", "half", "high"), _squat("modifiers", None, "box, pause")],
    ),
    "the times of a round": (
        _with(GOBLET, replace(HOLD, phases=(Phase("passive", 60, 0), Phase("PAILs", 28, 40)))),
        [_squat("phases", None, "passive 60 s + PAILs 28 s", "Hip hold")],
    ),
    "a swap": (
        _with(replace(GOBLET, id="other", exercise="goblet_squat", name="Goblet squat", cue="Stand tall."), HOLD),
        [_squat("exercise", "goblet_box_squat", "goblet_squat", "Goblet squat")],
    ),
    "a swap to another load": (
        _with(replace(GOBLET, id="other", exercise="goblet_squat", name="Goblet squat", load_kg=16), HOLD),
        [
            _squat("exercise", "goblet_box_squat", "goblet_squat", "Goblet squat"),
            _squat("load_kg", 24, 16, "Goblet squat"),
        ],
    ),
    "the other side": (
        _with(GOBLET, replace(HOLD, id="right", side="right")),
        [_squat("exercise", None, "hip_hold", "Hip hold"), _squat("exercise", "hip_hold", None, "Hip hold")],
    ),
    "an exercise more": (
        _with(GOBLET, HOLD, replace(HOLD, id="bug", exercise="dead_bug", name="Dead bug", category="trunk")),
        [_squat("exercise", None, "dead_bug", "Dead bug")],
    ),
    "an exercise less": (_with(GOBLET), [_squat("exercise", "hip_hold", None, "Hip hold")]),
    "a session that is done": (_with(status="done"), [_squat("status", "planned", "done", "")]),
    "a session that is emptied": (
        _days((replace(SQUAT, items=(), status="withheld"), CIRCLES)),
        [_squat("status", "planned", "withheld", ""), _squat("exercises", 2, 0, "")],
    ),
    "a moved session": (
        _days((CIRCLES,), (SQUAT,)),
        [_squat("date", "2026-11-02", "2026-11-03", "")],
    ),
    "a moved session with new ids": (
        _days((CIRCLES,), (replace(SQUAT, id="s2", items=(replace(GOBLET, id="x", sets=2), replace(HOLD, id="y"))),)),
        [_squat("date", "2026-11-02", "2026-11-03", ""), _squat("sets", 3, 2)],
    ),
    "a session less": (_days((CIRCLES,)), [_squat("session", "Squat session", None, "")]),
    "a session more": (
        _days((SQUAT, CIRCLES), (replace(CIRCLES, id="c2"),)),
        [("Daily joint circles", "", "session", None, "Daily joint circles")],
    ),
    "another kind of session": (
        _days((replace(SQUAT, id="r1", kind="recovery", title="Easy day"), CIRCLES)),
        [("Easy day", "", "session", "Squat session", "Easy day")],
    ),
    "a lock": (
        replace(WEEK, status="locked", lock=Lock(urgency="refer", text="See somebody.", unlock="A clearance.")),
        [("", "", "status", "active", "locked"), ("", "", "lock", None, "refer")],
    ),
    "the stage, which the focus follows": (
        replace(WEEK, stage="P3", focus="Stand up.", deload=True, projected=True),
        [("", "", "projected", False, True), ("", "", "stage", "P2", "P3"), ("", "", "deload", False, True)],
    ),
    "the focus alone": (replace(WEEK, focus="Rest."), [("", "", "focus", "Build up.", "Rest.")]),
}


@pytest.mark.parametrize(("after", "rows"), CASES.values(), ids=CASES)
def test_each_thing_that_differs_is_one_row(after: Week, rows: list[Row]) -> None:
    """Fields that follow from others are not told twice; what was not there is None."""
    assert _rows(after) == rows


def _mirrored(rows: list[Row]) -> set[tuple[str, Value, Value]]:
    return {(name, after, before) for _, _, name, before, after in rows}


@pytest.mark.parametrize(("after", "rows"), CASES.values(), ids=CASES)
def test_the_way_back_is_the_same_rows_turned_round(after: Week, rows: list[Row]) -> None:
    """Undoing a change reads as the same change backwards."""
    assert {(name, before, now) for _, _, name, before, now in _rows(WEEK, after)} == _mirrored(rows)


def test_rows_say_where_and_why() -> None:
    """Week, day and side are there; of the reasons only those that are new, all when none is."""
    lighter = replace(GOBLET, sets=2, because=(STAYS, NEW))
    (new,) = difference({2: WEEK}, {2: _with(lighter, HOLD)})
    (old,) = difference({2: WEEK}, {2: _with(replace(GOBLET, sets=2), HOLD)})
    (side,) = difference({2: WEEK}, {2: _with(GOBLET, replace(HOLD, sets=1))})

    assert (new.week, new.date, new.because, new.rules) == (2, MONDAY, ("A lighter week.",), ("LD52",))
    assert (old.because, old.rules) == (("The range is half for now.",), ("LD09",))
    assert (side.side, side.because) == ("left", ())


def test_a_lock_says_its_sentence() -> None:
    """Whoever reads the row needs no other to know what to do."""
    locked = replace(WEEK, status="locked", lock=Lock(urgency="refer", text="See somebody.", unlock="A clearance."))
    assert {row.because for row in difference({2: WEEK}, {2: locked})} == {("See somebody.",)}


def test_a_week_that_came_or_went_is_one_row() -> None:
    """Its sessions are not counted up: they can be read in the week."""
    (came,), (went,) = difference({}, {2: WEEK}), difference({2: WEEK}, {})
    assert (came.week, came.field, came.before, came.after) == (2, "week", None, "Build up.")
    assert (went.before, went.after) == ("Build up.", None)


def test_rows_go_by_week_and_day() -> None:
    """First the week itself, then its days; earlier weeks first."""
    third = replace(WEEK, week_number=3)
    eased = _days((CIRCLES, replace(SQUAT, status="skipped")), (replace(CIRCLES, id="c2"),))
    rows = difference({3: third, 2: WEEK}, {3: replace(third, deload=True), 2: replace(eased, stage="P1")})
    places = [(row.week, row.date, row.field) for row in rows]

    assert places == [(2, None, "stage"), (2, MONDAY, "status"), (2, TUESDAY, "session"), (3, None, "deload")]


@pytest.mark.parametrize(
    ("from_day", "fields"),
    [(MONDAY, ["stage", "status", "session"]), (TUESDAY, ["stage", "session"]), (MONDAY + timedelta(days=7), [])],
)
def test_days_before_a_day_can_be_left_out(from_day: date, fields: list[str]) -> None:
    """A week that is over is left out whole."""
    after = replace(_days((replace(SQUAT, status="done"), CIRCLES), (replace(CIRCLES, id="c2"),)), stage="P3")
    assert [row[2] for row in _rows(after, from_day=from_day)] == fields


@pytest.mark.parametrize("keep", [lambda week: week.days[0].sessions, lambda week: week.days[0].sessions[::-1]])
def test_the_order_of_sessions_and_exercises_is_no_difference(
    keep: Callable[[Week], tuple[PlannedSession, ...]],
) -> None:
    """What is done on a day is told, not which of it comes first."""
    assert _rows(_days(tuple(replace(one, items=one.items[::-1]) for one in keep(WEEK)))) == []


def test_weeks_of_two_blocks_are_compared_day_by_day() -> None:
    """Cut like a block that begins a day later, a week holds the days both have; what neither shares is left out."""
    later = replace(
        WEEK,
        week_number=1,
        starts_on=TUESDAY,
        ends_on=WEEK.ends_on + timedelta(days=1),
        days=(Day(TUESDAY, (replace(CIRCLES, id="n"),)), Day(MONDAY + timedelta(days=7), ())),
    )
    cut = recut({2: WEEK}, {1: later, 2: replace(later, days=())})

    assert set(cut) == {1}
    assert (cut[1].starts_on, cut[1].days, cut[1].focus) == (TUESDAY, (Day(TUESDAY, ()),), "Build up.")
    assert [row.field for row in difference(cut, {1: later})] == ["session"]


def test_where_a_block_stands_is_told_without_week_or_day() -> None:
    """A step, a lock and another ladder are rows of the block itself."""
    locked = replace(STANDING, status="locked", lock="refer", lock_text="See somebody.", rung="P1 Box squat, half")
    rows = standing_difference(STANDING, locked)

    assert standing_difference(STANDING, STANDING) == ()
    assert {(row.week, row.date, row.session, row.item) for row in rows} == {(None, None, "", "")}
    assert [(row.field, row.before, row.after, row.because) for row in rows] == [
        ("status", "active", "locked", ("See somebody.",)),
        ("lock", None, "refer", ("See somebody.",)),
        ("rung", "P2 Goblet box squat, half", "P1 Box squat, half", ()),
    ]


def test_a_step_is_told_in_words() -> None:
    """Stage, squat, depth and what makes it easier, without the underscores of ids."""
    told = step_in_words("P3", "Goblet squat", "above_parallel", ("heels_up", "pause"))
    assert told == "P3 Goblet squat, above parallel, heels up, pause"
