"""A server that is asked to end while people write: what it has begun to read is answered, and it ends well."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.support.log_book import Entry, LogBook, kept
from tests.support.serving import Serving, serving

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


def end_under_load(book: LogBook, url: str, directory: Path, *, after_s: float, linger_s: float) -> list[Sender]:
    """Ask a server to end while people send; check that it does, well, and that nobody it read was left alone."""
    senders = [Sender(book, number) for number in range(_PEOPLE)]
    with serving(directory, url, linger_s=linger_s) as server:
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
    """Check that whoever looks whether it is ready is told to go, and whoever comes all the same is served."""
    probe = httpx.get(f"{server.url}/readyz", trust_env=False)
    assert (probe.status_code, probe.json()["reason"]) == (503, "shutting_down")
    assert httpx.get(f"{server.url}/livez", trust_env=False).status_code == 200


@pytest.mark.parametrize("linger_s", [0, 1.0], ids=["at_once", "lingering"])
def test_a_server_that_ends_under_load_answers_what_it_has_read(
    linger_s: float, log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """Every request in its log was answered, with what was done; the others were never read; it exits with 0."""
    senders = end_under_load(log_book, filled_url, tmp_path, after_s=0.5, linger_s=linger_s)

    assert sum(len(sender.answered) for sender in senders) > 0


@pytest.mark.campaign
@pytest.mark.parametrize("run", range(10))
def test_rolling_ends_fail_no_request_that_was_read(
    run: int, log_book: LogBook, filled_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Ten servers after each other on one database, ended at any moment."""
    chance, answered = random.Random(run), 0
    for turn in range(10):
        linger_s = 0.5 * (turn % 2)
        senders = end_under_load(log_book, filled_url, tmp_path, after_s=chance.uniform(0.1, 1.0), linger_s=linger_s)
        answered += sum(len(sender.answered) for sender in senders)
    record_property("answered", answered)
