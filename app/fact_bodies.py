"""Planner values to JSON and back, and requests as planner values; needs neither the web nor the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter

from app.assessments.schemas import AssessmentCreate
from app.clients.schemas import ClientCreate
from planner.facts import Assessment, Profile

Shape = TypeVar("Shape")

RECORD_FIELDS = ("display_name", "time_zone", "session_time")
"""What a client's record holds beside the profile; the planner never sees it."""


_ADAPTERS: dict[type[object], TypeAdapter[Any]] = {}


def _adapter(shape: type[Shape]) -> TypeAdapter[Shape]:
    """Return the adapter of a shape; making one costs more than a hundred uses."""
    made = _ADAPTERS.get(shape)
    if made is None:
        made = _ADAPTERS[shape] = TypeAdapter(shape)
    return made


def to_fact_body(shape: type[Shape], values: Mapping[str, object]) -> Shape:
    """Turn checked values of a request into the planner's frozen value."""
    return _adapter(shape).validate_python(values)


def dump_body(body: object) -> str:
    """Return the canonical JSON of a planner value: fields in their order, nothing that is None."""
    return _adapter(type(body)).dump_json(body, exclude_none=True).decode()


def load_body(shape: type[Shape], text: str) -> Shape:
    """Return the planner value of a stored document."""
    return _adapter(shape).validate_json(text)


def to_profile(body: ClientCreate) -> Profile:
    """Return the profile a new client is sent with."""
    return to_fact_body(Profile, body.model_dump(exclude=set(RECORD_FIELDS)))


def to_assessment(body: AssessmentCreate, *, performed_on: date) -> Assessment:
    """Return an assessment as the planner takes it."""
    values = body.model_dump(exclude={"performed_on", "red_flags", "replaces"})
    return to_fact_body(Assessment, values | {"performed_on": performed_on, "red_flags": body.red_flags.answers()})
