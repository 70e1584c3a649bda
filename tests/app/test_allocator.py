"""A process of the service keeps two arenas of the C library, however many threads it has; needs glibc."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")

_COUNT_ARENAS = """
import ctypes, sys
from importlib import import_module
from threading import Barrier, Thread
import_module(sys.argv[1])
together = Barrier(8)
def work():
    kept = [bytes(2000) for _ in range(1000)]
    together.wait()
for thread in [Thread(target=work) for _ in range(8)]:
    thread.start()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


def _arenas(package: str, **environment: str) -> int:
    """Return how many arenas eight threads leave behind that have all allocated, in a process with a package."""
    inherited = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", _COUNT_ARENAS, package],
        capture_output=True,
        text=True,
        check=True,
        env=inherited | environment,
    )
    return done.stdout.count("<heap nr=")


def test_threads_of_the_service_share_two_arenas() -> None:
    """In any other process most of as many threads have one of their own."""
    assert _arenas("app") == 2
    assert _arenas("planner") > 2


def test_a_number_of_arenas_in_the_environment_stays() -> None:
    """Who operates the service may have measured another number."""
    assert _arenas("app", MALLOC_ARENA_MAX="4") == 4
