"""What docs/reliability.md and docs/security.md promise is proved by tests that exist, and little of it is open."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("docs/reliability.md", "docs/security.md")
_FILE = re.compile(r"`(tests/[\w/]+\.py)[`:]")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_CAMPAIGN = re.compile(r"campaign `(tests/[\w/]+\.py)::(\w+)`")


@cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by their name; none when there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _promises(page: str) -> list[tuple[str, str]]:
    """Return the rows of a page's tables of promises: the promise, and its proof."""
    lines = _text(page).splitlines()
    rows = [tuple(line.strip("| ").split(" | ")) for line in lines if line.startswith("| ")]
    return [(row[0], row[1]) for row in rows if len(row) == 2 and row[0] != "promise"]


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_named_exists(page: str) -> None:
    """A proof that was renamed or removed is named here before a reader misses it."""
    files, named = set(_FILE.findall(_text(page))), set(_TEST.findall(_text(page)))

    assert len(named) > 60
    assert [file for file in sorted(files) if not (ROOT / file).is_file()] == []
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in _functions(file)] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_only_a_campaign_runs_is_called_so(page: str) -> None:
    """The word stands before each test that is marked, and before no other."""
    for _, proof in _promises(page):
        called = set(_CAMPAIGN.findall(proof))
        marked = {
            (file, name)
            for file, name in _TEST.findall(proof)
            if any("campaign" in ast.unparse(mark) for mark in _functions(file)[name].decorator_list)
        }
        assert called == marked, proof


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_has_a_proof_or_says_why_it_is_open(page: str) -> None:
    """At most a tenth is open, and nothing about red flags."""
    promises = _promises(page)
    unproved = {promise: proof for promise, proof in promises if not re.search("`(tests/|make )", proof)}

    assert len(promises) > 40
    assert [promise for promise, reason in unproved.items() if not re.match(r"open: .{20}", reason)] == []
    assert len(unproved) <= len(promises) / 10
    assert [promise for promise in unproved if "flag" in promise] == []
