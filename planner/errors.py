"""Errors of the planner: raised for nonsense input only; a "no" is a value, not an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.decision import Value


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: where (JSON pointer or file and key), and a stable code.

    `message` is a sentence for whoever writes seeds or exercises. Where it is empty a member may read the fault:
    the sentence is that of the code, or of one of several cases (`say`), filled from `facts` in the reader's language.
    """

    pointer: str
    code: str
    message: str = ""
    say: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)


class PlannerError(ValueError):
    """Input the planner cannot work with; carries every fault found at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.message or fault.code}" for fault in faults))
        self.faults = faults


class SeedError(PlannerError):
    """The catalogue's seed files are faulty; names every file and key."""


class ExerciseError(PlannerError):
    """An exercise that an organization's library cannot hold; names every field."""


class AssessmentError(PlannerError):
    """An assessment that cannot be: impossible range, side, unit, or active above passive."""


class BlockError(PlannerError):
    """A block that cannot be built: starts before its assessment, wrong length."""
