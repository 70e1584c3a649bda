"""Forecasts: computed once for each revision, beside the server, and served as stored."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import delete
from sqlmodel import col, select

from app import planning
from app.forecast_table import BlockForecast
from app.forecasts import store, worker
from app.forecasts.queue import ForecastQueue
from app.forecasts.schemas import Forecast
from app.forecasts.store import Run
from app.forecasts.worker import Compute, Job
from app.ids import new_id
from app.settings import Settings
from planner.wire import dump_forecast
from tests.app.kit import HIP, HOME, Api, Json, as_prescribed, flags, sessions_of
from tests.conftest import Clock
from tests.gym import Gym
from tests.kept import built
from tests.support.forecasts import dead, endless, quick, wrong
from tests.support.quick import Quick

_PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process compute something that takes no time."""
    monkeypatch.setattr(worker, "compute", quick)


@pytest.fixture
def without_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute in the waiting thread, for tests of what is around: a process takes a second to start."""
    monkeypatch.setattr(ForecastQueue, "_result", lambda _queue, job: dump_forecast(worker.compute(job)))


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Return the runs that were started, whichever server started them."""
    started: list[Run] = []
    original = ForecastQueue.put

    def noted(queue: ForecastQueue, run: Run, job: Job) -> None:
        started.append(run)
        original(queue, run, job)

    monkeypatch.setattr(ForecastQueue, "put", noted)
    return started


def _path(block: Json) -> str:
    return f"/v1/blocks/{block['id']}/forecast"


def _settled(api: Api, block: Json) -> Response:
    """Ask until the answer is no longer that it runs."""
    until = time.monotonic() + _PATIENCE_S
    while (answer := api.send("GET", _path(block))).status_code == 202 and time.monotonic() < until:
        time.sleep(0.02)
    return answer


def _rows(app: FastAPI, gym: Gym) -> list[BlockForecast]:
    with app.state.database.read() as session:
        statement = select(BlockForecast).where(BlockForecast.organization_id == gym.coach.organization_id)
        return list(session.exec(statement))


def _forget(app: FastAPI, gym: Gym) -> None:
    with app.state.database.write() as session:
        session.exec(delete(BlockForecast).where(col(BlockForecast.organization_id) == gym.coach.organization_id))


# --- the answer ---------------------------------------------------------------------------------------------------


def test_the_first_request_starts_it_and_a_later_one_reads_it(client: TestClient, gym: Gym) -> None:
    """202 says when to ask again; then the forecast is there, told as of its day, absent values left out."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    first = api.send("GET", _path(block))
    assert (first.status_code, first.json()) == (202, {"status": "running", "revision": 1})
    assert int(first.headers["Retry-After"]) > 0
    assert "ETag" not in first.headers
    answer = _settled(api, block)

    assert answer.status_code == 200
    told = Forecast.model_validate_json(answer.content)
    assert (str(told.block_id), told.revision, str(told.as_of)) == (block["id"], 1, "2026-11-02")
    assert (told.runs, told.back.median, told.back.high) == (2, 7, None)
    assert "null" not in answer.text


@pytest.mark.usefixtures("without_process")
def test_the_tag_of_a_forecast_saves_the_reader_the_body(client: TestClient, gym: Gym) -> None:
    """The same revision answers the same bytes under the same tag, and 304 to whoever has them."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    first, second = _settled(api, block), api.send("GET", _path(block))
    assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = api.send("GET", _path(block), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert api.send("GET", _path(block), headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.usefixtures("without_process")
def test_a_revision_gives_the_same_bytes_whoever_computes_it_and_when(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Computed again days later, by a newer planner that folds the facts anew, nothing differs."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    before = _settled(api, block)
    _forget(app, gym)
    clock.forward(days=3)
    monkeypatch.setattr(planning, "PLANNER_VERSION", "9.9.9")

    assert _settled(api, block).content == before.content


@pytest.mark.usefixtures("without_process")
def test_a_log_makes_a_new_forecast(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """The new revision is computed from the day of the log, with another seed; the old forecast is gone."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    before = _settled(api, block)
    squat = sessions_of(api.week(block, 1), "squat")[0]
    clock.forward(days=1)
    api.post(f"{path}/session-logs", as_prescribed(squat))
    assert api.get(_path(block), 202)["revision"] == 2
    after = _settled(api, block)

    assert (after.json()["revision"], after.json()["as_of"]) == (2, "2026-11-03")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.json()["seed"] != before.json()["seed"]
    assert [row.revision for row in _rows(app, gym)] == [2]


# --- who may ask, and of which block ------------------------------------------------------------------------------


def test_a_member_reads_their_own_forecast_and_nobody_elses(client: TestClient, gym: Gym) -> None:
    """Another client and another organization find nothing; without a token it is 401."""
    own, member = f"/v1/clients/{gym.member.client_id}", Api(client, gym.member)
    home = member.post(f"{own}/assessments", HOME)
    block = member.post(f"{own}/blocks", {"assessment_id": home["id"]})

    for who in (gym.other_member, gym.foreign_coach):
        assert Api(client, who).get(_path(block), 404)["code"] == "not_found"
    assert client.get(_path(block)).status_code == 401
    assert member.get(_path(block), 202)["status"] == "running"


def test_a_locked_block_has_no_forecast(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """While nothing loaded is planned it is refused under a code of its own, and nothing is computed."""
    api = Api(client, gym.coach)
    _, block = api.planned_client(HIP | {"red_flags": flags(radiating_pain="yes")})
    assert api.get(_path(block), 409)["code"] == "block_locked"
    assert _rows(app, gym) == []


@pytest.mark.usefixtures("without_process")
def test_a_finished_block_has_no_forecast(client: TestClient, gym: Gym, clock: Clock) -> None:
    """When its days are over, even a forecast that was stored is not told any more."""
    api = Api(client, gym.coach)
    _, block = api.planned_client(weeks=4)
    assert _settled(api, block).status_code == 200
    clock.forward(days=28)
    assert api.get(_path(block), 409)["code"] == "block_finished"


# --- started once, taken over, told when it failed ----------------------------------------------------------------


@pytest.mark.usefixtures("without_process")
def test_two_servers_start_it_once(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock, put: list[Run]
) -> None:
    """Eight requests at once on two servers with one database: one run, and both serve its bytes."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    twin = built(settings)
    twin.state.clock = lambda: clock.now
    with Quick(twin) as other, ThreadPoolExecutor(8) as pool:
        both = [api, Api(other, gym.coach)]
        asked = list(pool.map(lambda number: both[number % 2].send("GET", _path(block)), range(8)))
        assert {answer.status_code for answer in asked} <= {200, 202}
        settled = [_settled(one, block) for one in both]

    assert len(put) == 1
    assert settled[0].content == settled[1].content


@pytest.mark.usefixtures("without_process")
def test_a_run_whose_server_died_is_taken_over(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the limit the next request starts another, and what the first one brings late no longer counts."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    lost: list[Run] = []
    with monkeypatch.context() as dying:
        dying.setattr(ForecastQueue, "put", lambda _queue, run, _job: lost.append(run))
        for seconds in (0, 180):
            clock.forward(seconds=seconds)
            api.get(_path(block), 202)
    assert len(lost) == 1
    clock.forward(seconds=1)
    assert _settled(api, block).status_code == 200
    with app.state.database.write() as session:
        assert not store.begin(session, lost[0], at=clock.now)
        assert not store.finish(session, lost[0], "{}", at=clock.now)
        assert not store.take_over(session, lost[0], before=new_id())


def _errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [record.message for record in caplog.records if record.name == "squatback.forecasts"]
    return [json.loads(line)["error"] for line in lines]


def test_a_failed_run_is_told_and_tried_again_later(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is 503 until a while has passed; the log names the kind of error and no word of what it said."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    with monkeypatch.context() as broken:
        broken.setattr(worker, "compute", wrong)
        answer = _settled(api, block)
    rest_s = int(answer.headers["Retry-After"])
    assert (answer.status_code, answer.json()["code"]) == (503, "forecast_failed")
    assert 290 <= rest_s <= 330
    assert _errors(caplog) == ["ValueError"]
    assert "hurts" not in answer.text + caplog.text

    clock.forward(seconds=rest_s)
    assert api.send("GET", _path(block)).status_code == 202
    assert _settled(api, block).status_code == 200


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("compute", "limit_s", "error"), [(dead, 60, "EOFError"), (endless, 0.1, "TimeoutError")])
def test_a_process_that_dies_or_takes_too_long_has_failed(
    client: TestClient,
    gym: Gym,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    compute: Compute,
    limit_s: float,
    error: str,
) -> None:
    """Whoever asks learns it like any other failure, and the next forecast gets a process of its own."""
    api = Api(client, gym.coach)
    first, second = (api.planned_client()[1] for _ in range(2))
    with monkeypatch.context() as broken:
        broken.setattr(worker, "compute", compute)
        broken.setattr(app.state.forecasts, "_limit_s", limit_s)
        assert _settled(api, first).json()["code"] == "forecast_failed"
    assert _errors(caplog) == [error]
    assert _settled(api, second).status_code == 200


# --- beside the server --------------------------------------------------------------------------------------------


def test_the_server_answers_while_it_computes_and_leaves_at_once(
    client: TestClient, gym: Gym, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One forecast runs and one waits; reads stay quick, and going away ends both so that others may start them."""
    monkeypatch.setattr(worker, "compute", endless)
    api = Api(client, gym.coach)
    blocks = [api.planned_client()[1] for _ in range(2)]
    for block in blocks:
        api.get(_path(block), 202)
    begun = time.monotonic()
    for block in blocks * 5:
        api.get(f"/v1/blocks/{block['id']}")
        api.get(_path(block), 202)
    assert time.monotonic() - begun < 5
    assert [row.status for row in _rows(app, gym)] == ["running", "running"]

    begun = time.monotonic()
    app.state.forecasts.close()
    assert time.monotonic() - begun < 5
    assert _rows(app, gym) == []
