"""No code holds a sentence that a member reads: those are in seeds/texts, seeds/translations and seeds/messages."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from app.errors import CODE_OF, PROBLEMS, Refusal
from app.messages import messages_in
from planner.locale import SOURCE_LANGUAGE
from planner.words import Unit

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = re.compile(r"[A-Za-z][a-z]+,? [a-z]{2,}")
DESCRIBING = frozenset({"description", "summary", "help", "name", "title", "examples", "openapi_examples", "value"})
"""Names under which the API is described to developers, and rules to whoever reads planner/RULES.md."""

ELSEWHERE = {
    "app/audit_check.py": "told on a terminal to whoever runs the service",
    "app/cli.py": "told on a terminal to whoever runs the service",
    "app/connections.py": "what databases say",
    "app/copy_commands.py": "told on a terminal to whoever runs the service",
    "app/copying.py": "told on a terminal to whoever runs the service",
    "app/db.py": "what an error says that is answered as an outage",
    "app/delivery/command.py": "told on a terminal to whoever runs the service",
    "app/delivery/webhook_call.py": "an error that ends as a code",
    "app/demo_guard.py": "told to whoever sets the service up",
    "app/demo_story.py": "what people of the demo gym wrote",
    "app/lab/": "the report about simulated clients, for whoever judges the method",
    "app/library/home_seed.py": "faults of seeds, for whoever writes them",
    "app/libpq.py": "what databases say",
    "app/metrics.py": "read by a monitor",
    "app/pages/site.py": "headers",
    "app/openapi.py": "describes the API to developers",
    "app/plan_check.py": "told on a terminal to whoever runs the service",
    "app/plan_command.py": "what ids are made of",
    "app/plan_report.py": "headings of a plan on a terminal, for whoever judges the method",
    "app/problems.py": "what databases say, and the schema of a problem",
    "app/red_flags.py": "describes fields of the API; the questions a member reads are in seeds/texts",
    "app/schema.py": "what an error says that is answered as an outage",
    "app/seeds_command.py": "told on a terminal to whoever writes seeds",
    "app/server.py": "logged for the operator",
    "app/service_commands.py": "told on a terminal to whoever runs the service",
    "app/settings.py": "told to whoever sets the service up",
    "app/settings_checks.py": "told to whoever sets the service up",
    "app/telemetry.py": "told to whoever sets the service up",
    "app/verify_command.py": "told on a terminal to whoever runs the service",
    "planner/check.py": "words to send, listed",
    "planner/crosscheck.py": "faults of seeds, for whoever writes them",
    "planner/crosscheck_entries.py": "faults of seeds and of a coach's own exercises",
    "planner/crosscheck_words.py": "faults of translations, for whoever writes them",
    "planner/forecast/": "names of figures and of random streams",
    "planner/parse_words.py": "faults of translations, for whoever writes them",
    "planner/registry.py": "planner/RULES.md",
    "planner/seed_reader.py": "faults of seeds, for whoever writes them",
}
"""Where sentences may stand in code, and who reads them."""


def sources() -> list[Path]:
    """Return the modules that could hold a sentence for members."""
    found = chain((ROOT / "app").rglob("*.py"), (ROOT / "planner").rglob("*.py"))
    return sorted(path for path in found if "_data" not in path.parts and path.name != "examples.py")


def is_elsewhere(path: Path) -> bool:
    """Return whether what a module says is for others than members."""
    return any(path.relative_to(ROOT).as_posix().startswith(place) for place in ELSEWHERE)


def described(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node says to developers: docstrings, and values named as descriptions."""
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.keyword) and node.arg in DESCRIBING:
        yield from ast.walk(node.value)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in DESCRIBING:
                yield from ast.walk(value)


def sentences(path: Path) -> list[tuple[int, str]]:
    """Return the texts of a module that read like sentences, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = {id(found) for node in ast.walk(tree) for found in described(node)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over
        if SENTENCE.search(node.value)
    ]


def test_no_code_says_a_sentence_to_a_member() -> None:
    """Whoever adds one is told where: it belongs into the texts, or its reader into the list above."""
    said = {path.relative_to(ROOT).as_posix(): sentences(path) for path in sources() if not is_elsewhere(path)}

    assert {path: found for path, found in said.items() if found} == {}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_list_names_only_places_that_say_something(place: str) -> None:
    """A place that no longer says anything leaves the list."""
    assert any(sentences(path) for path in sources() if path.relative_to(ROOT).as_posix().startswith(place))


def test_a_sentence_in_code_is_found(tmp_path: Path) -> None:
    """The search sees plain and formatted texts, and passes over docstrings, descriptions and codes."""
    module = tmp_path / "module.py"
    module.write_text(
        '"""A docstring says much."""\n'
        'FIELD = Field(description="For developers only.")\n'
        'raise Conflict("It was taken back.")\n'
        'told = f"At most {most} things are allowed."\n'
        'code = "taken_back"\n'
    )

    assert [line for line, _ in sentences(module)] == [3, 4, 4]


# --- the texts of problems ----------------------------------------------------------------------------------------


def calls() -> Iterator[ast.Call]:
    """Yield every call in the code."""
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def constant(node: ast.AST | None) -> str:
    """Return a text that stands in the code, "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def named(call: ast.Call, name: str) -> str:
    """Return a text given by name."""
    return next((constant(one.value) for one in call.keywords if one.arg == name), "")


def keys_used() -> Iterator[str]:
    """Yield the keys of the texts that refusals, faults and unfit values ask for."""
    refusals = {error.__name__ for error in CODE_OF if issubclass(error, Refusal)}
    for call in calls():
        called = call.func.id if isinstance(call.func, ast.Name) else ""
        given = [constant(one) for one in call.args]
        if (called in refusals and given) or (
            isinstance(call.func, ast.Call) and ast.unparse(call.func.func) == "type"
        ):
            yield f"detail.{given[0]}"
        elif called == "Unfit":
            yield f"unfit.{given[0]}"
        elif called == "_repeated":
            yield f"fault.{given[2]}"
        elif called == "Fault" and len(given) == 2 and given[1]:
            yield ".".join(filter(None, ("fault", given[1], named(call, "say"))))


def test_every_text_of_a_problem_is_written_and_used() -> None:
    """Each refusal, fault and kind of problem has its sentence, and no sentence is left without one."""
    texts = {key.removeprefix("problems.") for key in messages_in(SOURCE_LANGUAGE).texts if key.startswith("problems.")}
    asked = {*keys_used(), *(f"title.{code}" for code in PROBLEMS), *(f"unit.{unit}" for unit in get_args(Unit))}

    assert asked - texts == set()
    assert {key for key in texts if not key.startswith("invalid.")} - asked == set()
