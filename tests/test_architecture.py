"""The shape of the house: who may import whom, and how long things may be."""

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("app", "planner")
_ABOVE_FEATURES = {"docs_ui", "pages"}  # what browsers open: nothing but app.main may import it
_FEATURES = sorted({path.parent.name for path in (ROOT / "app").glob("*/__init__.py")} - _ABOVE_FEATURES)
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def _sources(*packages: str) -> list[Path]:
    found = chain.from_iterable((ROOT / package).rglob("*.py") for package in packages)
    return sorted(path for path in found if "_data" not in path.parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, _FUNCTION):
            yield f"{_name(path)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short() -> None:
    """No module is longer than 300 lines."""
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _sources(*_PACKAGES)}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_functions_are_short() -> None:
    """No function is longer than 60 lines, and half of them have at most ten."""
    lengths = dict(chain.from_iterable(map(_functions, _sources(*_PACKAGES))))
    assert {name: length for name, length in lengths.items() if length > 60} == {}
    assert median(lengths.values()) <= 10


@pytest.mark.parametrize("path", _sources(*_PACKAGES), ids=_name)
def test_imports_stand_at_the_top(path: Path) -> None:
    """No function imports, so that every dependency is seen at once."""
    inner = [
        node.lineno
        for function in ast.walk(_tree(path))
        if isinstance(function, _FUNCTION)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inner == []


@pytest.mark.parametrize("path", _sources(*_PACKAGES), ids=_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    """Each module begins with a docstring."""
    assert ast.get_docstring(_tree(path))


@pytest.mark.parametrize("path", _sources("planner"), ids=_name)
def test_the_planner_names_its_types(path: Path) -> None:
    """No planner signature says Any or a bare dict, list or tuple."""
    vague: list[str] = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, _FUNCTION):
            said = [argument.annotation for argument in (*node.args.args, *node.args.kwonlyargs)]
            vague += [node.name for hint in (*said, node.returns) if isinstance(hint, ast.Name) and hint.id in _VAGUE]
    assert vague == []


_VAGUE = {"Any", "dict", "list", "tuple", "set"}


def test_features_do_not_use_each_others_services() -> None:
    """A feature imports no other feature's routes or service; what they share lies beside them."""
    crossing = [
        f"{_name(path)} imports {name}"
        for feature in _FEATURES
        for path in _sources(f"app/{feature}")
        for name in _imports(path)
        for other in _FEATURES
        if other != feature and name.startswith(f"app.{other}.") and ("service" in name or "routes" in name)
    ]
    assert crossing == []


def test_nothing_stands_on_the_pages() -> None:
    """Pages use the features; nothing uses the pages."""
    using = [
        f"{_name(path)} imports {name}"
        for path in _sources("app")
        for name in _imports(path)
        for above in _ABOVE_FEATURES
        if name.startswith(f"app.{above}") and path.parent.name != above and path.name != "main.py"
    ]
    assert using == []


def test_only_routes_speak_http() -> None:
    """Services know neither requests nor responses."""
    speaking = [
        f"{_name(path)} imports {name}"
        for path in _sources("app")
        if path.stem.endswith("service")
        for name in _imports(path)
        if name.split(".")[0] in {"fastapi", "starlette"}
    ]
    assert speaking == []


def test_nothing_is_built_at_import() -> None:
    """Neither engine nor settings exist before an app is created."""
    built = [
        f"{_name(path)}:{node.lineno}"
        for path in _sources("app")
        for node in _tree(path).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in {"Settings", "create_engine", "open_database", "create_app"}
    ]
    assert built == []


def test_the_migrations_folder_is_no_package() -> None:
    """An alembic/__init__.py would hide the installed package of that name."""
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_locks_pin_every_package_by_hash_and_name_no_host() -> None:
    """Every locked package has hashes; no address is written down."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        entries = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]
        assert entries
        assert all(line.endswith("\\") for line in entries)
        assert not any(sign in text for sign in ("://", "--index", "--find-links", "--extra-index-url"))
    assert '"resolved"' not in (ROOT / "tools/package-lock.json").read_text(encoding="utf-8")


def test_virtual_bodies_know_no_rules() -> None:
    """Bodies, lives and assessments of virtual clients import nothing that decides what is planned."""
    deciding = ("fold", "begin", "progress", "rules", "limiting", "ladder", "replan")
    forbidden = tuple(f"planner.{name}" for name in deciding)
    knowing = [
        f"{name} imports {imported}"
        for name in ("body", "life", "traits", "examination", "person", "training")
        for imported in _imports(ROOT / "planner" / "forecast" / f"{name}.py")
        if imported in forbidden or imported.startswith(tuple(f"{one}." for one in forbidden))
    ]
    assert knowing == []


def test_no_plan_follows_from_virtual_clients() -> None:
    """Within the planner only the forecast uses the forecast; its answer is written down by planner.wire."""
    using = [
        f"{_name(path)} imports {name}"
        for path in _sources("planner")
        if path.parent.name != "forecast"
        for name in _imports(path)
        if name.startswith("planner.forecast")
    ]
    allowed = {
        "planner/wire.py imports planner.forecast.answer",
        "planner/wire.py imports planner.forecast.answer.Forecast",
    }
    assert set(using) <= allowed


def test_whoever_writes_says_what_for_the_audit_trail() -> None:
    """Transactions that name no act are its own: deliveries, forecasts, numbers of a sync."""
    unnamed = {
        _name(path)
        for path in _sources("app")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"
        if not node.args and isinstance(node.func.value, ast.Name | ast.Attribute) and "database" in ast.dump(node.func)
    }
    assert unnamed == {
        "app/audit_reads.py",  # appends rows itself
        "app/clients/record_routes.py",  # appends the row of an export
        "app/delivery/worker.py",
        "app/forecasts/queue.py",
        "app/forecasts/service.py",
        "app/logs/sync_changes.py",
        "app/people/auth_service.py",  # failed sign-ins append their row
    }
