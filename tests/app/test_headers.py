"""What every answer tells browsers and proxies, whatever it is and whoever asked."""

from itertools import chain

import pytest
from fastapi.testclient import TestClient
from httpx2 import URL, Response

from app.server import FLAGS
from tests.app.kit import Api
from tests.gym import Gym

pytestmark = pytest.mark.sqlite_only
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TELL_THEMSELVES = {"/week", "page signed in"}
"""Pages whose forms our own server knows by the address they came from: it alone is told."""
KEPT_BY_CACHES = {"/docs": "no-cache", "/docs/docs.css": "no-cache"}
"""Files of ours that are the same for everybody; of the rest a calendar program alone may keep its feed."""


def _answers(client: TestClient, gym: Gym) -> dict[str, Response]:
    """Return answers of every kind: JSON, problems, pages, pictures, feeds, files, and what is refused at the door."""
    coach, path = Api(client, gym.coach), f"/v1/clients/{gym.member.client_id}"
    links = {kind: coach.post(f"{path}/{kind}-links", None)["token"] for kind in ("page", "calendar")}
    addresses = (
        "/livez",
        "/readyz",
        "/metrics",
        "/nope",
        "/v1/me",
        "/openapi.json",
        "/docs",
        "/docs/docs.css",
        "/week",
    )
    opened = ("/v1/me/week", f"/week/{links['page']}", "/week/nobodys", f"/v1/calendars/{links['calendar']}.ics")
    answers = {address: client.get(address) for address in chain(addresses, opened)}
    return answers | {
        "signed in": client.get("/v1/me", headers=gym.member.headers),
        "export": coach.send("GET", f"{path}/export"),
        "login": client.post("/v1/auth/login", json={"email": gym.coach.email, "password": "wrong"}),
        "page signed in": client.get("/week", headers=gym.member.headers),
        "wrong method": client.delete("/v1/me"),
        "wrong type": client.post("/v1/auth/login", content="x"),
        "too large": client.get("/livez", headers={"X-Long": "x" * 17_000}),
    }


def test_every_answer_carries_the_security_headers(client: TestClient, gym: Gym) -> None:
    """Nothing is sniffed, referred, framed, read by other sites or kept, from a health probe to a refusal."""
    for name, answer in _answers(client, gym).items():
        headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
        assert {header: headers.get(header) for header in ALWAYS} == ALWAYS, name
        assert headers["Referrer-Policy"] == ("same-origin" if name in TELL_THEMSELVES else "no-referrer"), name
        kept = "private, no-cache" if name.endswith(".ics") else "no-store"
        assert headers["Cache-Control"] == KEPT_BY_CACHES.get(name, kept), name
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert not {"server", "x-powered-by"}.intersection(headers), name
        assert "Access-Control-Allow-Origin" not in headers, name
        assert headers["X-Request-ID"], name
        assert "charset=utf-8" in headers["Content-Type"] or "json" in headers["Content-Type"], name


def test_over_tls_every_answer_asks_for_tls_from_then_on(client: TestClient, gym: Gym) -> None:
    """A year, for good and for refused answers; without TLS it would mean nothing and is left out."""
    plain, client.base_url = client.base_url, URL("https://testserver")
    for name, answer in _answers(client, gym).items():
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", name
    client.base_url = plain
    assert "Strict-Transport-Security" not in client.get("/livez").headers


def test_the_server_does_not_name_itself() -> None:
    """Neither our answers nor those of the server below us say what runs here."""
    assert FLAGS["server_header"] is False
