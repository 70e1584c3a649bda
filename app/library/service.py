"""The library: what the seeds hold, looked up and paged."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from app.errors import NotFound
from app.library import schemas
from app.paging import cut, place
from planner import registry
from planner.catalogue import Catalogue, Exercise

Shape = TypeVar("Shape", bound=BaseModel)
Entry = TypeVar("Entry")

_FAMILIES = {
    "SF": "screening",
    "LF": "limiting_factor",
    "LD": "ladder_dose_and_load",
    "SY": "response",
    "PG": "progression",
    "AD": "adjustment",
    "RT": "retest",
}


def page_of(
    shape: type[Shape], entries: Mapping[str, object], *, scope: str, limit: int, cursor: str | None
) -> tuple[list[Shape], str | None]:
    """Return a page of library entries, in the order of their ids."""
    ids, following = page_ids(sorted(entries), scope=scope, limit=limit, cursor=cursor)
    return [with_id(shape, key, entries[key]) for key in ids], following


def page_ids(ids: Sequence[str], *, scope: str, limit: int, cursor: str | None) -> tuple[Sequence[str], str | None]:
    """Return a page of ids in their given order."""
    after = place(cursor, scope=scope, parts=1)
    start = ids.index(after[0]) + 1 if after is not None and after[0] in ids else 0
    return cut(ids[start : start + limit + 1], limit, scope=scope, key=lambda key: (key,))


def with_id(shape: type[Shape], key: str, entry: object) -> Shape:
    """Return a library entry as answered; some carry their id, others are only listed under it."""
    names = [name for name in shape.model_fields if name != "id" and hasattr(entry, name)]
    values = {name: getattr(entry, name) for name in names}
    return shape.model_validate(values | {"id": key}, from_attributes=True)


def entry(entries: Mapping[str, Entry], key: str) -> Entry:
    """Return an entry by its id."""
    found = entries.get(key)
    if found is None:
        raise NotFound
    return found


def exercises(
    catalogue: Catalogue, own: Mapping[str, schemas.Exercise], *, category: str | None, target: str | None
) -> Mapping[str, object]:
    """Return the library's exercises and one's own, of a category and for a target, all without."""
    everything: Mapping[str, Exercise | schemas.Exercise] = {**catalogue.exercises, **own}
    return {
        key: exercise
        for key, exercise in everything.items()
        if category in (None, exercise.category) and (target is None or target in exercise.targets)
    }


def rule_ids() -> tuple[str, ...]:
    """Return the ids of all rules in the order they speak."""
    return tuple(rule.id for rule in registry.ALL_RULES)


def get_rule(rule_id: str, catalogue: Catalogue) -> schemas.Rule:
    """Return a rule with its numbers and sources."""
    rule = entry({rule.id: rule for rule in registry.ALL_RULES}, rule_id)
    return schemas.Rule.model_validate(
        {
            "id": rule.id,
            "name": rule.name,
            "family": _FAMILIES[rule.id[:2]],
            "summary": rule.summary,
            "numbers": [numbers(catalogue, key) for key in rule.numbers],
            "sources": [with_id(schemas.Source, key, catalogue.sources[key]) for key in rule.sources],
        }
    )


def numbers(catalogue: Catalogue, key: str) -> schemas.Number:
    """Return one number of the seeds."""
    return schemas.Number.model_validate(catalogue.numbers[key], from_attributes=True)


def norms(catalogue: Catalogue) -> schemas.Norms:
    """Return all measures and demands with the numbers behind them."""
    return schemas.Norms(
        items=[with_id(schemas.Measure, key, measure) for key, measure in sorted(catalogue.measures.items())],
        demands=schemas.Demands.model_validate(catalogue.demands, from_attributes=True),
        numbers=tuple(numbers(catalogue, key) for key in sorted(catalogue.numbers) if key.startswith("norms/")),
    )
