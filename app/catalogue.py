"""Reads seeds/ once; parsing and cross-checking are the planner's."""

from functools import cache

from app.resources import resource_directory
from planner.catalogue import Catalogue
from planner.parse import parse_catalogue

_NOT_PLANNED_WITH = ("demo", "home", "messages")


def seed_files() -> dict[str, str]:
    """Return the YAML files of seeds/ that plans follow from, as {name relative to seeds/: text}, in name order."""
    root = resource_directory("seeds")
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.yaml"))
        if path.relative_to(root).parts[0] not in _NOT_PLANNED_WITH
    }


@cache
def load_catalogue() -> Catalogue:
    """Read and check the seeds, once a process; the error names every fault with its file."""
    return parse_catalogue(seed_files())
