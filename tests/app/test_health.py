"""Liveness, readiness and the counters."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.conftest import settings_for
from tests.gym import Gym
from tests.kept import built
from tests.support.quick import Quick


def test_live_and_ready(client: TestClient) -> None:
    """A started app on a migrated database is both, and names no version or host."""
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_draining_app_is_live_but_not_ready(client: TestClient, app: FastAPI) -> None:
    """A load balancer stops sending before the process ends."""
    app.state.stopping.set()
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_an_unmigrated_database_is_not_ready(empty_database_url: str) -> None:
    """Without the schema nothing is served as ready."""
    with Quick(built(settings_for(empty_database_url))) as client:
        assert client.get("/readyz").status_code == 503


def test_metrics_count_by_route_template(client: TestClient, gym: Gym) -> None:
    """No id appears in a label, whatever was asked for."""
    client.get(f"/v1/people/{gym.coach.person_id}", headers=gym.coach.headers)
    client.get("/nope-secret")
    text = client.get("/metrics").text
    assert 'squatback_requests_total{method="GET",route="/v1/people/{person_id}",status="200"} 1' in text
    assert 'squatback_requests_total{method="GET",route="unmatched",status="404"} 1' in text
    assert str(gym.coach.person_id) not in text
    assert "nope-secret" not in text
    assert "squatback_requests_in_flight 1" in text


def test_a_request_id_is_kept_or_made(client: TestClient) -> None:
    """A harmless given id comes back; anything else is replaced."""
    assert client.get("/livez", headers={"X-Request-ID": "abc-12345"}).headers["X-Request-ID"] == "abc-12345"
    for given in ("short", "x" * 65, "with space 123"):
        assert client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given
