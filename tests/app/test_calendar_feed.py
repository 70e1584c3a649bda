"""The feed as text: times, escaping, folding, equal bytes; no database."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from icalendar import Calendar

from app.calendars.appointments import Appointment, Item, Plan
from app.calendars.feed import write_feed
from app.calendars.zone_rules import zone_rules
from app.tables import Client
from tests.app.calendar_reader import read, read_back

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
URL = "https://gym.example"
# Days on which clocks change in at least one of the zones, the days beside them, the year's end and a leap day.
DAYS = [
    *(date(2026, 10, day) for day in (3, 4, 5, 24, 25, 26, 31)),
    *(date(2026, 11, day) for day in (1, 2)),
    date(2026, 12, 31),
    date(2027, 1, 1),
    *(date(2027, 3, day) for day in (13, 14, 15, 27, 28, 29)),
    *(date(2027, 4, day) for day in (3, 4, 5)),
    date(2028, 2, 29),
]
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Dublin", "UTC"]
HOURS = ["06:30", "18:00", "23:45"]


def a_client(zone: str = "Europe/Berlin", name: str = "Sam", hour: str = "18:00", **more: object) -> Client:
    values = {"organization_id": UUID(int=1), "id": UUID(int=2), "profile": "{}", "created_at": NOW, "locale": "en"}
    return Client(**(values | {"display_name": name, "time_zone": zone, "session_time": hour} | more))


def an_item(name: str = "Goblet squat", **more: object) -> Item:
    values: dict[str, object] = dict.fromkeys(
        ("reps", "hold_s", "breaths", "duration_s", "distance_m", "load_text", "box_height_cm")
    )
    values |= {"name": name, "side": "both", "sets": 3, "phases": ()}
    return Item(**(values | more))  # type: ignore[arg-type]


def an_appointment(on: date, number: int = 1, *, cancelled: bool = False, **plan: object) -> Appointment:
    values: dict[str, object] = {"kind": "squat", "minutes": 45, "waits_min": 0, "circles_min": 0, "ahead": False}
    values |= {"on": on, "items": (an_item(reps=6),)}
    planned = Plan(**(values | plan))  # type: ignore[arg-type]
    return Appointment(id=str(UUID(int=number)), plan=planned, cancelled=cancelled, stamp=3, since=NOW)


@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("zone", ZONES)
def test_sessions_begin_at_the_clients_hour_whatever_the_clocks_do(zone: str, hour: str) -> None:
    """For a reader that knows the zone, and for one that has nothing but the rules in the feed."""
    found = [an_appointment(day, number) for number, day in enumerate(DAYS)]
    text = write_feed(a_client(zone, hour=hour), found, public_url=URL)
    expected = [datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in DAYS]

    assert [entry.start for entry in read(text).values()] == expected
    assert [entry.start for entry in read(text.replace(zone, "Own/Zone")).values()] == expected
    assert read(text) == read_back(text)


def _unknown(zone: str) -> str:
    """Return a name that no reader knows; they remember what they read of each name."""
    return "Own-" + zone.replace("/", "-")


def _ramadan(year: int, first: str, last: str) -> list[date]:
    """Return the days around a month in which clocks of Morocco go back an hour."""
    ends = (date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}"))
    return [day + timedelta(days=off) for day in ends for off in (-1, 0, 1, 8)]


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Africa/Casablanca", [*_ramadan(2026, "02-15", "03-22"), *_ramadan(2027, "02-07", "03-14")]),
        ("Africa/El_Aaiun", [*_ramadan(2027, "02-07", "03-14"), *_ramadan(2028, "01-23", "03-05")]),
        ("America/New_York", DAYS),
        ("Europe/Berlin", DAYS),
        ("Australia/Lord_Howe", DAYS),
        ("Asia/Gaza", [date(2027, 1, 1) + timedelta(days=2 * off) for off in range(180)]),
    ],
)
@pytest.mark.parametrize("hour", ["00:30", "01:30", "04:00", "12:00"])
def test_the_rules_in_the_feed_are_those_of_the_zone(zone: str, days: list[date], hour: str) -> None:
    """Both readers get each hour right from the rules alone, short changes too."""
    found = [an_appointment(day, number, minutes=5) for number, day in enumerate(days)]
    text = write_feed(a_client(zone, hour=hour), found, public_url=URL)
    text = text.replace(zone, _unknown(zone))
    expected = [datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days]

    assert [entry.start for entry in read(text).values()] == expected
    assert [entry.start for entry in read_back(text).values()] == expected


@pytest.mark.parametrize(
    ("zone", "onsets"),
    [
        ("America/New_York", {"20260308T020000", "20270314T020000", "20261101T020000", "20271107T020000"}),
        ("Europe/Berlin", {"20260329T020000", "20270328T020000", "20261025T030000", "20271031T030000"}),
        ("Australia/Lord_Howe", {"20260405T020000", "20270404T020000", "20261004T020000", "20271003T020000"}),
        ("Africa/Casablanca", {"20260215T030000", "20270207T030000", "20260322T020000", "20270314T020000"}),
    ],
)
def test_onsets_are_hours_of_the_clock_that_ends(zone: str, onsets: set[str]) -> None:
    """As RFC 5545 has it: two o'clock in spring, whatever the clock shows a second later."""
    text = zone_rules(zone, 2026, 2028).to_ical().decode()
    told = set(re.findall(r"\d{8}T\d{6}", text))

    assert {onset for onset in told if not onset.startswith(("2025123", "20260101"))} == onsets


@pytest.mark.campaign
@pytest.mark.parametrize("zone", sorted(available_timezones()))
def test_every_zone_of_the_world_can_be_read_from_its_rules(zone: str) -> None:
    """Every fourth day of three years, for both readers."""
    days = [date(2026, 1, 2) + timedelta(days=4 * off) for off in range(275)]
    found = [an_appointment(day, number, minutes=5) for number, day in enumerate(days)]
    text = write_feed(a_client(zone, hour="12:00"), found, public_url=URL)
    text = text.replace(f"TZID={zone}:", f"TZID={_unknown(zone)}:").replace(f"TZID:{zone}", f"TZID:{_unknown(zone)}")
    expected = [datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days]

    assert [entry.start for entry in read(text).values()] == expected
    assert [entry.start for entry in read_back(text).values()] == expected


def test_sessions_of_a_day_follow_each_other() -> None:
    first = an_appointment(DAYS[0], 1, minutes=4, kind="retest")
    second = an_appointment(DAYS[0], 2, waits_min=4)
    one, two = read(write_feed(a_client(), [first, second], public_url=URL)).values()

    assert isinstance(one.start, datetime)
    assert isinstance(two.start, datetime)
    assert two.start - one.start == timedelta(minutes=4)


def test_circles_on_a_day_of_their_own_take_the_day_and_no_hour() -> None:
    """They leave the day free; beside a session they are one line of it."""
    alone = an_appointment(date(2026, 12, 31), kind="daily_cars", minutes=9)
    beside = an_appointment(date(2027, 1, 1), 2, circles_min=5)
    text = write_feed(a_client(), [alone, beside], public_url=URL)
    day, session = read(text).values()

    assert (day.start, day.minutes, day.title) == (date(2026, 12, 31), 24 * 60, "Daily joint circles, 9 min")
    assert "joint circles, 5 min" in session.text
    assert [event["TRANSP"] for event in Calendar.from_ical(text).events] == ["TRANSPARENT", "OPAQUE"]


NAMES = ['Ünal, Sæm; \\ "quoted"', "🏋️\u200d♀️ " * 30, "two\nlines", "tab\tand\x0bbell\x07", "\u202eright to left"]


@pytest.mark.parametrize("name", NAMES)
def test_names_survive_whatever_is_in_them(name: str) -> None:
    """Lines end in CRLF and are at most 75 octets, cut between characters; control characters are blanks."""
    items = (an_item(name, reps=6, load_text="24 kg, kettlebell; red"),)
    text = write_feed(a_client(name=name), [an_appointment(DAYS[0], items=items)], public_url=URL)
    lines = text.split("\r\n")
    plain = "".join(sign if sign.isprintable() or ord(sign) > 127 else " " for sign in name)

    assert lines[-1] == ""
    assert not any("\n" in line or "\r" in line for line in lines)
    assert max(len(line.encode()) for line in lines) <= 75
    (entry,) = read(text).values()
    assert entry.text.split("\n")[0] == f"{plain}: 3 × 6, 24 kg, kettlebell; red"
    assert Calendar.from_ical(text)["X-WR-CALNAME"] == f"Squatback: {plain}"
    assert read(text) == read_back(text)


def test_an_item_says_what_to_do_in_one_line() -> None:
    items = (
        an_item("Goblet box squat", reps=6, load_text="24 kg kettlebell", box_height_cm=50),
        an_item("Lift-off", side="left", sets=2, reps=5, hold_s=2),
        an_item("Breathing", sets=1, breaths=5),
        an_item("Walk", sets=1, duration_s=600),
        an_item("Carry", sets=2, distance_m=20),
        an_item("Hip", sets=2, phases=(("passive", 60), ("RAILs", 20))),
        an_item("Circles"),
    )
    (entry,) = read(write_feed(a_client(), [an_appointment(DAYS[0], items=items)], public_url=URL)).values()

    assert entry.text.split("\n") == [
        "Goblet box squat: 3 × 6, 24 kg kettlebell, box 50 cm",
        "Lift-off, left side: 2 × 5, hold 2 s",
        "Breathing: 1 × 5 breaths",
        "Walk: 1 × 600 s",
        "Carry: 2 × 20 m",
        "Hip: 2 × easy stretch 60 s + RAILs 20 s",
        "Circles: 3 ×",
        "Your week: https://gym.example/week",
    ]


def test_a_cancelled_session_says_so_and_nothing_of_what_it_was() -> None:
    """In its status for programs, in its title for those that ignore it; nothing in it can be lifted."""
    (entry,) = read(write_feed(a_client(), [an_appointment(DAYS[0], cancelled=True)], public_url=URL)).values()

    assert (entry.cancelled, entry.title) == (True, "Cancelled: Squat session, 45 min")
    assert entry.text == "This session is not planned any more.\nYour week: https://gym.example/week"


def test_equal_appointments_give_equal_bytes() -> None:
    """A change of the client outweighs a week that a change of zone takes back."""
    found = [an_appointment(DAYS[0])]
    text = write_feed(a_client(), found, public_url=URL)
    numbers = [read(write_feed(a_client(version=version), found, public_url=URL)) for version in (1, 2)]

    assert write_feed(a_client(), found, public_url=URL) == text
    assert [entry.sequence for told in numbers for entry in told.values()] == [7, 11]


def test_a_calendar_without_sessions_is_still_one() -> None:
    """RFC 5545 asks for at least one component: the rules of the zone."""
    text = write_feed(a_client(), [], public_url=URL)
    calendar = Calendar.from_ical(text)

    assert read(text) == {}
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert {name: str(calendar[name]) for name in ("METHOD", "VERSION", "X-PUBLISHED-TTL", "X-WR-CALNAME")} == {
        "METHOD": "PUBLISH",
        "VERSION": "2.0",
        "X-PUBLISHED-TTL": "PT6H",
        "X-WR-CALNAME": "Squatback: Sam",
    }
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in text
