"""Takes every filter and guard of ownership away, one at a time, and says which of them no test misses.

What a filter looks like is told by `tools.ownership_forms`. Each mutant is tried against the checks of
`tests/app/matrix.py`, on the cases that come through its function; what these miss, against the tests that
tools/ownership.yaml names for it. The session's own refusal of statements without an organization counts as noticing.
"""

import argparse
import gc
import json
import pickle
import re
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Final

import yaml

from tools.mutants import Mutant, mutants_of
from tools.mutation import Judge
from tools.outcomes import Outcome, faults, page
from tools.ownership_forms import FORMS
from tools.planting import ROOT, exchange, functions_of, import_mutant, in_fork

SETTINGS: Final = ROOT / "tools/ownership.yaml"
KEPT: Final = ROOT / "var/ownership.json"
"""What noticed each mutant the last time."""
MATRIX: Final = "tests/app/test_matrix.py"
_SECONDS: Final = 600
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
    try:
        from tests.app.matrix import CASES  # noqa: PLC0415

        with _stage(home) as stage:
            return next(noticed_by(stage, [case for case in CASES if case.name in names]), "")
    except Exception as error:
        return f"{MATRIX} the app does not start: {error!r:.80}"


def noticed_by(stage: Any, cases: Sequence[Any]) -> Iterator[str]:
    """Yield which checks of the matrix find a fault, in which case and as which role."""
    from tests.app.matrix import CHECKS  # noqa: PLC0415

    for case in cases:
        for check, roles in CHECKS.items():
            for role in roles:
                if _finds(check, stage, case, role):
                    yield f"{MATRIX}:{check.__name__} of {case.name} as {role}"


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
    parser.add_argument("--again", action="store_true", help="try only those that nothing noticed the last time")
    parser.add_argument("--report", type=Path, help="write a page of the figures and survivors")
    asked = parser.parse_args()
    for library in _LIBRARIES:
        import_module(library)
    paths = asked.modules or sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py"))
    mutants = [one for path in paths for one in mutants_of(path, FORMS, ROOT)]
    before: dict[str, str] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    known = before if asked.again else {}
    tried = [mutant for mutant in mutants if not known.get(mutant.name)]
    noticed = {mutant.name: by for mutant, by in _outcomes(tried)}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(before | noticed, indent=1), encoding="utf-8")
    outcomes = [Outcome(mutant, (known | noticed)[mutant.name]) for mutant in mutants]
    explained = explanations(yaml.safe_load(SETTINGS.read_text(encoding="utf-8")))
    if asked.report:
        asked.report.write_text(page("Ownership", _told(outcomes), outcomes, explained), encoding="utf-8")
    print(_score(outcomes))
    if wrong := faults(outcomes, explained):
        sys.exit("\n".join(wrong))


def explanations(chosen: Mapping[str, Any]) -> dict[str, str]:
    """Return why each survivor changes nothing, by its name."""
    return {name: why for why, names in chosen["explained"].items() for name in names}


def _told(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what the page begins with."""
    today = datetime.now(UTC).date()
    by = Counter(re.split(r"[ \[]", outcome.by)[0] for outcome in outcomes if outcome.killed)
    return [
        f"Written by `make ownership` on {today}: every filter, key and guard of `app/` that asks whose",
        "a row is, taken away one at a time, and the test that misses it.",
        "",
        _score(outcomes),
        "",
        "| noticed by | mutants |",
        "|---|---|",
        *(f"| `{test}` | {count} |" for test, count in sorted(by.items())),
    ]


def _score(outcomes: Sequence[Outcome]) -> str:
    killed = sum(outcome.killed for outcome in outcomes)
    return f"{killed} of {len(outcomes)} noticed: {100 * killed / len(outcomes):.1f} %; the others survived."


def _outcomes(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Yield what notices each mutant: the matrix, or else the other tests of its module."""
    home = Path(tempfile.mkdtemp(prefix="ownership-"))
    missed = []
    try:
        for mutant, by in zip(mutants, _by_the_matrix(mutants, home), strict=True):
            print(f"{'noticed' if by else 'missed'}, line {mutant.line}: {mutant.name} [{by}]", flush=True)
            if by:
                yield mutant, by
            else:
                missed.append(mutant)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    tests: Mapping[str, Sequence[str]] = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))["tests"]
    for named, mine in _grouped(missed, tests).items():
        for outcome in Judge(named).outcomes(mine) if named else [Outcome(mutant, "") for mutant in mine]:
            by = "" if outcome.by == "timeout" else outcome.by  # tests that come to no end are slow, not clever
            print(f"{by or 'SURVIVED'}: {outcome.mutant.name}", flush=True)
            yield outcome.mutant, by


def _grouped(mutants: Sequence[Mutant], tests: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], list[Mutant]]:
    """Return mutants by the tests that belong to them: those of the longest beginning of their name."""
    groups: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in mutants:
        own = max((name for name in tests if mutant.name.startswith(name)), key=len, default=None)
        groups.setdefault(tuple(tests[own]) if own else (), []).append(mutant)
    return groups


def _by_the_matrix(mutants: Sequence[Mutant], home: Path) -> Iterator[str]:
    """Yield what the matrix notices of each mutant."""
    list(in_fork(lambda tell: tell(_populated(home)), 10 * _SECONDS))
    touched: Touched = next(in_fork(lambda tell: tell(_trace(home)), 10 * _SECONDS))
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

        tell(_said(run) if names else None)


def _fresh(mutant: Mutant, touched: Touched, home: Path) -> str:
    """Try a mutant of what is worked out when its module is imported, in a process that has not imported it."""
    names = _names(mutant, touched) or _of_module(mutant.path, touched)

    def run(say: Callable[[Any], None]) -> None:
        import_mutant(mutant)
        say(_noticed(home, names))

    return str(_said(run)) if names else ""


def _said(work: Callable[[Callable[[Any], None]], None]) -> Any:
    """Return what some work says, done in a process of its own; one that comes to no end has noticed nothing."""
    return [*in_fork(work, _SECONDS), ""][0]


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
