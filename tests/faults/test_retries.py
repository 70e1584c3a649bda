"""Writes under keys through a network that loses requests and answers: each is done once, and answered the same."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text

from tests.app.kit import CALM_MORNING
from tests.app.test_copying import run
from tests.faults.conftest import Figures
from tests.support.fault_proxy import Fate, FaultProxy, fault_proxy
from tests.support.keyed_writer import WRITES, KeyedWriter, Sent
from tests.support.log_book import LogBook
from tests.support.migrating import looking
from tests.support.serving import Serving, serving

WRITERS = 8
_SHARE = 0.4
_BOUND_S = 60


@contextmanager
def _bad_network(book: LogBook, server: Serving, seed: int) -> Iterator[tuple[FaultProxy, list[KeyedWriter]]]:
    """Yield a bad network and people who know no other."""
    with ExitStack() as opened:
        network = opened.enter_context(fault_proxy(server.port, seed=seed, share=_SHARE))
        clients = [
            opened.enter_context(httpx.Client(base_url=network.url, timeout=_BOUND_S, trust_env=False))
            for _ in range(WRITERS)
        ]
        yield network, [KeyedWriter(http, lambda: book.sign_in(server)) for http in clients]


def _write_and_replay(book: LogBook, url: str, directory: Path, *, lives: int, seed: int) -> dict[str, Any]:
    """Let people live through a bad network; check what is stored and that every key answers as it did."""
    before = _stored(url)
    with serving(directory, url) as server:
        server.wait_until("ready")
        with _bad_network(book, server, seed) as (network, writers), ThreadPoolExecutor(WRITERS) as pool:
            list(
                pool.map(KeyedWriter.live_often, writers, [range(lives)[number::WRITERS] for number in range(WRITERS)])
            )
        sent = list(chain.from_iterable(writer.sent for writer in writers))
        stored = _stored(url)
        _assert_replayed(server, book, sent)
        assert _stored(url) == stored
        assert server.terminate() == 0
        assert "internal_error" not in server.log()
        assert "Traceback" not in server.log()
    assert len(sent) == lives * WRITES
    _assert_each_once(before, stored, sent)
    return {
        "writes": len(sent),
        "faults": {fate.name: times for fate, times in sorted(network.met.items())},
        "unanswered": sum(writer.unanswered for writer in writers),
        "replayed": sum(writer.replayed for writer in writers),
        "statuses": dict(sum((writer.statuses for writer in writers), Counter())),
    }


def _assert_replayed(server: Serving, book: LogBook, sent: list[Sent]) -> None:
    """Send everything once more, then some with another body."""
    signed = book.sign_in(server)
    for number, one in enumerate(sent):
        if number % 1000 == 999:
            signed = book.sign_in(server)  # a campaign outlives an access token
        again = server.post(one.path, one.body, headers={**signed, **one.headers})
        assert (again.status_code, again.content) == (one.status, one.content)
        assert again.headers["Idempotency-Replayed"] == "true"
    for one in sent[:WRITES]:
        other = server.post(one.path, one.body | {"note": "Something else."}, headers={**signed, **one.headers})
        assert (other.status_code, other.json()["code"]) == (422, "key_reused")


# --- what is stored -----------------------------------------------------------------------------------------------

_ROWS = {
    "clients": "SELECT id FROM clients",
    "blocks": "SELECT id FROM blocks",
    "assessments": "SELECT id FROM facts WHERE kind = 'assessment'",
    "screenings": "SELECT id FROM facts WHERE kind = 'screening'",
    "session-logs": "SELECT id FROM facts WHERE kind = 'session_log'",
    "check-ins": "SELECT id FROM facts WHERE kind = 'check_in'",
    "adjustments": "SELECT id FROM facts WHERE kind = 'adjustment'",
    "keys": "SELECT key FROM idempotency_keys",
}
_INSIDE = {"session-logs": "log", "check-ins": "log", "adjustments": "adjustment"}
"""Where in an answer the id stands, when not at the top."""


def _stored(url: str) -> dict[str, set[str]]:
    """Return the ids of everything that people write, and the keys it came under."""
    with looking(url) as connection:
        return {kind: _column(connection, statement) for kind, statement in _ROWS.items()}


def _column(connection: Connection, statement: str) -> set[str]:
    return {str(row[0]).replace("-", "") for row in connection.execute(text(statement))}


def _assert_each_once(before: Mapping[str, set[str]], after: Mapping[str, set[str]], sent: list[Sent]) -> None:
    """Check that what is stored is what was acknowledged: nothing more, nothing less, and nothing twice."""
    told: dict[str, list[str]] = {kind: [] for kind in _ROWS}
    for one in sent:
        answer = json.loads(one.content)
        told["keys"].append(one.headers["Idempotency-Key"])
        told[one.kind].append((answer[_INSIDE[one.kind]] if one.kind in _INSIDE else answer)["id"].replace("-", ""))
    for kind, ids in told.items():
        assert len(ids) == len(set(ids)), kind
        assert after[kind] - before[kind] == set(ids), kind


def test_writes_through_a_bad_network_are_done_once_and_answered_the_same(
    monkeypatch: pytest.MonkeyPatch, log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """Every fault is met; nothing is lost or done twice, each key answers its bytes again, and all plans verify."""
    figures = _write_and_replay(log_book, filled_url, tmp_path, lives=3, seed=1)

    assert figures["faults"].keys() == {fate.name for fate in Fate}
    assert figures["replayed"] > 0
    assert run(monkeypatch, filled_url, "verify")[0] == 0


@pytest.mark.campaign
@pytest.mark.parametrize("turn", range(10))
def test_ten_thousand_writes_through_a_bad_network(
    turn: int, monkeypatch: pytest.MonkeyPatch, log_book: LogBook, filled_url: str, tmp_path: Path, figures: Figures
) -> None:
    """The same ten times, with fifty lives of twenty writes."""
    figures |= _write_and_replay(log_book, filled_url, tmp_path, lives=50, seed=100 + turn)

    assert run(monkeypatch, filled_url, "verify")[0] == 0


# --- the same at once ---------------------------------------------------------------------------------------------


def _send_at_once(book: LogBook, url: str, directory: Path, *, rounds: int) -> Counter[int]:
    """Send each of some check-ins eight times at once; check that it is done once; return what was answered."""
    before, statuses = _stored(url), Counter[int]()
    path, start = f"{book.clients[0].path}/check-ins", Barrier(WRITERS)
    with serving(directory, url) as server, ExitStack() as opened:
        server.wait_until("ready")
        signed = book.sign_in(server)
        clients = [
            opened.enter_context(httpx.Client(base_url=server.url, timeout=_BOUND_S, trust_env=False))
            for _ in range(WRITERS)
        ]

        def send(http: httpx.Client, key: str) -> httpx.Response:
            start.wait(_BOUND_S)
            return http.post(path, json=CALM_MORNING, headers={**signed, "Idempotency-Key": key})

        with ThreadPoolExecutor(WRITERS) as pool:
            for turn in range(rounds):
                answers = list(pool.map(send, clients, [f"round-{turn}"] * WRITERS))
                statuses += Counter(answer.status_code for answer in answers)
                _assert_one_was_first(answers)
    assert {kind: len(ids - before[kind]) for kind, ids in _stored(url).items() if ids - before[kind]} == {
        "check-ins": rounds,
        "keys": rounds,
    }
    return statuses


def _assert_one_was_first(answers: list[httpx.Response]) -> None:
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in good}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in good) == 1
    later = [answer for answer in answers if answer not in good]
    assert {(answer.status_code, answer.json()["code"]) for answer in later} <= {(409, "request_in_progress")}
    assert all(answer.headers["Retry-After"] == "1" for answer in later)


def test_one_of_eight_sent_at_once_is_done(log_book: LogBook, filled_url: str, tmp_path: Path) -> None:
    """One does the work; the others answer its bytes, or that it is still running."""
    statuses = _send_at_once(log_book, filled_url, tmp_path, rounds=5)

    assert sum(statuses.values()) == 5 * WRITERS


@pytest.mark.campaign
def test_one_of_eight_sent_at_once_is_done_each_of_five_hundred_times(
    log_book: LogBook, filled_url: str, tmp_path: Path, figures: Figures
) -> None:
    """The same, five hundred times."""
    figures["statuses"] = dict(_send_at_once(log_book, filled_url, tmp_path, rounds=500))
