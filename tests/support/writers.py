"""Phones that log under keys while a server is killed, stopped or away, and remember what they were told."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

import httpx

from tests.support.log_book import Entry, LogBook
from tests.support.serving import Serving

_BOUND_S = 60
_LATER = frozenset({409, 503})  # the first is still running, or the database is away: both say when to come again


@dataclass
class Writer:
    """One phone: it sends entry after entry, and what was not answered again, first, as soon as it can."""

    entries: Iterator[Entry]
    headers: Mapping[str, str] = field(default_factory=dict)
    told: dict[str, tuple[Entry, str]] = field(default_factory=dict)
    unanswered: list[Entry] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def write(self, server: Serving, until: threading.Event) -> None:
        """Send until the server is gone or there is enough."""
        again, self.unanswered = self.unanswered, []
        with httpx.Client(base_url=server.url, timeout=_BOUND_S, trust_env=False) as http:
            for entry in chain(again, self.entries):
                if until.is_set() or not self._is_answered(http, entry):
                    self.unanswered.append(entry)
                    break
        self.unanswered += [entry for entry in again if entry.key not in self.told and entry not in self.unanswered]

    def _is_answered(self, http: httpx.Client, entry: Entry) -> bool:
        try:
            answer = self.send(http, entry)
        except httpx.TransportError:
            return False
        self.statuses[answer.status_code] += 1
        if answer.status_code not in _LATER:
            assert answer.status_code == 201, answer.text
            self.told[entry.key] = (entry, answer.text)
        return answer.status_code not in _LATER

    def send(self, http: httpx.Client, entry: Entry) -> httpx.Response:
        """Send an entry under its key."""
        return http.post(entry.path, json=entry.body, headers={**self.headers, "Idempotency-Key": entry.key})

    @property
    def logs(self) -> set[str]:
        """Return the ids of the logs that were acknowledged."""
        return {str(UUID(httpx.Response(201, text=text).json()["log"]["id"])) for _, text in self.told.values()}


def make_writers(book: LogBook, seed: int) -> list[Writer]:
    """Return a writer for each client of a book."""
    return [Writer(client.entries(seed + number)) for number, client in enumerate(book.clients)]


@contextmanager
def writing(writers: list[Writer], server: Serving, headers: Mapping[str, str]) -> Iterator[threading.Event]:
    """Let writers write while the block runs; setting the event, or the end of the server, ends them."""
    until = threading.Event()
    threads = []
    for writer in writers:
        writer.headers = headers
        threads.append(threading.Thread(target=writer.write, args=(server, until)))
    for thread in threads:
        thread.start()
    try:
        yield until
    finally:
        until.set()
        for thread in threads:
            thread.join(_BOUND_S)
    assert not any(thread.is_alive() for thread in threads)


def finish(writers: list[Writer], server: Serving, headers: Mapping[str, str]) -> int:
    """Send everything again: what was told is told in the same words, what was not is answered now; return how many."""
    sent = 0
    with httpx.Client(base_url=server.url, timeout=_BOUND_S, trust_env=False) as http:
        for writer in writers:
            writer.headers = headers
            for entry, text in list(writer.told.values()):
                answer = writer.send(http, entry)
                assert (answer.status_code, answer.text) == (201, text)
                assert answer.headers["Idempotency-Replayed"] == "true"
                sent += 1
            for entry in writer.unanswered:
                answer = writer.send(http, entry)
                assert answer.status_code == 201, answer.text
                writer.told[entry.key] = (entry, answer.text)
                sent += 1
            writer.unanswered.clear()
    return sent
