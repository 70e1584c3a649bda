"""Tells the C library to keep less memory for threads than it would."""

import os
from contextlib import suppress
from ctypes import CDLL
from typing import Final

_M_ARENA_MAX: Final = -8
"""The parameter's number in glibc's malloc.h."""
_ARENAS: Final = 2


def share_arenas() -> None:
    """Let the threads of this process allocate from two arenas; call it before they start.

    glibc gives each of the first threads (eight a core) an arena of its own, and what one has freed the others cannot
    use: a server's threads come and go, and left up to a MiB in each. They hardly meet in the allocator, as they take
    turns at Python's lock. `MALLOC_ARENA_MAX` in the environment is an operator's own choice and stays; other C
    libraries have no arenas, and are left alone.
    """
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    with suppress(AttributeError, OSError, TypeError):  # without `mallopt`, or without a C library to ask
        CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
