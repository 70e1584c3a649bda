"""Bytes to values and back, for whoever stores what the planner made.

With `planner.parse` what uses pydantic in the planner (`planner.position` tells it the order of sets). `None` is left
out of blocks, weeks and forecasts; a state and what a block hands on keep everything.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Final, get_type_hints

from pydantic import TypeAdapter

from planner.carry import Carried
from planner.forecast.answer import Forecast
from planner.plan import Block, Finding, Week
from planner.state import State
from planner.workbench import workbench_of

_STATE: TypeAdapter[State] = TypeAdapter(State)
_CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)
_WEEK: TypeAdapter[Week] = TypeAdapter(Week)
_BLOCK: TypeAdapter[Block] = TypeAdapter(Block)
_FINDING: TypeAdapter[Finding] = TypeAdapter(Finding)
_FORECAST: TypeAdapter[Forecast] = TypeAdapter(Forecast)


_IN_MEMORY: Final = "workbench"
_TYPES: Final = get_type_hints(State)
_OF_STATE: Final[Mapping[str, TypeAdapter[object]]] = {
    field.name: TypeAdapter(_TYPES[field.name]) for field in fields(State) if field.name != _IN_MEMORY
}


def dump_state(state: State) -> bytes:
    """Return a state as canonical JSON; what only memory keeps is left out.

    Most of a state is what it was a fact ago, the same objects: their JSON is kept on its workbench.
    """
    kept, told = workbench_of(state).told, []
    for name, adapter in _OF_STATE.items():
        value = getattr(state, name)
        known = kept.get(name)
        if known is None or known[0] is not value:
            known = kept[name] = (value, b'"%b":%b' % (name.encode(), adapter.dump_json(value)))
        told.append(known[1])
    return b"{%b}" % b",".join(told)


def load_state(data: bytes | str) -> State:
    """Return the state of its JSON."""
    return _STATE.validate_json(data)


def dump_carried(carried: Carried) -> str:
    """Return what a block hands on as canonical JSON."""
    return _CARRIED.dump_json(carried).decode()


def load_carried(data: bytes | str) -> Carried:
    """Return what a block was handed on of its JSON."""
    return _CARRIED.validate_json(data)


def dump_week(week: Week) -> bytes:
    """Return a week as JSON, absent values left out."""
    return _WEEK.dump_json(week, exclude_none=True)


def load_week(data: bytes | str) -> Week:
    """Return the week of its JSON."""
    return _WEEK.validate_json(data)


def dump_block(block: Block) -> bytes:
    """Return a block without its weeks as JSON, absent values left out."""
    return _BLOCK.dump_json(block, exclude_none=True, exclude={"earned", "projected", "decisions"})


def dump_finding(finding: Finding) -> bytes:
    """Return a finding with its evidence as JSON."""
    return _FINDING.dump_json(finding)


def dump_forecast(forecast: Forecast) -> bytes:
    """Return a forecast as JSON, absent values left out."""
    return _FORECAST.dump_json(forecast, exclude_none=True)
