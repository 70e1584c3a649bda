"""Red flags over HTTP: V9 and V10 from the first day, and any of them in the middle of a block."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.red_flags import ALL_NO
from tests.app.kit import Api, Json, is_loaded, items_of, sessions_of
from tests.app.vignettes.conftest import Tell
from tests.support.http_bodies import morning_of
from tests.support.http_story import HttpStory
from tests.support.story import MONDAY

GENTLE = {"walk", "ankle_car", "t_spine_car_seated", "shoulder_car", "foot_toe_car", "hip_car_side_lying"}


def _loaded(weeks: list[Json]) -> list[Json]:
    """Return every loaded item of some weeks."""
    return [item for week in weeks for item in items_of(week) if is_loaded(item)]


def _after(story: HttpStory) -> list[Json]:
    """Return the sessions of all days after today."""
    return [
        session
        for week in story.every_week()
        for day in week["days"]
        if day["date"] > story.today.isoformat()
        for session in day["sessions"]
    ]


# --- V9 -----------------------------------------------------------------------------------------------------------


def test_v9_is_an_emergency_without_sessions(tell: Tell) -> None:
    """The block is created locked and says why and what unlocks it; no week holds a session; the finding stands."""
    story = tell("V9")
    weeks = story.every_week()

    assert (story.screening["status"], story.created["status"]) == ("emergency", "locked")
    assert story.created["lock"]["urgency"] == "emergency"
    assert story.created["lock"]["text"]
    assert story.created["lock"]["unlock"]
    assert [sessions_of(week) for week in weeks] == [[]] * 8
    assert {week["status"] for week in weeks} == {"locked"}
    assert all(week["lock"] == story.created["lock"] for week in weeks)
    assert story.findings["limiting_factor"] == "hip"


def test_v9_a_later_no_unlocks_nothing_and_a_clearance_does(tell: Tell) -> None:
    """No today does not end yesterday's yes; a professional's clearance does, and training resumes at P1."""
    story = tell("V9")
    calm = ALL_NO | {"saddle_numbness": "no"}
    for day in (1, 2):
        answer = story.morning(MONDAY + timedelta(days=day), red_flags=calm)
        assert answer["lock"]["urgency"] == "emergency"
        story.api.post(f"{story.path}/screenings", {"red_flags": calm})
        assert not any(sessions_of(week) for week in story.every_week())

    story.clear(MONDAY + timedelta(days=3))
    assert (story.block["status"], story.block["lock"]) == ("active", None)
    assert story.here["stage"] == "P1"
    for offset in range(4, 12):
        day = MONDAY + timedelta(days=offset)
        story.calm_day(day)
        item = story.squat_item(day)
        assert item is None or (item["stage"] == "P1" and "load_kg" not in item)
    assert any(sessions_of(week, "squat") for week in story.every_week())


# --- V10 ----------------------------------------------------------------------------------------------------------


def test_v10_is_referred_with_the_gentle_list(tell: Tell) -> None:
    """Easy walks and small circles at ten percent effort, none of them loaded, and the six answers are not enough."""
    story = tell("V10")
    weeks = story.every_week()
    items = [item for week in weeks for item in items_of(week)]

    assert (story.created["status"], story.created["lock"]["urgency"]) == ("locked", "refer")
    assert {item["exercise"] for item in items} == GENTLE
    assert all(item.get("effort_percent", 0) <= 10 for item in items)
    assert not _loaded(weeks)


def test_v10_is_raised_when_strength_drops_and_resumes_when_cleared(tell: Tell) -> None:
    """Loss of strength raises it and takes the sessions away; cleared, it is P1; a new yes locks again."""
    story = tell("V10")
    told = story.morning(MONDAY + timedelta(days=1), red_flags={"loss_of_strength": "yes"})
    assert (told["response"], told["lock"]["urgency"]) == ("red_flag", "same_day")
    assert _after(story) == []
    assert not list(items_of(story.week(MONDAY)))

    story.clear(MONDAY + timedelta(days=4))
    assert (story.block["lock"], story.here["stage"]) == (None, "P1")
    assert _after(story)
    again = story.morning(MONDAY + timedelta(days=11), red_flags={"tingling": "yes"})
    assert again["lock"]["urgency"] == "refer"


def test_v10_a_clearance_needs_fresh_answers(tell: Tell) -> None:
    """Cleared nine days after the questions were answered, they are asked again before anything loaded is planned."""
    story = tell("V10")
    story.at(MONDAY + timedelta(days=9), 11)
    story.api.post(f"{story.path}/clearances", {"cleared_by": "Dr Rivera"})
    assert story.block["lock"]["urgency"] == "incomplete"
    assert not _loaded(story.every_week())

    story.api.post(f"{story.path}/screenings", {"red_flags": ALL_NO})
    assert (story.block["lock"], story.here["stage"]) == (None, "P1")


# --- in the middle of a block -------------------------------------------------------------------------------------


def _check_in(story: HttpStory, member: Api, answers: Json) -> None:
    member.post(f"{story.path}/check-ins", morning_of() | {"red_flags": answers})


def _screening(story: HttpStory, _: Api, answers: Json) -> None:
    story.api.post(f"{story.path}/screenings", {"red_flags": ALL_NO | answers})


def _assessment(story: HttpStory, _: Api, answers: Json) -> None:
    story.api.post(f"{story.path}/assessments", {"setting": "clinic", "red_flags": answers})


WAYS = pytest.mark.parametrize("tell_of", [_check_in, _screening, _assessment])
LEVELS = pytest.mark.parametrize(
    ("flag", "urgency"),
    [("numbness", "refer"), ("loss_of_strength", "same_day"), ("saddle_numbness", "emergency")],
)


@LEVELS
@WAYS
def test_a_red_flag_withholds_today_at_once_on_every_path(
    tell: Tell, tell_of: Callable[[HttpStory, Api, Json], None], flag: str, urgency: str
) -> None:
    """Whoever reads the running week, and however, sees nothing loaded from that moment; no old copy is current."""
    story = tell("V1", weeks=4)
    member, block = story.member(), f"/v1/blocks/{story.created['id']}"
    reads = [
        (api, path)
        for api, path in (
            *(
                (story.api, path)
                for path in (f"{block}/weeks/1", f"{story.path}/week", f"{story.path}/week?date=2026-11-08")
            ),
            *(
                (member, path)
                for path in (f"{block}/weeks/1", f"{story.path}/week", "/v1/me/week", "/v1/me/week?date=2026-11-02")
            ),
        )
    ]
    before = [api.send("GET", path) for api, path in reads]
    assert all(_loaded([answer.json()]) for answer in before)

    tell_of(story, member, {flag: "yes"})
    after = [
        api.send("GET", path, headers={"If-None-Match": seen.headers["ETag"]})
        for (api, path), seen in zip(reads, before, strict=True)
    ]
    weeks = [answer.json() for answer in after]

    assert {answer.status_code for answer in after} == {200}
    assert {(week["status"], week["lock"]["urgency"]) for week in weeks} == {("locked", urgency)}
    assert not _loaded(weeks + story.every_week())
    assert all(week == weeks[0] for week in weeks)
    shown = {item["exercise"] for week in (*weeks, *story.every_week()) for item in items_of(week)}
    assert shown <= (GENTLE if urgency == "refer" else set())
    assert "withheld" in {session["status"] for session in sessions_of(weeks[0], on=MONDAY)}


def test_after_a_red_flag_the_block_goes_on_at_p1(tell: Tell) -> None:
    """A no changes nothing; cleared, it is P1 however far it had come: for the trunk a light weight in front."""
    story = tell("V4")
    story.calm_weeks(1)
    flagged = story.day(2)
    told = story.morning(flagged, red_flags={"radiating_pain": "yes"})
    assert (told["response"], told["lock"]["urgency"]) == ("red_flag", "refer")
    assert [one["verdict"] for one in told["decisions"]] in (["stop"], ["refer"])
    assert story.morning(flagged + timedelta(days=1), red_flags=ALL_NO)["lock"]["urgency"] == "refer"

    story.clear(flagged + timedelta(days=2))
    assert (story.block["status"], story.here["stage"]) == ("active", "P1")
    for offset in range(3, 7):
        story.calm_day(flagged + timedelta(days=offset))
    squats = [item for day in story.squat_days(2) if day > story.day(2, 2) and (item := story.squat_item(day))]
    assert squats
    assert {(item["stage"], item["exercise"]) for item in squats} == {("P1", "counterbalance_squat")}
    assert all(item["load_kg"] <= 5 for item in squats)


def test_what_was_not_asked_locks_nothing(tell: Tell) -> None:
    """A check-in that leaves every question open leaves the block and its weeks as they were."""
    story = tell("V3")
    asked = [list(items_of(week)) for week in story.every_week()]
    answer = story.morning(MONDAY, red_flags=dict.fromkeys(ALL_NO, "not_asked"))
    assert answer["lock"] is None
    assert [list(items_of(week)) for week in story.every_week()] == asked
