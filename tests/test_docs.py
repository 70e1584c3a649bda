"""The reference pages say what the rules and seeds say, and every rule is complete."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.catalogue import Catalogue
from planner.decision import AnyRule
from planner.registry import ALL_RULES, FAMILIES, rules_markdown
from tests.rules.case_files import case_file

PLANNER = Path(__file__).parents[1] / "planner"
RULE_ID = re.compile(r"(?:SF|LF|LD|SY|PG|AD|RT)\d{2}")
IDS = [rule.id for rule in ALL_RULES]


def test_the_page_of_rules_is_current(catalogue: Catalogue) -> None:
    """planner/RULES.md is what the rules and seeds give."""
    assert (PLANNER / "RULES.md").read_text(encoding="utf-8") == rules_markdown(catalogue)


@pytest.mark.parametrize("rule", ALL_RULES, ids=IDS)
def test_a_rule_is_complete(rule: AnyRule, catalogue: Catalogue) -> None:
    """Each rule has sentences, cases, sources, a summary and a paragraph of its own."""
    page = rules_markdown(catalogue)

    assert catalogue.texts.rules[rule.id]
    assert case_file(rule.id).exists()
    assert rule.sources
    assert set(rule.sources) <= set(catalogue.sources)
    assert set(rule.numbers) <= set(catalogue.numbers)
    assert rule.summary.endswith(".")
    assert page.count(f"### {rule.id} ") == 1


def test_rule_ids_are_unique_and_of_a_family() -> None:
    """An id is a family's two letters and two digits, and names one rule only."""
    prefixes = {prefix for prefix, _, _ in FAMILIES}

    assert len(IDS) == len(set(IDS))
    assert all(RULE_ID.fullmatch(each) and each[:2] in prefixes for each in IDS)


def test_the_page_shows_numbers_with_their_source(catalogue: Catalogue) -> None:
    """A limit stands in the page with value, unit, confidence and source."""
    assert "| `limits/response.high_peak` | 6 | nrs | P\\* | silbernagel-2007 |" in rules_markdown(catalogue)


def test_every_rule_named_in_the_planner_exists() -> None:
    """An answer can only name a rule that is listed: no id is written that no rule has."""
    named = {found for _, text in written_texts() for found in RULE_ID.findall(text)}

    assert named <= set(IDS)


def test_every_rule_is_listed_where_it_is_written() -> None:
    """No rule is defined and then left out of its family's tuple."""
    defined = {
        keyword.value.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Rule"
        for keyword in node.keywords
        if keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    }

    assert defined == set(IDS)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Return the syntax tree of every module of the planner."""
    for path in sorted(PLANNER.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def written_texts() -> Iterator[tuple[Path, str]]:
    """Return every text constant of the planner that is no docstring."""
    for path, tree in modules():
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield path, node.value
