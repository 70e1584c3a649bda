"""Errors of the planner: raised for nonsense input only; a "no" is a value, not an error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: where (JSON pointer or file and key), a stable code, a sentence."""

    pointer: str
    code: str
    message: str


class PlannerError(ValueError):
    """Input the planner cannot work with; carries every fault found at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.message}" for fault in faults))
        self.faults = faults


class SeedError(PlannerError):
    """The catalogue's seed files are faulty; names every file and key."""


class ExerciseError(PlannerError):
    """An exercise that an organization's library cannot hold; names every field."""


class AssessmentError(PlannerError):
    """An assessment that cannot be: impossible range, side, unit, or active above passive."""


class BlockError(PlannerError):
    """A block that cannot be built: starts before its assessment, wrong length."""
