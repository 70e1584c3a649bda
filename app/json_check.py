"""Reads a JSON body before the framework does, and names what makes it unreadable or unsafe."""

import json
import math
from collections.abc import Sequence

from app.problems import json_pointer
from planner.errors import Fault

MAX_DEPTH = 32
MAX_ITEMS = 500

BodyFault = tuple[str, Fault]
"""A problem code and the fault that it reports."""


class _Refused(ValueError):
    """Carries the fault out of the parser."""

    def __init__(self, code: str, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault: BodyFault = (code, fault)


def body_fault(body: bytes) -> BodyFault | None:
    """Return why the body is refused, or None."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        _walk(value)
    except _Refused as refused:
        return refused.fault
    except UnicodeDecodeError:
        return "malformed_request", Fault("", "not_utf8")
    except RecursionError:
        return _too_deep().fault
    except ValueError:
        return "malformed_request", Fault("", "json_invalid")
    return None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused("invalid_input", Fault("", "duplicate_key"))
    return found


def _no_constant(_: str) -> float:
    raise _Refused("malformed_request", Fault("", "json_invalid", say="constant"))


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("invalid_input", Fault("", "finite_number"))
    return number


def _too_deep() -> _Refused:
    return _Refused("invalid_input", Fault("", "too_deep", facts={"levels": MAX_DEPTH}))


def _walk(root: object) -> None:
    """Visit every value without recursion: depth, length of arrays and text that cannot be stored."""
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(root, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            _check_text(value, path)
        elif isinstance(value, dict | list):
            waiting.extend(_children(value, path))


def _children(value: object, path: tuple[str | int, ...]) -> Sequence[tuple[object, tuple[str | int, ...]]]:
    if len(path) >= MAX_DEPTH:
        raise _too_deep()
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
