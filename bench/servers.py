"""Server processes under measurement: pinned to one core, their processor time read from the kernel."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Final

SERVER_CORE: Final = 0
LOAD_CORE: Final = 1
_START_S: Final = 120
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def cpu_s(self) -> float:
        """Return the processor seconds it has used so far, its workers included."""
        return cpu_of(self.process.pid)

    def rss_mib(self) -> float:
        """Return the memory its largest process holds, in MiB."""
        return max(_rss_kib(pid) for pid in (self.process.pid, *_children(self.process.pid))) / 1024

    def log_lines(self) -> int:
        """Return how many requests it has written a line about."""
        return sum('"event":"request"' in line for line in self.log.read_text(encoding="utf-8").splitlines())


def pin(core: int) -> None:
    """Keep this process on one core, where there is more than one."""
    if core < (os.cpu_count() or 1):
        os.sched_setaffinity(0, {core})


@contextmanager
def baseline(name: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Serve one of the bare endpoints."""
    with _served(name, ["-m", "bench.baselines", name], "/", folder, environment) as server:
        yield server


@contextmanager
def squatback(name: str, folder: Path, environment: Mapping[str, str], *, workers: int = 1) -> Iterator[Server]:
    """Serve the real thing, with everything on that it has in production."""
    arguments = ["-m", "app.cli", "serve", "--workers", str(workers), "--port"]
    with _served(name, arguments, "/readyz", folder, environment) as server:
        yield server


@contextmanager
def made(folder: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Serve as the README says; ready when the first request is answered."""
    port = _free_port()
    with _running("make serve", ["make", "serve", f"PORT={port}"], port, "/readyz", folder, environment) as server:
        yield server


@contextmanager
def served(
    name: str, command: list[str], ready: str, folder: Path, environment: Mapping[str, str], *, address: str = ""
) -> Iterator[Server]:
    """Serve with a command that ends with `address` and a free port."""
    port = _free_port()
    with _running(name, [*command, f"{address}{port}"], port, ready, folder, environment) as server:
        yield server


@contextmanager
def _served(
    name: str, arguments: list[str], ready: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    with served(name, [sys.executable, *arguments], ready, folder, environment) as server:
        yield server


def _free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def _running(
    name: str, command: list[str], port: int, ready: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    log = folder / f"{name.replace(' ', '-')}-{port}.log"
    with ExitStack() as stack, log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=_ROOT,
            env=os.environ | environment,
            preexec_fn=lambda: pin(SERVER_CORE),
        )
        stack.callback(_stop, process)
        _wait(f"http://127.0.0.1:{port}{ready}", process, log)
        yield Server(name, port, process, log)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except urllib.error.HTTPError:
            return  # a baseline that only takes POST
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer: {log.read_text(encoding='utf-8')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(25)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_of(pid: int) -> float:
    """Return the processor seconds that a process and those below it have used so far."""
    return sum(_own_cpu_s(one) for one in (pid, *_children(pid)))


def _children(pid: int) -> list[int]:
    """Return the processes below one, forecasts and trackers included."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def _own_cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rss_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
