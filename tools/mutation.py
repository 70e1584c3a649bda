"""Runs tests against mutants and says which of them no test notices.

A mutant is tried in a process in which everything is imported and the migrated database is made: a fork of it gets the
changed functions and values and runs the tests until the first that fails. What such a process cannot notice, because
it was computed from them when modules were imported, is tried once more in a process that imports the mutant.
"""

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
import yaml

from tools.mutants import USUAL, Mutant, mutants_of
from tools.outcomes import Outcome, faults, page, row
from tools.planting import ROOT, exchange, functions_of, import_mutant, in_fork, replace

SETTINGS: Final = ROOT / "tools/mutation.yaml"
KEPT: Final = ("sqlite", "migrated_sqlite", "founded_at", "kept_routes", "demo_gym", "catalogue")
"""Fixtures of a session that take long to make and are the same for every mutant."""
_LIBRARIES: Final = ("alembic.command", "babel", "fastapi.testclient", "hypothesis.stateful", "icalendar", "jinja2")
_LIBRARIES_TOO: Final = ("psycopg", "pydantic_settings", "sqlmodel", "uvicorn")
_IMPORTED: Final = "ignore::pytest.PytestAssertRewriteWarning"  # by the run before, in the same process
_SPARE_S: Final = 60  # a machine that others use may be slow for a while
_TOLD: Final = ("Written by `make mutation`: small faults planted one at a time, and whether a test notices.",)


class _Watch:
    """Notes the first test that fails, and leaves out what runs on PostgreSQL."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if "postgresql" not in item.name]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


class _Keeper:
    """Keeps what fixtures of a session make."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        made = yield
        if fixturedef.argname in KEPT:
            self.kept[fixturedef.argname] = made
        return made


class _Lender:
    """Gives a later session what was kept of an earlier one."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self._kept = kept

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Any:
        if fixturedef.argname not in self._kept:
            return None
        made = self._kept[fixturedef.argname]
        fixturedef.cached_result = (made, fixturedef.cache_key(request), None)
        return made


class Judge:
    """Tries mutants, each against the same tests on SQLite."""

    def __init__(self, tests: Sequence[str], *, quick: bool = False) -> None:
        self._tests = tests
        self._quick = quick
        self._lender = _Lender({})
        self._home = Path(tempfile.mkdtemp(prefix="mutation-"))
        os.environ["SQUATBACK_HYPOTHESIS"] = "suite"

    def outcomes(self, mutants: Sequence[Mutant]) -> Iterator[Outcome]:
        """Yield what became of each; the tests have to pass while nothing is changed."""
        try:
            found = in_fork(lambda tell: self._warm(mutants, tell), seconds=0)
            first = next(found, None)
            if first is None or first["by"]:
                sys.exit(f"Without any change a test fails: {first and first['by']}")
            seconds = 3 * first["seconds"] + _SPARE_S
            for mutant, warm in zip(mutants, found, strict=True):
                last = warm if warm["by"] or self._quick else self._noticed(partial(import_mutant, mutant), seconds)
                yield Outcome(mutant, last["by"])
        finally:
            shutil.rmtree(self._home, ignore_errors=True)

    def _warm(self, mutants: Sequence[Mutant], tell: Callable[[Any], None]) -> None:
        """Run the tests unchanged, then for each mutant in a fork, one after the other."""
        keeper = _Keeper()
        self._run(keeper)  # imports everything and makes what is kept
        self._lender = _Lender(keeper.kept)
        started = time.monotonic()
        by = self._noticed(lambda: True, 0)["by"]  # as a mutant in which nothing is changed
        seconds = time.monotonic() - started
        tell({"by": by, "seconds": seconds})
        functions = functions_of({str((ROOT / mutant.path).resolve()) for mutant in mutants})
        gc.freeze()
        for mutant in [] if by else mutants:
            plant = partial(exchange if mutant.in_body else replace, mutant, functions)
            tell(self._noticed(plant, 3 * seconds + _SPARE_S))

    def _noticed(self, plant: Callable[[], bool], seconds: float) -> dict[str, str]:
        """Return which test notices, in a process of its own, what is planted there; none when it cannot be."""

        def run(tell: Callable[[Any], None]) -> None:
            tell({"by": self._run() if plant() else ""})

        return [*in_fork(run, seconds), {"by": "timeout"}][0]

    def _run(self, keeper: _Keeper | None = None) -> str:
        """Run the tests here until the first that fails; return its name, "" when all pass."""
        watch = _Watch()
        temporary = self._home / ("kept" if keeper else f"tmp-{os.getpid()}")
        options = ["-x", "-q", "-p", "no:cacheprovider", "-W", _IMPORTED]
        status = pytest.main(
            [*options, f"--basetemp={temporary}", *self._tests], plugins=[watch, keeper or self._lender]
        )
        if keeper is None:
            shutil.rmtree(temporary, ignore_errors=True)
        return watch.failed or ("" if status == pytest.ExitCode.OK else f"pytest: {status!r}")


# --- the command --------------------------------------------------------------------------------------------------


def main() -> None:
    """Try every mutant of the chosen modules; fail when too many survive, or one that nobody explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules of tools/mutation.yaml; all of them when left out")
    parser.add_argument("--quick", action="store_true", help="try no survivor once more in a fresh process")
    parser.add_argument("--report", type=Path, help="write a page of the figures and survivors")
    asked = parser.parse_args()
    chosen = SimpleNamespace(**yaml.safe_load(SETTINGS.read_text(encoding="utf-8")))
    for library in (*_LIBRARIES, *_LIBRARIES_TOO):
        import_module(library)
    outcomes: list[Outcome] = []
    for path in asked.modules or chosen.modules:
        mutants = list(mutants_of(path, USUAL, ROOT))
        for outcome in Judge(chosen.modules[path], quick=asked.quick).outcomes(mutants):
            outcomes.append(outcome)
            if not outcome.killed:
                print(f"survived, line {outcome.mutant.line}: {outcome.mutant.name}", flush=True)
        print(row(path, outcomes), flush=True)
    if asked.report:
        asked.report.write_text(page("Mutation testing", _TOLD, outcomes, chosen.explained), encoding="utf-8")
    _check(outcomes, chosen)


def _check(outcomes: Sequence[Outcome], chosen: SimpleNamespace) -> None:
    killed = sum(one.killed for one in outcomes)
    found = faults(outcomes, chosen.explained)
    score = 100 * killed / len(outcomes)
    print(f"{killed} of {len(outcomes)} mutants noticed: {score:.1f} %; asked {chosen.percent} %")
    if {one.mutant.path for one in outcomes} == set(chosen.modules) and score < chosen.percent:
        found.append("Too many mutants survive.")
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
