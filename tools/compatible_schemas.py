"""Whether a schema still keeps what another one promised, to those who send by it and to those who read by it."""

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_ANYTHING = "anything"


class Schemas:
    """The schemas of two descriptions, and the faults found so far."""

    def __init__(self, old: Json, new: Json) -> None:
        self.faults: list[str] = []
        self._old = old.get("components", {}).get("schemas", {})
        self._new = new.get("components", {}).get("schemas", {})
        self._seen: set[tuple[str, str, str]] = set()

    def tell(self, place: str, fault: str = "") -> None:
        """Note a fault, once."""
        line = f"{place} {fault}".rstrip()
        if line not in self.faults:
            self.faults.append(line)

    def sent(self, place: str, old: Json, new: Json) -> None:
        """Compare what is sent: whatever was taken must be taken still."""
        self._compare(place, old, new, sending=True)

    def answered(self, place: str, old: Json, new: Json) -> None:
        """Compare what is answered: whatever was there must be there still, and be what it was."""
        self._compare(place, old, new, sending=False)

    def _compare(self, place: str, old: Json, new: Json, *, sending: bool) -> None:
        names = (old.get("$ref", ""), new.get("$ref", ""), "sent" if sending else "answered")
        if names[0]:
            if names in self._seen:
                return
            self._seen.add(names)
            place = names[0].rsplit("/", 1)[1] + ("" if sending else " (answered)")
        if sending and old.get("default") != new.get("default"):
            self.tell(place, f"its default was {old.get('default')!r}, is {new.get('default')!r}")
        before, now = list(_choices(old, self._old)), list(_choices(new, self._new))
        for choice in before if sending else now:
            fitting = [other for other in (now if sending else before) if _fits(choice, other)]
            if not fitting:
                self.tell(place, f"{'no longer takes' if sending else 'may now be'} {_kind(choice)}")
                continue
            pairs = [(choice, other) if sending else (other, choice) for other in fitting]
            self._best(place, pairs, sending=sending)

    def _best(self, place: str, pairs: list[tuple[Json, Json]], *, sending: bool) -> None:
        """Compare a choice with the counterpart that it agrees with most."""
        found = []
        for old, new in pairs:
            tried = Schemas({}, {})
            tried._old, tried._new, tried._seen = self._old, self._new, set(self._seen)
            tried._one(place, old, new, sending=sending)
            found.append(tried)
        best = min(found, key=lambda tried: len(tried.faults))
        self._seen |= best._seen  # noqa: SLF001
        for line in best.faults:
            self.tell(line)

    def _one(self, place: str, old: Json, new: Json, *, sending: bool) -> None:
        self._values(place, old, new, sending=sending)
        if sending:
            self._limits(place, old, new)
        if "properties" in old or "properties" in new:
            self._fields(place, old, new, sending=sending)
        for inner in ("items", "additionalProperties"):
            if isinstance(old.get(inner), dict) and isinstance(new.get(inner), dict):
                self._compare(f"{place}[]", old[inner], new[inner], sending=sending)
        for index, pair in enumerate(zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False)):
            self._compare(f"{place}[{index}]", *pair, sending=sending)

    def _values(self, place: str, old: Json, new: Json, *, sending: bool) -> None:
        """Compare closed choices and formats; a word that is not answered any more may have been renamed."""
        before, now = _words(old), _words(new)
        if before is not None and now is not None and before - now:
            self.tell(place, f"{'no longer takes' if sending else 'no longer says'} {', '.join(sorted(before - now))}")
        if sending and before is None and now is not None:
            self.tell(place, f"takes only {', '.join(sorted(now))} now")
        said, other = (new.get("format"), old.get("format")) if sending else (old.get("format"), new.get("format"))
        if said is not None and said != other:
            self.tell(place, f"its format was {old.get('format')}, is {new.get('format')}")

    def _limits(self, place: str, old: Json, new: Json) -> None:
        words = _words(old)
        if words is not None and all(_passes(word, new) for word in words):
            return  # only these words were taken, and all of them are taken still
        for name in (*_LOWER, *_UPPER):
            before, now = old.get(name), new.get(name)
            narrower = now is not None and (before is None or (now > before if name in _LOWER else now < before))
            if narrower:
                self.tell(place, f"its {name} was {before}, is {now}")
        for name in ("pattern", "multipleOf", "uniqueItems"):
            if new.get(name) and new.get(name) != old.get(name):
                self.tell(place, f"its {name} was {old.get(name)}, is {new[name]}")
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            self.tell(place, "refuses unknown fields now")

    def _fields(self, place: str, old: Json, new: Json, *, sending: bool) -> None:
        before, now = old.get("properties", {}), new.get("properties", {})
        was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            if name not in now:
                self.tell(place, f"field `{name}` is gone")
            else:
                self._compare(f"{place}.{name}", schema, now[name], sending=sending)
        if sending:
            for name in sorted(is_required - was_required):
                self.tell(place, f"field `{name}` is required now")
        else:
            for name in sorted((was_required - is_required) & now.keys()):
                self.tell(place, f"field `{name}` may be missing now")


def _choices(schema: Json, named: Json) -> Iterator[Json]:
    """Yield the alternatives of a schema, each with one type."""
    if "$ref" in schema:
        yield from _choices(named[schema["$ref"].rsplit("/", 1)[1]], named)
    elif any(key in schema for key in ("anyOf", "oneOf")):
        for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _choices(inner, named)
    elif len(schema.get("allOf", ())) == 1:
        yield from _choices(schema["allOf"][0], named)
    elif isinstance(schema.get("type"), list):
        yield from (schema | {"type": kind} for kind in schema["type"])
    else:
        yield schema


def _kind(schema: Json) -> str:
    return str(schema.get("type", _ANYTHING))


def _fits(choice: Json, other: Json) -> bool:
    """Tell whether the wider side has a place for a choice of the narrower one."""
    kinds = _kind(choice), _kind(other)
    if kinds[0] == kinds[1] or kinds[1] == _ANYTHING:
        return True
    closed = _words(choice), _words(other)
    return kinds == ("integer", "number") or (_ANYTHING in kinds and None not in closed)


def _passes(word: str, schema: Json) -> bool:
    """Tell whether a text fits the lengths and the pattern of a schema."""
    short_enough = schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", len(word))
    return short_enough and re.search(schema.get("pattern", ""), word) is not None


def _words(schema: Json) -> set[str] | None:
    """Return the closed choices of a schema, None when there are none."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else {value if isinstance(value, str) else json.dumps(value) for value in values}
