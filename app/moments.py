"""When something was done: what a phone's clock may say, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Final

from app import tables
from app.errors import InvalidInput
from planner.errors import Fault

CLOCK_AHEAD: Final = timedelta(days=3)
_BEFORE_CLIENT = timedelta(days=366)


def check_performed_at(
    sent: datetime | None, *, client: tables.Client, now: datetime, pointer: str = "/performed_at"
) -> datetime:
    """Return the instant something was done, now by default; refuse days ahead and long before the client came.

    Nothing happens after it was told: what a fast clock dates ahead counts as done now, so that what is done next
    comes after it. In UTC, as it is read back later: an answer and every later read of it say the same.
    """
    if sent is None:
        return now
    if sent > now + CLOCK_AHEAD:
        raise InvalidInput(faults=(Fault(pointer, "in_the_future", say="by_days", facts={"days": CLOCK_AHEAD.days}),))
    if sent < client.created_at - _BEFORE_CLIENT:
        raise InvalidInput(faults=(Fault(pointer, "too_early"),))
    return min(sent.astimezone(UTC), now)
