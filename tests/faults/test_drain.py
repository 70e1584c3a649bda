"""A server that is asked to end while people write: what it has begun to read is answered, and it ends well."""

import random
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.faults.conftest import Figures
from tests.support.log_book import Entry, LogBook, kept
from tests.support.serving import Forked, Installed, Serving, Start, serving

_PEOPLE = 8
_GOODBYE_S = 20


@dataclass
class Sender:
    """Somebody who opens a connection for each request, and remembers which were answered."""

    book: LogBook
    number: int
    answered: dict[str, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def send(self, server: Serving, headers: dict[str, str]) -> None:
        """Write and read by turns until nobody listens any more."""
        client = self.book.clients[self.number % len(self.book.clients)]
        for entry in client.entries(self.number):
            for asking in (self._write(server, headers, entry), self._read(server, headers, f"{client.path}/week")):
                if not asking:
                    return

    def _write(self, server: Serving, headers: dict[str, str], entry: Entry) -> bool:
        status = self._asked(server, "POST", entry.path, headers | {"Idempotency-Key": entry.key}, entry.body)
        if status == 201:
            self.keys.add(entry.key)
        return status is not None

    def _read(self, server: Serving, headers: dict[str, str], path: str) -> bool:
        return self._asked(server, "GET", path, headers, None) is not None

    def _asked(self, server: Serving, method: str, path: str, headers: dict[str, str], body: object) -> int | None:
        request_id = uuid4().hex
        named = headers | {"X-Request-ID": request_id, "Connection": "close"}
        try:
            answer = httpx.request(
                method, server.url + path, json=body, headers=named, timeout=_GOODBYE_S + 10, trust_env=False
            )
        except httpx.TransportError:
            self.unanswered.append(request_id)
            return None
        self.answered[request_id] = answer.status_code
        return answer.status_code


def end_under_load(
    book: LogBook, url: str, directory: Path, *, after_s: float, linger_s: float, kind: Start = Forked
) -> list[Sender]:
    """Ask a server to end while people send; check that it does, well, and that nobody it read was left alone."""
    senders = [Sender(book, number) for number in range(_PEOPLE)]
    with serving(directory, url, kind=kind, linger_s=linger_s) as server:
        server.wait_until("ready")
        headers = book.sign_in(server)
        threads = [threading.Thread(target=sender.send, args=(server, headers)) for sender in senders]
        for thread in threads:
            thread.start()
        time.sleep(after_s)
        asked = time.monotonic()
        server.terminate(within_s=0)
        if linger_s:
            _assert_lingers(server)
        assert server.process.exit_code(_GOODBYE_S + linger_s) == 0
        assert time.monotonic() - asked >= linger_s
        for thread in threads:
            thread.join(_GOODBYE_S)
        read = {line["request_id"]: line["status"] for line in server.events("request")}
    for sender in senders:
        assert not read.keys() & set(sender.unanswered), "read, but not answered"
        assert all(read[request_id] == status for request_id, status in sender.answered.items())
        assert set(sender.answered.values()) <= {200, 201}, sender.answered
    assert {key for sender in senders for key in sender.keys} <= kept(url).keys
    return senders


def _assert_lingers(server: Serving) -> None:
    """Check that a new connection is still taken, and that it is told to go elsewhere."""
    probe = httpx.get(f"{server.url}/readyz", trust_env=False)
    assert (probe.status_code, probe.json()["reason"]) == (503, "shutting_down")


def test_a_server_that_ends_under_load_answers_what_it_has_read(
    log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """Every request in its log was answered, with what was done; the others were never read; it exits with 0."""
    senders = end_under_load(log_book, filled_url, tmp_path, after_s=0.5, linger_s=0)

    assert sum(len(sender.answered) for sender in senders) > 0


@pytest.mark.postgresql_only
def test_a_server_that_lingers_takes_requests_until_others_have_noticed(
    log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """Not ready any more, it serves whoever comes all the same; then it ends as it would have."""
    end_under_load(log_book, filled_url, tmp_path, after_s=0.2, linger_s=2.0)


@pytest.mark.campaign
@pytest.mark.parametrize("run", range(10))
def test_rolling_ends_fail_no_request_that_was_read(
    run: int, log_book: LogBook, filled_url: str, tmp_path: Path, figures: Figures
) -> None:
    """Ten servers after each other on one database, ended at any moment."""
    chance, answered = random.Random(run), 0
    for turn in range(10):
        linger_s = 2.0 * (turn % 2)
        senders = end_under_load(log_book, filled_url, tmp_path, after_s=chance.uniform(0.1, 1.0), linger_s=linger_s)
        answered += sum(len(sender.answered) for sender in senders)
    figures["answered"] = answered


@pytest.mark.campaign
def test_two_workers_end_under_load_as_one_does(log_book: LogBook, filled_url: str, tmp_path: Path) -> None:
    """The command as it was installed, with two processes that serve: the same, and it exits with 0."""
    kind = partial(Installed, arguments=("--workers", "2"))
    for linger_s in (0, 2.0):
        end_under_load(log_book, filled_url, tmp_path, after_s=2.0, linger_s=linger_s, kind=kind)
