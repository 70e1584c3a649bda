"""What-if questions: logs that never happened, recorded one by one, each on its day, and forgotten."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import BaseModel

from app import tables
from app.block_changes import current_block, to_changes
from app.db import nothing_kept
from app.errors import InvalidInput
from app.logs import what_if_schemas as schemas
from app.logs.schemas import CheckInCreate, Consequences, SessionLogCreate
from app.logs.service import Stored, add_check_in, add_session_log
from app.plan_store import shown_today
from app.planning import Desk
from app.revisions import compared
from planner.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagined:
    """A log that never happened: when it would come in, and how it would be recorded at a desk of that day."""

    at: datetime
    pointer: str
    record: Callable[[Desk], Stored]


def what_if(desk: Desk, block: tables.Block, body: schemas.WhatIf) -> schemas.WhatIfAnswer:
    """Return what the logs would change, with the code that stores real ones; nothing is kept."""
    block = current_block(desk, block)
    imagined = sorted(_imagined(body, desk.now), key=lambda one: one.at)
    _check_near(imagined, desk.now)
    with nothing_kept(desk.session):
        before = shown_today(desk.session, block, desk.today)
        told = [_recorded(desk, one) for one in imagined]
        changes = compared(desk.session, block, before, shown_today(desk.session, block, desk.today))
    return schemas.WhatIfAnswer(
        difference=to_changes(changes),
        decisions=tuple(decision for one in told for decision in one.decisions),
        response=told[-1].response if told else "pending",
    )


def _imagined(body: schemas.WhatIf, now: datetime) -> Iterator[Imagined]:
    for index, log in enumerate(body.session_logs):
        at = log.performed_at or now + timedelta(days=log.days_ahead)
        sent = SessionLogCreate.model_validate(_sent(log) | {"performed_at": at})
        yield Imagined(at=at, pointer=f"/session_logs/{index}", record=partial(add_session_log, body=sent))
    for index, morning in enumerate(body.check_ins):
        at = morning.at or now + timedelta(days=morning.days_ahead)
        check_in = CheckInCreate.model_validate(_sent(morning) | {"at": at})
        yield Imagined(at=at, pointer=f"/check_ins/{index}", record=partial(add_check_in, body=check_in))


def _sent(log: BaseModel) -> dict[str, object]:
    return log.model_dump(exclude={"days_ahead"}, exclude_unset=True)


def _check_near(imagined: Sequence[Imagined], now: datetime) -> None:
    latest = now + timedelta(days=schemas.AHEAD_DAYS)
    facts = {"days": schemas.AHEAD_DAYS}
    faults = tuple(Fault(one.pointer, "out_of_range", say="days", facts=facts) for one in imagined if one.at > latest)
    if faults:
        raise InvalidInput(faults=faults)


def _recorded(desk: Desk, one: Imagined) -> Consequences:
    """Record an imagined log at a desk of its day; what is wrong with it is named where it was sent."""
    try:
        stored = one.record(replace(desk, now=max(desk.now, one.at.astimezone(UTC))))
    except InvalidInput as refused:
        faults = (replace(fault, pointer=f"{one.pointer}{fault.pointer}") for fault in refused.faults)
        raise InvalidInput(faults=tuple(faults)) from None
    return Consequences.model_validate_json(stored.body)
