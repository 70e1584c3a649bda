"""Figures that may not exceed a limit, as they are printed and kept."""

import os
import subprocess
import sys
from collections.abc import Iterable
from tempfile import TemporaryDirectory

Figure = dict[str, object]


def at_most(name: str, value: float, limit: float, database: str = "") -> Figure:
    """Return a figure beside its limit."""
    return {"database": database, "name": name, "value": round(value, 2), "at_most": limit, "met": value <= limit}


def fastest(visits: Iterable[list[Figure]]) -> list[Figure]:
    """Return each figure as it was at the fastest of several visits: a core is slowed by others for minutes."""
    return [min(figures, key=lambda one: float(str(one["value"]))) for figures in zip(*visits, strict=True)]


def fresh_ms(before: str, work: str) -> float:
    """Return the processor time of some work in a fresh interpreter, in milliseconds.

    Modules are compiled, as they are from the second start on, even where the environment forbids to keep them so.
    """
    code = f"import time\n{before}\nstart = time.process_time()\n{work}\nprint((time.process_time() - start) * 1000)"
    keeps = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory(prefix="squatback-compiled-") as compiled:
        environment = keeps | {"PYTHONPYCACHEPREFIX": compiled}
        command = [sys.executable, "-c", code]
        runs = [subprocess.run(command, capture_output=True, text=True, check=True, env=environment) for _ in range(6)]
    return min(float(run.stdout) for run in runs)
