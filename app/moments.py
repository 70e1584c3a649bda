"""When something was done: what a phone's clock may say, and what is refused."""

from datetime import UTC, datetime, timedelta

from app import tables
from app.errors import InvalidInput
from planner.errors import Fault

_CLOCK_AHEAD = timedelta(days=1)
_BEFORE_CLIENT = timedelta(days=366)


def check_performed_at(
    sent: datetime | None, *, client: tables.Client, now: datetime, pointer: str = "/performed_at"
) -> datetime:
    """Return the instant something was done, now by default; refuse tomorrow and long before the client came.

    In UTC, as it is read back later: an answer and every later read of it say the same.
    """
    if sent is None:
        return now
    if sent > now + _CLOCK_AHEAD:
        raise InvalidInput(faults=(Fault(pointer, "in_the_future", say="by_a_day"),))
    if sent < client.created_at - _BEFORE_CLIENT:
        raise InvalidInput(faults=(Fault(pointer, "too_early"),))
    return sent.astimezone(UTC)
