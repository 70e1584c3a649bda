"""Flares, late and repeated logs over HTTP: calm first, lighter then, and the same facts give the same plan."""

import json
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from tests.app.kit import Json, is_loaded, sessions_of
from tests.app.vignettes.conftest import Tell
from tests.support.http_bodies import contents, done, morning_of
from tests.support.http_story import HttpStory
from tests.support.story import MONDAY

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
THREATS = ("damage", "danger", "injur", "disc", "tear", "harm")


def _flare(story: HttpStory) -> tuple[Json, Json]:
    """Squat on the first day and wake up much worse; return what was squatted and the morning's answer."""
    item = story.squat_item(MONDAY)
    assert item is not None
    story.squat(MONDAY, during=6, after=7)
    return item, story.morning(TUESDAY, now=6, worst=7, hours_to_settle=None)


def test_a_flare_is_met_with_calm_content(tell: Tell) -> None:
    """A problem, told without a threat; from the next day on easy walks and small circles, without a lock."""
    story = tell("V7")
    _, told = _flare(story)
    week = story.week(TUESDAY)
    ahead = [item for day in week["days"][2:] for one in day["sessions"] for item in one["items"]]

    assert (told["response"], told["lock"], story.block["status"]) == ("problem", None, "active")
    assert "PG08" in {one["rule"] for one in told["decisions"]}
    assert not any(word in one["because"].lower() for one in told["decisions"] for word in THREATS)
    assert "walk" in {item["exercise"] for item in ahead}
    assert not any(is_loaded(item) for item in ahead)
    assert all(item.get("effort_percent", 0) <= 10 for item in ahead if item["category"] == "cars")


def test_two_calm_mornings_bring_the_squat_back_a_third_lighter(tell: Tell) -> None:
    """One calm morning is not enough; after the second the same squat is back with 35 percent less and fewer sets."""
    story = tell("V7")
    before, _ = _flare(story)
    story.morning(WEDNESDAY, now=2)
    friday = MONDAY + timedelta(days=4)
    assert not any(is_loaded(item) for one in sessions_of(story.week(friday), on=friday) for item in one["items"])
    story.morning(WEDNESDAY + timedelta(days=1), now=2)
    back = story.next_squat(WEDNESDAY + timedelta(days=1))

    assert back["exercise"] == before["exercise"]
    assert 0.6 * before["load_kg"] <= back["load_kg"] <= 0.65 * before["load_kg"]
    assert back["sets"] < before["sets"]
    assert story.here["variation"] == before["exercise"]


def test_a_worse_answer_never_makes_the_next_squat_harder(tell: Tell) -> None:
    """The same session with more and more pain: the next squat weighs the same or less each time."""
    asked = []
    for pain in (1, 3, 5, 8):
        story = tell("V8")
        story.squat(MONDAY, during=pain, after=pain)
        story.morning(TUESDAY, now=pain, worst=pain, hours_to_settle=12 if pain < 5 else None)
        friday = MONDAY + timedelta(days=3)
        item = story.squat_item(friday) or {}
        asked.append((item.get("load_kg", 0), item.get("sets", 0)))
    assert asked == sorted(asked, reverse=True)


# --- late, and twice ----------------------------------------------------------------------------------------------


def _bad_tuesday(story: HttpStory) -> Json:
    at = datetime.combine(TUESDAY, time(7), tzinfo=story.zone)
    return morning_of(3, 4) | {"hours_to_settle": 30, "at": at.isoformat()}


def test_a_late_log_counts_as_if_it_had_been_on_time(tell: Tell) -> None:
    """Told eight days later, a bad morning gives the rung and the days ahead it would have given; days behind stay."""
    on_time, late = tell("V1"), tell("V1")
    last = MONDAY + timedelta(days=9)
    for story in (on_time, late):
        story.squat(MONDAY, during=4, after=4)
    on_time.at(TUESDAY, 7)
    on_time.send("check-ins", _bad_tuesday(on_time))
    for story in (on_time, late):
        story.morning(last)
    behind = [late.week(MONDAY), late.week(last)]
    late.at(last, 9)
    answer = late.send("check-ins", _bad_tuesday(late))

    assert answer["log"]["at"] < answer["log"]["received_at"]
    assert late.api.get(f"{late.path}/check-ins/{answer['log']['id']}") == answer["log"]
    assert late.here == on_time.here
    ahead = [[contents(week, last) for week in story.every_week()] for story in (on_time, late)]
    assert ahead[0] == ahead[1]
    seen = [[day for day in week["days"] if day["date"] <= last.isoformat()] for week in behind]
    now = [
        [day for day in week["days"] if day["date"] <= last.isoformat()]
        for week in (late.week(MONDAY), late.week(last))
    ]
    assert [[_asked(day) for day in week] for week in now] == [[_asked(day) for day in week] for week in seen]


def _asked(day: Json) -> list[tuple[str, str, str]]:
    """Return what a day shows to the byte, whatever became of its sessions."""
    return [(one["id"], one["kind"], json.dumps(one["items"])) for one in day["sessions"]]


def test_a_session_done_earlier_and_sent_later_is_its_own_days(tell: Tell) -> None:
    """Monday's session arrives on Wednesday: it is Monday's exposure, and Monday's session is done."""
    story = tell("V3")
    (session,) = story.sessions("squat", MONDAY)
    at = datetime.combine(MONDAY, time(18), tzinfo=story.zone)
    story.morning(TUESDAY)
    story.at(WEDNESDAY, 12)
    answer = story.send("session-logs", done(session) | {"performed_at": at.isoformat()})

    assert answer["response"] == "normal"
    assert [one["status"] for one in story.sessions("squat", MONDAY)] == ["done"]


@pytest.mark.parametrize("kind", ["session-logs", "check-ins"])
def test_a_phone_that_sends_twice_changes_nothing(tell: Tell, kind: str) -> None:
    """Days later the same id and body still answer the same bytes; another body is 409 with what was stored."""
    story = tell("V3")
    (session,) = story.sessions("squat", MONDAY)
    story.at(MONDAY, 19)
    body = {"id": str(uuid4())} | (done(session) if kind == "session-logs" else morning_of())
    path = f"{story.path}/{kind}"
    first = story.api.send("POST", path, json=body)
    story.morning(TUESDAY)
    story.morning(WEDNESDAY, now=3)
    revision, weeks = story.block["revision"], story.every_week()
    again = story.api.send("POST", path, json=body)
    other = story.api.post(path, body | {"leg_soreness": 7}, 409)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert (other["code"], other["stored"]) == ("id_conflict", first.json()["log"])
    assert story.block["revision"] == revision
    assert story.every_week() == weeks
