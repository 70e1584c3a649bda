"""Corrections: which of several tellings of one thing counts.

A fact may correct another one of the same kind, which may be known later than its correction. A fact, what corrects
it and what corrects that are tellings of one thing, and one of them counts: of those that nothing corrects the one
received last. Received at the same time, the later performed counts, then the greater id.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from planner.values import dataclass

Id = TypeVar("Id", bound=Hashable)
_Thing = tuple[Hashable, Hashable]
"""Kind and id: a correction is held together with what it names before that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling(Generic[Id]):
    """What decides whether a fact counts."""

    id: Id
    kind: Hashable
    replaces: Id | None
    received_at: datetime
    at: datetime


def counting(tellings: Iterable[Telling[Id]]) -> dict[Id, Id]:
    """Return which id counts instead of each one that does not; tellings come in any order.

    What names itself or another kind corrects nothing. Where tellings correct each other in a circle, which no law of
    time can give, the one received last counts.
    """
    known = {one.id: one for one in tellings}
    named = {one.id: thing for one in known.values() if (thing := _corrected(one, known)) is not None}
    roots: dict[_Thing, _Thing] = {}
    for key, thing in named.items():
        roots[_root(roots, (known[key].kind, key))] = _root(roots, thing)
    told = defaultdict[_Thing, list[Telling[Id]]](list)
    for one in known.values():
        if (one.kind, one.id) in roots:
            told[_root(roots, (one.kind, one.id))].append(one)
    corrected = set(named.values())
    counts: dict[Id, Id] = {}
    for group in told.values():
        last = [one for one in group if (one.kind, one.id) not in corrected] or group
        chosen = max(last, key=lambda one: (one.received_at, one.at, str(one.id))).id
        counts |= {one.id: chosen for one in group if one.id != chosen}
    return counts


def _corrected(one: Telling[Id], known: Mapping[Id, Telling[Id]]) -> _Thing | None:
    """Return what a telling corrects, known or still to come."""
    if one.replaces is None or one.replaces == one.id:
        return None
    target = known.get(one.replaces)
    return None if target is not None and target.kind != one.kind else (one.kind, one.replaces)


def _root(roots: dict[_Thing, _Thing], thing: _Thing) -> _Thing:
    """Return what stands for the group of a thing; the way there is halved as it is walked."""
    above = roots.setdefault(thing, thing)
    while above != thing:
        roots[thing] = roots[above]
        thing, above = roots[thing], roots[roots[thing]]
    return thing
