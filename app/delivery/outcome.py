"""What came of trying to send a message, and when it is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MOST_ATTEMPTS: Final = 12
"""With the waits below about a day, then somebody has to look."""

NO_ANSWER: Final = frozenset({"timeout", "unreachable"})
"""Reasons that say something of the receiver, whichever message it was."""

_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
_LONGEST_ASKED: Final = timedelta(hours=24)

Jitter = Callable[[], float]
"""Returns a number from 0 to 1: workers that failed together do not come back together."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver took it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It may go well later; the receiver may have said how much later."""

    reason: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """It will not go well by itself; `receiver_gone`: nothing else will either."""

    reason: str
    receiver_gone: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing to tell any more."""

    reason: str


Outcome = Sent | Failed | Dead | Skipped


def wait_after(attempts: int, asked: timedelta | None, jitter: Jitter) -> timedelta:
    """Return how long to wait after some attempts: twice as long each time, never less than the receiver asked for."""
    doubled = _FIRST_WAIT * (1 << min(attempts - 1, 16))
    usual = min(doubled, _LONGEST_WAIT) * (0.5 + jitter())
    return max(usual, min(asked or timedelta(0), _LONGEST_ASKED))
