"""How soon the service answers after it was started, as `make serve` starts it, and what importing it takes."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.limits import Figure, at_most, fresh_ms
from bench.servers import made

_START_S, _IMPORT_S = 3, 1.5
_STARTS: Final = 3


def figures(folder: Path) -> Iterator[Figure]:
    """Measure starts on a database that is there already; the fastest counts."""
    environment = {"SQUATBACK_DATABASE_URL": f"sqlite:///{folder / 'start.db'}"}
    _seconds_to_answer(folder, environment)  # the first one migrates and loads the demo gym
    seconds = min(_seconds_to_answer(folder, environment) for _ in range(_STARTS))
    yield at_most("make serve, second start to first answer, s", seconds, _START_S)
    yield at_most("import of the app, s of processor time", fresh_ms("", "import app.main") / 1000, _IMPORT_S)


def _seconds_to_answer(folder: Path, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    with made(folder, os.environ | environment):
        return time.perf_counter() - start
