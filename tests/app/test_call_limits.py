"""How often one signed-in person may call, and what is never refused."""

import time
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import call_limits
from app.call_limits import NEVER_REFUSED, CallLimits
from app.main import create_app
from app.settings import Settings
from tests.app.kit import CALM_MORNING, HIP, Api
from tests.app.pages import Browser, text_of
from tests.conftest import settings_for
from tests.gym import Gym

pytestmark = pytest.mark.sqlite_only
_MOST = 60


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Return settings under which a person is soon refused."""
    return settings_for(database_url, calls_per_minute=_MOST)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock that stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(call_limits, "monotonic", lambda: now[0])
    return now


def _use_up(client: TestClient, headers: dict[str, str]) -> int:
    """Call until that is refused; return how often it was not."""
    calls = 0
    while client.get("/v1/me", headers=headers).status_code == 200:
        calls += 1
    return calls


def test_whoever_calls_too_often_is_told_when_to_come_again(client: TestClient, gym: Gym, seconds: list[float]) -> None:
    """On the API and the pages alike, with `Retry-After`; nobody else waits, and a second gives one back."""
    assert _use_up(client, gym.member.headers) == _MOST
    refused = client.get("/v1/me", headers=gym.member.headers)
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (429, "too_many_calls", "1")
    assert "That did not work" in text_of(Browser(client, gym.member.headers).open("/week", 429))
    assert client.get("/v1/me", headers=gym.coach.headers).status_code == 200

    seconds[0] += 1
    assert _use_up(client, gym.member.headers) == 1
    seconds[0] += 3600
    assert _use_up(client, gym.member.headers) == _MOST


def test_what_may_hold_a_red_flag_is_never_refused(client: TestClient, gym: Gym, seconds: list[float]) -> None:
    """Logs, check-ins, screenings, a phone's outbox, and the same on the page; nor is the week of today."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    coach.post(f"{path}/blocks", {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]})
    _use_up(client, gym.member.headers)
    flagged = CALM_MORNING | {"red_flags": {"numbness": "yes"}}
    for _ in range(_MOST):
        assert client.post(f"{path}/check-ins", json={}, headers=gym.member.headers).status_code == 422
    member = Browser(client, gym.member.headers)

    assert client.post(f"{path}/check-ins", json=flagged, headers=gym.member.headers).status_code == 201
    assert client.post(f"{path}/sync", json={"check_ins": []}, headers=gym.member.headers).status_code == 200
    screening = client.post(f"{path}/screenings", json={"red_flags": {"tingling": "yes"}}, headers=gym.member.headers)
    assert screening.status_code == 201
    log = {"session_id": None, "items": [], "words": ["sharp"]}
    assert client.post(f"{path}/session-logs", json=log, headers=gym.member.headers).status_code == 201
    assert member.post("/week/safety", [("how", "none")])
    assert client.get("/v1/me/week", headers=gym.member.headers).status_code == 200
    assert client.get("/v1/me", headers=gym.member.headers).status_code == 429


def test_what_is_never_refused_exists(app: FastAPI) -> None:
    """A route that is renamed fails here, not on the day somebody is refused."""
    routes = [one for router in app.routes for one in getattr(getattr(router, "original_router", router), "routes", ())]

    assert {route.name for route in routes} >= NEVER_REFUSED
    assert create_app(settings_for("sqlite://")).state.settings.calls_per_minute > _MOST


def test_of_many_people_those_who_called_last_are_kept() -> None:
    """Memory has an end; whoever is forgotten begins with a whole minute again."""
    limits, first = CallLimits(_MOST), uuid4()
    for _ in range(_MOST):
        assert limits.wait_s(first, at_s=0) == 0
    assert limits.wait_s(first, at_s=0) == 1
    for _ in range(10_000):
        limits.wait_s(uuid4(), at_s=0)
    assert len(limits._left) == 10_000
    assert limits.wait_s(first, at_s=0) == 0


def test_counting_a_call_costs_a_few_microseconds() -> None:
    """A hundred thousand calls of a hundred people; the fastest of five tries, for the machine may be busy."""
    limits, people = CallLimits(10_000_000), [uuid4() for _ in range(100)]
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        for number in range(10_000):
            limits.wait_s(people[number % 100], at_s=number / 1000)
        taken.append((time.perf_counter() - started) / 10_000)

    assert min(taken) < 20e-6
