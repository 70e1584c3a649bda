"""How a mutant gets into a process, and how a process of its own is asked for it."""

import gc
import importlib.machinery
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from tools.mutants import Mutant

ROOT: Final = Path(__file__).resolve().parent.parent
_OURS: Final = ("app", "planner", "tests")

Functions = dict[tuple[str, str, int], list[FunctionType]]


def functions_of(files: set[str]) -> Functions:
    """Return the functions that came from some files, by file, name and line."""
    found: Functions = {}
    gc.unfreeze()  # what tests put aside is looked through too
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in files:
            code = one.__code__
            found.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(one)
    return found


def exchange(mutant: Mutant, functions: Functions) -> bool:
    """Give each function the code it has in a mutant; return whether all of them could take it."""
    for code in _inner(mutant.code):
        for function in functions.get((code.co_filename, code.co_qualname, code.co_firstlineno), ()):
            try:
                function.__code__ = code
            except ValueError:  # it closes over other names than before
                return False
    return True


def _inner(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _inner(inner)


def replace(mutant: Mutant, functions: Functions) -> bool:
    """Give each constant of the module the value it has in a mutant, wherever it was imported."""
    del functions
    name = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    module = sys.modules[name]
    changed = {"__name__": name, "__file__": module.__file__, "__package__": module.__package__}
    exec(mutant.code, changed)  # noqa: S102 - it is our own module
    values = {
        id(value): changed[key]
        for key, value in vars(module).items()
        if not (key.startswith("__") or isinstance(value, FunctionType | ModuleType | type)) and key in changed
    }
    for other in [one for known, one in sys.modules.items() if known.split(".")[0] in _OURS]:
        for key, value in list(vars(other).items()):
            if id(value) in values:
                setattr(other, key, values[id(value)])
    return True


def import_mutant(mutant: Mutant) -> bool:
    """Let the module be imported with its fault."""
    file = str((ROOT / mutant.path).resolve())
    usual = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        return mutant.code if loader.path == file else usual(loader, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    return True


def in_fork(work: Callable[[Callable[[Any], None]], None], seconds: float) -> Iterator[Any]:
    """Yield what some work tells, done in a process of its own that ends after a time; 0 is as long as it takes."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        errors = os.dup(2)
        try:
            os.close(reading)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            signal.alarm(round(seconds))
            with os.fdopen(writing, "w") as pipe:
                work(lambda told: print(json.dumps(told), file=pipe, flush=True))
        except BaseException:
            os.write(errors, traceback.format_exc().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        yield from map(json.loads, pipe)
    os.waitpid(process, 0)
