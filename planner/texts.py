"""Every sentence of a plan in one language, and how facts are put into it."""

from collections.abc import Mapping

from planner.decision import Value
from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Teach:
    """A short text for the client."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Every sentence the planner says, in one language; templates filled from facts.

    `words` are what a sentence says for the codes that a fact may be: placeholder -> code -> word.
    """

    decimal_mark: str
    words: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, Mapping[str, str]]  # rule id -> case -> template
    teaching: Mapping[str, Teach]
    phrases: Mapping[str, str]
    red_flags: Mapping[str, str]  # flag -> wording of the question

    def phrase(self, key: str, /, **facts: Value) -> str:
        """Return a phrase, filled from its facts."""
        return self.fill(self.phrases[key], facts)

    def fill(self, template: str, facts: Mapping[str, Value]) -> str:
        """Return a template with its facts as people write them: decimals, and words in place of codes."""
        return template.format_map(
            {
                name: self._said(name, value) if isinstance(value, (float, str)) else value
                for name, value in facts.items()
            }
        )

    def _said(self, name: str, value: float | str) -> str:
        if not isinstance(value, str):
            return self.number(value)
        words = self.words.get(name)
        return value if words is None else words.get(value, value)

    def number(self, value: float) -> str:
        """Return a number with the decimal mark of the language: 2, not 2.0; at most two decimals."""
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", self.decimal_mark)
