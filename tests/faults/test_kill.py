"""A server that is killed while people log: what was acknowledged is there, once and whole."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.log_book import LogBook, kept
from tests.support.serving import Forked, Installed, serving
from tests.support.writers import Writer, finish, make_writers, writing

CYCLES = 10
"""Of each database: twenty in the suite."""
_BOUND_S = 60


def live_and_die(
    book: LogBook, url: str, directory: Path, *, cycles: int, seed: int, kind: type[Forked] | type[Installed] = Forked
) -> list[Writer]:
    """Let four phones log while their server is killed again and again; check all they were told, and return them."""
    chance, writers = random.Random(seed), make_writers(book, seed)
    for _ in range(cycles):
        with serving(directory, url, kind=kind) as server:
            server.wait_until("ready")
            with writing(writers, server, book.sign_in(server)):
                _wait_for_another(writers)
                time.sleep(chance.uniform(0, 0.45))
                server.kill()
        assert {key for writer in writers for key in writer.told} <= kept(url).keys
    with serving(directory, url, kind=kind) as server:
        server.wait_until("ready")
        finish(writers, server, book.sign_in(server))
        assert server.terminate() == 0
    _assert_same(url, writers)
    return writers


def _wait_for_another(writers: list[Writer]) -> None:
    """Wait for one more answer: on a slow machine a life of half a second would prove nothing."""
    known, deadline = sum(len(writer.told) for writer in writers), time.monotonic() + _BOUND_S
    while sum(len(writer.told) for writer in writers) == known:
        assert time.monotonic() < deadline, "nothing was answered"
        time.sleep(0.005)


def _assert_same(url: str, writers: list[Writer]) -> None:
    held = kept(url)
    assert held.keys == {key for writer in writers for key in writer.told}
    assert held.facts == set().union(*(writer.logs for writer in writers))


def test_a_killed_server_loses_nothing_it_acknowledged(log_book: LogBook, filled_url: str, tmp_path: Path) -> None:
    """After each of ten kills every acknowledged log is stored with its plan; sent again, each counts once."""
    writers = live_and_die(log_book, filled_url, tmp_path, cycles=CYCLES, seed=1)

    assert sum(len(writer.told) for writer in writers) > CYCLES


@pytest.mark.campaign
@pytest.mark.parametrize("run", range(10))
def test_two_hundred_killed_servers_lose_nothing(
    run: int, log_book: LogBook, filled_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same, twenty times from each of ten beginnings."""
    writers = live_and_die(log_book, filled_url, tmp_path, cycles=20, seed=100 + run)
    record_property("acknowledged", sum(len(writer.told) for writer in writers))
