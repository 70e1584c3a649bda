"""What atheris throws bytes at; each target raises what the code under it must never raise.

A target takes any bytes. It is also run on the committed corpus by every test run, so it needs nothing of atheris.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.adjustments.examples import ADJUSTMENT
from app.adjustments.schemas import AdjustmentCreate
from app.assessments.examples import ASSESSMENT
from app.assessments.schemas import AssessmentCreate
from app.calendars.zone_rules import zone_rules
from app.catalogue import load_catalogue
from app.clients.examples import CLEARANCE, CLIENT, SCREENING
from app.clients.schemas import ClientCreate
from app.clients.screening_schemas import ClearanceCreate, ScreeningCreate
from app.fact_bodies import dump_body, load_body, to_assessment, to_fact_body, to_profile
from app.json_check import Batch, body_fault, read_batch
from app.local_time import instant_of_day, local_day, start_of_day, time_zone_names
from app.logs.examples import CHECK_IN, SESSION_LOG
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.schemas_base import RequestModel
from planner.adjustment import Adjustment
from planner.begin import BlockRequest
from planner.errors import PlannerError
from planner.facts import Body, CheckIn, Clearance, Fact, Screening, SessionLog
from planner.plan import Week
from planner.replan import build, replan

_DAY_ONE: Final = date(2026, 11, 2)
_BLOCK: Final = str(UUID(int=1))
_LISTS: Final = ("session_logs", "check_ins")
_STRANGE: Final[tuple[object, ...]] = (
    *(None, True, False, 0, 1, -1, 10, 11, 0.5, -0.0, 1e308, 5e-324, 2**31 - 1, 2**31, 2**63, 10**30),
    *("", " ", "0", "yes", "no", "e\u0301", "\u202e", "x" * 300, "1900-01-01", "2200-12-31", "2026-11-02"),
    *("2026-11-02T23:59:60Z", "1900-01-01T00:00:00-23:59", "Pacific/Apia", [], {}, [None], [[]], [1, 1]),
)


class Supply:
    """Bytes, taken as decisions until there are none."""

    def __init__(self, data: bytes) -> None:
        self._data, self._next = data, 0

    def __bool__(self) -> bool:
        return self._next < len(self._data)

    def below(self, bound: int) -> int:
        """Return a number from 0 to below a bound; 0 when the bytes are used up."""
        taken = self._data[self._next : self._next + 1]
        self._next += 1
        return taken[0] % bound if taken and bound else 0


def read_json(data: bytes) -> None:
    """A body is readable JSON without anything unsafe, or has a fault; what is left of a batch has none."""
    if body_fault(data) is None:
        json.dumps(json.loads(data), ensure_ascii=False, allow_nan=False).encode()
    found = read_batch(data, _LISTS)
    if isinstance(found, Batch):
        assert body_fault(found.body) is None


def tell_days(data: bytes) -> None:
    """In every zone each day has a beginning on that day, and its calendar rules can be written."""
    supply = Supply(data)
    names = sorted(time_zone_names())
    name = names[(supply.below(256) * 256 + supply.below(256)) % len(names)]
    day = date(1900, 1, 1) + timedelta(days=(supply.below(256) * 65_536 + supply.below(256) * 256) % 109_500)
    now = datetime.combine(day, time(supply.below(24), supply.below(60)), tzinfo=UTC)
    assert local_day(instant_of_day(day, name, now=now), name) == day or _is_skipped(day, name)
    assert local_day(start_of_day(day, name), name) == day or _is_skipped(day, name)
    zone_rules(name, day.year, day.year + supply.below(3))


def _is_skipped(day: date, name: str) -> bool:
    """Tell whether a zone has no such day, or one without midnight: a change of the clocks took it."""
    midnight = datetime.combine(day, time.min, tzinfo=ZoneInfo(name))
    return midnight.astimezone(UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None) != midnight.replace(tzinfo=None)


# --- what people send ----------------------------------------------------------------------------------------------


def plan(data: bytes) -> None:
    """Whatever the API takes of clients, assessments and what follows, the planner plans or says what is wrong."""
    supply = Supply(data)
    facts = list(_told(supply))
    request = BlockRequest(
        id=_BLOCK,
        assessment_id=facts[1].id,
        starts_on=_DAY_ONE + timedelta(days=supply.below(8)),
        weeks=4 + supply.below(5),
        created_at=facts[1].received_at,
        created_on=_DAY_ONE,
    )
    with suppress(PlannerError):
        _live(request, facts)


def _live(request: BlockRequest, facts: Sequence[Fact]) -> None:
    """Plan, and plan again after each fact that comes in, as the service does."""
    catalogue, today = load_catalogue(), request.starts_on
    planned = build(request, facts[:2], catalogue=catalogue, today=today)
    shown: dict[int, Week] = {}
    for known, fact in enumerate(facts[2:], start=3):
        shown |= {week.week_number: week for week in planned.block.earned}
        today = max(fact.received_on, today)
        begun = {number: week for number, week in shown.items() if week.starts_on <= today}
        after = replan(request, planned.state, fact, catalogue=catalogue, today=today, shown=begun)
        planned = after or build(request, facts[:known], catalogue=catalogue, today=today, shown=begun)


def _told(supply: Supply) -> Iterator[Fact]:
    """Yield a profile, an assessment and up to six more facts, each an example with some values changed."""
    kinds = _kinds()
    for position in range(2 + supply.below(7)):
        kind = kinds[position] if position < 2 else kinds[2 + supply.below(len(kinds) - 2)]
        on = _DAY_ONE + timedelta(days=0 if position < 2 else supply.below(40))
        body = _accepted(kind, supply, on)
        at = datetime.combine(on, time(supply.below(24)), tzinfo=UTC)
        yield Fact(id=str(UUID(int=100 + position)), at=at, on=on, received_at=at, received_on=on, body=body)


@dataclass(frozen=True)
class _Kind:
    """One kind of fact: how it is sent, examples, and how it becomes what the planner takes."""

    model: type[RequestModel]
    examples: tuple[Mapping[str, Any], ...]
    made: Callable[[Any, date], Body]


@cache
def _kinds() -> tuple[_Kind, ...]:
    return (
        _Kind(ClientCreate, _values(CLIENT), lambda sent, _: to_profile(sent)),
        _Kind(AssessmentCreate, _values(ASSESSMENT), lambda sent, on: to_assessment(sent, performed_on=on)),
        _Kind(SessionLogCreate, _values(SESSION_LOG), _session_log),
        _Kind(CheckInCreate, _values(CHECK_IN), lambda sent, _: _with_flags(CheckIn, sent, "id", "at", "replaces")),
        _Kind(ScreeningCreate, _values(SCREENING), lambda sent, _: Screening(red_flags=sent.red_flags.answers())),
        _Kind(ClearanceCreate, _values(CLEARANCE), _clearance),
        _Kind(AdjustmentCreate, _values(ADJUSTMENT), _adjustment),
    )


def _values(examples: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple(example["value"] for example in examples.values())


def _with_flags(shape: type[Body], sent: Any, *left_out: str) -> Body:
    values = sent.model_dump(exclude={*left_out, "red_flags"})
    return to_fact_body(shape, values | {"red_flags": sent.red_flags.answers()})


def _session_log(sent: SessionLogCreate, _: date) -> Body:
    values = sent.model_dump(exclude={"id", "performed_at", "replaces", "session_id", "items"})
    items = [
        item.model_dump(exclude={"item_id"}) | {"item_id": item.item_id and str(item.item_id)} for item in sent.items
    ]
    return to_fact_body(SessionLog, values | {"session_id": sent.session_id and str(sent.session_id), "items": items})


def _clearance(sent: ClearanceCreate, on: date) -> Body:
    return Clearance(cleared_on=sent.cleared_on or on, cleared_by=sent.cleared_by, note=sent.note)


def _adjustment(sent: AdjustmentCreate, _: date) -> Body:
    return to_fact_body(Adjustment, sent.model_dump(exclude={"item_id", "session_id"}))


def _accepted(kind: _Kind, supply: Supply, on: date) -> Body:
    """Return an example with some values changed, or the example itself where the API refuses that; stored and read."""
    example = kind.examples[supply.below(len(kind.examples))]
    changed = copy.deepcopy(dict(example))
    for _ in range(supply.below(4)):
        _change(changed, supply)
    try:
        sent = kind.model.model_validate(changed)
    except ValidationError:
        sent = kind.model.model_validate(example)
    body = kind.made(sent, on)
    assert load_body(type(body), dump_body(body)) == replace(body)
    return body


def _change(root: dict[str, Any], supply: Supply) -> None:
    """Replace or take away one value somewhere in a body, or put it in twice."""
    place: Any = root
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = keys[supply.below(len(keys))]
        if isinstance(place[key], dict | list) and supply.below(4):
            place = place[key]
            continue
        break
    match supply.below(4):
        case 0:
            del place[key]
        case 1 if isinstance(place, list):
            place.append(copy.deepcopy(place[key]))
        case 2 if isinstance(place[key], int | float):
            place[key] = type(place[key])(supply.below(256)) / (1 if isinstance(place[key], int) else 10)
        case _:
            place[key] = copy.deepcopy(_STRANGE[supply.below(len(_STRANGE))])


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {"read_json": read_json, "tell_days": tell_days, "plan": plan}
