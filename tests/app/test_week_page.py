"""The week page: what it shows, what its forms record, and that nothing loaded is left on it under a red flag."""

import gzip
import re

import pytest
from fastapi.testclient import TestClient

from app.library.examples import HALO
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, sessions_of
from tests.app.pages import Browser, FoundForm, forms_of, text_of
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym

ON_ONE = pytest.mark.sqlite_only
"""For tests of what both databases do alike; the others of this file send the same statements to both."""


def _planned(client: TestClient, gym: Gym, **changes: object) -> tuple[Api, Browser, str, Json]:
    """Plan a block for the member; return the coach, the member's browser, the client's path and the block."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    if changes:
        coach.patch(path, changes)
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    return coach, _member(client, gym.member), path, block


def _member(client: TestClient, who: Account) -> Browser:
    return Browser(client, who.headers)


def _squat(coach: Api, block: Json) -> Json:
    return sessions_of(coach.week(block, 1), "squat")[0]


def _session_form(page: str, session: Json) -> FoundForm:
    """Return the form that ticks a session off."""
    (form,) = [one for one in forms_of(page, "session") if ("session", session["id"]) in one.fields]
    return form


# --- what is shown ------------------------------------------------------------------------------------------------


@ON_ONE
def test_today_comes_first_with_dose_cue_load_reason_and_teaching(client: TestClient, gym: Gym) -> None:
    coach, member, _, block = _planned(client, gym)
    squat = next(item for item in _squat(coach, block)["items"] if item["category"] == "squat")
    taught = coach.get(f"/v1/library/squat-variations/{squat['exercise']}")

    page = member.open()
    words = text_of(page)

    assert page.text.index("Today, Mon") < page.text.index("Tue, Nov 3") < page.text.index("Sun, Nov 8")
    assert f"{squat['sets']} × {squat['reps']}" in words
    assert f"tempo {squat['tempo']}" in words
    assert f"rest {squat['rest_s'] // 60}:{squat['rest_s'] % 60:02}" in words
    for told in (squat["cue"], squat["load_text"], squat["because"][0]["text"], taught["setup"], taught["stop_if"]):
        assert told in words
    assert all(step in words for step in taught["steps"])
    assert 'data-seconds="60"' in page.text  # the passive part of a PAILs round


@ON_ONE
def test_the_page_is_small(client: TestClient, gym: Gym) -> None:
    """With every exercise of the day taught and the picture drawn: a third of a second on a slow phone."""
    _, member, _, _ = _planned(client, gym)
    page = member.open().content
    assert len(page) < 70_000
    assert len(gzip.compress(page)) < 13_000


@ON_ONE
def test_any_day_of_the_block_can_be_opened_and_tells_what_it_is(client: TestClient, gym: Gym) -> None:
    _, member, _, _ = _planned(client, gym)
    ahead = text_of(member.open("/week?date=2026-11-11"))
    assert "This week has not begun" in ahead
    assert "Wed, Nov 11" in ahead
    assert "Done as planned" not in ahead  # nobody has done what lies ahead
    assert "No plan covers this day" in text_of(member.open("/week?date=2027-03-01"))
    assert "How is your back this morning?" not in ahead
    member.open("/week?date=nonsense", 404)


@ON_ONE
def test_names_and_notes_cannot_become_markup(client: TestClient, gym: Gym) -> None:
    coach, _, path, block = _planned(client, gym, display_name="<b>Sam</b>")
    tag = coach.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    note = {"kind": "note", "session_id": _squat(coach, block)["id"], "note": "<script>x</script>", "reason": "<i>"}
    coach.post(f"/v1/blocks/{block['id']}/adjustments", note, headers={"If-Match": tag})
    page = Browser(client, gym.coach.headers).open(f"/week?client={path.rsplit('/', 1)[1]}").text
    assert "&lt;b&gt;Sam&lt;/b&gt;" in page
    assert "<b>Sam" not in page
    assert "<script>x" not in page


@ON_ONE
def test_a_client_without_a_plan_can_still_tell_how_the_back_is(client: TestClient, gym: Gym) -> None:
    member = _member(client, gym.member)
    page = member.open()
    assert "No plan covers this day" in page.text
    told = member.follow(member.send(forms_of(page, "check-in")[0], now="3"))
    assert "This morning you said 3 of 10." in told.text
    stopped = member.follow(member.send(forms_of(told, "safety")[0], flag="numbness", how="yes"))
    assert "No loaded training for now" in stopped.text


@ON_ONE
def test_a_coachs_own_exercise_is_taught_too(client: TestClient, gym: Gym) -> None:
    coach, member, _, block = _planned(client, gym)
    own = coach.post("/v1/library/exercises", HALO)
    tag = coach.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    add = {
        "kind": "add_exercise",
        "session_id": _squat(coach, block)["id"],
        "exercise": own["id"],
        "reason": "Why not.",
    }
    coach.post(f"/v1/blocks/{block['id']}/adjustments", add, headers={"If-Match": tag})
    assert own["setup"] in text_of(member.open())


# --- ticking off --------------------------------------------------------------------------------------------------


def test_done_as_planned_logs_every_set_as_prescribed(client: TestClient, gym: Gym) -> None:
    coach, member, path, block = _planned(client, gym)
    planned = _squat(coach, block)
    form = _session_form(member.open().text, planned)
    page = member.follow(member.send(form, how="all", during="1", after="2", effort="6", word=["worked"]))

    (log,) = coach.get(f"{path}/session-logs")["items"]
    squat = next(item for item in planned["items"] if item["category"] == "squat")
    logged = next(item for item in log["items"] if item["item_id"] == squat["id"])
    one = {"reps": squat["reps"], "load_kg": squat["load_kg"], "rpe": 6}
    assert [{name: done[name] for name in one} for done in logged["sets"]] == [one] * squat["sets"]
    assert (log["back_pain"]["during"], log["back_pain"]["after"], log["words"]) == (1, 2, ["worked"])
    assert not any(item["skipped"] for item in log["items"])
    assert "Saved. Well done." in page.text
    assert _squat(coach, block)["status"] == "done"


@ON_ONE
def test_only_what_was_ticked_is_logged_as_done(client: TestClient, gym: Gym) -> None:
    coach, member, path, block = _planned(client, gym)
    planned = _squat(coach, block)
    first = planned["items"][0]["id"]
    member.send(_session_form(member.open().text, planned), done=[first], how="ticked")
    (log,) = coach.get(f"{path}/session-logs")["items"]
    assert {item["item_id"] for item in log["items"] if not item["skipped"]} == {first}
    assert _squat(coach, block)["status"] == "partly"


@ON_ONE
def test_a_form_that_is_sent_twice_logs_once_and_with_other_words_says_so(client: TestClient, gym: Gym) -> None:
    coach, member, path, block = _planned(client, gym)
    form = _session_form(member.open().text, _squat(coach, block))
    for _ in range(2):
        assert "Saved. Well done." in member.follow(member.send(form, during="1", after="1")).text
    again = member.send(form, during="7", after="7")
    assert "That was saved before" in member.follow(again).text
    assert len(coach.get(f"{path}/session-logs")["items"]) == 1


def test_a_log_can_be_corrected_on_the_page(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach, member, path, block = _planned(client, gym)
    planned = _squat(coach, block)
    page = member.follow(member.send(_session_form(member.open().text, planned), during="1", after="1"))
    clock.forward(minutes=1)
    member.send(_session_form(page.text, planned), during="5", after="5")

    newest, oldest = coach.get(f"{path}/session-logs")["items"]
    assert newest["replaces"] == oldest["id"]
    assert [one["response"] for one in coach.get(f"{path}/trend")["exposures"]] == ["pending"]


@ON_ONE
def test_yesterdays_session_is_logged_on_its_day(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach, _, path, block = _planned(client, gym)
    planned = _squat(coach, block)
    clock.forward(days=1)
    late = Browser(client, {"Authorization": f"Bearer {_token(client, gym.member)}"})
    page = late.open("/week?date=2026-11-02")
    late.send(_session_form(page.text, planned), during="1", after="1")
    (log,) = Api(client, gym.coach).get(f"{path}/session-logs")["items"]
    assert log["performed_at"] == "2026-11-02T12:00:00Z"


@ON_ONE
def test_what_lies_ahead_cannot_be_ticked_off(client: TestClient, gym: Gym) -> None:
    coach, member, _, block = _planned(client, gym)
    ahead = sessions_of(coach.week(block, 1), "squat")[-1]
    day = next(day["date"] for day in coach.week(block, 1)["days"] if ahead in day["sessions"])
    member.post("/week/session", [("session", ahead["id"]), ("date", day)], 422)
    member.post("/week/session", [("session", ahead["id"])], 404)  # it is not one of today


def _token(client: TestClient, who: Account) -> str:
    token: str = client.post("/v1/auth/login", json={"email": who.email, "password": PASSWORD}).json()["access_token"]
    return token


# --- the morning --------------------------------------------------------------------------------------------------


@ON_ONE
def test_two_taps_tell_how_the_back_is(client: TestClient, gym: Gym) -> None:
    """The form needs a number and nothing else; the worst of the day is then no better than now."""
    coach, member, path, _ = _planned(client, gym)
    (form,) = forms_of(member.open(), "check-in")
    page = member.follow(member.send(form, now="2"))
    (told,) = coach.get(f"{path}/check-ins")["items"]
    assert (told["back_pain"], told["words"]) == ({"now": 2, "worst_24h": 2}, [])
    assert "This morning you said 2 of 10." in page.text


@ON_ONE
def test_the_morning_after_a_squat_asks_whether_the_back_has_settled(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    coach, member, path, block = _planned(client, gym)
    coach.post(f"{path}/session-logs", as_prescribed(_squat(coach, block), back_pain={"during": 3, "after": 3}))
    assert "yet back to usual" not in member.open().text
    clock.forward(hours=19)
    late = Browser(client, {"Authorization": f"Bearer {_token(client, gym.member)}"})
    page = late.open()
    assert "Save: back to usual" in page.text
    late.send(forms_of(page, "check-in")[0], now="1", how="settled", worst="3")

    (told,) = Api(client, gym.coach).get(f"{path}/check-ins")["items"]
    assert (told["hours_to_settle"], told["back_pain"]["worst_24h"]) == (19, 3)
    (squat,) = Api(client, gym.coach).get(f"{path}/trend")["exposures"]
    assert squat["response"] == "normal"


@ON_ONE
def test_a_check_in_can_be_corrected_and_needs_its_number(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach, member, path, _ = _planned(client, gym)
    (form,) = forms_of(member.open(), "check-in")
    assert "Tap a number first." in member.follow(member.send(form)).text
    page = member.follow(member.send(form, now="7"))
    clock.forward(minutes=1)
    member.send(forms_of(page, "check-in")[0], now="1")
    assert [one["now"] for one in coach.get(f"{path}/trend")["mornings"]] == [1]


@ON_ONE
def test_what_changed_today_is_told_with_its_reason(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach, _, path, block = _planned(client, gym)
    coach.post(f"{path}/session-logs", as_prescribed(_squat(coach, block)))
    clock.forward(hours=19)
    answer = Api(client, gym.coach).post(f"{path}/check-ins", CALM_MORNING | {"back_pain": {"now": 6, "worst_24h": 7}})
    page = Browser(client, {"Authorization": f"Bearer {_token(client, gym.member)}"}).open()
    assert "What changed today" in page.text
    for decision in answer["decisions"]:
        assert decision["because"] in text_of(page)


# --- red flags ----------------------------------------------------------------------------------------------------


def test_a_red_flag_given_on_the_page_stops_loaded_training_on_it(client: TestClient, gym: Gym) -> None:
    coach, member, path, block = _planned(client, gym)
    before = member.open()
    assert 'class="load"' in before.text
    page = member.follow(member.send(forms_of(before, "safety")[0], flag=["loss_of_strength"], how="yes"))

    lock = coach.get(f"/v1/blocks/{block['id']}")["lock"]
    assert lock["urgency"] == "same_day"
    assert lock["text"] in text_of(page)
    assert lock["unlock"] in text_of(page)
    for address in ("/week", "/week?date=2026-11-04", "/week?date=2026-11-11", "/week?date=2026-11-18"):
        shown = member.open(address).text
        assert 'class="load"' not in shown
        assert not re.search(r"\d kg\b", re.sub(r"<svg.*</svg>", "", shown, flags=re.DOTALL))
    assert coach.get(f"{path}/screenings")["items"][0]["red_flags"]["loss_of_strength"] == "yes"


@ON_ONE
def test_what_was_earned_before_a_red_flag_is_not_announced_under_it(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    coach, _, path, block = _planned(client, gym)
    coach.post(f"{path}/session-logs", as_prescribed(_squat(coach, block)))
    clock.forward(hours=19)
    coach = Api(client, gym.coach, _token(client, gym.coach))
    member = Browser(client, {"Authorization": f"Bearer {_token(client, gym.member)}"})
    (earned,) = coach.post(f"{path}/check-ins", CALM_MORNING)["decisions"]
    assert earned["verdict"] == "load_up"
    assert earned["because"] in text_of(member.open())

    (stop,) = coach.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})["decisions"]
    assert stop["verdict"] == "stop"
    assert stop["because"] in text_of(member.open())
    assert earned["because"] not in text_of(member.open())


@ON_ONE
def test_unanswered_questions_lock_and_are_answered_on_the_page(client: TestClient, gym: Gym) -> None:
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP | {"red_flags": {}})
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    member = _member(client, gym.member)
    page = member.open()
    assert "No loaded training for now" in page.text
    assert 'class="load"' not in page.text
    assert "To the safety questions" in page.text
    after = member.follow(member.send(forms_of(page, "safety")[0], how="none"))
    assert "Saved. No warning sign." in after.text
    assert "No loaded training for now" not in after.text
    assert coach.get(f"/v1/blocks/{block['id']}")["status"] == "active"


@ON_ONE
def test_what_was_ticked_counts_whichever_button_was_pressed(client: TestClient, gym: Gym) -> None:
    coach, member, _, block = _planned(client, gym)
    (form,) = forms_of(member.open(), "safety")
    member.send(form, flag=["tingling"], how="none")
    assert coach.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "refer"


def test_a_yes_that_does_not_say_which_holds_training_until_it_does(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A log in between lifts nothing; a block planned meanwhile waits too; "none of these" ends it."""
    coach, member, path, block = _planned(client, gym)
    page = member.follow(member.send(forms_of(member.open(), "safety")[0], how="yes"))
    assert "Loaded training waits until this is clear" in page.text
    clock.forward(minutes=1)
    member.send(forms_of(page, "check-in")[0], now="1")
    for address in ("/week", "/week?date=2026-11-04", "/week?date=2026-11-18"):
        shown = member.open(address)
        assert 'class="load"' not in shown.text
        assert "No loaded training for now" in shown.text
    (told,) = coach.get(f"{path}/screenings")["items"]
    assert (told["left_open"], told["red_flags"], told["standing"]["status"]) == (True, {}, "incomplete")
    assert coach.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "incomplete"
    body = {"assessment_id": block["assessment_id"]}
    again = coach.post(f"{path}/blocks?finish_current=true", body)
    assert again["lock"]["urgency"] == "incomplete"
    clock.forward(minutes=1)
    member.send(forms_of(member.open(), "safety")[0], how="none")
    assert coach.get(f"/v1/blocks/{again['id']}")["status"] == "active"


@ON_ONE
def test_a_coach_logs_for_the_client_whose_week_they_see(client: TestClient, gym: Gym) -> None:
    coach, _, path, _ = _planned(client, gym)
    browser = Browser(client, gym.coach.headers)
    page = browser.open(f"/week?client={path.rsplit('/', 1)[1]}")
    assert "member: the week" in page.text
    told = browser.follow(browser.send(forms_of(page, "check-in")[0], now="4"))
    assert "This morning you said 4 of 10." in told.text
    assert len(coach.get(f"{path}/check-ins")["items"]) == 1
