"""Takes every filter and guard of ownership away, one at a time, and says which of them the matrix does not miss.

What a filter looks like is told by `tools.ownership_forms`. The checks are those of `tests/app/matrix.py`, each mutant
against the cases that come through
its function; the session's own refusal of statements without an organization counts as noticing.
"""

import argparse
import gc
import pickle
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Final

import yaml

from tools.mutants import Mutant, mutants_of
from tools.mutation import Judge
from tools.ownership_forms import FORMS
from tools.planting import ROOT, exchange, functions_of, import_mutant, in_fork

SETTINGS: Final = ROOT / "tools/ownership.yaml"
_SECONDS: Final = 120
_LIBRARIES: Final = ("alembic.command", "babel", "fastapi.testclient", "icalendar", "jinja2", "sqlmodel", "uvicorn")


# --- which cases come through which function ----------------------------------------------------------------------

Touched = dict[str, list[str]]
"""The names of the operations that come through a function, by file and name of the function."""


def _stage(home: Path) -> Any:
    """Serve a copy of the world."""
    from tests.app import stage  # noqa: PLC0415 - in the fork, so that a module can be changed before it is read

    world, now = pickle.loads((home / "world").read_bytes())  # noqa: S301 - our own
    path = Path(tempfile.mkdtemp(dir=home)) / "matrix.db"
    shutil.copyfile(home / "matrix.db", path)
    return stage.staged(f"sqlite:///{path}", world, now)


def _populated(home: Path) -> None:
    """Make the world once for all mutants."""
    from app.db import migrate  # noqa: PLC0415
    from tests.app.stage import populate  # noqa: PLC0415
    from tests.conftest import settings_for  # noqa: PLC0415

    url = f"sqlite:///{home / 'matrix.db'}"
    migrate(settings_for(url))
    (home / "world").write_bytes(pickle.dumps(populate(url)))


def _trace(home: Path) -> Touched:
    """Ask everything of an app without faults; return which operations came through which function."""
    from tests.app import matrix  # noqa: PLC0415

    seen: set[str] = set()
    touched: dict[str, dict[str, None]] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and "/app/" in frame.f_code.co_filename:
            seen.add(_key(frame.f_code.co_filename, frame.f_code.co_qualname))

    threading.setprofile(note)
    with _stage(home) as stage:
        for case in matrix.CASES:
            seen.clear()
            for check, roles in matrix.CHECKS.items():
                faults = [fault for role in roles for fault in check(stage, case, role)]
                if faults:
                    sys.exit(f"Without any change {case.name} fails: {faults[0]}")
            for function in sorted(seen):
                touched.setdefault(function, {})[case.name] = None
    return {function: list(names) for function, names in touched.items()}


def _key(file: str, qualname: str) -> str:
    path = Path(file).resolve()
    relative = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
    return f"{relative} {qualname.replace('.<locals>', '')}"


def _noticed(home: Path, names: Sequence[str]) -> str:
    """Return what notices a fault that is planted here, "" if nothing does."""
    from tests.app import matrix  # noqa: PLC0415

    with _stage(home) as stage:
        for case in [case for case in matrix.CASES if case.name in names]:
            for check, roles in matrix.CHECKS.items():
                for role in roles:
                    if _finds(check, stage, case, role):
                        return f"{check.__name__} of {case.name} as {role}"
    return ""


def _finds(check: Callable[..., Iterator[str]], *asked: object) -> bool:
    """Tell whether a check finds a fault; one that cannot read an answer does."""
    try:
        return next(check(*asked), None) is not None
    except Exception:
        return True


# --- the command --------------------------------------------------------------------------------------------------


def main() -> None:
    """Try every mutant of every module; fail for a survivor that nobody explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="files; all of app/ when left out")
    asked = parser.parse_args()
    chosen = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    explained = chosen["explained"]
    for library in _LIBRARIES:
        import_module(library)
    paths = asked.modules or sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py"))
    mutants = [one for path in paths for one in mutants_of(path, FORMS, ROOT)]
    missed = []
    home = Path(tempfile.mkdtemp(prefix="ownership-"))
    try:
        for mutant, by in zip(mutants, _outcomes(mutants, home), strict=True):
            print(f"{'noticed' if by else 'missed'}: {mutant.name}, line {mutant.line} [{by}]", flush=True)
            missed += [] if by else [mutant]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    survivors = [mutant.name for mutant in _by_other_tests(missed, chosen["tests"])]
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} noticed; {len(survivors)} survived")
    tried = {mutant.path for mutant in mutants}
    faults = [f"not explained: {name}" for name in survivors if name not in explained]
    faults += [
        f"explained, but noticed: {name}" for name in set(explained) - set(survivors) if name.split()[0] in tried
    ]
    if faults:
        sys.exit("\n".join(sorted(faults)))


def _by_other_tests(missed: Sequence[Mutant], tests: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """Yield those that the other tests of their module do not notice either."""
    for module, named in tests.items():
        mine = [mutant for mutant in missed if mutant.path.startswith(module)]
        for outcome in Judge(named).outcomes(mine) if mine else ():
            print(f"{'noticed' if outcome.killed else 'SURVIVED'}: {outcome.mutant.name} [{outcome.by}]", flush=True)
            if not outcome.killed:
                yield outcome.mutant
    yield from (mutant for mutant in missed if not mutant.path.startswith(tuple(tests)))


def _outcomes(mutants: Sequence[Mutant], home: Path) -> Iterator[str]:
    """Yield what notices each mutant."""
    list(in_fork(lambda tell: tell(_populated(home)), 10 * _SECONDS))
    touched: Touched = _told(lambda tell: tell(_trace(home)), 20 * _SECONDS)
    warm = [mutant for mutant in mutants if mutant.in_body]
    found = in_fork(lambda tell: _warm(warm, touched, home, tell), 0)
    for mutant in mutants:
        by: str | None = next(found) if mutant.in_body else None
        yield by if by is not None else _fresh(mutant, touched, home)


def _warm(mutants: Sequence[Mutant], touched: Touched, home: Path, tell: Callable[[Any], None]) -> None:
    """Try mutants of functions, each in a fork of a process that has imported everything."""
    import_module("tests.app.matrix")
    known = functions_of({str((ROOT / mutant.path).resolve()) for mutant in mutants})
    gc.freeze()
    for mutant in mutants:
        names = _names(mutant, touched)

        def run(say: Callable[[Any], None], mutant: Mutant = mutant, names: Sequence[str] = names) -> None:
            say(_noticed(home, names) if exchange(mutant, known) else None)

        tell(_told(run, _SECONDS) if names else "")


def _fresh(mutant: Mutant, touched: Touched, home: Path) -> str:
    """Try a mutant of what is worked out when its module is imported, in a process that has not imported it."""

    def run(say: Callable[[Any], None]) -> None:
        import_mutant(mutant)
        say(_noticed(home, _names(mutant, touched)))

    return str(_told(run, _SECONDS))


def _told(work: Callable[[Callable[[Any], None]], None], seconds: float) -> Any:
    """Return what some work tells, done in a process of its own; one that comes to no end, or to a bad one, noticed."""
    return [*in_fork(work, seconds), "no end"][0]


def _names(mutant: Mutant, touched: Touched) -> list[str]:
    """Return the operations that come through a mutant's function, or its module if it is in none.

    A route's own operation is always one of them: who is refused does not come so far.
    """
    function = f"{mutant.path} {mutant.within}"
    found = touched.get(function, []) if mutant.within else _of_module(function, touched)
    own = [name for names in touched.values() for name in names if name.partition("/")[0] == mutant.within]
    return list(dict.fromkeys([*own, *found]))


def _of_module(module: str, touched: Touched) -> list[str]:
    return [name for key, names in touched.items() if key.startswith(module) for name in names]


if __name__ == "__main__":
    main()
