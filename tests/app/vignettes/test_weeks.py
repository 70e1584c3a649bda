"""What holds for the weeks of every vignette: size, tags, earned and projected, whose they are."""

from datetime import timedelta

import pytest

from tests.app.kit import Api, Json, items_of
from tests.app.vignettes.conftest import Tell
from tests.gym import Gym
from tests.support.http_bodies import morning_of, squat_of
from tests.support.http_story import TRAINABLE, VIGNETTES, HttpStory
from tests.support.story import MONDAY

LARGEST_BYTES, LARGEST_COMPRESSED_BYTES = 25_000, 5_000


def _check_sizes(story: HttpStory) -> None:
    """Check each week as a phone gets it."""
    for number in range(1, story.created["weeks"] + 1):
        answer = story.read(number, **{"Accept-Encoding": "gzip"})
        assert len(answer.content) <= LARGEST_BYTES, (number, len(answer.content))
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) <= LARGEST_COMPRESSED_BYTES, (number, answer.headers)


@pytest.mark.parametrize("name", VIGNETTES)
def test_weeks_are_small_and_not_sent_twice(tell: Tell, name: str) -> None:
    """At most 25 KB, 5 KB compressed, nulls left out; the tag of each week answers 304 until something is told."""
    story = tell(name)
    _check_sizes(story)
    reads = [story.read(number) for number in range(1, 9)]
    for number, read in enumerate(reads, start=1):
        unchanged = story.read(number, **{"If-None-Match": read.headers["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert read.json()["week_number"] == number
    assert len({read.headers["ETag"] for read in reads}) == 8
    assert not any(value is None for read in reads for item in items_of(read.json()) for value in item.values())

    story.morning(MONDAY)
    changed = [story.read(n, **{"If-None-Match": read.headers["ETag"]}) for n, read in enumerate(reads, start=1)]
    told = story.block["revision"] > story.created["revision"]
    assert {answer.status_code for answer in changed} == ({200} if told else {304})


@pytest.mark.parametrize("name", TRAINABLE)
def test_a_lived_week_is_followed_by_small_weeks(tell: Tell, name: str) -> None:
    """After a calm week the weeks are as small, each decision is listed once, and each rule can be looked up."""
    story = tell(name)
    story.calm_weeks(1)
    _check_sizes(story)
    listed = story.api.get(f"/v1/blocks/{story.created['id']}/decisions", params={"limit": 100})["items"]

    told = {one["id"]: one for one in story.decisions}
    assert listed
    assert {one["id"]: {name: one[name] for name in told[one["id"]]} for one in listed} == told
    for rule in {one["rule"] for one in listed}:
        assert story.api.get(f"/v1/library/rules/{rule}")["summary"]
    days = [one["at"] for one in listed]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("name", TRAINABLE)
def test_silence_serves_no_more_than_the_first_day_asked(tell: Tell, name: str) -> None:
    """What is projected is harder; each week that begins in silence is served as earned, and asks for no more."""
    story = tell(name)
    first = story.next_squat(MONDAY - timedelta(days=1))
    ahead = story.every_week()
    assert [week["projected"] for week in ahead] == [False] + [True] * 7
    for number in (2, 3, 5):
        story.at(story.day(number), 6)
        week = story.read(number).json()
        assert week["projected"] is False
        assert week == story.week(story.day(number, 6))
        for item in (squat_of(week, day) for day in story.squat_days(number)):
            assert item is not None
            assert item["exercise"] == first["exercise"]
            assert (item.get("load_kg", 0), item["sets"]) <= (first.get("load_kg", 0), first["sets"])
    assert story.block["revision"] == story.created["revision"]


def test_days_that_have_begun_never_change(tell: Tell) -> None:
    """Whatever two weeks of changing answers say, each day keeps the items it first showed."""
    story, seen = tell("V3"), dict[str, list[Json]]()
    for offset in range(14):
        day = MONDAY + timedelta(days=offset)
        story.morning(day, now=(0, 2, 4, 1, 5, 3, 0)[offset % 7])
        seen[day.isoformat()] = _items(story.week(day), day.isoformat())
        story.train(day)
        if story.sessions("squat", day):
            story.squat(day, during=offset % 7, after=2)
    weeks = (story.week(MONDAY), story.week(story.day(2)))

    assert {day["date"]: _items(week, day["date"]) for week in weeks for day in week["days"]} == seen


def _items(week: Json, on: str) -> list[Json]:
    return [item for day in week["days"] if day["date"] == on for one in day["sessions"] for item in one["items"]]


def test_an_answer_names_exactly_the_weeks_that_changed(tell: Tell) -> None:
    """Every week in `changed_weeks` reads differently, and no other does."""
    story = tell("V3")
    before = _bodies(story)
    happens = (
        lambda: story.squat(MONDAY),
        lambda: story.morning(MONDAY + timedelta(days=1)),
        lambda: story.squat(MONDAY + timedelta(days=3), during=5, after=4),
        lambda: story.morning(MONDAY + timedelta(days=4), now=5, worst=6, hours_to_settle=None),
    )
    for happen in happens:
        answer, after = happen(), _bodies(story)
        assert answer["changed_weeks"] == [number for number in before if before[number] != after[number]]
        before = after


def _bodies(story: HttpStory) -> dict[int, Json]:
    """Return each week without the tags of the block, which every revision changes."""
    kept = (
        {key: value for key, value in week.items() if key not in {"block_etag", "revision"}}
        for week in story.every_week()
    )
    return dict(enumerate(kept, start=1))


def test_a_member_sees_themselves_alone(tell: Tell, gym: Gym) -> None:
    """Their own client, block, week and logs; of anybody else's nothing, not even that it exists."""
    own, other = tell("V3"), tell("V8")
    mine, theirs = own.member(), other.member()
    log = mine.post(f"{own.path}/check-ins", morning_of())["log"]
    for path in ("", "/week", "/blocks", "/assessments", "/screenings", "/check-ins", "/session-logs"):
        assert mine.get(f"{own.path}{path}")
        for stranger in (theirs, Api(mine.http, gym.other_member), Api(mine.http, gym.foreign_coach)):
            assert stranger.get(f"{own.path}{path}", 404)["code"] == "not_found"
    for path in ("", "/weeks/1", "/ladder", "/decisions"):
        assert mine.get(f"/v1/blocks/{own.created['id']}{path}")
        theirs.get(f"/v1/blocks/{own.created['id']}{path}", 404)
    theirs.get(f"/v1/assessments/{own.assessment['id']}", 404)
    theirs.get(f"{own.path}/check-ins/{log['id']}", 404)
    theirs.get(f"{other.path}/check-ins/{log['id']}", 404)

    assert mine.get("/v1/me/week")["block_id"] == own.created["id"]
    assert theirs.get("/v1/me/week")["block_id"] == other.created["id"]
    mine.get("/v1/clients", 403)
    mine.post(f"{own.path}/clearances", {"cleared_by": "Myself"}, 403)
