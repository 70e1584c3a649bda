"""What a calendar was told of each session: numbers rise with what changed, and with nothing else."""

import json
from datetime import UTC, date, datetime

from app.calendars.appointments import Appointment, Moment, appointments
from app.revisions import Place

AT = datetime(2026, 11, 2, tzinfo=UTC)
MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
Session = dict[str, object]
SQUAT: Session = {"id": "squat", "kind": "squat", "minutes": 40, "status": "planned"}
JOINT: Session = {"id": "joint", "kind": "joint", "minutes": 30, "status": "planned"}
CIRCLES: Session = {"id": "circles", "kind": "daily_cars", "minutes": 9, "status": "planned"}
ITEM = {"id": "i", "name": "Goblet squat", "side": "both", "sets": 3, "reps": 6, "load_text": "24 kg"}


def _week(*, projected: bool = False, **days: list[Session]) -> str:
    dates = {"monday": MONDAY, "tuesday": TUESDAY}
    planned = [
        {"date": dates[name], "sessions": [{"items": [ITEM]} | session for session in sessions]}
        for name, sessions in days.items()
    ]
    return json.dumps({"projected": projected, "days": planned})


def _told(*weeks: str, **last: date) -> dict[str, Appointment]:
    """Show one week after another; the last moment may be after the block's end."""
    places = {Place("earned", number): week for number, week in enumerate(weeks)}
    moments = [
        Moment(stamp=number, since=AT, weeks={1: Place("earned", number)}, **(last if number == len(weeks) - 1 else {}))
        for number in range(len(weeks))
    ]
    return {one.id: one for one in appointments(moments, lambda _, place: places[place])}


def _numbers(told: dict[str, Appointment]) -> dict[str, tuple[int, bool]]:
    return {name: (one.stamp, one.cancelled) for name, one in told.items()}


def test_only_the_session_that_changed_gets_a_higher_number() -> None:
    told = _told(
        _week(monday=[SQUAT], tuesday=[JOINT]),
        _week(monday=[SQUAT | {"minutes": 45}], tuesday=[JOINT]),
        _week(monday=[SQUAT | {"minutes": 45}], tuesday=[JOINT | {"status": "done", "because": ["x"]}]),
    )

    assert _numbers(told) == {"squat": (1, False), "joint": (0, False)}


def test_a_moved_session_keeps_its_id() -> None:
    told = _told(_week(monday=[SQUAT], tuesday=[]), _week(monday=[], tuesday=[SQUAT]))

    assert (_numbers(told), told["squat"].plan.on.isoformat()) == ({"squat": (1, False)}, TUESDAY)


def test_what_is_withheld_skipped_emptied_or_gone_is_cancelled_once() -> None:
    """And stays as it was last shown; what was never shown has no entry."""
    off: list[Session] = [
        SQUAT | {"id": "a", "status": "withheld"},
        SQUAT | {"id": "b", "status": "skipped"},
        SQUAT | {"id": "c", "items": []},
    ]
    stood = [SQUAT | {"id": name} for name in "abcd"]
    told = _told(_week(monday=stood), _week(monday=off), _week(monday=off, tuesday=[off[0] | {"id": "e"}]))

    assert _numbers(told) == dict.fromkeys("abcd", (1, True))
    assert told["a"].plan.minutes == 40


def test_what_comes_back_has_a_higher_number_than_its_cancellation() -> None:
    week = _week(monday=[SQUAT])
    assert _numbers(_told(week, _week(monday=[]), week)) == {"squat": (2, False)}


def test_circles_have_an_entry_only_where_the_day_has_nothing_else() -> None:
    """A session that moves there takes them in, one that leaves lets them stand alone."""
    apart = _week(monday=[SQUAT], tuesday=[CIRCLES])
    together = _week(monday=[], tuesday=[CIRCLES, SQUAT])

    assert _numbers(_told(apart)) == {"squat": (0, False), "circles": (0, False)}
    assert _numbers(_told(apart, together)) == {"squat": (1, False), "circles": (1, True)}
    assert _told(apart, together)["squat"].plan.circles_min == 9
    assert _numbers(_told(apart, together, apart)) == {"squat": (2, False), "circles": (2, False)}


def test_the_second_session_of_a_day_waits_for_the_first() -> None:
    told = _told(_week(monday=[SQUAT, JOINT]), _week(monday=[SQUAT | {"status": "skipped"}, JOINT]))
    first = _told(_week(monday=[SQUAT, JOINT]))

    assert (first["joint"].plan.waits_min, told["joint"].plan.waits_min) == (40, 0)
    assert _numbers(told) == {"squat": (1, True), "joint": (1, False)}


def test_a_week_ahead_names_no_load_and_gets_it_when_it_begins() -> None:
    """A calendar may be days old: it must not show a load that was never earned."""
    ahead, begun = (
        _told(_week(projected=True, monday=[SQUAT])),
        _told(_week(projected=True, monday=[SQUAT]), _week(monday=[SQUAT])),
    )

    assert [item.load_text for item in ahead["squat"].plan.items] == [None]
    assert [item.load_text for item in begun["squat"].plan.items] == ["24 kg"]
    assert _numbers(begun) == {"squat": (1, False)}


def test_the_end_of_a_block_takes_what_was_still_open() -> None:
    """From that day on, or from the day the next block plans; what was done, and what lies before, stays."""
    week = _week(monday=[SQUAT | {"status": "done"}, JOINT], tuesday=[SQUAT | {"id": "next"}])

    ended = _numbers(_told(week, week, ended_on=date(2026, 11, 3)))
    assert ended == {"squat": (0, False), "joint": (0, False), "next": (1, True)}
    for day in ({"ended_on": date(2026, 11, 2)}, {"ended_on": date(2026, 11, 3), "taken_on": date(2026, 11, 2)}):
        taken = _numbers(_told(week, week, **day))
        assert taken == {"squat": (0, False), "joint": (1, True), "next": (1, True)}
