"""Figures that may not exceed a limit, as they are printed and kept."""

import subprocess
import sys

Figure = dict[str, object]


def at_most(name: str, value: float, limit: float, database: str = "") -> Figure:
    """Return a figure beside its limit."""
    return {"database": database, "name": name, "value": round(value, 2), "at_most": limit, "met": value <= limit}


def fresh_ms(before: str, work: str) -> float:
    """Return the processor time of some work in a fresh interpreter, in milliseconds."""
    code = f"import time\n{before}\nstart = time.process_time()\n{work}\nprint((time.process_time() - start) * 1000)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    return min(float(run.stdout) for run in runs)
