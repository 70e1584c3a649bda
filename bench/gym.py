"""The people whose weeks are read and whose mornings are written while the service is measured."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx

from app.assessments.examples import ASSESSMENT
from app.clients.examples import CLIENT
from app.ids import new_id
from app.red_flags import ALL_NO
from bench.load import Request

CLIENTS: Final = 500
MEMBERS: Final = 16
_PASSWORD: Final = "bench-member-passphrase"
_COACH: Final = {"email": "coach@demo.example", "password": "demo-coach-pass"}


@dataclass(frozen=True, slots=True)
class Member:
    """A client with a running block, and the token they read it with."""

    client_id: str
    block_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Gym:
    """A coach's token and the members who train."""

    coach_token: str
    members: tuple[Member, ...]

    def my_week(self) -> list[Request]:
        """Return how each member reads their week."""
        return [Request("GET", "/v1/me/week", _bearer(one.token)) for one in self.members]

    def my_week_again(self, base_url: str) -> list[Request]:
        """Return how each member asks whether the week they have is current."""
        with httpx.Client(base_url=base_url, timeout=30) as http:
            tags = [http.get("/v1/me/week", headers=_bearer(one.token)).headers["etag"] for one in self.members]
        return [
            Request("GET", "/v1/me/week", _bearer(one.token) | {"If-None-Match": tag})
            for one, tag in zip(self.members, tags, strict=True)
        ]

    def client_week(self) -> list[Request]:
        """Return how a coach reads each client's week."""
        return [Request("GET", f"/v1/clients/{one.client_id}/week", _bearer(self.coach_token)) for one in self.members]

    def block(self) -> list[Request]:
        """Return how a coach reads each block."""
        return [Request("GET", f"/v1/blocks/{one.block_id}", _bearer(self.coach_token)) for one in self.members]

    def client(self) -> list[Request]:
        """Return how a coach reads one row: a client."""
        return [Request("GET", f"/v1/clients/{one.client_id}", _bearer(self.coach_token)) for one in self.members]

    def inbox(self) -> list[Request]:
        """Return how a coach reads the inbox."""
        return [Request("GET", "/v1/coach/inbox", _bearer(self.coach_token))]

    def check_ins(self) -> list[Iterator[bytes]]:
        """Return endless mornings, each told as it is now, one stream for each member."""
        return [_mornings(one) for one in self.members]


CALM_MORNING: Final[dict[str, Any]] = {
    "back_pain": {"now": 1, "worst_24h": 2},
    "hours_to_settle": 8,
    "words": ["worked"],
}
"""What a check-in says when nothing is the matter."""


def _mornings(member: Member) -> Iterator[bytes]:
    path = f"/v1/clients/{member.client_id}/check-ins"
    while True:
        body = json.dumps(CALM_MORNING | {"id": str(new_id())})
        yield Request("POST", path, _bearer(member.token), body.encode()).wire()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def fill(base_url: str, *, clients: int = CLIENTS) -> Gym:
    """Add clients, blocks and members to the demo gym of a fresh server; returns who signed in."""
    with httpx.Client(base_url=base_url, timeout=60) as http:
        coach = _post(http, "/v1/auth/login", _COACH)["access_token"]
        http.headers["Authorization"] = f"Bearer {coach}"
        ids = [str(_post(http, "/v1/clients", _person(number))["id"]) for number in range(clients)]
        members = tuple(_member(http, client_id, number) for number, client_id in enumerate(ids[:MEMBERS]))
        return Gym(coach, members)


def _person(number: int) -> dict[str, Any]:
    example: dict[str, Any] = CLIENT["gym"]["value"]  # type: ignore[assignment]
    return example | {"display_name": f"Client {number}", "time_zone": "UTC"}


def _member(http: httpx.Client, client_id: str, number: int) -> Member:
    path, email = f"/v1/clients/{client_id}", f"bench-{number}@example.com"
    _post(http, f"{path}/screenings", {"red_flags": ALL_NO})
    example: dict[str, Any] = ASSESSMENT["hip"]["value"]  # type: ignore[assignment]
    assessed = _post(http, f"{path}/assessments", example | {"red_flags": ALL_NO})
    block = _post(http, f"{path}/blocks", {"assessment_id": assessed["id"]})
    code = _post(http, "/v1/invitations", {"email": email, "role": "member", "client_id": client_id})["code"]
    _post(http, "/v1/invitations/accept", {"code": code, "display_name": f"Client {number}", "password": _PASSWORD})
    token = _post(http, "/v1/auth/login", {"email": email, "password": _PASSWORD})["access_token"]
    return Member(client_id, str(block["id"]), str(token))


def _post(http: httpx.Client, path: str, body: object) -> dict[str, Any]:
    answer = http.post(path, json=body)
    if answer.status_code >= 400:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
    read: dict[str, Any] = answer.json()
    return read
