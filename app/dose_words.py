"""Doses in a reader's language: what page, calendar and e-mail say of one exercise in the same words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from app.messages import Messages

Clock = Callable[[int], str]
"""How seconds are written: `30 s`, or 0:30 beside a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much of an exercise is asked for: `phases` are the names and seconds of one round."""

    sets: int
    reps: int | None = None
    hold_s: int | None = None
    breaths: int | None = None
    duration_s: int | None = None
    distance_m: int | None = None
    phases: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any], **more: Any) -> Self:
        """Return the dose of an item of a week as it is stored; `more` is what a kind of dose tells beside it."""
        amounts = {name: item.get(name) for name in ("reps", "hold_s", "breaths", "duration_s", "distance_m")}
        phases = tuple((phase["name"], phase["seconds"]) for phase in item.get("phases") or ())
        return cls(sets=item["sets"], phases=phases, **amounts, **more)


def dose_text(dose: Dose, words: Messages, clock: Clock | None = None) -> str:
    """Return sets and what each of them holds, such as `3 × 6`; times in seconds unless `clock` writes them."""
    said = ", ".join(_amounts(dose, words, clock or (lambda seconds: seconds_text(seconds, words))))
    return words("dose.dose", sets=dose.sets, amounts=said) if said else words("dose.sets", sets=dose.sets)


def seconds_text(seconds: int, words: Messages) -> str:
    """Return a time in seconds."""
    return words("dose.seconds", seconds=seconds)


def phase_text(name: str, time: str, words: Messages, *, percent: int | None = None) -> str:
    """Return a phase of a round with its time, and how hard it is where that is told."""
    said = words(f"dose.phase.{name}")
    if percent:
        return words("dose.phase_effort", name=said, time=time, percent=percent)
    return words("dose.phase_time", name=said, time=time)


def _amounts(dose: Dose, words: Messages, clock: Clock) -> Iterator[str]:
    if dose.reps is not None:
        yield str(dose.reps)
    if dose.hold_s is not None:
        yield words("dose.hold", time=clock(dose.hold_s))
    if dose.breaths is not None:
        yield words("dose.breaths", count=dose.breaths)
    if dose.duration_s is not None:
        yield clock(dose.duration_s)
    if dose.distance_m is not None:
        yield words("dose.metres", metres=dose.distance_m)
    if dose.phases:
        yield " + ".join(phase_text(name, clock(seconds), words) for name, seconds in dose.phases)
