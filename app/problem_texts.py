"""What problems say, in a reader's language: titles, details, and a sentence for each fault.

The texts are in `seeds/messages/<language>/problems.yaml`. Nothing of what was sent is put into them.
"""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from pydantic_core import ErrorDetails

from app.messages import Messages
from app.schemas_base import Unfit
from planner.errors import Fault


def title_text(code: str, messages: Messages) -> str:
    """Return the title of a kind of problem."""
    return messages(f"problems.title.{code}")


def detail_text(detail: str, facts: Mapping[str, object], messages: Messages) -> str:
    """Return why a request is refused; what is no key is said as it stands."""
    return messages.texts.get(f"problems.detail.{detail}", detail).format_map(_told(facts, messages))


def fault_text(fault: Fault, messages: Messages) -> str:
    """Return what is wrong with one field."""
    if fault.message:
        return fault.message
    key = ".".join(filter(None, ("problems.fault", fault.code, fault.say)))
    return messages(key, **_told(fault.facts, messages))


def invalid_text(detail: ErrorDetails, messages: Messages) -> str:
    """Return why a value does not fit its schema, without what was sent."""
    facts = detail.get("ctx", {})
    refused = facts.get("error")
    if isinstance(refused, Unfit):
        return messages(f"problems.unfit.{refused.key}", **_told(refused.facts, messages))
    kind = detail["type"]
    single = ".one" if 1 in (facts.get("min_length"), facts.get("max_length")) else ""
    family = kind.partition("_")[0]  # what cannot be read as a date is told like what is none
    keys = (f"problems.invalid.{key}" for key in (kind + single, kind, family, "other"))
    return messages(next(key for key in keys if key in messages.texts), **_told(facts, messages))


def _told(facts: Mapping[str, Any], messages: Messages) -> dict[str, object]:
    """Return facts as people write them."""
    said = {name: _said(value, messages) for name, value in facts.items()}
    return said | ({"unit": messages(f"problems.unit.{facts['unit']}")} if "unit" in facts else {})


def _said(value: object, messages: Messages) -> object:
    if isinstance(value, str):
        return value.replace("' or '", "', '")  # how pydantic lists the words that may be sent
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return format_decimal(value, locale=messages.locale, group_separator=False)
