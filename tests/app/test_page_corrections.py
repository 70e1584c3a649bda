"""Forms of the week page that correct a log, or were made before the plan changed: nothing told is lost on the way."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app.kit import HIP, Api, Json, as_prescribed, is_loaded, sessions_of
from tests.app.pages import Browser, FoundForm, forms_of
from tests.conftest import Clock
from tests.gym import Gym

ON_ONE = pytest.mark.sqlite_only
BAD = {"back_pain": {"before": 1, "during": 8, "after": 7}, "words": ["sharp"], "same_spot": True}
MORE_OF_IT = {"note": "Slipped.", "leg_soreness": 4, "context": {"sleep_h": 5.5}, "changed_technique_to_survive": True}
BAD_MORNING: Json = {
    "back_pain": {"now": 6, "worst_24h": 8},
    "hours_to_settle": 30,
    "words": ["sharp", "protective"],
    "same_spot": True,
    "affects_week": True,
    "leg_soreness": 3,
    "red_flags": {"numbness": "no"},
}


class Story:
    """A member with a block and a browser, and their coach."""

    def __init__(self, client: TestClient, gym: Gym) -> None:
        self.coach, self.member = Api(client, gym.coach), Browser(client, gym.member.headers)
        self.path = f"/v1/clients/{gym.member.client_id}"
        assessed = self.coach.post(f"{self.path}/assessments", HIP)
        self.block = self.coach.post(f"{self.path}/blocks", {"assessment_id": assessed["id"]})
        self.squat = sessions_of(self.coach.week(self.block, 1), "squat")[0]

    def form(self) -> FoundForm:
        """Return the form of today's squat session as the page has it now."""
        forms = forms_of(self.member.open(), "session")
        (form,) = [one for one in forms if ("session", self.squat["id"]) in one.fields]
        return form

    def newest(self, kind: str) -> Json:
        """Return the log or check-in that was received last."""
        rows = self.coach.get(f"{self.path}/{kind}")["items"]
        return max(rows, key=lambda row: row["received_at"])

    def send(self, form: FoundForm, *, prefilled: bool = True, **filled: Any) -> Any:
        """Send a form as a browser does, with what it was filled with."""
        given = [pair for pair in form.chosen if pair[0] not in filled] if prefilled else []
        more = [
            (name, one) for name, value in filled.items() for one in (value if isinstance(value, list) else [value])
        ]
        return self.member.post(form.action, [*form.fields, *given, *more])


def _same(before: Json, after: Json, *but: str) -> bool:
    mine = {"id", "received_at", "replaces", *but}
    return {k: v for k, v in before.items() if k not in mine} == {k: v for k, v in after.items() if k not in mine}


def test_a_correction_of_one_thing_leaves_the_pain_and_all_else_that_was_told(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """An app told it with more than the page shows; the page then notes the effort, and the load stays taken back."""
    story = Story(client, gym)
    told = as_prescribed(story.squat, **BAD, **MORE_OF_IT)
    first = story.coach.post(f"{story.path}/session-logs", told)["log"]
    held = story.coach.get(f"/v1/blocks/{story.block['id']}/decisions")["items"]
    clock.forward(minutes=1)
    form = story.form()
    assert {("during", "8"), ("after", "7"), ("word", "sharp"), ("same_spot", "on")} <= set(form.chosen)
    assert {value for name, value in form.chosen if name == "done"} == {item["item_id"] for item in told["items"]}
    story.send(form, how="ticked", effort="9")

    second = story.newest("session-logs")
    assert second["replaces"] == first["id"]
    assert _same(first, second, "items")
    squats = {item["id"] for item in story.squat["items"] if item["category"] == "squat"}
    for before, after in zip(first["items"], second["items"], strict=True):
        rpe = [{**one, "rpe": 9.0} for one in before["sets"]]
        assert after == {**before, "sets": rpe if before["item_id"] in squats else before["sets"]}
    assert {one["verdict"] for one in held} <= {
        one["verdict"] for one in story.coach.get(f"/v1/blocks/{story.block['id']}/decisions")["items"]
    }


@ON_ONE
def test_a_correction_that_sends_nothing_but_its_address_withdraws_nothing(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """As an old form, or a browser that lost what it was filled with, sends it."""
    story = Story(client, gym)
    first = story.coach.post(f"{story.path}/session-logs", as_prescribed(story.squat, **BAD))["log"]
    morning = story.coach.post(f"{story.path}/check-ins", BAD_MORNING)["log"]
    clock.forward(minutes=1)
    page = story.member.open()
    for form in (story.form(), *forms_of(page, "check-in")):
        form.fields = [pair for pair in form.fields if pair[0] != "asked"]
        story.send(form, prefilled=False, now="6")
    assert _same(first, story.newest("session-logs"))
    assert _same(morning, story.newest("check-ins"))


@ON_ONE
def test_a_corrected_number_does_not_tell_a_cleared_warning_sign_again(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    story = Story(client, gym)
    story.coach.post(f"{story.path}/check-ins", BAD_MORNING | {"red_flags": {"numbness": "yes"}})
    clock.forward(minutes=1)
    story.coach.post(f"{story.path}/clearances", {"cleared_by": "Dr. Ada"})
    before = story.coach.get(f"/v1/blocks/{story.block['id']}")["lock"]
    clock.forward(minutes=1)
    story.send(forms_of(story.member.open(), "check-in")[0], now="5")
    assert story.newest("check-ins")["back_pain"]["now"] == 5
    assert story.coach.get(f"/v1/blocks/{story.block['id']}")["lock"] == before


@ON_ONE
def test_what_is_taken_back_on_the_page_is_taken_back(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A box that was shown ticked and is sent empty, an item that was not done after all, another number."""
    story = Story(client, gym)
    story.coach.post(f"{story.path}/session-logs", as_prescribed(story.squat, **BAD))
    story.coach.post(f"{story.path}/check-ins", BAD_MORNING)
    clock.forward(minutes=1)
    form, (card,) = story.form(), forms_of(story.member.open(), "check-in")
    form.chosen = [pair for pair in form.chosen if pair[0] not in {"word", "same_spot"}]
    done = [value for name, value in form.chosen if name == "done"]
    story.send(form, how="ticked", done=done[1:], after="3")
    card.chosen = [pair for pair in card.chosen if pair[0] != "affects_week"]
    story.send(card, now="2", word=["tight"])

    log, morning = story.newest("session-logs"), story.newest("check-ins")
    assert (log["words"], log["same_spot"], log["back_pain"]) == ([], False, {"before": 1, "during": 8, "after": 3})
    assert [item["item_id"] for item in log["items"] if item["skipped"]] == done[:1]
    assert (morning["words"], morning["same_spot"], morning["affects_week"]) == (["tight"], True, False)
    assert (morning["back_pain"], morning["hours_to_settle"]) == ({"now": 2, "worst_24h": 8}, 30)
    assert morning["red_flags"] == {"numbness": "no"}


def test_a_session_is_logged_as_it_was_shown_whatever_became_of_the_plan(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Shown before a coach lowered the load and a red flag locked the block: what was done is what stood there."""
    story = Story(client, gym)
    form = story.form()
    squat = next(item for item in story.squat["items"] if is_loaded(item))
    tag = story.coach.send("GET", f"/v1/blocks/{story.block['id']}").headers["ETag"]
    less = {"kind": "set_dose", "item_id": squat["id"], "sets": 1, "reason": "Less."}
    story.coach.post(f"/v1/blocks/{story.block['id']}/adjustments", less, headers={"If-Match": tag})
    clock.forward(minutes=1)
    story.coach.post(f"{story.path}/screenings", {"red_flags": {"numbness": "yes"}})
    story.send(form, how="all", during="2", after="3")

    log = story.newest("session-logs")
    assert [item["item_id"] for item in log["items"]] == [item["id"] for item in story.squat["items"]]
    (done,) = [item for item in log["items"] if item["item_id"] == squat["id"]]
    assert [(one["reps"], one["load_kg"]) for one in done["sets"]] == [(squat["reps"], squat["load_kg"])] * squat[
        "sets"
    ]

    clock.forward(minutes=1)
    story.send(story.form(), how="ticked", after="4")  # held back by now, so the page shows no items
    assert _same(log, story.newest("session-logs"), "back_pain")


@ON_ONE
def test_ticks_and_weeks_that_are_nobodys_are_refused_and_said(client: TestClient, gym: Gym) -> None:
    story = Story(client, gym)
    form = story.form()
    fields = dict(form.fields)
    unplanned = story.coach.post(f"{story.path}/session-logs", {"back_pain": {"during": 1, "after": 1}})["log"]
    strange = "00000000-0000-4000-8000-000000000000"
    _, other = story.coach.planned_client()
    theirs = sessions_of(story.coach.week(other, 1), "squat")[0]["id"]
    for changed, status in (
        ({"done": strange}, 422),
        ({"seen": f"{strange}.earned.1"}, 404),
        ({"seen": f"{other['id']}.earned.1"}, 404),
        ({"seen": f"{other['id']}.earned.1", "session": theirs}, 404),
        ({"seen": fields["seen"].replace("earned", "projected")}, 404),
        ({"seen": fields["seen"] + "9"}, 404),
        ({"seen": "x"}, 404),
        ({"seen": f"{'-' * 36}.earned.1"}, 404),
        ({"replaces": strange}, 404),
        ({"replaces": unplanned["id"]}, 422),
    ):
        page = story.member.post(form.action, list((fields | changed).items()), status)
        assert "That did not work" in page.text or "There is nothing here" in page.text
    assert [log["id"] for log in story.coach.get(f"{story.path}/session-logs")["items"]] == [unplanned["id"]]
