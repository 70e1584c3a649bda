"""`python -m bench.peer FOLDER`: our week beside wger's, the best-known open peer; no part of `make bench`.

FOLDER is a checkout of wger, `--python` an interpreter that has its packages and gunicorn. Both services run one worker
on one core with SQLite and a cache in memory; one client on one kept connection asks one thing after the other.
`docs/performance.md` tells how to repeat it and what can be compared.
"""

import argparse
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import httpx

from app.ids import new_id
from bench.gym import fill
from bench.run import commit_id, machine
from bench.servers import LOAD_CORE, Server, pin, served, squatback

RESULTS: Final = Path(__file__).with_name("peer.json")
DAYS: Final = 7
EXERCISES: Final = 5
_FIXTURES: Final = (
    "gym", "languages", "groups", "users", "licenses", "setting_repetition_units", "setting_weight_units", "gym_config",
    "equipment", "muscles", "categories", "exercise-base-data", "translations", "gym-config", "gym-adminconfig",
)  # fmt: skip
_SETTINGS: Final = """
from settings.local_dev import *
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
EXPOSE_PROMETHEUS_METRICS = False
LOGGING = {{"version": 1, "disable_existing_loggers": True}}
"""
_NEW_TOKEN: Final = (
    "from django.contrib.auth.models import User; from rest_framework.authtoken.models import Token; "
    "print(Token.objects.get_or_create(user=User.objects.get(username='admin'))[0].key)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request on one service: how long it took, and what it cost the server."""

    service: str
    what: str
    milliseconds: list[float]
    cpu_ms: float
    size: int

    def row(self) -> dict[str, object]:
        """Return the figures as they are kept."""
        ordered = sorted(self.milliseconds)
        return {
            "service": self.service,
            "what": self.what,
            "requests": len(ordered),
            "median_ms": round(median(ordered), 2),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
            "cpu_ms": round(self.cpu_ms, 2),
            "bytes": self.size,
        }


def ask(service: str, what: str, server: Server, send: Callable[[], httpx.Response], times: int) -> Asked:
    """Send a request again and again, and see what it takes."""
    send()
    taken: list[float] = []
    before = server.cpu_s()
    for _ in range(times):
        start = perf_counter()
        answer = send()
        taken.append((perf_counter() - start) * 1000)
        answer.raise_for_status()
    return Asked(service, what, taken, (server.cpu_s() - before) / times * 1000, len(answer.content))


def after_a_log(
    service: str, server: Server, log: Callable[[], httpx.Response], read: Callable[[], httpx.Response], times: int
) -> list[Asked]:
    """Log and read in turn: what either takes, and what both cost together."""
    logs: list[float] = []
    reads: list[float] = []
    before = server.cpu_s()
    for _ in range(times):
        for taken, send in ((logs, log), (reads, read)):
            start = perf_counter()
            answer = send()
            taken.append((perf_counter() - start) * 1000)
            answer.raise_for_status()
    cpu_ms = (server.cpu_s() - before) / times * 1000
    size = len(answer.content)
    return [
        Asked(service, "log", logs, cpu_ms, 0),
        Asked(service, "read right after a log (cpu: log and read)", reads, cpu_ms, size),
    ]


def ours(folder: Path, times: int) -> Iterator[Asked]:
    """Measure this service as it is served."""
    environment = {
        "SQUATBACK_DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
        "SQUATBACK_ARGON2_MEMORY_KIB": "8",
        "SQUATBACK_CALLS_PER_MINUTE": "10000000",
    }
    with squatback("squatback", folder, environment) as server:
        member = fill(f"http://127.0.0.1:{server.port}", clients=16).members[0]
        headers = {"Authorization": f"Bearer {member.token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=60) as http:
            body = {"back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": 8, "words": ["worked"]}

            def read() -> httpx.Response:
                return http.get("/v1/me/week")

            def log() -> httpx.Response:
                return http.post(f"/v1/clients/{member.client_id}/check-ins", json=body | {"id": str(new_id())})

            yield ask("squatback", "read the week", server, read, times)
            yield from after_a_log("squatback", server, log, read, times)


def theirs(checkout: Path, python: str, folder: Path, times: int) -> Iterator[Asked]:
    """Measure wger with a routine of seven days of five exercises."""
    with wger(checkout, python, folder) as (server, token):
        base_url, headers = f"http://127.0.0.1:{server.port}/api/v2", {"Authorization": f"Token {token}"}
        with httpx.Client(base_url=base_url, headers=headers, timeout=120) as http:
            routine, entry, exercise = _routine(http)

            def read() -> httpx.Response:
                return http.get(f"/routine/{routine}/date-sequence-display/")

            def log() -> httpx.Response:
                told = {"routine": routine, "slot_entry": entry, "exercise": exercise, "repetitions": 8, "weight": 40}
                return http.post("/workoutlog/", json=told | {"date": datetime.now(UTC).isoformat()})

            yield ask("wger", "read the routine, cached", server, read, times)
            yield from after_a_log("wger", server, log, read, max(10, times // 5))


@contextmanager
def wger(checkout: Path, python: str, folder: Path) -> Iterator[tuple[Server, str]]:
    """Serve a checkout of wger from a new database; yields the token of its user as well."""
    (folder / "peer_settings.py").write_text(_SETTINGS.format(database=str(folder / "theirs.db")))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "peer_settings",
        "PYTHONPATH": f"{checkout}:{folder}",
    }

    def manage(*arguments: str) -> str:
        command = [python, "manage.py", *arguments]
        done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout

    manage("migrate", "--verbosity=0")
    manage("loaddata", "--verbosity=0", *[f"{name}.json" for name in _FIXTURES])
    token = manage("shell", "-c", _NEW_TOKEN).split()[-1]
    flags = ["--workers=1", "--worker-class=gthread", "--threads=1", "--keep-alive=30", "--log-level=error"]
    command = [python, "-m", "gunicorn", "wger.wsgi:application", *flags, "--bind"]
    with served("wger", command, "/api/v2/version/", folder, environment, address="127.0.0.1:") as server:
        yield server, token


def _routine(http: httpx.Client) -> tuple[int, int, int]:
    """Make a routine of one week; returns its id, and one of its entries with its exercise."""
    today = datetime.now(UTC).date()
    exercises = [one["id"] for one in http.get("/exercise/", params={"limit": EXERCISES}).json()["results"]]
    routine = _made(http, "routine", name="Bench", start=str(today), end=str(today + timedelta(days=DAYS - 1)))
    entry = 0
    for order in range(1, DAYS + 1):
        day = _made(http, "day", routine=routine, order=order, name=f"Day {order}", type="custom")
        for place, exercise in enumerate(exercises, 1):
            slot = _made(http, "slot", day=day, order=place)
            entry = _made(http, "slot-entry", slot=slot, exercise=exercise, order=1, type="normal")
            for kind, value in (("sets", 3), ("repetitions", 8), ("weight", 40), ("rest", 120)):
                _made(http, f"{kind}-config", slot_entry=entry, iteration=1, value=value, operation="r")
    return routine, entry, exercises[-1]


def _made(http: httpx.Client, kind: str, **fields: Any) -> int:
    answer = http.post(f"/{kind}/", json=fields)
    if answer.status_code != httpx.codes.CREATED:
        raise RuntimeError(f"{kind}: {answer.status_code} {answer.text}")
    made: int = answer.json()["id"]
    return made


def cli() -> None:
    """Measure both and keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.peer", description=__doc__)
    parser.add_argument("checkout", type=Path, help="folder of a wger checkout")
    parser.add_argument("--python", default="python3", help="interpreter with wger's packages and gunicorn")
    parser.add_argument("--times", type=int, default=200)
    asked = parser.parse_args()
    pin(LOAD_CORE)
    with TemporaryDirectory(prefix="squatback-peer-") as name:
        folder = Path(name)
        rows = [one.row() for one in ours(folder, asked.times)]
        rows += [one.row() for one in theirs(asked.checkout.resolve(), asked.python, folder, asked.times)]
    asking = [asked.python, "-c", "from wger.version import get_version; print(get_version())"]
    version = subprocess.run(asking, cwd=asked.checkout, capture_output=True, text=True, check=True).stdout.strip()
    told = {"at": date.today().isoformat(), "commit": commit_id(), "wger": version, **machine(), "rows": rows}  # noqa: DTZ011
    RESULTS.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        print(row)  # noqa: T201


if __name__ == "__main__":
    cli()
