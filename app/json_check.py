"""Reads a JSON body before the framework does, and names what makes it unreadable or unsafe."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from app.problems import json_pointer
from app.red_flags import told_yes
from planner.errors import Fault
from planner.words import RedFlag

MAX_DEPTH = 32
MAX_ITEMS = 500
_MOST_DIGITS = 400
"""The longest whole number that a number with a fraction could hold has 309."""
_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
"""What opens or closes, and strings, in which brackets mean nothing."""

_TOLD_YES = re.compile(rb'"(' + "|".join(get_args(RedFlag)).encode() + rb')"\s*:\s*"yes"')
"""A warning sign that applies, wherever it stands in what was sent."""

BodyFault = tuple[str, Fault]
"""A problem code and the fault that it reports."""


class _Refused(ValueError):
    """Carries the fault out of the parser."""

    def __init__(self, code: str, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault: BodyFault = (code, fault)


class _Doubled(dict[str, object]):
    """An object that named the same key twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A body whose items are judged one by one: what may be read of it, and what is wrong with the others."""

    body: bytes
    faults: Mapping[str, Fault]
    """What is wrong with an item, by its JSON pointer; only its id and its red flags are left of it in the body."""


def body_fault(body: bytes) -> BodyFault | None:
    """Return why the body is refused, or None."""
    try:
        _walk(_parsed(body, parse_constant=_no_constant))
    except _Refused as refused:
        return refused.fault
    return None


def read_batch(body: bytes, lists: Sequence[str]) -> Batch | BodyFault:
    """Return a body with items in some lists, or why the body is refused whatever its items are."""
    faults: dict[str, Fault] = {}
    try:
        whole = _parsed(body)
        for path, items in _items(whole, lists):
            try:
                _walk(items[path[1]], path)
            except _Refused as refused:
                faults[json_pointer(path)] = refused.fault[1]
                items[path[1]] = _rest(items[path[1]])
        _walk(whole)
    except _Refused as refused:
        return refused.fault
    return Batch(body=json.dumps(whole).encode() if faults else body, faults=faults)


def flags_left(body: bytes) -> bytes | None:
    """Return a body that no route accepts with the red flags of one that cannot be read, None when it tells of none.

    Whatever else is wrong with it, a warning sign that was answered with yes is not lost.
    """
    flags = sorted({found[1].decode() for found in _TOLD_YES.finditer(body)})
    return json.dumps({"red_flags": dict.fromkeys(flags, "yes"), "unreadable": True}).encode() if flags else None


def _items(whole: object, lists: Sequence[str]) -> Iterator[tuple[tuple[str, int], list[object]]]:
    """Yield where each item stands, and the list that holds it."""
    for name in lists if isinstance(whole, dict) else ():
        items = whole.get(name)  # type: ignore[attr-defined]
        for index in range(len(items)) if isinstance(items, list) else ():
            yield (name, index), items


def _rest(item: object) -> object:
    """Return what is left of an item that cannot be read: its id, so that the answer can name it, and its red flags."""
    name = item.get("id") if isinstance(item, dict) else None
    named = {"id": name} if isinstance(name, str) and "\x00" not in name and _encodable(name) else {}
    flags = told_yes(item)
    return named | ({"red_flags": dict.fromkeys(flags, "yes")} if flags else {}) or None


def _parsed(body: bytes, parse_constant: Callable[[str], object] | None = None) -> object:
    try:
        text = body.decode("utf-8")
        try:
            return _loaded(text, parse_constant)
        except RecursionError:
            return _loaded(_cut(text), parse_constant)
    except _Refused:
        raise
    except UnicodeDecodeError:
        raise _Refused("malformed_request", Fault("", "not_utf8")) from None
    except ValueError:
        raise _Refused("malformed_request", Fault("", "json_invalid")) from None


def _loaded(text: str, parse_constant: Callable[[str], object] | None) -> object:
    return json.loads(text, object_pairs_hook=_marking_doubles, parse_constant=parse_constant, parse_int=_whole)


def _whole(digits: str) -> int | float:
    """Return a whole number; one too long to be read stands for what no field takes."""
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def _cut(text: str) -> str:
    """Return JSON without what lies deeper than may be sent: one level too many is left, so that its place is told."""
    parts: list[str] = []
    depth, begun = 0, 0
    for found in _NESTING.finditer(text):
        if found[0] in ("[", "{"):
            depth += 1
            if depth == MAX_DEPTH + 1:
                parts.append(text[begun : found.end()])
        elif found[0] in ("]", "}"):
            if depth == MAX_DEPTH + 1:
                begun = found.start()
            depth -= 1
    return "".join((*parts, text[begun:] if depth <= MAX_DEPTH else ""))


def _marking_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Doubled(found)


def _no_constant(_: str) -> float:
    raise _Refused("malformed_request", Fault("", "json_invalid", say="constant"))


def _too_deep(place: tuple[str | int, ...]) -> _Refused:
    return _Refused("invalid_input", Fault(json_pointer(place), "too_deep", facts={"levels": MAX_DEPTH}))


def _walk(root: object, place: tuple[str | int, ...] = ()) -> None:
    """Visit every value without recursion: depth, length of arrays and what cannot be stored."""
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(root, place)]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            _check_text(value, path)
        elif isinstance(value, float) and not math.isfinite(value):
            raise _Refused("invalid_input", Fault(json_pointer(path), "finite_number"))
        elif isinstance(value, dict | list):
            if len(path) >= MAX_DEPTH:
                raise _too_deep(place)
            waiting.extend(_children(value, path))


def _children(value: object, path: tuple[str | int, ...]) -> Sequence[tuple[object, tuple[str | int, ...]]]:
    if isinstance(value, _Doubled):
        raise _Refused("invalid_input", Fault(json_pointer(path), "duplicate_key"))
    if isinstance(value, dict):
        for key in value:
            _check_text(key, path)
        return [(item, (*path, key)) for key, item in value.items()]
    assert isinstance(value, list)
    if len(value) > MAX_ITEMS:
        raise _Refused("invalid_input", Fault(json_pointer(path), "too_long", facts={"items": MAX_ITEMS}))
    return [(item, (*path, index)) for index, item in enumerate(value)]


def _check_text(text: str, path: tuple[str | int, ...]) -> None:
    if "\x00" in text or not _encodable(text):
        raise _Refused("invalid_input", Fault(json_pointer(path), "unstorable_text"))


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
