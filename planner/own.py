"""An organization's own exercises: how they are named, and how a plan knows them.

An own exercise is `own_` and the slug of its name. What is prescribed is one version of it, which has
a key of its own: `own_landmine_press@2`. The adjustment that prescribes it carries the whole exercise, so
that a plan follows from facts alone, whatever becomes of the exercise later.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from planner.catalogue import Catalogue
from planner.library import Exercise
from planner.state import Standing

OWN: Final = "own_"
AT: Final = "@"


def version_key(own_id: str, version: int) -> str:
    """Return the key of one version of an own exercise."""
    return f"{own_id}{AT}{version}"


def without_version(key: str) -> str:
    """Return the id of an exercise; other ids than those of own exercises have no version."""
    return key.partition(AT)[0]


def is_own(key: str) -> bool:
    """Return whether an id or key is that of an own exercise."""
    return key.startswith(OWN)


def with_own(catalogue: Catalogue, adjustments: Iterable[Standing]) -> Catalogue:
    """Return the catalogue with the own exercises that adjustments prescribe."""
    given = [standing.body.own for standing in adjustments if standing.body.own is not None]
    return with_exercises(catalogue, given) if given else catalogue


def with_exercises(catalogue: Catalogue, exercises: Iterable[Exercise]) -> Catalogue:
    """Return the catalogue with further exercises; its digest stays, for nothing is chosen from them."""
    return replace(catalogue, exercises={**catalogue.exercises, **{one.id: one for one in exercises}})
