"""Delivery over the API: what members choose, what an organization's own service is told, the way out of e-mails."""

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
import time_machine
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select
from standardwebhooks import Webhook as Verifier

from app.delivery.worker import Worker
from app.delivery_table import MailSubscription
from app.key_table import IdempotencyKey
from app.settings import Settings
from app.tables import BlockWeek
from tests.app.kit import CALM_MORNING, HIP, Api, Json, flags, pointers
from tests.conftest import Clock, settings_for
from tests.gym import Gym
from tests.support.dying_worker import worker_for
from tests.support.receivers import Receiver, receiver

HOOKS = "/v1/webhooks"
EVERYTHING = ["week.ready", "block.changed", "block.locked"]
SUNDAY = {"email": True, "weekday": "sun", "hour": 18}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return settings that let e-mails become files."""
    return settings_for(database_url, mail_directory=tmp_path / "mail")


@pytest.fixture
def worker(settings: Settings, clock: Clock) -> Iterator[Worker]:
    """Return a worker on the test's clock."""
    made = worker_for(settings, lambda: clock.now)
    yield made
    made.database.engine.dispose()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """Run a webhook receiver."""
    with receiver() as received:
        yield received


def planned(coach: Api, gym: Gym) -> Json:
    """Plan a block for the member."""
    path = f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP)
    return coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})


def put(member: Api, body: Json, status: int = 200) -> Json:
    answer = member.send("PUT", "/v1/me/delivery", json=body)
    assert answer.status_code == status, answer.text
    read: Json = answer.json()
    return read


def test_a_member_chooses_whether_and_when_the_week_comes(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Off until switched on; the next instant follows weekday, hour, time zone and block; others are not concerned."""
    member, coach = Api(client, gym.member), Api(client, gym.coach)
    asked = member.get("/v1/me/delivery")
    assert (asked["email"], asked["address"], asked["weekday"], asked["hour"], asked.get("next_at")) == (
        False, gym.member.email, "mon", 6, None,
    )  # fmt: skip
    assert "next_at" not in put(member, SUNDAY) or put(member, SUNDAY)["next_at"] is None

    planned(coach, gym)  # on a Monday: the first week's Sunday has passed, so it is due at once
    assert _instant(member.get("/v1/me/delivery")["next_at"]) == clock.now
    coach.patch(f"/v1/clients/{gym.member.client_id}", {"time_zone": "America/Chicago"})
    wednesday = put(member, {"email": True, "weekday": "wed", "hour": 7})
    assert wednesday["next_at"] == "2026-11-04T13:00:00Z"
    assert wednesday["time_zone"] == "America/Chicago"
    coach.patch(f"/v1/clients/{gym.member.client_id}", {"time_zone": "Asia/Tokyo"})
    assert member.get("/v1/me/delivery")["next_at"] == "2026-11-03T22:00:00Z"
    assert Api(client, gym.other_member).get("/v1/me/delivery")["email"] is False
    for change in ({"hour": 24}, {"weekday": "Monday"}, {"hour": 6.5}, {"email": "yes"}):
        assert pointers(put(member, SUNDAY | change, 422)) == {f"/{name}" for name in change}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_webhooks_secret_is_shown_once(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Neither the list nor a stored row holds it, only a repetition; it can be changed, and the webhook removed."""
    admin, body = Api(client, gym.admin), {"url": "https://hooks.example/a", "events": EVERYTHING}
    keyed = {"Idempotency-Key": "one"}
    added = admin.post(HOOKS, body, headers=keyed)
    again = admin.post(HOOKS, body, headers=keyed)
    other = admin.post(f"{HOOKS}/{added['id']}/secret", None, 200, headers=keyed)
    secrets = {added["secret"], other["secret"]}

    assert len(secrets) == 2
    assert again == added
    listed = admin.send("GET", HOOKS).text + admin.send("GET", f"{HOOKS}/{added['id']}").text
    with app.state.database.read() as session:
        kept = session.exec(select(IdempotencyKey).where(IdempotencyKey.organization_id == gym.admin.organization_id))
        listed += "".join(row.body for row in kept)
    assert not [secret for secret in secrets if secret in listed or secret.removeprefix("whsec_") in listed]
    assert admin.get(HOOKS)["items"][0]["old_secret_until"] == "2026-11-03T12:00:00Z"
    assert Api(client, gym.foreign_admin).get(HOOKS)["items"] == []
    assert admin.send("DELETE", f"{HOOKS}/{added['id']}").status_code == 204
    assert admin.get(f"{HOOKS}/{added['id']}", 404)["code"] == "not_found"


def test_which_webhooks_are_taken(client: TestClient, gym: Gym) -> None:
    """Addresses and events that make no sense are refused by name, without an echo; ten are enough."""
    admin, body = Api(client, gym.admin), {"url": "https://hooks.example/a", "events": EVERYTHING}
    for change in ({"url": "http://hooks.example/a"}, {"url": "https://u:p@hooks.example/"}, {"events": []},
                   {"events": ["week.ready", "week.ready"]}, {"events": ["week.over"]}):  # fmt: skip
        refused = admin.post(HOOKS, body | change, 422)
        assert {pointer.split("/")[1] for pointer in pointers(refused)} == set(change)
        assert "u:p" not in str(refused)
    for number in range(10):
        admin.post(HOOKS, body | {"description": f"Number {number}"})
    assert admin.post(HOOKS, body, 409)["code"] == "conflict"


def test_a_service_is_told_what_happens_and_a_lock_leaves_nothing_loaded(
    client: TestClient, gym: Gym, worker: Worker, hook: Receiver, clock: Clock, tmp_path: Path
) -> None:
    """Each revision once, signed, ids only. A red flag between due and sent: the e-mail shows what is allowed now."""
    admin, coach, member = (Api(client, who) for who in (gym.admin, gym.coach, gym.member))
    secret = admin.post(HOOKS, {"url": hook.url, "events": EVERYTHING})["secret"]
    put(member, {"email": True, "weekday": "mon", "hour": 6})
    block = planned(coach, gym)
    loads = {item["load_text"] for item in _items(coach.week(block, 1)) if "load_text" in item}
    assert loads
    worker._tell_weeks(Event())
    client.post(
        f"/v1/blocks/{block['id']}/adjustments?dry_run=true",
        json={"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."},
        headers=gym.coach.headers,
    )
    flagged = CALM_MORNING | {"red_flags": flags(numbness="yes")}
    locked = coach.post(f"/v1/clients/{gym.member.client_id}/check-ins", flagged)
    assert locked["lock"]
    worker.deliver(Event())

    told = []
    for request in hook.requests:
        with time_machine.travel(clock.now, tick=False):
            told.append(Verifier(secret).verify(request.body, request.headers))
    assert [(one["type"], one["data"]["revision"], one["data"].get("week_number")) for one in told] == [
        ("block.changed", 1, None),
        ("week.ready", locked["block_revision"], 1),
        ("block.changed", locked["block_revision"], None),
        ("block.locked", locked["block_revision"], None),
    ]
    assert {one["data"]["client_id"] for one in told} == {str(gym.member.client_id)}
    assert set(told[0]["data"]) == {"client_id", "block_id", "revision", "url"}
    assert "numbness" not in json.dumps(told)
    (mail,) = (tmp_path / "mail").glob("*.eml")
    written = mail.read_text(encoding="utf-8")
    assert "on hold" in written
    assert not [load for load in loads if load in written]
    assert not {"pain", "numb", "back"} & set(written.partition("Subject:")[2].partition("\n")[0].lower().split())


def test_an_e_mail_about_a_week_ahead_shows_what_has_been_earned(
    client: TestClient, gym: Gym, app: FastAPI, worker: Worker, clock: Clock, tmp_path: Path
) -> None:
    """It stays as it was sent, so it promises no load that only normal answers would bring."""
    block = planned(Api(client, gym.coach), gym)
    put(Api(client, gym.member), SUNDAY)
    worker._tell_weeks(Event())
    clock.now = datetime(2026, 11, 15, 18, tzinfo=UTC)
    worker.deliver(Event())

    (mail,) = sorted((tmp_path / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)[-1:]
    read = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = read.get_body(("plain",))  # type: ignore[attr-defined]
    assert "week 3 of 6" in body.get_content()
    assert "can still change it" in body.get_content()
    ahead = {item["load_text"] for item in _items(Api(client, gym.coach).week(block, 3)) if "load_text" in item}
    earned = {item["load_text"] for item in _items(_stored(app, gym, block, 3)) if "load_text" in item}
    assert ahead != earned
    assert {load for load in ahead | earned if f" {load}," in body.get_content()} == earned


def _stored(app: FastAPI, gym: Gym, block: Json, number: int) -> Json:
    """Return a week as it has been earned so far."""
    with app.state.database.read() as session:
        statement = select(BlockWeek.body).where(
            BlockWeek.organization_id == gym.coach.organization_id, BlockWeek.block_id == UUID(block["id"]),
            BlockWeek.week_number == number, BlockWeek.version == "earned", BlockWeek.is_current,
        )  # fmt: skip
        read: Json = json.loads(session.exec(statement).one())
        return read


def _items(week: Json) -> Iterator[Json]:
    for day in week["days"]:
        for session in day["sessions"]:
            yield from session["items"]


def test_a_coach_sees_what_did_not_arrive_and_sends_it_again(
    client: TestClient, gym: Gym, worker: Worker, hook: Receiver
) -> None:
    """A message that is given up is listed with its reason; once tried again it may turn out to be out of date."""
    admin, coach = Api(client, gym.admin), Api(client, gym.coach)
    admin.post(HOOKS, {"url": hook.url, "events": ["block.changed"]})
    planned(coach, gym)
    hook.answer = lambda _: (410, {})
    worker.deliver(Event())
    (row,) = coach.get("/v1/deliveries")["items"]
    assert (row["client_name"], row["type"], row["channel"], row["state"], row["reason"], row["attempts"]) == (
        "member", "block.changed", "webhook", "dead", "gone", 1,
    )  # fmt: skip
    assert Api(client, gym.foreign_coach).get("/v1/deliveries")["items"] == []

    retried = coach.post(f"/v1/deliveries/{row['id']}/retry", None, 200)
    assert (retried["state"], retried["attempts"]) == ("pending", 0)
    worker.deliver(Event())
    assert coach.get("/v1/deliveries?state=skipped")["items"][0]["reason"] == "webhook_disabled"
    assert coach.post(f"/v1/deliveries/{row['id']}/retry", None, 409)["code"] == "conflict"
    assert len(hook.requests) == 1


def test_one_click_ends_the_e_mail_and_opening_the_link_does_not(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """The page asks; a POST without sign-in or form ends it, twice is once, and a wrong token is nothing."""
    member = Api(client, gym.member)
    put(member, SUNDAY)
    with app.state.database.read() as session:
        wanted = session.get_one(MailSubscription, (gym.member.organization_id, gym.member.person_id))
    path = f"/unsubscribe/{wanted.token}"
    page = client.get(path)
    assert (page.status_code, member.get("/v1/me/delivery")["email"]) == (200, True)
    assert '<form method="post">' in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"

    for _ in range(2):
        clicked = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (clicked.status_code, "is off" in clicked.text) == (200, True)
    assert member.get("/v1/me/delivery") | {"email": True} == member.get("/v1/me/delivery") | SUNDAY
    assert member.get("/v1/me/delivery")["email"] is False
    unknown = client.post("/unsubscribe/nobody-was-sent-this")
    assert (unknown.status_code, unknown.json()["instance"]) == (404, "/unsubscribe")
    assert put(member, SUNDAY)["email"] is True
