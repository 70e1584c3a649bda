"""`squatback lab`: progress, figures in the terminal or as JSON, and a report page."""

import sys
from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.lab.run import run_lab
from planner.forecast.lab import LabResult

RESULTS = TypeAdapter(LabResult)
COLUMNS = (
    ("policy", "left"),
    ("weeks: median (80 %)", "right"),
    ("never back", "right"),
    ("red days", "right"),
    ("step backs", "right"),
    ("flags caught", "right"),
)


def lab(clients: int, weeks: int, seed: int, *, as_json: bool) -> LabResult:
    """Run the lab and print its figures; the progress bar goes to the error stream."""
    result = with_progress(clients, weeks, seed)
    if as_json:
        typer.echo(RESULTS.dump_json(result, indent=1).decode())
    else:
        print_result(result, Console())
    return result


def with_progress(clients: int, weeks: int, seed: int) -> LabResult:
    """Return the figures of a run, showing how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        shown = bar.add_task("virtual clients", total=None)
        return run_lab(clients, weeks, seed, progress=lambda done, of: bar.update(shown, completed=done, total=of))


def save(result: LabResult, path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RESULTS.dump_json(result, indent=1) + b"\n")


def print_result(result: LabResult, console: Console) -> None:
    """Print the figures as a person reads them."""
    found = result.findings
    console.print(f"{result.clients} virtual clients, {result.weeks} weeks, seed {result.seed}")
    by_factor = ", ".join(f"{name} {_percent(share)}" for name, share in found.by_factor.items())
    console.print(f"limiter found: {_percent(found.limiter_accuracy)} ({by_factor})")
    console.print(f"labelled though nothing limits: {_percent(found.none_mislabelled)}")
    console.print(f"stable clients stepped back in 6 weeks: {_percent(result.false_step_backs)}")
    console.print(f"stalled in silence for 8 weeks: {_percent(result.silent_stalls)}")
    table = Table()
    for name, side in COLUMNS:
        table.add_column(name, justify="right" if side == "right" else "left")
    for policy, one in result.policies.items():
        weeks = f"{_number(one.weeks_median)} ({_number(one.weeks_low)} to {_number(one.weeks_high)})"
        table.add_row(
            policy,
            weeks,
            _percent(one.never_back),
            f"{one.red_days_per_client:.2f}",
            f"{one.step_backs_per_client:.2f}",
            _percent(one.flags_caught),
        )
    console.print(table)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
