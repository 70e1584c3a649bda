"""`squatback lab`: progress, figures in the terminal or as JSON, and a report page."""

import sys
from datetime import date
from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.lab.report import page
from app.lab.run import run_lab
from app.lab.sensitivity import as_markdown, run_sensitivity
from app.lab.words import number, percent, plain, target_of, value_of, verdict_of, weeks_range
from planner.forecast.lab import LabResult
from planner.forecast.targets import checks, missed

RESULTS = TypeAdapter(LabResult)
WIDTH = 80
COLUMNS = ("", "Weeks", "10 to 90 %", "Never", "Red days", "Step-backs", "Flags")


def lab(
    clients: int, weeks: int, seed: int, *, as_json: bool, report: Path | None, keep: Path | None, strict: bool
) -> int:
    """Run the lab and print its figures; return the exit code. The progress bar goes to the error stream."""
    result = with_progress(clients, weeks, seed)
    if as_json:
        typer.echo(RESULTS.dump_json(result, indent=1).decode())
    else:
        print_result(result, Console(width=WIDTH))
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(page(result), encoding="utf-8")
        typer.echo(f"Report: {report}", err=True)
    if keep is not None:
        save(result, keep)
    return int(strict and bool(missed(result)))


def sensitivity(clients: int, weeks: int, seed: int, *, report: Path | None, on: date) -> int:
    """Move the numbers of the rules and print, or write, which of them matter; return the exit code."""
    with bar() as shown:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=of)
            shown.update(tasks[what], completed=done)

        run = run_sensitivity(clients, weeks, seed, progress=progress)
    text = as_markdown(run, on)
    if report is None:
        typer.echo(text)
    else:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(text, encoding="utf-8")
        typer.echo(f"Written: {report}", err=True)
    return 0


def with_progress(clients: int, weeks: int, seed: int) -> LabResult:
    """Return the figures of a run, showing how far it is."""
    with bar() as shown:
        task = shown.add_task("virtual clients", total=None)
        return run_lab(clients, weeks, seed, progress=lambda done, of: shown.update(task, completed=done, total=of))


def bar() -> Progress:
    """Return a progress bar on the error stream; none when nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())


def save(result: LabResult, path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RESULTS.dump_json(result, indent=1) + b"\n")


def print_result(result: LabResult, console: Console) -> None:
    """Print the figures as a person reads them: targets first, then the policies side by side."""
    console.print(f"{result.clients} virtual clients, {result.weeks} weeks, seed {result.seed}")
    console.print("A simulation of stated assumptions, no evidence about people.")
    console.print(_targets(result))
    found = result.findings.by_factor.items()
    console.print("Limiter found: " + ", ".join(f"{plain(name)} {percent(share)}" for name, share in found))
    console.print(_policies(result))
    console.print("Weeks until half are back; red days and step-backs per client.")


def _targets(result: LabResult) -> Table:
    table = Table("Target", "", box=SIMPLE_HEAD)
    for name in ("Reached", "Asked"):
        table.add_column(name, justify="right")
    table.add_column("From")
    for one in checks(result):
        style = "bold" if one.holds is False else ""
        table.add_row(one.title, verdict_of(one), value_of(one), target_of(one), one.basis, style=style)
    return table


def _policies(result: LabResult) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for policy, one in result.policies.items():
        table.add_row(
            policy,
            number(one.weeks_median),
            weeks_range(one.weeks_low, one.weeks_high),
            percent(one.never_back),
            f"{one.red_days_per_client:.2f}",
            f"{one.step_backs_per_client:.2f}",
            percent(one.flags_caught),
        )
    return table
