"""Rules as data, and what they answer: reasons and decisions.

A rule is a plain function with an id. The id is the thread from an answer to the rule's
function, its line in a `RULES` tuple, its cases in `tests/rules/cases/<id>.yaml`, its
paragraph in `RULES.md` and its sources.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Generic, Never, Protocol, TypeVar

from planner.values import dataclass
from planner.words import Verdict

Value = int | float | str | bool | None
"""What a compared fact may be: a number, a word, yes/no."""

Case = TypeVar("Case")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: the rule, one sentence, the numbers compared."""

    rule: str
    text: str
    facts: Mapping[str, Value]

    def stands_in(self, reasons: Iterable["Reason"]) -> bool:
        """Return whether it is among reasons already, whatever language they are told in."""
        return any(one.rule == self.rule and one.facts == self.facts for one in reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Case, Outcome]):
    """One rule: silent (None) or an outcome. Tuples of rules are listed most protective first.

    `sources` are keys of seeds/sources.yaml; `numbers` are the keys of the limits and doses
    it compares (`response.green_rise`), so that an answer can name the source of a limit.
    """

    id: str
    name: str
    summary: str
    sources: tuple[str, ...]
    decide: Callable[[Case], Outcome | None]
    numbers: tuple[str, ...] = ()


class AnyRule(Protocol):
    """A rule of any family, as it is listed and looked up; its case is its family's own."""

    @property
    def id(self) -> str:
        """Return the id, the thread through code, cases, texts and answers."""

    @property
    def name(self) -> str:
        """Return the readable name."""

    @property
    def summary(self) -> str:
        """Return the rule in one sentence."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the keys of the sources."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the keys of the numbers compared."""

    @property
    def decide(self) -> Callable[[Never], object]:
        """Return the function that decides a case of the family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a fact changed, and why. Ids are derived from the fact and the rule."""

    id: str
    at: datetime
    rule: str
    verdict: Verdict
    because: str
    facts: Mapping[str, Value]
    rung_before: int
    rung_after: int
    source_ids: tuple[str, ...]


def first_outcome(rules: Iterable[Rule[Case, Outcome]], case: Case) -> tuple[str, Outcome] | None:
    """Return the id and outcome of the first rule that is not silent."""
    for rule in rules:
        outcome = rule.decide(case)
        if outcome is not None:
            return rule.id, outcome
    return None


def all_outcomes(rules: Iterable[Rule[Case, Outcome]], case: Case) -> list[tuple[str, Outcome]]:
    """Return the id and outcome of every rule that is not silent, in order."""
    return [(rule.id, outcome) for rule in rules if (outcome := rule.decide(case)) is not None]
