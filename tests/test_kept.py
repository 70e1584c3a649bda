"""What a process keeps, and what no organization is named for, is written down: nothing is kept or asked unseen."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def modules() -> Mapping[str, ast.Module]:
    """Return the modules of the app by their last names, which those that keep something share with no other."""
    paths = sorted((ROOT / "app").rglob("*.py"))
    return {f"{path.stem}/{path.parent.name}": ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Yield every part of the app with the name of its module."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            yield name.partition("/")[0], node


def section(page: str, title: str) -> set[str]:
    """Return the names in a section's table, of their first column."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}


def _keeps(node: ast.AST | None) -> bool:
    """Tell whether a call or decorator makes something that remembers: a cache, or an instance of a class Kept…"""
    if isinstance(node, ast.Call):
        return _keeps(node.func)
    return isinstance(node, ast.Name) and (node.id in {"cache", "lru_cache"} or node.id.startswith("Kept"))


def kept() -> set[str]:
    """Return everything in the app that outlives a request: functions that remember, and what modules hold."""
    found = {
        f"{name}.{node.name}"
        for name, node in nodes()
        if isinstance(node, ast.FunctionDef) and any(map(_keeps, node.decorator_list))
    }
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call) and _keeps(node.value):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                found.add(f"{name.partition('/')[0]}.{ast.unparse(target)}")
    return found


def asking_every_organization() -> set[str]:
    """Return the functions whose statements are let through without an organization."""
    return {
        f"{name}.{node.name}"
        for name, node in nodes()
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(inner, ast.Name) and inner.id == "ANY_ORGANIZATION" for inner in ast.walk(node))
    }


def test_whatever_a_process_keeps_is_listed_with_what_makes_it_right() -> None:
    assert kept() == section("architecture.md", "Many processes")


def test_every_statement_without_an_organization_is_listed_with_what_to_do_about_it() -> None:
    listed = section("operations.md", "Scaling out")

    assert asking_every_organization() <= listed
    assert {name.partition(".")[0] for name in listed} <= {name.partition("/")[0] for name in modules()}
