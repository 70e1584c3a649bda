"""Request models judge parsed JSON by JSON's strict rules."""

from datetime import date
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from app.new_password import Password
from app.schemas_base import Day, Instant, RequestModel, Whole


class Part(RequestModel):
    """A nested part."""

    day: Day
    numbers: tuple[Whole, ...] = ()


class Body(RequestModel):
    """A body with one of everything that JSON writes as text."""

    part: Part
    id: UUID | None = None
    at: Instant | None = None
    password: Password | None = None
    weight: float | None = None


_GOOD = {"part": {"day": "2026-11-02", "numbers": [1, 2]}}


def test_json_text_becomes_days_instants_ids_and_secrets() -> None:
    """What JSON can only write as text is read, at every depth."""
    body = Body.model_validate(
        _GOOD
        | {"id": "0199b7a0-0000-7000-8000-000000000000", "at": "2026-11-02T18:10:00-06:00", "password": "long enough"}
    )
    assert body.part == Part(day=date(2026, 11, 2), numbers=(1, 2))
    assert body.id == UUID("0199b7a0-0000-7000-8000-000000000000")
    assert body.password is not None
    assert body.password.get_secret_value() == "long enough"


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": {"day": 20_000}},
        {"part": {"day": "2026-11-02T00:00:00"}},
        {"part": {"day": "1899-12-31"}},
        {"part": {"day": "2026-02-30"}},
        {"part": {"day": "2026-11-02", "numbers": [1.0]}},
        {"part": {"day": "2026-11-02", "numbers": [True]}},
        {"part": {"day": "2026-11-02", "numbers": ["1"]}},
        {"part": {"day": "2026-11-02", "numbers": [2**31]}},
        {"part": {"day": "2026-11-02", "unknown": 1}},
        _GOOD | {"at": "2026-11-02T18:10:00"},
        _GOOD | {"at": 1_699_920_000},
        _GOOD | {"id": "not an id"},
        _GOOD | {"weight": float("inf")},
        _GOOD | {"weight": "3"},
    ],
)
def test_nothing_is_coerced(wrong: dict[str, object]) -> None:
    """Numbers are no dates, text is no number, 3.0 and true are no whole numbers, naive instants are no instants."""
    with pytest.raises(ValidationError):
        Body.model_validate(wrong)


@pytest.mark.sqlite_only
def test_the_api_description_names_every_body(app: FastAPI) -> None:
    """Generated clients get a named type for each request body, not an anonymous one."""
    for path in app.openapi()["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            assert content is None or "$ref" in content["schema"]
