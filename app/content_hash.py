"""What tells whether two requests under one id say the same, however they spell it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from pydantic import AfterValidator, BaseModel
from pydantic_core import to_jsonable_python

from app.schemas_base import unique


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field of a request: what it is when left out, and whether it names each thing once in any order."""

    name: str
    default: object
    is_set: bool


def content_hash(sent: BaseModel) -> str:
    """Return a hash of what a request says; its id is left out.

    Instants count as instants, lists that name nothing twice as sets, and what stands at its default is left out, so
    that a field which is added later changes no hash.
    """
    said = _said(sent)
    assert isinstance(said, dict)
    said.pop("id", None)
    return _hashed(said)


def says_the_same(sent: BaseModel, stored_hash: str) -> bool:
    """Tell whether a request says what was stored under a hash, also under one that spelled everything out."""
    return stored_hash in (content_hash(sent), _hashed(sent.model_dump(mode="json", exclude={"id"})))


def _hashed(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _said(value: object) -> object:
    """Return a value as JSON, the same for all spellings."""
    if isinstance(value, BaseModel):
        told = ((field, getattr(value, field.name)) for field in _fields(type(value)))
        return {field.name: _told(part, field) for field, part in told if part != field.default}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return [_said(part) for part in value]
    return to_jsonable_python(value)


def _told(value: object, field: _Field) -> object:
    said = _said(value)
    return sorted(said, key=json.dumps) if field.is_set and isinstance(said, list) else said


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    """Return the fields of a model; as defaults are immutable, each is made once."""
    return tuple(
        _Field(
            name=name,
            default=field.get_default(call_default_factory=True, validated_data={}),
            is_set=any(isinstance(rule, AfterValidator) and rule.func is unique for rule in field.metadata),
        )
        for name, field in model.model_fields.items()
    )
