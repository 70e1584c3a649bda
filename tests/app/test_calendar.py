"""A calendar from link to feed: what is planned, moved, locked and cleared arrives, and nothing comes twice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update
from sqlalchemy.event import listen
from sqlmodel import col

from app.calendars.kept_feeds import KeptFeeds
from app.tables import BlockRevision, BlockWeek
from tests.app.calendar_reader import Entry, Program, read, read_back
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, flags, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

DAY_ONE = Clock().now
RED_FLAG = CALM_MORNING | {"red_flags": {"numbness": "yes"}}


@dataclass(slots=True)
class Subscribed:
    """A client with a block, and a calendar program that subscribed to them."""

    coach: Api
    path: str
    block: Json
    address: str
    clock: Clock
    program: Program = field(default_factory=Program)

    def fetch(self, **headers: str) -> Response:
        """Ask for the feed without signing in."""
        return self.coach.http.get(self.address, headers=headers)

    def take(self) -> dict[str, Entry]:
        """Let the program import the feed."""
        return self.program.take(self.fetch().text)

    def change(self, **body: object) -> Json:
        """Adjust the block."""
        tag = self.coach.send("GET", f"/v1/blocks/{self.block['id']}").headers["ETag"]
        adjustments = f"/v1/blocks/{self.block['id']}/adjustments"
        return self.coach.post(adjustments, {"reason": "Work."} | body, headers={"If-Match": tag})

    def week(self, number: int) -> Json:
        """Read a week of the block."""
        return self.coach.week(self.block, number)


@pytest.fixture
def subscribed(client: TestClient, gym: Gym, clock: Clock) -> Subscribed:
    """Return a client who trains Monday, Wednesday and Friday and whose clocks have just changed."""
    coach = Api(client, gym.coach)
    path = coach.new_client(time_zone="America/New_York", session_time="17:30", display_name="Sam 🏋️")
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"], "weeks": 6})
    address = coach.post(f"{path}/calendar-links", None)["url"]
    return Subscribed(coach, path, block, address, clock)


def _live(told: Mapping[str, Entry]) -> dict[str, Entry]:
    return {uid: entry for uid, entry in told.items() if not entry.cancelled}


def _of_squats(told: Mapping[str, Entry]) -> dict[str, Entry]:
    return {uid: entry for uid, entry in told.items() if "Squat" in entry.title}


def _local(entry: Entry) -> tuple[date, str]:
    """Return day and hour in New York, where it is winter for the whole block."""
    assert isinstance(entry.start, datetime)
    local = entry.start - timedelta(hours=5)
    return local.date(), f"{local:%H:%M}"


def test_the_feed_holds_the_sessions_of_every_week(subscribed: Subscribed) -> None:
    """The week reads and the feed name the same sessions, days and minutes; weeks ahead name no load."""
    told = subscribed.take()
    listed: dict[str, tuple[date, str, int]] = {}
    for number in range(1, 7):
        for day in subscribed.week(number)["days"]:
            others = [session for session in day["sessions"] if session["kind"] != "daily_cars"]
            starts = datetime.fromisoformat(f"{day['date']}T17:30")
            for session in others:
                listed[session["id"]] = (starts.date(), f"{starts:%H:%M}", session["minutes"])
                starts += timedelta(minutes=session["minutes"])
            if not others:
                circles = [(session["id"], date.fromisoformat(day["date"])) for session in day["sessions"]]
                assert [(uid, told[uid].start) for uid, _ in circles] == circles
                listed |= {uid: (on, "", 24 * 60) for uid, on in circles}

    assert {
        uid: (*(_local(one) if isinstance(one.start, datetime) else (one.start, "")), one.minutes)
        for uid, one in told.items()
    } == listed
    squats = sorted(_of_squats(told).values(), key=_local)
    assert "kg" in squats[0].text
    assert "kg" not in squats[-1].text


def test_importing_twice_doubles_nothing(subscribed: Subscribed) -> None:
    """The same facts give the same bytes, and a program that has them all changes nothing."""
    first, second = subscribed.fetch().text, subscribed.fetch().text
    once = dict(subscribed.program.take(first))
    subscribed.program.take(second)

    assert first == second
    assert read(first) == read_back(first)
    assert subscribed.program.entries == once


def test_a_moved_session_keeps_its_entry_with_a_higher_number(subscribed: Subscribed) -> None:
    before = subscribed.take()
    moved = sessions_of(subscribed.week(1), "squat")[-1]
    subscribed.change(kind="move_session", session_id=moved["id"], to_date="2026-11-07")
    after = subscribed.take()

    assert after[moved["id"]].sequence > before[moved["id"]].sequence
    assert _local(after[moved["id"]]) == (date(2026, 11, 7), "17:30")
    assert not after[moved["id"]].cancelled
    assert len(_of_squats(after)) == len(_of_squats(before))


def test_a_skipped_session_is_cancelled_and_comes_back(subscribed: Subscribed) -> None:
    first = subscribed.take()
    skipped = sessions_of(subscribed.week(2), "squat")[0]["id"]
    made = subscribed.change(kind="skip_session", session_id=skipped, scope="session")
    second = subscribed.take()
    tag = subscribed.coach.send("GET", f"/v1/blocks/{subscribed.block['id']}").headers["ETag"]
    revoke = f"/v1/adjustments/{made['adjustment']['id']}"
    assert subscribed.coach.send("DELETE", revoke, headers={"If-Match": tag}).status_code == 200
    third = subscribed.take()

    assert [told[skipped].cancelled for told in (first, second, third)] == [False, True, False]
    assert first[skipped].sequence < second[skipped].sequence < third[skipped].sequence


def test_a_lock_cancels_what_is_loaded_at_once_and_a_clearance_brings_training_back(subscribed: Subscribed) -> None:
    """Under the lock no entry of a day ahead names a load; nothing says why."""
    subscribed.clock.forward(hours=11)
    session = sessions_of(subscribed.week(1), "squat")[0]
    subscribed.coach.post(f"{subscribed.path}/session-logs", as_prescribed(session))
    before = subscribed.take()
    subscribed.clock.forward(hours=13)
    subscribed.coach.post(f"{subscribed.path}/check-ins", RED_FLAG)
    locked = subscribed.take()
    ahead = {uid for uid, entry in _of_squats(before).items() if uid != session["id"] and not entry.cancelled}

    assert len(ahead) > 6
    assert all(locked[uid].cancelled and locked[uid].sequence > before[uid].sequence for uid in ahead)
    assert not any(
        "kg" in entry.text or "Squat" in entry.title for uid, entry in _live(locked).items() if uid != session["id"]
    )
    assert not re.search(
        r"numb|pain|clinician|doctor|flag|lock", " ".join(f"{one.title} {one.text}" for one in locked.values()), re.I
    )

    subscribed.clock.forward(days=1)
    subscribed.coach.post(f"{subscribed.path}/screenings", {"red_flags": flags()})
    subscribed.clock.forward(hours=1)
    subscribed.coach.post(f"{subscribed.path}/clearances", {"cleared_by": "Dr. Osei"})
    cleared = subscribed.take()
    back = ahead & _live(cleared).keys()
    assert back
    assert all(cleared[uid].sequence > locked[uid].sequence for uid in back)


def test_weeks_that_begin_and_days_that_pass_only_ever_raise_numbers(subscribed: Subscribed) -> None:
    """Six weeks with one morning written down; nothing vanishes until four weeks after them."""
    told: dict[str, Entry] = {}
    for day in (0, 1, 6, 7, 20, 36, 69):
        subscribed.clock.now = DAY_ONE + timedelta(days=day)
        if day == 1:
            subscribed.coach.post(f"{subscribed.path}/check-ins", CALM_MORNING)
        told = subscribed.take()
    subscribed.clock.forward(days=2)

    assert len(_live(told)) >= 40
    assert read(subscribed.fetch().text) == {}


@pytest.mark.sqlite_only
def test_a_week_that_begins_is_not_looked_for_among_those_of_others(subscribed: Subscribed, app: FastAPI) -> None:
    """Another client's plan, which was earned with a higher number, changes nothing of the feed."""
    _, others = subscribed.coach.planned_client()
    subscribed.change(kind="hold_step", scope="rest_of_block")
    whose = col(BlockWeek.organization_id) == subscribed.coach.who.organization_id, col(BlockWeek.version) == "earned"
    with app.state.database.write() as session:
        theirs = update(BlockWeek).where(*whose, col(BlockWeek.block_id) == UUID(others["id"]))
        session.execute(theirs.values(revision=2))
    subscribed.clock.forward(days=7)
    told = subscribed.take()

    week = {one["id"] for one in sessions_of(subscribed.week(2)) if one["kind"] != "daily_cars"}
    assert week <= _live(told).keys()


def test_another_hour_zone_or_name_raises_every_number(subscribed: Subscribed) -> None:
    """Entries keep their days; the hour is that of the new zone."""
    before = subscribed.take()
    subscribed.coach.patch(subscribed.path, {"session_time": "06:15"})
    earlier = subscribed.take()
    subscribed.coach.patch(subscribed.path, {"time_zone": "Australia/Lord_Howe"})
    away = subscribed.take()
    squat = min(_of_squats(before).values(), key=_local)

    assert _local(earlier[squat.uid]) == (date(2026, 11, 2), "06:15")
    assert away[squat.uid].start == datetime.fromisoformat("2026-11-02T06:15:00+11:00")
    assert before[squat.uid].sequence < earlier[squat.uid].sequence < away[squat.uid].sequence


def test_a_journey_across_the_beginning_of_a_week_only_raises_numbers(subscribed: Subscribed) -> None:
    """The week had begun in Auckland before six revisions and begins at home after them; there and back again."""
    squat = sessions_of(subscribed.week(2), "squat")[0]["id"]
    subscribed.clock.now = datetime(2026, 11, 8, 12, tzinfo=UTC)
    moved = sessions_of(subscribed.week(3), "squat")[0]["id"]
    for day in (17, 18, 19, 20, 21, 22):
        subscribed.clock.forward(minutes=30)
        subscribed.change(kind="move_session", session_id=moved, to_date=f"2026-11-{day}")
    ahead = subscribed.take()[squat]
    subscribed.coach.patch(subscribed.path, {"time_zone": "Pacific/Auckland"})
    begun = subscribed.take()[squat]
    subscribed.clock.now = datetime(2026, 11, 9, 6, tzinfo=UTC)
    subscribed.coach.patch(subscribed.path, {"time_zone": "America/New_York"})
    home = subscribed.take()[squat]
    subscribed.clock.forward(minutes=5)
    subscribed.coach.patch(subscribed.path, {"time_zone": "Pacific/Auckland"})
    again = subscribed.take()[squat]

    assert ["kg" in entry.text for entry in (ahead, begun, home, again)] == [False, True, True, True]
    assert ahead.sequence < begun.sequence < home.sequence < again.sequence


def test_a_new_block_cancels_what_the_old_one_still_had_ahead(subscribed: Subscribed) -> None:
    """From the day it starts; what lies before stays."""
    subscribed.clock.forward(days=8)
    before = subscribed.take()
    assessed = subscribed.coach.post(f"{subscribed.path}/assessments", HIP)
    body = {"assessment_id": assessed["id"], "starts_on": "2026-11-10", "weeks": 4}
    new = subscribed.coach.post(f"{subscribed.path}/blocks?finish_current=true", body)
    after = subscribed.take()
    old_ones = {uid for uid, entry in _of_squats(before).items() if _local(entry)[0] >= date(2026, 11, 10)}
    new_ones = {
        session["id"] for number in range(1, 5) for session in sessions_of(subscribed.coach.week(new, number), "squat")
    }

    assert old_ones
    assert all(after[uid].cancelled for uid in old_ones)
    assert new_ones
    assert new_ones <= _live(after).keys()
    passed = {uid for uid, entry in _of_squats(before).items() if _local(entry)[0] < date(2026, 11, 10)}
    assert passed <= _live(after).keys()


def test_a_link_that_opens_nothing_answers_like_one_that_never_was(subscribed: Subscribed, gym: Gym) -> None:
    """Revoked, of another kind, mistyped, of an archived client: the same 404."""
    coach = subscribed.coach
    link = coach.get(f"{subscribed.path}/calendar-links")["items"][0]["id"]
    page = coach.post(f"{subscribed.path}/page-links", None)["token"]
    resting = coach.post(f"/v1/clients/{gym.member.client_id}/calendar-links", None)["url"]
    coach.send("DELETE", f"/v1/clients/{gym.member.client_id}")
    coach.send("DELETE", f"/v1/calendar-links/{link}")
    tokens = [page, "x", "a" * 3000, "%F0%9F%8F%8B", "..", "demo-calendar-link"]
    answers = [subscribed.fetch(), coach.http.get(resting)]
    answers += [coach.http.get(f"/v1/calendars/{token}.ics") for token in tokens]

    told = [{name: value for name, value in answer.json().items() if name != "request_id"} for answer in answers]
    assert {answer.status_code for answer in answers} == {404}
    assert all(one == told[0] for one in told)
    assert told[0]["instance"] == "/v1/calendars"


def test_a_copy_that_is_current_is_not_sent_again(subscribed: Subscribed) -> None:
    """The strong tag is that of the bytes: the same until something changes."""
    first = subscribed.fetch()
    tag = first.headers["ETag"]
    again = subscribed.fetch(**{"If-None-Match": tag})

    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"].startswith("private")
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    subscribed.clock.forward(hours=3)
    assert subscribed.fetch(**{"If-None-Match": tag}).status_code == 304
    subscribed.clock.forward(days=7)
    assert subscribed.fetch(**{"If-None-Match": tag}).status_code == 200


def test_a_current_copy_is_known_without_reading_a_week(subscribed: Subscribed, app: FastAPI) -> None:
    """Neither a copy the reader has, nor one this process has, costs more than the link and the list of blocks."""
    first = subscribed.fetch()
    asked: list[str] = []
    listen(app.state.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    again = subscribed.fetch(**{"If-None-Match": first.headers["ETag"]})
    whole = subscribed.fetch()

    assert (again.status_code, whole.text) == (304, first.text)
    assert [statement for statement in asked if "block_weeks" in statement or "block_revisions" in statement] == []
    assert sum(statement.startswith("SELECT") for statement in asked) == 4


def test_everything_a_feed_says_is_named_by_its_tag(subscribed: Subscribed) -> None:
    """Another name, hour, zone, language, day or revision: another tag, and never the text of before."""
    seen = [subscribed.fetch()]
    for change in (
        {"display_name": "Alex"},
        {"session_time": "06:15"},
        {"time_zone": "Europe/Berlin"},
        {"locale": "de"},
    ):
        subscribed.coach.patch(subscribed.path, change)
        seen.append(subscribed.fetch())
    subscribed.clock.forward(days=7)
    seen.append(subscribed.fetch())
    moved = sessions_of(subscribed.week(3), "squat")[0]["id"]
    subscribed.change(kind="move_session", session_id=moved, to_date="2026-11-21")
    seen.append(subscribed.fetch())

    assert len({answer.headers["ETag"] for answer in seen}) == len({answer.text for answer in seen}) == len(seen) == 7


def test_rows_that_nobody_was_shown_are_not_read(subscribed: Subscribed, app: FastAPI) -> None:
    """Weeks ahead are stored as earned too: a feed reads the projected ones."""
    rows: list[object] = []
    engine = app.state.database.engine
    listen(engine, "before_cursor_execute", lambda *told: rows.append(told[3]) if "weeks.body" in told[2] else None)
    subscribed.fetch()
    told = str(rows)

    assert told.count("projected") == 5
    assert told.count("earned") == 1


def test_few_texts_are_kept_and_the_oldest_goes_first() -> None:
    feeds, written = KeptFeeds(most=2), list[str]()

    def write(text: str) -> str:
        written.append(text)
        return text

    for tag in ("one", "two", "one", "three", "one", "two"):
        assert feeds.text(tag, partial(write, tag)) == tag
    assert written == ["one", "two", "three", "two"]


def test_a_client_without_a_block_has_an_empty_calendar(client: TestClient, gym: Gym) -> None:
    coach = Api(client, gym.coach)
    address = coach.post(f"{coach.new_client()}/calendar-links", None)["url"]

    assert Program().take(client.get(address).text) == {}


def test_blocks_whose_revisions_do_not_say_what_was_shown_have_a_calendar_too(
    subscribed: Subscribed, app: FastAPI
) -> None:
    """Those of earlier versions: what is current is there, and the next change raises numbers."""
    before = read(subscribed.fetch().text)
    with app.state.database.write() as session:
        everything = update(BlockRevision).values(shown=None)
        session.exec(everything.where(col(BlockRevision.organization_id) == subscribed.coach.who.organization_id))
    subscribed.clock.forward(days=1)  # so that the feed is made anew
    told = subscribed.take()
    moved = sessions_of(subscribed.week(1), "squat")[-1]["id"]
    subscribed.change(kind="move_session", session_id=moved, to_date="2026-11-07")

    assert {uid: entry.content for uid, entry in told.items()} == {uid: entry.content for uid, entry in before.items()}
    assert subscribed.take()[moved].sequence > told[moved].sequence


def test_an_hour_that_is_none_is_refused_by_name(client: TestClient, gym: Gym) -> None:
    path, member = f"/v1/clients/{gym.member.client_id}", Api(client, gym.member)
    for hour in ("24:00", "7:30", "07:60", "07:30:00", "seven", "", None):
        problem = member.send("PATCH", path, json={"session_time": hour})
        assert problem.status_code == 422
        assert "session_time" in problem.text

    assert member.get(path)["session_time"] == "18:00"
