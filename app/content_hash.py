"""What tells whether two requests under one id say the same, however they spell it."""

import json
from datetime import UTC, datetime
from hashlib import sha256

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from app.schemas_base import unique


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
        fields = type(value).model_fields
        told = {name: getattr(value, name) for name in fields}
        return {name: _told(part, fields[name]) for name, part in told.items() if part != _default(fields[name])}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return [_said(part) for part in value]
    return to_jsonable_python(value)


def _told(value: object, field: FieldInfo) -> object:
    said = _said(value)
    is_set = any(isinstance(rule, AfterValidator) and rule.func is unique for rule in field.metadata)
    return sorted(said, key=json.dumps) if is_set and isinstance(said, list) else said


def _default(field: FieldInfo) -> object:
    return field.get_default(call_default_factory=True, validated_data={})
