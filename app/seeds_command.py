"""`squatback seeds`: load and cross-check the seeds, print a summary that two versions can be compared by."""

from collections.abc import Sized

import typer

from app.catalogue import load_catalogue
from app.library.home_seed import HomeSeed, load_home
from planner.catalogue import Catalogue
from planner.errors import SeedError


def print_seeds() -> int:
    """Print the summary, or every fault; return the exit code."""
    try:
        catalogue = load_catalogue()
        home = load_home(catalogue)
    except SeedError as error:
        for fault in error.faults:
            typer.echo(f"{fault.pointer}: {fault.message}", err=True)
        return 1
    for line in _lines(catalogue, home):
        typer.echo(line)
    return 0


def _lines(catalogue: Catalogue, home: HomeSeed) -> list[str]:
    counts: dict[str, Sized] = {
        "exercises": catalogue.exercises,
        "variations": catalogue.variations,
        "ladders": catalogue.ladders,
        "measures": catalogue.measures,
        "sources": catalogue.sources,
        "numbers": catalogue.numbers,
        "sentences": catalogue.texts.rules,
        "home steps": home.steps,
    }
    lines = [f"digest {catalogue.digest}", *(f"{name} {len(entries)}" for name, entries in counts.items())]
    lines += [
        f"exercise {key} {exercise.code} {exercise.category}" for key, exercise in sorted(catalogue.exercises.items())
    ]
    lines += [f"variation {key} {variation.code}" for key, variation in sorted(catalogue.variations.items())]
    lines += [
        f"number {number.key} = {number.value} {number.unit} [{number.confidence}] {number.source}"
        for _, number in sorted(catalogue.numbers.items())
    ]
    return lines
