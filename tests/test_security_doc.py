"""The table of docs/security.md: of the standard little is open, and nothing of who may do what."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/security.md"
_ROW = re.compile(r"^\| (?P<id>[\d.]+) \| [^|]+ \| (?P<state>[a-z ]+) \| (?P<proof>[^|]+) \|$")
_AUTHENTICATION, _SESSIONS, _AUTHORIZATION = "6.", "7.", "8."


def _rows() -> list[dict[str, str]]:
    found = (_ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return [match.groupdict() for match in found if match]


def test_at_most_a_tenth_of_the_standard_is_open_and_nothing_of_who_may_do_what() -> None:
    """Of the requirements that apply."""
    rows = [row for row in _rows() if row["state"] != "not applicable"]
    unmet = [row["id"] for row in rows if row["state"] != "met"]

    assert len(rows) > 100
    assert len(unmet) <= len(rows) / 10, unmet
    assert [one for one in unmet if one.startswith((_AUTHENTICATION, _SESSIONS, _AUTHORIZATION))] == []


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["id"])
def test_each_row_of_the_standard_says_what_proves_it(row: dict[str, str]) -> None:
    """Met by a test, a page or a fact of the code; open and not applicable with the reason."""
    assert row["state"] in {"met", "open", "declined", "not applicable"}
    assert len(row["proof"]) > 8
