"""What docs/security.md promises is proved by tests that exist, and little of it is open."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/security.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_ROW = re.compile(r"^\| (?P<id>[\d.]+) \| [^|]+ \| (?P<state>[a-z ]+) \| (?P<proof>[^|]+) \|$")
_AUTHENTICATION, _SESSIONS, _AUTHORIZATION = "6.", "7.", "8."


def _rows() -> list[dict[str, str]]:
    found = (_ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [match.groupdict() for match in found if match]


def test_every_test_that_is_named_exists() -> None:
    """A proof that was renamed or removed is named here before a reader misses it."""
    named = set(_TEST.findall(PAGE.read_text(encoding="utf-8")))
    missing = []
    for file, name in sorted(named):
        path = ROOT / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if not path.is_file() or (name and name not in functions):
            missing.append(f"{file}::{name}")
    assert missing == []
    assert len(named) > 60


def test_every_promise_has_a_proof_or_says_why_it_is_open() -> None:
    """The tables of promises have two columns: the promise, and a test, a command, or `open` and the reason."""
    lines = PAGE.read_text(encoding="utf-8").split("## ASVS")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    promises = [row for row in rows if row[0] not in {"promise", "data"} and len(row) == 2]

    assert len(promises) > 40
    assert [row[0] for row in promises if not ("`" in row[1] or row[1].startswith("open: "))] == []


def test_at_most_a_tenth_of_the_standard_is_open_and_nothing_of_who_may_do_what() -> None:
    """Of the requirements that apply; of sign-in one is declined, which is said as such and counts as open."""
    rows = [row for row in _rows() if row["state"] != "not applicable"]
    unmet = [row["id"] for row in rows if row["state"] != "met"]

    assert len(rows) > 100
    assert len(unmet) <= len(rows) / 10, unmet
    assert [one for one in unmet if one.startswith((_AUTHENTICATION, _AUTHORIZATION))] == ["6.3.3"]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["id"])
def test_each_row_of_the_standard_says_what_proves_it(row: dict[str, str]) -> None:
    """Met by a test, a page or a fact of the code; open and not applicable with the reason."""
    assert row["state"] in {"met", "open", "declined", "not applicable"}
    assert len(row["proof"]) > 8
