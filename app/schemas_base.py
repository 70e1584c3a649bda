"""What every request and answer is built from: strict models and bounded types."""

from collections.abc import Hashable
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Generic, TypeVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    SecretStr,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema, to_json

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
_FIRST_INSTANT, _LAST_INSTANT = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)

_JSON_TYPES = frozenset({dict, list, str, int, float, bool, type(None)})


class RequestModel(BaseModel):
    """A request body or a part of one: nothing is coerced, nothing unknown is accepted."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, frozen=True, hide_input_in_errors=True
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Judge the outermost value by JSON's strict rules; what lies inside is then JSON already."""
        named = handler.resolve_ref_schema(handler(source))
        # The whole takes over the model's name, so that the API description can still refer to it.
        plain = cast(CoreSchema, {key: part for key, part in named.items() if key != "ref"})
        judged = core_schema.no_info_before_validator_function(cls._judged_as_json, plain)
        return core_schema.json_or_python_schema(json_schema=plain, python_schema=judged, ref=named.get("ref"))

    @classmethod
    def _judged_as_json(cls, value: object) -> object:
        """Return the fields as JSON gives them: the framework hands over parsed JSON, where dates are still text."""
        if not isinstance(value, dict) or not all(type(field) in _JSON_TYPES for field in value.values()):
            return value  # what holds more than JSON was made by code, or judged before
        judged = cls.__pydantic_validator__.validate_json(to_json(value))
        return {name: getattr(judged, name) for name in judged.model_fields_set}


class AnswerModel(BaseModel):
    """An answer or a part of one; clients tolerate fields that are added later."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, hide_input_in_errors=True)


class Unfit(ValueError):
    """A value that no field rule can refuse; its sentence is that of the key, filled from the facts."""

    def __init__(self, key: str, **facts: str | int) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


Entry = TypeVar("Entry")
Several = TypeVar("Several", bound=tuple[Hashable, ...])


class Page(AnswerModel, Generic[Entry]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Entry]
    next_cursor: str | None = None


def unique(values: Several) -> Several:
    """Refuse a list that names the same thing twice."""
    if len(set(values)) < len(values):
        raise Unfit("same_thing_twice")
    return values


def printable(text: str) -> str:
    """Refuse what a database or an encoder cannot carry: NUL and lone surrogates."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Unfit("unstorable_text")
    return text


def left_out(value: object) -> object:
    """Return None for an empty parameter."""
    return None if value == "" else value


def _within_days(value: date) -> date:
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise Unfit("far_day", first=_FIRST_DAY.isoformat(), last=_LAST_DAY.isoformat())
    return value


def _within_instants(value: datetime) -> datetime:
    if not _FIRST_INSTANT <= value <= _LAST_INSTANT:
        raise Unfit("far_instant", first=_FIRST_DAY.year, last=_LAST_DAY.year)
    return value


Text = Annotated[str, AfterValidator(printable)]
"""Any text that can be stored; bound its length where it is used."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(printable)]
"""One non-empty line: a name or a title."""

Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(printable)]
"""Free text for people; it never changes a plan."""

Tempo = Annotated[str, StringConstraints(pattern=r"^\d{1,2}-\d{1,2}-\d{1,2}$")]
"""Down, pause and up, in seconds."""

Email = Annotated[
    str,
    StringConstraints(max_length=254, to_lower=True, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$"),
    AfterValidator(printable),
]
"""An e-mail address, lower-cased."""

Secret = Annotated[SecretStr, Field(min_length=1, max_length=256)]
"""A password, token or code somebody presents."""

Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
"""A whole number a database column can hold."""

Day = Annotated[date, AfterValidator(_within_days)]
"""A calendar day."""


LeftOut = BeforeValidator(left_out)
"""For optional parameters of pages: empty is the same as left out, as forms send it."""

Instant = Annotated[AwareDatetime, AfterValidator(_within_instants)]
"""An instant with its offset."""
