"""Short ways to say what tests of clients, assessments, blocks and logs do over and over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from app.assessments.examples import ASSESSMENT
from app.clients.examples import CLIENT
from app.red_flags import ALL_NO
from tests.gym import PASSWORD, Account
from tests.support.loaded import is_loaded  # noqa: F401 - said once; tests take it from here

Json = dict[str, Any]

SAM: Json = CLIENT["gym"]["value"] | {"time_zone": "UTC"}  # type: ignore[operator]
HIP: Json = ASSESSMENT["hip"]["value"]  # type: ignore[assignment]
HOME: Json = ASSESSMENT["home"]["value"]  # type: ignore[assignment]
CALM_MORNING: Json = {"back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": 8, "words": ["worked"]}


@dataclass(slots=True)
class Api:
    """The API as one signed-in person uses it; who was away too long signs in again."""

    http: TestClient
    who: Account
    token: str = ""

    def send(self, method: str, path: str, **options: Any) -> Response:
        """Send a request as this person."""
        more = options.pop("headers", {})
        answer = self.http.request(method, path, headers=self._signed() | more, **options)
        if answer.status_code == 401:
            credentials = {"email": self.who.email, "password": PASSWORD}
            self.token = self.http.post("/v1/auth/login", json=credentials).json()["access_token"]
            answer = self.http.request(method, path, headers=self._signed() | more, **options)
        return answer

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token or self.who.access_token}"}

    def get(self, path: str, status: int = 200, **options: Any) -> Json:
        """Read something and check the status."""
        return _checked(self.send("GET", path, **options), status)

    def post(self, path: str, body: object, status: int = 201, **options: Any) -> Json:
        """Send something and check the status."""
        return _checked(self.send("POST", path, json=body, **options), status)

    def patch(self, path: str, body: object, status: int = 200) -> Json:
        """Change something and check the status."""
        return _checked(self.send("PATCH", path, json=body), status)

    def new_client(self, **changes: object) -> str:
        """Add a client and return their path."""
        return f"/v1/clients/{self.post('/v1/clients', SAM | changes)['id']}"

    def planned_client(self, assessment: Mapping[str, object] = HIP, **block: object) -> tuple[str, Json]:
        """Add a client, assess them and plan a block; return the client's path and the block."""
        client = self.new_client()
        assessed = self.post(f"{client}/assessments", assessment)
        return client, self.post(f"{client}/blocks", {"assessment_id": assessed["id"]} | block)

    def week(self, block: Json, number: int) -> Json:
        """Read a week of a block."""
        return self.get(f"/v1/blocks/{block['id']}/weeks/{number}")


def every(api: Api, path: str) -> list[Json]:
    """Return all entries of a list, page by page."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(path, params={"limit": 100, "cursor": cursor})
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def _checked(answer: Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    read: Json = answer.json() if answer.content else {}
    return read


def sessions_of(week: Json, kind: str | None = None, on: date | None = None) -> list[Json]:
    """Return the sessions of a week, of one kind, on one day."""
    return [
        session
        for day in week["days"]
        for session in day["sessions"]
        if kind in (None, session["kind"]) and (on is None or day["date"] == on.isoformat())
    ]


def items_of(week: Json) -> Iterator[Json]:
    """Yield every item of a week."""
    for session in sessions_of(week):
        yield from session["items"]


def as_prescribed(session: Json, **changes: object) -> Json:
    """Return a log of a session done exactly as prescribed, one point of effort below its ceiling."""
    items = []
    for item in session["items"]:
        one = {name: item[name] for name in ("reps", "hold_s", "load_kg") if name in item}
        if "rpe_max" in item:
            one["rpe"] = item["rpe_max"] - 1
        gates = {"tempo_kept": True, "position_lost": False, "breath_ok": True} if item["category"] == "squat" else {}
        items.append({"item_id": item["id"], "sets": [one] * item["sets"]} | gates)
    calm = {"session_id": session["id"], "items": items, "back_pain": {"during": 1, "after": 1}, "words": ["worked"]}
    return calm | changes


def pointers(problem: Json) -> set[str]:
    """Return the fields a problem names."""
    return {error["pointer"] for error in problem["errors"]}


def flags(**answers: str) -> Json:
    """Return the six questions answered with no, but for these."""
    return ALL_NO | answers
