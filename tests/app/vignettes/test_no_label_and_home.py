"""V7, V8 and V14 over HTTP: no limiter is invented, sore legs change nothing, and home stays home."""

from datetime import timedelta

import pytest

from tests.app.kit import Json, items_of, sessions_of
from tests.app.vignettes.conftest import Tell
from tests.support.http_bodies import contents
from tests.support.http_story import HttpStory
from tests.support.story import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
AT_HOME = {"backpack", "door_frame"}


def test_v7_keeps_the_preferred_squat_lighter(tell: Tell) -> None:
    """High-bar only, two or three sets, at most 75 percent and RPE 7, CARs daily, a re-test in week four."""
    story = tell("V7")
    story.calm_weeks(1)
    weeks = story.every_week()
    squats = [item for week in weeks[:4] for item in items_of(week) if item["category"] == "squat"]

    assert {item["exercise"] for item in squats} == {"high_bar_back_squat"}
    assert {item["sets"] for item in squats} <= {2, 3}
    assert all(item["load_kg"] <= 0.75 * 0.9 * 130 and item["rpe_max"] <= 7 for item in squats)
    assert story.block["trained"] == []
    assert 4 in [retest["week_number"] for retest in story.block["retests"]]
    assert all(
        any(item["category"] == "cars" for one in day["sessions"] for item in one["items"]) for day in weeks[0]["days"]
    )


def test_v7_short_sleep_eases_a_watched_squat(tell: Tell) -> None:
    """A watched answer after five hours of sleep takes load and a set, and names the sleep; rested it only holds."""
    asked = {}
    for sleep in (5, 8):
        story = tell("V7")
        story.squat(MONDAY, during=3, after=3, context={"sleep_h": sleep})
        told = story.morning(TUESDAY, now=2)
        assert told["response"] == "watch"
        asked[sleep] = (story.squat_item(MONDAY), story.next_squat(TUESDAY), told["decisions"])
    (first, eased, decisions), (_, held, _) = asked[5], asked[8]

    assert first is not None
    assert [one["facts"]["sleep_h"] for one in decisions if one["rule"] == "PG13"] == [5]
    assert eased["load_kg"] <= 0.9 * first["load_kg"]
    assert eased["sets"] == first["sets"] - 1
    assert [held[name] for name in ("load_kg", "sets", "reps")] == [first[name] for name in ("load_kg", "sets", "reps")]


def _sore(story: HttpStory, legs: int) -> Json:
    """Squat on the first day and wake up with sore legs and a back that only worked."""
    story.squat(MONDAY, during=1, after=2, words=["worked"], leg_soreness=min(legs, 4), warm_up_helped=True)
    return story.morning(TUESDAY, worst=2, leg_soreness=legs, words=["worked"], hours_to_settle=20)


def test_v8_normal_soreness_changes_nothing(tell: Tell) -> None:
    """Legs at six: normal, nobody is referred, no lock, and every week is that of legs at zero."""
    sore, fresh = tell("V8"), tell("V8")
    told = _sore(sore, 6)
    _sore(fresh, 0)
    before, after = sore.squat_item(MONDAY), sore.next_squat(TUESDAY)

    assert (told["response"], told["lock"]) == ("normal", None)
    assert not {"refer", "step_back", "ease", "stop"} & {one["verdict"] for one in told["decisions"]}
    assert before is not None
    assert [after[name] for name in ("exercise", "depth", "sets")] == [
        before[name] for name in ("exercise", "depth", "sets")
    ]
    assert after["load_kg"] >= before["load_kg"]
    assert list(map(contents, sore.every_week())) == list(map(contents, fresh.every_week()))


@pytest.mark.sqlite_only
def test_v8_very_sore_legs_repeat_the_load(tell: Tell) -> None:
    """From eight on the answer is still normal; the same squat is asked again."""
    story = tell("V8")
    told = _sore(story, 8)
    before, after = story.squat_item(MONDAY), story.next_squat(TUESDAY)

    assert before is not None
    assert (told["response"], [one["rule"] for one in told["decisions"]]) == ("normal", ["PG17"])
    assert [after[name] for name in ("load_kg", "sets")] == [before[name] for name in ("load_kg", "sets")]


def test_v14_stays_at_home(tell: Tell) -> None:
    """Bodyweight first, the goblet squat last, twenty minutes a day, and nothing that is not in the house."""
    story = tell("V14")
    first, weeks = story.squat_item(MONDAY), story.every_week()
    assert first is not None
    assert (first["exercise"], first["depth"], first["stage"]) == ("bodyweight_squat", "above_parallel", "P2")
    assert "load_kg" not in first
    assert story.created["ladder"][-1]["variation"] == "goblet_squat"
    assert story.created["ladder"][-1]["depth"] == "parallel"
    assert "where_to_start_at_home" in {text["id"] for text in story.created["teaching"]}

    for week in weeks:
        assert all(sum(one["minutes"] for one in day["sessions"]) <= 20 for day in week["days"])
        assert (
            len({day["date"] for day in week["days"] if any(one["kind"] != "daily_cars" for one in day["sessions"])})
            <= 4
        )
    for exercise in {item["exercise"] for week in weeks for item in items_of(week)}:
        assert all(AT_HOME & set(group) for group in _equipment(story, exercise)), exercise


def _equipment(story: HttpStory, exercise: str) -> list[list[str]]:
    """Return what an exercise or squat variation needs, as the library tells it."""
    for kind in ("exercises", "squat-variations"):
        answer = story.api.send("GET", f"/v1/library/{kind}/{exercise}")
        if answer.status_code == 200:
            needed: list[list[str]] = answer.json()["equipment"]
            return needed
    raise AssertionError(exercise)


def test_v14_fills_the_backpack_slowly(tell: Tell) -> None:
    """Calm weeks slow the squat down first; once a load was logged it grows by two kilograms at most."""
    story = tell("V14")
    story.calm_weeks(1, 2, 3, 4)
    lived = [item for number in (1, 2, 3, 4) for day in story.squat_days(number) if (item := story.squat_item(day))]
    loads = [item["load_kg"] for item in lived if "load_kg" in item]

    assert list(dict.fromkeys(item["exercise"] for item in lived)) == [
        "bodyweight_squat",
        "bodyweight_tempo_squat",
        "goblet_tempo_squat",
    ]
    assert loads == [4]
    assert all("backpack" in item["load_text"] for item in lived if "load_kg" in item)
    assert sessions_of(story.week(story.day(4)), "squat")[0]["status"] == "done"
