"""Every rule of the planner in one tuple, and the reference page generated from it.

Families in the order they speak: screening (SF), limiting factor (LF), ladder, dose and
load (LD), response (SY), progression (PG); within a family most protective first.
"""

from collections.abc import Iterator
from typing import Final

from planner.catalogue import Catalogue, Number
from planner.decision import AnyRule
from planner.rules.adjusting import ADJUSTING_RULES
from planner.rules.change import CHANGE_RULES
from planner.rules.dose import DOSE_RULES
from planner.rules.factor_change import FACTOR_RULES
from planner.rules.ladder import LADDER_RULES
from planner.rules.limiting import LIMITING_RULES
from planner.rules.next_block import ENTRANCE_RULES
from planner.rules.progression import ADVANCING_RULES, PROTECTIVE_RULES, RETEST_RULES, RETURN_RULES
from planner.rules.response import RESPONSE_RULES
from planner.rules.screening import SCREENING_RULES

ALL_RULES: Final[tuple[AnyRule, ...]] = (
    *SCREENING_RULES,
    *LIMITING_RULES,
    *LADDER_RULES,
    *DOSE_RULES,
    *RESPONSE_RULES,
    *PROTECTIVE_RULES,
    *RETEST_RULES,
    *RETURN_RULES,
    *ADVANCING_RULES,
    *ADJUSTING_RULES,
    *CHANGE_RULES,
    *FACTOR_RULES,
    *ENTRANCE_RULES,
)

FAMILIES: Final[tuple[tuple[str, str, str], ...]] = (
    ("SF", "Screening", "What the red-flag checklist allows."),
    ("LF", "Limiting factor", "What speaks for and against each limiting factor."),
    ("LD", "Ladder, dose and load", "Which squat, how deep, how much and what goes with it."),
    ("SY", "Response", "How the back answered one squat exposure."),
    ("PG", "Progression", "What an exposure changes: stop, step back, ease, hold or up."),
    ("AD", "Adjustment", "What a person's change of the plan may not do, or only knowingly."),
    ("RT", "Re-test", "What changed between two assessments, and where the next block begins."),
)

INTRODUCTION: Final = """\
# Rules

Generated from the rule tuples and the seeds by `make generate`; a test keeps it current.
Families in the order they speak, rules most protective first. Every answer of the planner
names the rule that decided; the same id finds its function in `planner/rules/`, its cases in
`tests/rules/cases/` and its sentences in `seeds/texts/en.yaml`.

Confidence: S stated by the method's article, P published, P* published but not read again,
C coaching convention, C+ convention looked up, J our judgement, M computed by simulation.
"""


def rules_markdown(catalogue: Catalogue) -> str:
    """Return the reference page of all rules with their numbers and sources."""
    return "\n".join((INTRODUCTION, *_families(catalogue))).rstrip() + "\n"


def _families(catalogue: Catalogue) -> Iterator[str]:
    for prefix, title, about in FAMILIES:
        yield f"## {prefix} {title}\n\n{about}\n"
        for rule in ALL_RULES:
            if rule.id.startswith(prefix):
                yield from _paragraph(rule, catalogue)


def _paragraph(rule: AnyRule, catalogue: Catalogue) -> Iterator[str]:
    yield f"### {rule.id} {rule.name}\n\n{rule.summary}\n"
    if rule.numbers:
        yield "| Number | Value | Unit | Confidence | Source |\n|---|---|---|---|---|"
        for key in rule.numbers:
            yield _row(catalogue.numbers[key])
        yield ""
    titles = "; ".join(catalogue.sources[key].title for key in rule.sources)
    yield f"Sources: {titles}.\n"


def _row(number: Number) -> str:
    confidence = number.confidence.replace("*", "\\*")
    cells = (f"`{number.key}`", _shown(number), number.unit, confidence, number.source)
    return f"| {' | '.join(cells)} |"


def _shown(number: Number) -> str:
    values = number.value if isinstance(number.value, tuple) else (number.value,)
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
