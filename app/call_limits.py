"""How often one signed-in person may call: nobody drains or fills the service in a hurry, by mistake or on purpose.

Counted in the process, which costs a microsecond: a person gets at most as many times the limit as there are processes.
Whoever is refused is told when to come again. What may hold a red flag is never refused, nor counted: a session log, a
check-in, a screening, a phone's outbox. The reads that phones make every morning (`app.hot_reads`) do not come here.
"""

from math import ceil
from threading import Lock
from time import monotonic
from typing import Final
from uuid import UUID

from fastapi import Request

from app.errors import TooManyCalls

NEVER_REFUSED: Final = frozenset(
    {"add_session_log", "add_check_in", "add_screening", "sync", "log_session", "check_in", "answer_safety"}
)
"""Names of routes that take what may be a red flag; the last three are forms of the week page."""
_MOST_PEOPLE: Final = 10_000
_MINUTE_S: Final = 60


class CallLimits:
    """What each person has left: as many calls as a minute gives at first, then as time gives them back."""

    def __init__(self, per_minute: int) -> None:
        self._most, self._per_s = per_minute, per_minute / _MINUTE_S
        self._left: dict[UUID, tuple[float, float]] = {}  # calls left and when; who called last comes last
        self._lock = Lock()

    def wait_s(self, person_id: UUID, *, at_s: float) -> int:
        """Count a call at a reading of a clock that never goes back; return the seconds to wait, 0 for none."""
        with self._lock:
            left, since = self._left.pop(person_id, (float(self._most), at_s))
            left = min(self._most, left + (at_s - since) * self._per_s)
            allowed = left >= 1
            self._left[person_id] = (left - 1 if allowed else left, at_s)
            if len(self._left) > _MOST_PEOPLE:
                del self._left[next(iter(self._left))]
        return 0 if allowed else ceil((1 - left) / self._per_s)


def count_call(request: Request, person_id: UUID) -> None:
    """Count a request of a signed-in person; TooManyCalls when there were too many."""
    if request.scope["route"].name in NEVER_REFUSED:
        return
    limits: CallLimits = request.app.state.call_limits
    wait = limits.wait_s(person_id, at_s=monotonic())
    if wait:
        raise TooManyCalls(headers={"Retry-After": str(wait)})
