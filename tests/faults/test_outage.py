"""PostgreSQL that stops, is killed or hangs under sixteen people: refused politely, nothing lost, back at once."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import settings_for
from tests.faults.conftest import Figures
from tests.support.cluster import Cluster
from tests.support.crowd import Crowd, median
from tests.support.log_book import LogBook, kept
from tests.support.serving import PRODUCTION, serving
from tests.support.writers import finish

IMPATIENT = {"statement_timeout_s": 1, "pool_wait_s": 0.5}
_HUNG_S = 4.0
_NOTICED_S = 3.0
_SLOWEST_S = 8.0
"""A seat, a hot read, a connection that is given up and another that is not made: nothing waits longer."""


@pytest.fixture
def url(cluster: Cluster, log_book: LogBook) -> str:
    """Return a database with the clients of the book, on a PostgreSQL of these tests' own."""
    name = f"outage_{uuid4().hex}"
    cluster.server.create(name)
    log_book.copy_to(settings_for(cluster.server.url(name)))
    return cluster.server.url(name)


@contextmanager
def crowded(book: LogBook, url: str, directory: Path, **settings: object) -> Iterator[Crowd]:
    """Yield people at a server; at the end everything they were told must be there, and the rest still be sent."""
    with serving(directory, url, **(IMPATIENT | settings)) as server:
        server.wait_until("ready")
        crowd = Crowd(book, server, book.sign_in(server))
        yield crowd
        crowd.assert_orderly()
        assert {key for writer in crowd.writers for key in writer.told} <= kept(url).keys
        finish(crowd.writers, server, crowd.headers)
        assert kept(url).keys == {key for writer in crowd.writers for key in writer.told}
        assert "internal_error" not in server.log()
        assert "Traceback" not in server.log()
        assert server.terminate() == 0


def away(crowd: Crowd, cluster: Cluster, end: Callable[[], None], *, away_s: float) -> float:
    """Let the database end and come back under the people; return how long it took until everybody was served."""
    times: list[float] = []

    async def happening() -> None:
        await asyncio.sleep(1.0)
        await asyncio.to_thread(end)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(cluster.start)
        times.append(time.monotonic())
        await asyncio.sleep(2.0)

    crowd.during(happening)
    return crowd.recovery_s(times[0])


def test_a_database_that_goes_is_refused_politely_and_served_at_once_when_it_is_back(
    cluster: Cluster, url: str, log_book: LogBook, tmp_path: Path
) -> None:
    """Stopped, then killed: only good answers and 503, nothing acknowledged is lost, and nobody restarts the server."""
    with crowded(log_book, url, tmp_path) as crowd:
        for end in (cluster.stop, cluster.kill):
            crowd.answers.clear()
            assert away(crowd, cluster, end, away_s=0.5) < 5.0
            assert {200, 201, 503} <= set(crowd.statuses())


def hang(crowd: Crowd, cluster: Cluster, *, hung_s: float) -> tuple[float, float]:
    """Let the database hang under the people; return when that began and when it ended."""
    times: list[float] = []

    async def happening() -> None:
        await asyncio.sleep(1.0)
        times.append(time.monotonic())
        cluster.hang()
        try:
            await asyncio.sleep(hung_s)
        finally:
            cluster.resume()
        times.append(time.monotonic())
        await asyncio.sleep(2.0)

    crowd.during(happening)
    return times[0], times[1]


def test_a_database_that_hangs_keeps_nobody_waiting(
    cluster: Cluster, url: str, log_book: LogBook, tmp_path: Path
) -> None:
    """Who had asked is refused in time, who asks later at once, the process lives, and all goes on when it does."""
    with crowded(log_book, url, tmp_path) as crowd:
        began, ended = hang(crowd, cluster, hung_s=_HUNG_S)
        assert max(answer.seconds for answer in crowd.answers) < _SLOWEST_S
        late = list(crowd.between(began + _NOTICED_S, ended - 0.2))
        assert {answer.status for answer in late} == {503}
        assert median([answer.seconds for answer in late]) < 0.5
        assert crowd.recovery_s(ended) < 5.0


def test_a_server_that_starts_before_its_database_waits_for_it(cluster: Cluster, tmp_path: Path) -> None:
    """It is live and says why it is not ready; when the database comes, empty, it is migrated and served."""
    name = f"late_{uuid4().hex}"
    cluster.server.create(name)
    with_password = cluster.server.url(name).replace("postgres@", "postgres:asked-for-by-nobody@")
    cluster.stop()
    try:
        with serving(tmp_path, with_password, **PRODUCTION) as server:
            server.wait_until("database_away")
            assert server.get("/livez").status_code == 200
            refused = server.get("/v1/me")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            cluster.start()
            server.wait_until("ready")
            assert server.get("/v1/me").status_code == 401
            assert server.terminate() == 0
    finally:
        if not cluster.processes():
            cluster.start()


# --- campaign: the promised figures, with the settings as they are delivered ----------------------------------------


@pytest.mark.campaign
@pytest.mark.parametrize("end", ["stop", "stop_at_once", "kill"])
def test_recovery_takes_less_than_a_second(
    end: str,
    cluster: Cluster,
    url: str,
    log_book: LogBook,
    tmp_path: Path,
    figures: Figures,
) -> None:
    """Five outages of each kind in a row, of up to three seconds."""
    ends = {"stop": cluster.stop, "stop_at_once": lambda: cluster.stop("immediate"), "kill": cluster.kill}
    with crowded(log_book, url, tmp_path, statement_timeout_s=5, pool_wait_s=2) as crowd:
        for turn in range(5):
            crowd.answers.clear()
            recovery_s = away(crowd, cluster, ends[end], away_s=0.6 * (turn + 1))
            figures[f"recovery_{turn}"] = round(recovery_s, 3)
            figures[f"statuses_{turn}"] = dict(crowd.statuses())
            assert recovery_s < 1.0
        figures["livez_median_ms"] = round(1000 * median(crowd.live_s), 1)


@pytest.mark.campaign
def test_a_database_that_hangs_for_long_keeps_nobody_waiting(
    cluster: Cluster, url: str, log_book: LogBook, tmp_path: Path, figures: Figures
) -> None:
    """Half a minute, with the settings as they are delivered."""
    with crowded(log_book, url, tmp_path, statement_timeout_s=5, pool_wait_s=2) as crowd:
        began, ended = hang(crowd, cluster, hung_s=30)
        late = list(crowd.between(began + _NOTICED_S, ended - 0.2))
        figures["slowest_s"] = round(max(answer.seconds for answer in crowd.answers), 2)
        figures["late_median_ms"] = round(1000 * median([answer.seconds for answer in late]), 1)
        figures["recovery_s"] = round(crowd.recovery_s(ended), 3)
        figures["statuses"] = dict(crowd.statuses())
        assert {answer.status for answer in late} == {503}
        assert max(answer.seconds for answer in crowd.answers) < 14
        assert crowd.recovery_s(ended) < 1.0
