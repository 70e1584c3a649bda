"""What became of mutants: which test noticed each, and whether somebody explained why none did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.mutants import Mutant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    by: str  # the test that failed; "" when none did, "timeout" when the tests came to no end

    @property
    def killed(self) -> bool:
        """Tell whether a test noticed."""
        return bool(self.by)


def faults(outcomes: Sequence[Outcome], explained: Mapping[str, str]) -> list[str]:
    """Return the survivors that nobody explained, and what was explained of the tried modules without surviving."""
    survivors = {one.mutant.name for one in outcomes if not one.killed}
    tried = {one.mutant.path for one in outcomes}
    told = {name for name in explained if name.split(" ")[0] in tried}
    return [f"not explained: {name}" for name in sorted(survivors - told)] + [
        f"explained, but no survivor: {name}" for name in sorted(told - survivors)
    ]


def row(path: str, outcomes: Sequence[Outcome]) -> str:
    """Return the line of a module in the table of a page."""
    mine = [one for one in outcomes if one.mutant.path == path]
    killed = sum(one.killed for one in mine)
    return f"| `{path}` | {len(mine)} | {killed} | {100 * killed / len(mine):.1f} % |"


def page(title: str, told: Sequence[str], outcomes: Sequence[Outcome], explained: Mapping[str, str]) -> str:
    """Return the page of a run: its figures by module, and each survivor with its reason."""
    paths = dict.fromkeys(one.mutant.path for one in outcomes)
    survivors = [one.mutant.name for one in outcomes if not one.killed]
    return "\n".join(
        [
            f"# {title}",
            "",
            *told,
            "",
            "| module | mutants | noticed | score |",
            "|---|---|---|---|",
            *(row(path, outcomes) for path in paths),
            "",
            "## Survivors",
            "",
            *(f"- `{name}`: {explained.get(name, 'not explained')}" for name in survivors),
            "",
        ]
    )
