"""The week that holds today: across time zones, changes of the clock and the turn of the year."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from app.local_time import local_day, start_of_day, time_zone_names
from tests.app.kit import HIP, HOME, Api, Json
from tests.conftest import Clock
from tests.gym import Gym

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Turn(NamedTuple):
    """A day on which a week begins in a zone, and the instants, in UTC, at which this week and the next begin."""

    zone: str
    day: date
    begins: datetime
    following: datetime


def _turn(zone: str, day: str, begins: str, following: str) -> Turn:
    return Turn(zone, date.fromisoformat(day), *(datetime.fromisoformat(at) for at in (begins, following)))


# Instants are written out, so that the tests do not reckon as the app does.
TURNS = (
    # New Year: the first place on earth, a zone of three quarters of an hour, the west.
    _turn("Pacific/Kiritimati", "2027-01-01", "2026-12-31T10:00:00Z", "2027-01-07T10:00:00Z"),
    _turn("Asia/Kathmandu", "2027-01-01", "2026-12-31T18:15:00Z", "2027-01-07T18:15:00Z"),
    _turn("America/Los_Angeles", "2027-01-01", "2027-01-01T08:00:00Z", "2027-01-08T08:00:00Z"),
    # Clocks change at two in the morning of the week's first day: it has 23 hours, or 25.
    _turn("America/Los_Angeles", "2026-03-08", "2026-03-08T08:00:00Z", "2026-03-15T07:00:00Z"),
    _turn("America/Los_Angeles", "2026-11-01", "2026-11-01T07:00:00Z", "2026-11-08T08:00:00Z"),
    _turn("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-10T13:00:00Z"),
    # Midnight is left out: the day begins at one o'clock.
    _turn("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-13T03:00:00Z"),
    _turn("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-30T21:00:00Z"),
    # The hour before midnight comes twice, and so does the one after it.
    _turn("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z", "2026-04-12T04:00:00Z"),
    _turn("Africa/Cairo", "2026-10-30", "2026-10-29T22:00:00Z", "2026-11-05T22:00:00Z"),
    _turn("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-08T05:00:00Z"),
)


def test_weeks_turn_at_the_clients_midnight(client: TestClient, gym: Gym, clock: Clock) -> None:
    """To the second: the projected week becomes the earned one, and the week of today is the next one."""
    for turn in TURNS:
        clock.now = turn.begins - 7 * DAY
        api = Api(client, gym.coach)
        path = api.new_client(time_zone=turn.zone)
        asked = {"assessment_id": api.post(f"{path}/assessments", HIP)["id"], "weeks": 4}
        block = api.post(f"{path}/blocks", asked | {"starts_on": (turn.day - 7 * DAY).isoformat()})
        tags = set()
        for now, number, begun in (
            (turn.begins - SECOND, 1, False),
            (turn.begins, 2, True),
            (turn.following - SECOND, 2, True),
            (turn.following, 3, True),
        ):
            clock.now = now
            today, second = api.get(f"{path}/week"), api.send("GET", f"/v1/blocks/{block['id']}/weeks/2")
            assert today["week_number"] == number, (turn, now)
            assert today["projected"] is False, (turn, now)
            assert second.json()["projected"] is not begun, (turn, now)
            tags.add(second.headers["ETag"])
        assert len(tags) == 2, turn
        _check_days(api, path, turn)


def _check_days(api: Api, path: str, turn: Turn) -> None:
    """Check that each day of the week is there once, and that any date finds its week."""
    week = api.get(f"{path}/week", params={"date": turn.day.isoformat()})
    assert [day["date"] for day in week["days"]] == [(turn.day + number * DAY).isoformat() for number in range(7)]
    assert (week["starts_on"], week["ends_on"]) == (turn.day.isoformat(), (turn.day + 6 * DAY).isoformat())
    for on, number in ((turn.day - DAY, 1), (turn.day + 6 * DAY, 2), (turn.day + 7 * DAY, 3)):
        assert api.get(f"{path}/week", params={"date": on.isoformat()})["week_number"] == number, turn


def test_a_block_begins_and_ends_with_the_clients_days(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Planned in the last second of a year it starts in that year; it is over when the last day is, not before."""
    starts = {}
    for zone, offset in (("Pacific/Kiritimati", 14.0), ("Asia/Kathmandu", 5.75), ("America/Los_Angeles", -8.0)):
        midnight = datetime(2027, 1, 1, tzinfo=UTC) - timedelta(hours=offset)
        clock.now = midnight - SECOND
        api = Api(client, gym.coach)
        path = api.new_client(time_zone=zone)
        asked = {"assessment_id": api.post(f"{path}/assessments", HIP)["id"], "weeks": 4}
        block = api.post(f"{path}/blocks", asked)
        starts[zone] = block["starts_on"]
        last = midnight + 27 * DAY  # the first of 28 days was over a second later
        clock.now = last - SECOND
        assert (api.get(f"{path}/week")["week_number"], _status(api, block)) == (4, "active"), zone
        clock.now = last
        assert (api.get(f"{path}/week", 404)["code"], _status(api, block)) == ("no_block", "finished"), zone

    assert set(starts.values()) == {"2026-12-31"}


def _status(api: Api, block: Json) -> str:
    status: str = api.get(f"/v1/blocks/{block['id']}")["status"]
    return status


def test_a_member_who_travels_keeps_their_own_days(client: TestClient, gym: Gym, clock: Clock) -> None:
    """At one instant it is the old year in Los Angeles and the new one in Kiritimati: the week of today follows."""
    member, path = Api(client, gym.member), f"/v1/clients/{gym.member.client_id}"
    clock.now = datetime(2026, 12, 25, 12, tzinfo=UTC)
    asked = {"assessment_id": member.post(f"{path}/assessments", HOME)["id"], "starts_on": "2026-12-25"}
    member.post(f"{path}/blocks", asked)
    clock.now = datetime(2026, 12, 31, 12, tzinfo=UTC)
    seen = []
    for zone in ("America/Los_Angeles", "Pacific/Kiritimati", "America/Los_Angeles"):
        member.patch(path, {"time_zone": zone})
        seen.append((member.get("/v1/me/week")["week_number"], member.get("/v1/me/week")["projected"]))

    assert seen == [(1, False), (2, False), (1, False)]


def _assert_each_begins_once(zone: str, first: date, days: int) -> None:
    for number in range(days):
        day = first + number * DAY
        begins = start_of_day(day, zone)
        assert (local_day(begins, zone), local_day(begins - SECOND, zone)) == (day, day - DAY), (zone, day)


@pytest.mark.parametrize("zone", sorted({turn.zone for turn in TURNS} | {"Europe/London", "Asia/Beirut", "Asia/Gaza"}))
def test_every_day_of_a_zone_begins_once(zone: str) -> None:
    """The instant a day begins belongs to it, the one before belongs to the day before: three years, every day."""
    _assert_each_begins_once(zone, date(2026, 1, 1), 3 * 366)


@pytest.mark.campaign
def test_every_day_of_every_zone_begins_once() -> None:
    """The same for all zones of the world from 2020 to 2040."""
    for zone in sorted(time_zone_names()):
        _assert_each_begins_once(zone, date(2020, 1, 1), 21 * 366)
