"""A block that was replaced before its days were over asks for nothing more, whatever is told afterwards."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.delivery.content import content_of
from app.delivery.outcome import Skipped
from app.delivery_table import Delivery
from tests.app.calendar_reader import read
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, is_loaded, sessions_of
from tests.app.pages import Browser, forms_of, text_of
from tests.conftest import Clock
from tests.gym import Gym

TODAY = date(2026, 11, 11)
NEXT_BEGINS = date(2026, 11, 30)
FLAG = {"red_flags": {"saddle_numbness": "yes"}}


def _replaced(client: TestClient, gym: Gym, clock: Clock, red_flags: Json | None = None) -> tuple[Api, Json, Json]:
    """Finish the member's block on a squat day for one that begins weeks later; return the coach and both blocks."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    old = coach.post(f"{path}/blocks", {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]})
    clock.forward(days=9)
    later = HIP if red_flags is None else HIP | {"red_flags": red_flags}
    body = {"assessment_id": coach.post(f"{path}/assessments", later)["id"], "starts_on": NEXT_BEGINS.isoformat()}
    assert any(is_loaded(item) for item in _ahead(coach.week(old, 2)))
    return coach, old, coach.post(f"{path}/blocks?finish_current=true", body)


def _ahead(week: Json) -> list[Json]:
    """Return the items of a week from today on."""
    days = [day for day in week["days"] if day["date"] >= TODAY.isoformat()]
    return [item for day in days for one in day["sessions"] for item in one["items"]]


def _weeks(coach: Api, gym: Gym, old: Json, new: Json) -> Iterator[tuple[str, Json]]:
    """Yield whatever the API says of a week from today on, by every way to ask."""
    path = f"/v1/clients/{gym.member.client_id}"
    member = Api(coach.http, gym.member)
    for block in (old, new):
        for number in range(1, 7):
            yield f"week {number} of {block['id']}", coach.week(block, number)
    for day in (TODAY + timedelta(days=more) for more in range(0, 63, 3)):
        for who, address in ((member, "/v1/me/week"), (coach, f"{path}/week")):
            answer = who.send("GET", address, params={"date": day.isoformat()})
            assert answer.status_code == 200 or answer.json()["code"] == "no_block"
            yield f"{address} on {day}", answer.json() if answer.status_code == 200 else {"days": []}
    for block in (old, new):
        newest = coach.get(f"/v1/blocks/{block['id']}/revisions")["items"][0]["revision"]
        for week in coach.get(f"/v1/blocks/{block['id']}/revisions/{newest}")["weeks"]:
            yield f"newest revision of {block['id']}", week
    for change in coach.post(f"{path}/sync", {"cursor": None}, 200)["changes"]:
        if change["type"] == "week":
            yield f"sync {change['id']}", change["body"]
    for block in coach.get(f"{path}/export")["blocks"]:
        shown = {row["week_number"]: row["body"] for row in block["planned_weeks"] if row["version"] == "withheld"}
        yield from ((f"export of {block['id']}", week) for week in shown.values())


def _pages(browser: Browser, base: str) -> Iterator[tuple[str, Response]]:
    for day in (TODAY + timedelta(days=more) for more in (0, 1, 2, 7, 19, 21)):
        yield f"{base} on {day}", browser.open(f"{base}?date={day}")


@pytest.mark.parametrize("how", ["check_in", "page", "unanswered"])
def test_no_way_to_read_shows_loaded_work_after_a_replaced_block_and_a_red_flag(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, how: str
) -> None:
    """Weeks, revisions, sync, export, page, link, calendar and e-mail: the old block is not read as if it went on."""
    coach, old, new = _replaced(client, gym, clock, {} if how == "unanswered" else None)
    path = f"/v1/clients/{gym.member.client_id}"
    Api(client, gym.member).get("/v1/me/week", 404)
    browser = Browser(client)
    browser.sign_in(gym.member)
    clock.forward(minutes=1)
    if how == "check_in":
        coach.post(f"{path}/check-ins", CALM_MORNING | FLAG)
    elif how == "page":
        browser.send(forms_of(browser.open(), "safety")[0], flag="saddle_numbness", how="yes")

    lock = coach.get(f"/v1/blocks/{new['id']}")["lock"]
    assert lock["urgency"] == ("incomplete" if how == "unanswered" else "emergency")
    weeks = list(_weeks(coach, gym, old, new))
    assert len(weeks) > 60
    assert [where for where, week in weeks if any(is_loaded(item) for item in _ahead(week))] == []
    link = coach.post(f"{path}/page-links", None)["token"]
    for where, page in [*_pages(browser, "/week"), *_pages(Browser(client), f"/week/{link}")]:
        assert 'class="load"' not in page.text, where
        assert lock["text"] in text_of(page), where
    feed = client.get(f"/v1/calendars/{coach.post(f'{path}/calendar-links', None)['token']}.ics").text
    ahead = [entry for entry in read(feed).values() if f"{entry.start}"[:10] >= TODAY.isoformat()]
    assert ahead
    assert not [entry for entry in ahead if " kg" in entry.text]
    assert {entry.cancelled for entry in ahead if f"{entry.start}"[:10] < NEXT_BEGINS.isoformat()} == {True}
    assert _mail(app, gym, clock, old) == Skipped("block_finished")


def _mail(app: FastAPI, gym: Gym, clock: Clock, block: Json) -> object:
    """Return what an e-mail about the week would say that was queued before the block ended."""
    assert gym.member.client_id
    queued = Delivery(
        organization_id=gym.member.organization_id,
        client_id=gym.member.client_id,
        block_id=UUID(block["id"]),
        event="week.ready",
        channel="email",
        receiver_id=gym.member.person_id,
        message_id="<queued@test>",
        week_number=2,
        revision=1,
        created_at=clock.now,
        due_at=clock.now,
    )
    with app.state.database.read() as session:
        return content_of(session, queued, now=clock.now, public_url="http://test")


def test_the_days_before_a_block_was_replaced_stay_as_they_were(client: TestClient, gym: Gym, clock: Clock) -> None:
    """What was done is read and corrected as before; a phone that did today's session without a signal may say so."""
    coach = Api(client, gym.coach)
    path, old = coach.planned_client()
    done, today = sessions_of(coach.week(old, 1), "squat")[:2]
    coach.post(f"{path}/session-logs", as_prescribed(done))
    clock.forward(days=2)
    before = coach.week(old, 1)["days"]
    body = {"assessment_id": old["assessment_id"], "starts_on": NEXT_BEGINS.isoformat()}
    coach.post(f"{path}/blocks?finish_current=true", body)

    assert coach.week(old, 1)["days"][:2] == before[:2]
    assert coach.get(f"{path}/week", params={"date": "2026-11-03"})["days"][:2] == before[:2]
    clock.forward(minutes=1)
    late = coach.post(f"{path}/session-logs", as_prescribed(today))
    assert late["log"]["session_id"] == today["id"]
