"""Somebody who sends each thing under its key until it is acknowledged, as docs/mobile.md says."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any
from uuid import uuid4

import httpx

from tests.app.kit import CALM_MORNING, HIP, SAM, as_prescribed, flags

Json = dict[str, Any]
_BOUND_S = 60
_HASTE = 50
"""Waits are this many times shorter than what a phone is told, so that a test does not sleep."""
_TRIES = 100
WRITES = 20
"""How many things one life writes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that was written, and the answer that acknowledged it."""

    path: str
    body: Json
    headers: Mapping[str, str]
    status: int
    content: bytes

    @property
    def kind(self) -> str:
        """Return what it is: the last part of its address."""
        return self.path.rpartition("/")[2]


@dataclass
class KeyedWriter:
    """Somebody with a bad connection."""

    http: httpx.Client
    sign_in: Callable[[], Mapping[str, str]]
    signed: Mapping[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    replayed: int = 0

    def write(self, path: str, body: Json, **headers: str) -> Json:
        """Send something until it is acknowledged; return the answer."""
        named = {"Idempotency-Key": uuid4().hex} | headers
        answer = self._until_answered("POST", path, json=body, headers=named)
        assert answer.status_code == 201, answer.text
        self.sent.append(Sent(path, body, named, answer.status_code, answer.content))
        read: Json = answer.json()
        return read

    def read(self, path: str) -> httpx.Response:
        """Read something, as often as it takes."""
        answer = self._until_answered("GET", path, headers={})
        assert answer.status_code == 200, answer.text
        return answer

    def _until_answered(self, method: str, path: str, *, headers: Mapping[str, str], **more: Any) -> httpx.Response:
        for turn in range(_TRIES):
            try:
                answer = self.http.request(method, path, headers={**self.signed, **headers}, **more)
            except httpx.TransportError:
                self.unanswered += 1
                sleep(min(2**turn, 60) / _HASTE / 20)
                continue
            self.statuses[answer.status_code] += 1
            self.replayed += "Idempotency-Replayed" in answer.headers
            if answer.status_code == 401:
                self.signed = self.sign_in()
            elif answer.status_code in (408, 500, 503) or "Retry-After" in answer.headers:
                sleep(float(answer.headers.get("Retry-After", "1")) / _HASTE)
            else:
                return answer
        raise AssertionError(f"not answered in {_TRIES} tries: {path}")

    def live_often(self, numbers: Iterable[int]) -> None:
        """Live through one life after the other."""
        for number in numbers:
            self.live(f"Life {number}")

    def live(self, name: str) -> None:
        """Write what a client, their coach and their phone write from the first day to a red flag."""
        client = f"/v1/clients/{self.write('/v1/clients', SAM | {'display_name': name})['id']}"
        assessed = self.write(f"{client}/assessments", HIP)
        block = self.write(f"{client}/blocks", {"assessment_id": assessed["id"]})
        path = f"/v1/blocks/{block['id']}"
        self.write(f"{client}/screenings", {"red_flags": flags()})
        sessions = [one for day in self.read(f"{path}/weeks/1").json()["days"] for one in day["sessions"]]
        for turn in range(3):
            self.write(f"{client}/session-logs", as_prescribed(sessions[turn], note=f"{name}, {turn}"))
            for morning in range(3):
                pain = {"now": morning, "worst_24h": 3}
                self.write(f"{client}/check-ins", CALM_MORNING | {"back_pain": pain})
            tag = self.read(path).headers["ETag"]
            hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": f"{name}, {turn}"}
            self.write(f"{path}/adjustments", hold, **{"If-Match": tag})
        self.write(f"{client}/screenings", {"red_flags": flags(tingling="yes")})
        assert self.read(path).json()["status"] == "locked"
