"""The mutants of `make mutation`: each has one fault, and what is written down about them is true."""

from pathlib import Path

import yaml

from tools.mutants import REMOVED, USUAL, mutants_of, statements
from tools.ownership import explanations
from tools.ownership_forms import FORMS

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = yaml.safe_load((ROOT / "tools/mutation.yaml").read_text(encoding="utf-8"))
OWNERSHIP = yaml.safe_load((ROOT / "tools/ownership.yaml").read_text(encoding="utf-8"))
SOURCE = '''"""Words decide nothing."""
KINDS: frozenset[str] = frozenset({"a", "b"})


def first(x: int, y: int = 1) -> int | None:
    """Nor do these."""
    if x < y and not y:
        return x + 1
    raise KeyError
'''


def test_every_fault_is_planted_alone_and_has_a_name(tmp_path: Path) -> None:
    """Limits, logic, numbers, answers, statements, elements; annotations and docstrings stay."""
    (tmp_path / "module.py").write_text(SOURCE)
    found = [mutant.name.removeprefix("module.py ") for mutant in mutants_of("module.py", USUAL, tmp_path)]
    assert sorted(found) == sorted(
        [
            "module: {'a', 'b'} without 'a'",
            "module: {'a', 'b'} without 'b'",
            "first: 1 -> 2",
            "first: 1 -> 0",
            "first: if x < y and (not y): return x + 1 -> removed",
            "first: x < y and (not y) -> x < y or not y",
            "first: x < y -> x <= y",
            "first: x < y -> x >= y",
            "first: not y -> y",
            "first: return x + 1 -> return None",
            "first: x + 1 -> x - 1",
            "first: 1 -> 2 (2)",
            "first: 1 -> 0 (2)",
            "first: raise KeyError -> removed",
        ]
    )


def test_a_mutant_does_what_its_name_says(tmp_path: Path) -> None:
    """And nothing else: the next one starts from the module as it is."""
    (tmp_path / "module.py").write_text(SOURCE)
    did: dict[str, object] = {}
    for mutant in mutants_of("module.py", USUAL, tmp_path):
        names: dict[str, object] = {}
        exec(mutant.code, names)
        did[mutant.change] = names["KINDS"]
    assert did["{'a', 'b'} without 'a'"] == {"b"}
    assert [kinds for change, kinds in did.items() if "without" not in change] == [{"a", "b"}] * (len(did) - 2)
    assert list(statements(REMOVED)) == []


def test_what_is_explained_is_a_mutant_and_what_is_tried_is_there() -> None:
    """Nothing is explained that the code no longer says."""
    tests = {part for parts in SETTINGS["modules"].values() for part in parts if part.endswith(".py")}
    named = {mutant.name for path in SETTINGS["modules"] for mutant in mutants_of(path, USUAL, ROOT)}
    assert [path for path in tests if not (ROOT / path).exists()] == []
    assert set(SETTINGS["explained"]) <= named
    assert all(why.strip() for why in SETTINGS["explained"].values())


def test_what_is_told_of_ownership_is_a_mutant_and_its_tests_are_there() -> None:
    """Nothing is explained that the code no longer says, and no test is named for a mutant that is none."""
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py")]
    named = {mutant.name for path in paths for mutant in mutants_of(path, FORMS, ROOT)}
    tests = {test for several in OWNERSHIP["tests"].values() for test in several}
    written = {path: (ROOT / path).read_text(encoding="utf-8") for path in {test.partition("::")[0] for test in tests}}
    assert [test for test in tests if f"def {test.partition('::')[2]}" not in written[test.partition("::")[0]]] == []
    assert [begins for begins in OWNERSHIP["tests"] if not any(name.startswith(begins) for name in named)] == []
    assert set(explanations(OWNERSHIP)) <= named
    assert all(why.strip() for why in OWNERSHIP["explained"])
