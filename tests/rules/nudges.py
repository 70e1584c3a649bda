"""Finds numbers of seeds/limits and seeds/doses that no case notices when they change.

A check is a rule case or a `check_cases(catalogue)` function of a planner test module. Each runs
once on a catalogue that records which numbers it reads; a nudged number then reruns only those
checks, until the first one fails: the quick ones first, for what they notice the slow ones need not be asked.
"""

import dataclasses
import importlib
import re
import time
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from planner.catalogue import Catalogue, Number
from planner.forecast.vary import Value, changed, held_value, number_key
from tests.rules.case_files import RuleCase, load_cases

GROUPS = ("limits", "doses")
PLANNER_TESTS = Path(__file__).parents[1] / "planner"


@dataclass(frozen=True)
class Check:
    """Something that says whether a catalogue still gives the expected answers."""

    label: str
    fails: Callable[[Catalogue], bool]
    reads: Callable[[str], bool]  # whether the number of this key is looked at
    seconds: float = 0.0  # how long it takes


def unnoticed(catalogue: Catalogue, checks: Iterable[Check]) -> list[str]:
    """Return every nudge of a number that lets all checks pass."""
    listed = sorted(checks, key=lambda check: check.seconds)
    found: list[str] = []
    for number in catalogue.numbers.values():
        if not number.key.startswith(tuple(f"{group}/" for group in GROUPS)):
            continue
        looking = [check for check in listed if check.reads(number.key)]
        found += [
            f"{number.key}: {number.value} -> {value}"
            for value in nudged_values(number, catalogue)
            if not _noticed(changed(catalogue, number.key, value), looking)
        ]
    return found


def _noticed(catalogue: Catalogue | None, checks: Iterable[Check]) -> bool:
    """Return whether a change is refused or makes a check fail."""
    return catalogue is None or any(check.fails(catalogue) for check in checks)


# --- checks ---------------------------------------------------------------------------------------


def all_checks(catalogue: Catalogue) -> Iterator[Check]:
    """Return a check for each rule case and for each module with table cases."""
    for case in load_cases(catalogue):
        yield _recorded(case.label, _case_fails(case), catalogue)
    for path in sorted(PLANNER_TESTS.glob("test_*.py")):
        module = importlib.import_module(f"tests.planner.{path.stem}")
        table = getattr(module, "check_cases", None)
        if table is not None:
            yield _recorded(path.stem, _table_fails(table), catalogue)


def _case_fails(case: RuleCase) -> Callable[[Catalogue], bool]:
    def fails(catalogue: Catalogue) -> bool:
        try:
            return bool(case.fault(catalogue))
        except Exception:  # whatever breaks was noticed
            return True

    return fails


def _table_fails(table: Callable[[Catalogue], list[str]]) -> Callable[[Catalogue], bool]:
    def fails(catalogue: Catalogue) -> bool:
        try:
            return bool(table(catalogue))
        except Exception:  # whatever breaks was noticed
            return True

    return fails


def _recorded(label: str, fails: Callable[[Catalogue], bool], catalogue: Catalogue) -> Check:
    """Return a check that knows which numbers it reads; one that does not pass reads them all."""
    read: set[str] = set()
    groups = {name: Recorder(getattr(catalogue, name), (name,), read) for name in GROUPS}
    digest = f"{catalogue.digest}:read by {label}"  # nothing remembered for the real one is reused
    started = time.process_time()
    broken = fails(dataclasses.replace(catalogue, digest=digest, **groups))  # type: ignore[arg-type]
    seconds, prefixes = time.process_time() - started, tuple(sorted(read))
    return Check(label, fails, lambda key: broken or key.startswith(prefixes), seconds)


class Recorder:
    """Stands in for a group of limits and writes down which of its numbers are read."""

    def __init__(self, value: object, path: tuple[str, ...], read: set[str]) -> None:
        self._value, self._path, self._read = value, path, read

    def __getattr__(self, name: str) -> object:
        of_class = getattr(type(self._value), name, None)
        if isinstance(of_class, property):
            return of_class.fget(self)  # type: ignore[misc]
        if isinstance(of_class, types.FunctionType):
            return types.MethodType(of_class, self)
        inner, path = getattr(self._value, name), (*self._path, name)
        if dataclasses.is_dataclass(inner):
            return Recorder(inner, path, self._read)
        self._read.add(number_key(path))
        return inner


# --- nudges ---------------------------------------------------------------------------------------


def nudged_values(number: Number, catalogue: Catalogue) -> Iterator[Value]:
    """Return a number one step down and up, each part of it in turn, as the catalogue holds it."""
    yield from nudges(number.value, held_value(catalogue, number.key))


def nudges(written: Value, held: Value) -> Iterator[Value]:
    """Return the values next to one: by its written step, by a digit of a tempo, part by part."""
    if isinstance(held, tuple):
        assert isinstance(written, tuple | list)
        for place, (part, kept) in enumerate(zip(written, held, strict=True)):
            for other in nudges(part, kept):
                yield (*held[:place], other, *held[place + 1 :])
    elif isinstance(held, str):
        yield from _digits_changed(held)
    else:
        assert isinstance(written, int | float)
        for by in (-step(written), step(written)):
            yield type(held)(Decimal(str(held)) + by)


def step(written: float) -> Decimal:
    """Return a tenth of a number at the precision it is written with; 1 for a whole number."""
    if isinstance(written, int):
        return Decimal(1)
    last_place = Decimal(1).scaleb(int(Decimal(str(written)).as_tuple().exponent))
    return max(last_place, (abs(Decimal(str(written))) / 10).quantize(last_place))


def _digits_changed(text: str) -> Iterator[str]:
    for digit in re.finditer(r"\d", text):
        for by in (-1, 1):
            other = int(digit.group()) + by
            if 0 <= other <= 9:
                yield f"{text[: digit.start()]}{other}{text[digit.end() :]}"
