"""Guessing passwords and codes: how many guesses count, what they tell, and what they cost everybody else."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from httpx2 import Response
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.engine import make_url
from starlette.types import Receive, Scope, Send

from app import passwords
from app.new_password import common_passwords, is_common
from app.passwords import Hasher
from app.people.auth_routes import get_hashing
from app.seats import HASHES_PASSWORDS, NoSeat, Seats
from app.settings import Settings
from tests.app.kit import Api
from tests.app.test_seats import READY
from tests.conftest import Clock, settings_for
from tests.gym import PASSWORD, Gym, make_gym
from tests.kept import built
from tests.support.cluster import free_port
from tests.support.quick import Quick
from tests.support.serving import Installed, Serving

ON_ONE = pytest.mark.sqlite_only
"""For what the database has no part in."""


def _login(client: TestClient, email: str, password: str = PASSWORD) -> Response:
    return client.post("/v1/auth/login", json={"email": email, "password": password})


def _accept(client: TestClient, code: str) -> Response:
    return client.post("/v1/invitations/accept", json={"code": code, "display_name": "New", "password": PASSWORD})


def _reset(client: TestClient, code: str) -> Response:
    return client.post("/v1/auth/password-resets", json={"code": code, "new_password": PASSWORD})


# --- how passwords are kept ---------------------------------------------------------------------------------------


@ON_ONE
def test_passwords_are_hashed_with_argon2id_as_owasp_asks() -> None:
    """19 MiB, two rounds, one lane: as set from the start, and as written into what is stored."""
    usual = Settings(_env_file=None)  # type: ignore[call-arg]

    assert Hasher(usual).hash("a password").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@ON_ONE
def test_a_password_kept_at_another_cost_is_hashed_again_when_it_is_used(client: TestClient, gym: Gym) -> None:
    """Raising the cost reaches everybody who signs in."""
    cheap, dearer = (Hasher(settings_for("sqlite://", argon2_rounds=rounds)) for rounds in (1, 2))
    stored = cheap.hash(PASSWORD)

    assert dearer.verify(PASSWORD, stored)[1] is not None
    assert cheap.verify(PASSWORD, stored) == (True, None)


@pytest.mark.parametrize(
    "password",
    [
        "        ",
        " spaces at both ends ",
        "no digits or capitals",
        "ALL CAPITALS AND NOTHING ELSE",
        "пароль, а не слово",
        "🏋🏋🏋🏋🏋🏋🏋🏋",
        "exactly8",
        "x" * 128,
        "e\u0301galit\u00e9 kept as sent",
    ],
)
@ON_ONE
def test_any_other_password_is_taken_and_checked_as_it_is(client: TestClient, gym: Gym, password: str) -> None:
    """No composition rules, nothing trimmed, folded, normalized or cut off."""
    body = {"current_password": PASSWORD, "new_password": password}
    assert client.post("/v1/me/password", headers=gym.coach.headers, json=body).status_code == 200

    assert _login(client, gym.coach.email, password).status_code == 200
    for other in {password.strip(), password.swapcase(), password[:-1], password + " "} - {password, ""}:
        assert _login(client, gym.coach.email, other).status_code == 401


@ON_ONE
def test_the_most_common_passwords_are_refused_wherever_one_is_chosen(client: TestClient, gym: Gym) -> None:
    """At sign-up, reset and change, in any case, and our own name with digits around it; the answer never echoes it."""
    assert len(common_passwords()) == 3000
    assert all(len(password) >= 8 and is_common(password.upper()) for password in common_passwords())
    for password in ("password1", "SunShine1", "Squatback2026!", "passw0rd"):
        answers = [
            client.post("/v1/invitations/accept", json={"code": "x", "display_name": "New", "password": password}),
            client.post("/v1/auth/password-resets", json={"code": "x", "new_password": password}),
            client.post(
                "/v1/me/password",
                headers=gym.coach.headers,
                json={"current_password": PASSWORD, "new_password": password},
            ),
        ]
        assert {answer.status_code for answer in answers} == {422}
        assert all("guessed first" in answer.json()["errors"][0]["message"] for answer in answers)
        assert not any(password in answer.text for answer in answers)


# --- what hashing costs others ------------------------------------------------------------------------------------


class _Held(Hasher):
    """A hasher that is busy until it is let go, and remembers how often it was at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.let_go, self.inside, self.most, self._lock = threading.Event(), 0, 0, threading.Lock()

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.let_go.wait(20)
        with self._lock:
            self.inside -= 1
        return super().verify(password, stored)


def test_a_flood_of_sign_ins_hashes_two_at_a_time_and_keeps_nobody_else_waiting(
    client: TestClient, gym: Gym, app: FastAPI
) -> None:
    """Others are answered meanwhile; who waits too long for a turn is told to come again."""
    held = app.state.hasher = _Held(app.state.settings)
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(_login, client, gym.coach.email) for _ in range(8)]
        while held.inside < 2:
            time.sleep(0.01)
        assert client.get("/v1/me", headers=gym.member.headers).status_code == 200
        time.sleep(1.2)  # longer than a request waits
        held.let_go.set()
        answers = [one.result() for one in sent]

    assert held.most == app.state.settings.hashings_at_once == 2
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [503] * 6
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)


@ON_ONE
def test_the_queue_for_hashing_is_short() -> None:
    """Beyond fifty who wait, the next is sent away at once."""
    free = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await free.wait()

    async def crowd() -> list[BaseException | None]:
        seats = Seats(slow, settings=settings_for("sqlite://", pool_wait_s=20))
        scope = {"type": "http", "method": "POST", "path": "/v1/auth/login", "app": READY}
        asked = [asyncio.create_task(seats(scope, None, None)) for _ in range(60)]  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        sent_away = [task for task in asked if task.done()]
        free.set()
        await asyncio.gather(*asked, return_exceptions=True)
        return [task.exception() for task in sent_away]

    assert [type(one) for one in asyncio.run(crowd())] == [NoSeat] * 8


@ON_ONE
def test_every_route_that_hashes_waits_for_a_turn(app: FastAPI) -> None:
    """The list of `app.seats` is that of the routes which ask for a place to hash in."""
    routes = [one for router in app.routes for one in getattr(getattr(router, "original_router", router), "routes", ())]
    hashing = {route.path for route in routes if get_hashing in _dependencies(route.dependant)}

    assert hashing == HASHES_PASSWORDS


def _dependencies(dependant: Dependant) -> list[object]:
    return [dependant.call, *(call for one in dependant.dependencies for call in _dependencies(one))]


# --- how many guesses count ---------------------------------------------------------------------------------------


def test_a_right_guess_among_many_at_once_counts_no_more_than_a_wrong_one(
    client: TestClient, gym: Gym, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose guess is judged after the limit was reached has to wait, though it was let in before and is right."""
    judged = threading.Event()
    usual = Hasher.verify

    def late(hasher: Hasher, password: str, stored: str | None) -> tuple[bool, str | None]:
        if password == PASSWORD:
            judged.wait(20)
        return usual(hasher, password, stored)

    monkeypatch.setattr(Hasher, "verify", late)
    with ThreadPoolExecutor(1) as pool:
        right = pool.submit(_login, client, gym.coach.email)
        assert [_login(client, gym.coach.email, "wrong").status_code for _ in range(5)] == [401] * 5
        judged.set()
        assert right.result().status_code == 429


def test_failures_are_counted_over_all_processes(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock
) -> None:
    """Two apps on one database: five failures are five, however they are spread."""
    with Quick(_another(settings, clock)) as other:
        statuses = [_login(each, gym.coach.email, "wrong").status_code for each in (client, other) * 4]
        assert statuses == [401] * 5 + [429] * 3
        assert _login(other, gym.coach.email).status_code == 429


def _another(settings: Settings, clock: Clock) -> FastAPI:
    app = built(settings)
    app.state.clock = lambda: clock.now
    return app


@ON_ONE
def test_an_account_is_never_locked_for_good(client: TestClient, gym: Gym, clock: Clock) -> None:
    """However long somebody guesses, its owner is let in five minutes after the last guess that counted."""
    for _ in range(4):
        while (answer := _login(client, gym.coach.email, "wrong")).status_code == 401:
            pass
        assert int(answer.headers["Retry-After"]) <= 300
        clock.forward(seconds=int(answer.headers["Retry-After"]))
    assert _login(client, gym.coach.email).status_code == 200


@ON_ONE
@pytest.mark.parametrize("use", [_accept, _reset])
def test_wrong_codes_count_against_their_address(
    client: TestClient, gym: Gym, clock: Clock, use: Callable[[TestClient, str], Response]
) -> None:
    """After thirty even a good code has to wait, and it is as good as before."""
    invited = Api(client, gym.admin).post("/v1/invitations", {"email": "new@home.example", "role": "coach"})["code"]
    reset = Api(client, gym.admin).post(f"/v1/people/{gym.coach.person_id}/password-reset", None, 200)["code"]
    assert [use(client, "wrong").status_code for _ in range(30)] == [422] * 30

    refused = [use(client, "wrong"), _accept(client, invited), _reset(client, reset)]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(429, "too_many_attempts")}
    clock.forward(minutes=5)
    assert (_accept(client, invited).status_code, _reset(client, reset).status_code) == (201, 204)


@pytest.mark.campaign
def test_four_processes_let_no_more_guesses_through_than_one(
    tmp_path: Path, database_url: str, record_property: Callable[[str, object], None]
) -> None:
    """200 sign-ins in a few seconds on four workers: five of an account are judged, thirty of an address."""
    port, url = free_port(), make_url(database_url).render_as_string(hide_password=False)
    environment = {"SQUATBACK_DATABASE_URL": url, "SQUATBACK_DELIVER_EVERY_S": "3600"}
    server = Serving(Installed(tmp_path, environment, port, ("--workers", "4")), tmp_path, port)
    try:
        server.wait_until("ready", within_s=180)
        account = asyncio.run(_guessed(port, ["coach@demo.example"] * 200))
        address = asyncio.run(_guessed(port, [f"nobody{number}@demo.example" for number in range(200)]))
    finally:
        server.terminate()
        server.kill()
    record_property("one account", account)
    record_property("one address", address)

    assert account["seconds"] < 10
    assert account[401] <= 5
    assert account[401] + address[401] <= 31
    assert account[401] + account[429] + account.get(503, 0) == 200
    assert account.get(200, 0) == 0


async def _guessed(port: int, emails: Sequence[str]) -> dict[int | str, float]:
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:

        async def guess(number: int, email: str) -> int:
            password = "demo-coach-pass" if number == 150 else "wrong"
            return (await http.post("/v1/auth/login", json={"email": email, "password": password})).status_code

        statuses = await asyncio.gather(*(guess(number, email) for number, email in enumerate(emails)))
    counted: dict[int | str, float] = {status: statuses.count(status) for status in set(statuses)}
    return counted | {"seconds": round(time.monotonic() - started, 2)}


# --- what guesses tell --------------------------------------------------------------------------------------------


def _look(answer: Response) -> tuple[object, ...]:
    body = answer.json() | {"request_id": ""}
    return answer.status_code, body, {name: value for name, value in answer.headers.items() if name != "x-request-id"}


def test_codes_that_are_wrong_used_or_expired_look_alike(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Status, body and headers of a refusal say nothing about what a code once was, or whose."""
    admin = Api(client, gym.admin)
    for use, codes in ((_accept, _invited), (_reset, _resets)):
        spent, old = codes(admin, gym)
        assert use(client, spent).is_success
        clock.forward(days=8)
        looks = {repr(_look(use(client, code))) for code in (spent, old, "never was one", "x" * 43)}
        assert len(looks) == 1


def _invited(admin: Api, _gym: Gym) -> list[str]:
    emails = ("one@home.example", "two@home.example")
    return [admin.post("/v1/invitations", {"email": email, "role": "coach"})["code"] for email in emails]


def _resets(admin: Api, gym: Gym) -> list[str]:
    people = (gym.coach, gym.other_member)
    return [admin.post(f"/v1/people/{who.person_id}/password-reset", None, 200)["code"] for who in people]


@ON_ONE
def test_an_unknown_account_costs_the_same_work_as_a_known_one(
    client: TestClient, gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known, disabled or unknown: one password is hashed each time, with the same parameters."""
    hashed: list[str] = []
    usual = Argon2Hasher.verify

    def verify(hasher: Argon2Hasher, password: str | bytes, stored: str | bytes) -> bool:
        hashed.append(str(stored).rsplit("$", 2)[0])
        return usual(hasher, password, stored)

    monkeypatch.setattr(passwords.Argon2Hasher, "verify", verify)
    path = f"/v1/people/{gym.other_member.person_id}"
    assert client.patch(path, headers=gym.coach.headers, json={"disabled": True}).status_code == 200
    for email in (gym.coach.email, gym.other_member.email, "nobody@home.example"):
        assert _login(client, email, "wrong").status_code == 401
    assert len(hashed) == 3
    assert len(set(hashed)) == 1


@pytest.mark.campaign
def test_the_time_of_a_refusal_does_not_tell_known_from_unknown(
    database_url: str, clock: Clock, record_property: Callable[[str, object], None]
) -> None:
    """300 tries of each kind in random order, at the usual cost: their order by time is no better than chance."""
    usual = {"argon2_memory_kib": 19_456, "argon2_rounds": 2}
    settings = settings_for(database_url, login_failures_per_account=10_000, login_failures_per_address=10_000, **usual)
    app = _another(settings, clock)
    with Quick(app) as client:
        gym = make_gym(client, app.state.database, app.state.hasher, clock.now)
        admin = Api(client, gym.admin)
        invited, reset = _invited(admin, gym)[0], _resets(admin, gym)[1]
        assert _accept(client, invited).is_success
        assert _reset(client, reset).is_success
        pairs: dict[str, tuple[Callable[[], Response], Callable[[], Response]]] = {
            "login": (
                lambda: _login(client, gym.coach.email, "wrong"),
                lambda: _login(client, "nobody@home.example", "wrong"),
            ),
            "invitation": (lambda: _accept(client, invited), lambda: _accept(client, "x" * 43)),
            "reset": (lambda: _reset(client, reset), lambda: _reset(client, "x" * 43)),
        }
        figures = {name: _area(*pair, tries=300) for name, pair in pairs.items()}
    record_property("areas under the curve", figures)
    assert all(abs(area - 0.5) <= 0.1 for area in figures.values())


def _area(known: Callable[[], Response], unknown: Callable[[], Response], *, tries: int) -> float:
    """Return how often a known one takes longer than an unknown one; 0.5 is chance."""
    order = [known, unknown] * tries
    random.Random(7).shuffle(order)
    taken: dict[Callable[[], Response], list[float]] = {known: [], unknown: []}
    for one in order:
        started = time.perf_counter()
        assert one().status_code in (401, 422)
        taken[one].append(time.perf_counter() - started)
    return mean(a > b for a in taken[known] for b in taken[unknown])
