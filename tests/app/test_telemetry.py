"""Traces: none unless the operator names a collector; then spans by route template that tell nothing about anybody."""

import sys
from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.bad_settings import BadSettings
from app.main import create_app
from app.settings import Settings
from tests.app.kit import HIP, Api
from tests.conftest import Clock, settings_for
from tests.gym import PASSWORD, Gym
from tests.support.collector import Collector, collecting
from tests.support.quick import Quick

CANARY = "zk7canaryq"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

pytestmark = pytest.mark.sqlite_only


def story(http: TestClient, gym: Gym) -> None:
    """Ask for what tells much: a week, notes, a sign-in, ids and tokens in paths, a search, a stranger's headers."""
    coach, client = Api(http, gym.coach), f"/v1/clients/{gym.member.client_id}"
    coach.new_client(display_name=CANARY)
    assessed = coach.post(f"{client}/assessments", HIP)
    coach.post(f"{client}/blocks", {"assessment_id": assessed["id"]})
    Api(http, gym.member).get("/v1/me/week")
    coach.get(client)
    http.post("/v1/auth/login", json={"email": gym.member.email, "password": PASSWORD})
    http.post("/v1/auth/login", json={"email": CANARY, "password": CANARY})
    http.get(f"/week/{CANARY}-token")
    http.get("/v1/clients", params={"q": CANARY}, headers=gym.coach.headers)
    http.get(f"/{CANARY}", headers={"Host": f"{CANARY}.example", "User-Agent": CANARY})
    http.request(CANARY, "/livez")
    http.get(
        "/livez",
        headers={
            "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
            "tracestate": f"a={CANARY}",
            "baggage": f"a={CANARY}",
        },
    )


def collected(settings: Settings, clock: Clock, gym: Gym, *, fail: bool = False, **changes: object) -> Collector:
    """Live through the story with an app of these settings; return the collector after the app has ended."""
    with collecting() as collector:
        set_so = settings.model_copy(update={"traces_url": collector.url} | changes)
        app = create_app(set_so)
        app.state.clock = (lambda: 1 / 0) if fail else (lambda: clock.now)
        with Quick(app, raise_server_exceptions=False) as http:
            if fail:
                http.get("/v1/me", headers=gym.coach.headers)
            else:
                story(http, gym)
        return collector


def attributes(span: Span) -> Mapping[str, object]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_without_a_collector_nothing_is_traced_whatever_else_is_set(
    settings: Settings, clock: Clock, gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that other services of the machine read switch nothing on here."""
    with collecting() as collector:
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.removesuffix("/v1/traces"))
        app = create_app(settings)
        app.state.clock = lambda: clock.now
        with Quick(app) as http:
            assert http.get("/v1/me", headers=gym.coach.headers).status_code == 200
        assert collector.bodies == []


def test_with_a_collector_spans_are_named_by_route_template(settings: Settings, clock: Clock, gym: Gym) -> None:
    """Reads ahead of the router too; the share that is kept is decided here, the caller's trace is followed."""
    found = collected(settings, clock, gym)
    names = {span.name for span in found.spans if span.kind == Span.SPAN_KIND_SERVER}

    assert set(found.paths) == {"/v1/traces"}
    assert {"POST /v1/clients", "GET /v1/clients/{client_id}", "GET /v1/me/week", "POST /v1/auth/login"} <= names
    assert "GET /week/{token}" in names
    assert "GET" in names  # what no route takes
    (made,) = found.named("POST /v1/clients")
    assert attributes(made).items() >= {"http.route": "/v1/clients", "http.response.status_code": 201}.items()
    assert attributes(made)["squatback.request_id"]
    (week,) = found.named("GET /v1/me/week")
    assert week.kind == Span.SPAN_KIND_SERVER
    assert attributes(week)["http.route"] == "/v1/me/week"
    assert any(span.trace_id.hex() == TRACE for span in found.named("GET /livez"))
    assert any(span.name == "fastapi.endpoint" and span.trace_id == made.trace_id for span in found.spans)


def test_spans_hold_no_health_text_no_ids_and_no_secrets(settings: Settings, clock: Clock, gym: Gym) -> None:
    """Not in paths, queries, hosts, states of the caller's trace: the bytes that are sent are searched."""
    sent = b"".join(collected(settings, clock, gym).bodies)
    secrets = (CANARY, PASSWORD, gym.member.email, gym.coach.access_token, str(gym.member.client_id), "testserver")

    assert len(sent) > 1000
    assert [secret for secret in secrets if secret.encode() in sent] == []


def test_a_crash_is_traced_by_its_kind(settings: Settings, clock: Clock, gym: Gym) -> None:
    """The span has failed, and neither text nor lines of the error travel."""
    found = collected(settings, clock, gym, fail=True)
    (crashed,) = found.named("GET /v1/me")

    assert crashed.status.code == crashed.status.STATUS_CODE_ERROR
    assert attributes(crashed)["http.response.status_code"] == 500
    assert not crashed.events
    assert b"division by zero" not in b"".join(found.bodies)


def test_no_share_is_no_trace(settings: Settings, clock: Clock, gym: Gym) -> None:
    assert collected(settings, clock, gym, traces_share=0.0).spans == []


def test_a_collector_that_is_away_stops_nothing(settings: Settings) -> None:
    """Requests are answered, and the end comes in time."""
    away = settings.model_copy(update={"traces_url": "http://127.0.0.1:9/v1/traces"})
    with Quick(create_app(away)) as http:
        assert http.get("/livez").status_code == 200


def test_a_collector_without_the_packages_for_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the setting."""
    monkeypatch.setitem(sys.modules, "app.traces", None)
    with pytest.raises(BadSettings, match=r"SQUATBACK_TRACES_URL: .*squatback\[telemetry\]"):
        create_app(settings_for("sqlite://", traces_url="http://127.0.0.1:9/v1/traces"))
