"""docs/mobile.md is true: every request of the page, sent to the demo gym, is answered as the page says."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import demo
from app.errors import PROBLEMS
from tests.conftest import Clock, settings_for
from tests.kept import built
from tests.support.quick import Quick

PAGE = (Path(__file__).parents[2] / "docs" / "mobile.md").read_text(encoding="utf-8")
_PARTS = re.compile(r"<!-- later: (?P<days>\d+) days -->|```http\n(?P<http>.*?)```", re.DOTALL)
_NAME = re.compile(r"\{([a-z_]+)\}")
ANYTHING = "…"


@dataclass(slots=True)
class Reader:
    """Somebody who does what the page says, and keeps the values that answers give."""

    http: TestClient
    clock: Clock
    known: dict[str, str] = field(default_factory=dict)
    answer: Response | None = None
    asked: int = 0

    def do(self, part: re.Match[str]) -> None:
        """Let time pass, send a request, or compare the answer to the last one."""
        if part["days"]:
            self.clock.forward(days=int(part["days"]))
        elif part["http"][0].isdigit():
            self.compare(*_split(part["http"]))
        else:
            self.send(*_split(part["http"]))

    def send(self, first: str, headers: dict[str, str], body: str) -> None:
        """Send a request with the values known so far."""
        method, path = self._filled(first).split(" ")
        sent = {name: self._filled(value) for name, value in headers.items()}
        more = {"json": json.loads(self._filled(body))} if body else {}
        self.answer, self.asked = self.http.request(method, path, headers=sent, **more), self.asked + 1

    def compare(self, first: str, headers: dict[str, str], body: str) -> None:
        """Hold the answer against what the page says of it."""
        answer, self.answer = self.answer, None
        assert answer is not None, "an answer without a request"
        assert answer.status_code == int(first), (self.asked, answer.text)
        for name, value in headers.items():
            self._compare(value, answer.headers[name], name)
        if body:
            self._compare(json.loads(body), answer.json(), "")

    def _filled(self, text: str) -> str:
        return _NAME.sub(lambda found: self.known[found[1]], text)

    def _compare(self, said: Any, told: Any, where: str) -> None:
        if said == ANYTHING:
            return
        if isinstance(said, str) and (name := _NAME.fullmatch(said)):
            self.known[name[1]] = told
        elif isinstance(said, dict):
            assert set(said) <= set(told), where
            for name, value in said.items():
                self._compare(value, told[name], f"{where}/{name}")
        elif isinstance(said, list):
            self._compare_lists(said, told, where)
        else:
            assert self._filled(said) == told if isinstance(said, str) else said == told, (where, told)

    def _compare_lists(self, said: list[Any], told: list[Any], where: str) -> None:
        """Compare what stands at the beginning, one thing somewhere between dots, or the whole."""
        if said == [ANYTHING]:
            assert told, where
        elif said[:1] == [ANYTHING]:
            (wanted,) = [one for one in said if one != ANYTHING]
            key = next(name for name in ("exercise", "kind") if name in wanted)
            self._compare(wanted, next(one for one in told if one[key] == wanted[key]), where)
        else:
            exact = [one for one in said if one != ANYTHING]
            assert len(told) >= len(exact) if len(exact) < len(said) else len(told) == len(exact), where
            for index, (one, other) in enumerate(zip(exact, told, strict=False)):
                self._compare(one, other, f"{where}/{index}")


def _split(text: str) -> tuple[str, dict[str, str], str]:
    head, _, body = text.partition("\n\n")
    first, *lines = head.strip().splitlines()
    return first, dict(line.split(": ", 1) for line in lines), body.strip()


@pytest.fixture
def reader(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Reader]:
    """Return a reader at the demo gym, on the day it was loaded."""
    shutil.copyfile(migrated_sqlite, tmp_path / "demo.db")
    clock = Clock(datetime(2026, 11, 18, 17, 0, tzinfo=UTC))
    app = built(settings_for(f"sqlite:///{tmp_path / 'demo.db'}"))
    app.state.clock = lambda: clock.now
    with Quick(app) as http:
        demo.load_if_empty(app.state.database, app.state.hasher, app.state.catalogue, now=clock.now)
        clock.forward(minutes=1)
        yield Reader(http, clock)


def test_the_page_is_true(reader: Reader) -> None:
    """Every request is followed by its answer, and every answer is as written."""
    for part in _PARTS.finditer(PAGE):
        reader.do(part)

    assert reader.answer is None
    assert reader.asked == 15


def test_the_log_that_is_written_down_is_the_one_that_is_sent() -> None:
    """The body of the section about logging stands in the sync requests."""
    noted = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert noted is not None
    sent = [
        _split(part["http"])[2] for part in _PARTS.finditer(PAGE) if part["http"] and "session_logs" in part["http"]
    ]
    bodies = [json.loads(body)["session_logs"] for body in sent if '"session_logs": [' in body]
    assert bodies == [[json.loads(noted[1])]] * 2


def test_every_code_the_page_names_exists() -> None:
    """A code in the table of statuses is one that the service knows, with that status."""
    rows = re.findall(r"^\| (\d[\d, ]*)[^|]*\| ([^|]*) \|", PAGE, re.MULTILINE)
    named = [(status, code) for status, codes in rows for code in re.findall(r"`([a-z_]+)`", codes)]

    assert len(named) >= 10
    assert [(status, code) for status, code in named if str(PROBLEMS[code].status) not in status] == []
    assert timedelta(days=90) == timedelta(days=int(re.findall(r"good for (\d+) days", PAGE)[0]))
