"""Where a client stands on the ladder, and the context a block is planned in."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from planner.catalogue import Catalogue
from planner.facts import Profile
from planner.plan import Finding, Ladder
from planner.readings import Readings
from planner.values import dataclass
from planner.words import Irritability, Stage, Test

UNLOADED: frozenset[Stage] = frozenset({"P0", "P1"})

_Schema = dict[str, object]


class Sorted:
    """How pydantic writes a set of words: as a sorted list.

    It asks by this method for a schema, which is a plain dict: pydantic's own `PlainSerializer` gives the same one,
    and would have everybody who plans load pydantic, which costs a quarter of the start.
    """

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], _Schema]) -> _Schema:
        """Return the schema of the set, with the order it is written in."""
        words = {"type": "list", "items_schema": {"type": "str"}}
        return handler(source) | {
            "serialization": {"type": "function-plain", "function": sorted, "return_schema": words}
        }


Codes = Annotated[frozenset[str], Sorted()]
Tests = Annotated[frozenset[Test], Sorted()]
"""Sets that a state is stored with: written in one order, whatever order a process happens to keep them in."""

Restriction = Literal["none", "calm", "gentle", "advice_only"]
"""What may be shown: everything; P0 content; the gentle list; words alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The next squat exposure: rung, and per variable how it differs from the rung as listed.

    `load_kg` None = bodyweight, or by feel while no maximum and no log is known.
    `ease` holds for the next exposure only.
    """

    rung: int
    since: date  # day of the first exposure at this rung (planned until one was logged)
    exposures: int = 0  # squat exposures logged at this rung
    depth_drop: int = 0  # depth indices below the rung's depth
    load_kg: float | None = None
    sets: int = 0  # working sets
    reps: int = 0
    ease: float = 1.0  # factor on the load

    def shape(self) -> tuple[object, ...]:
        """Return what a squat shows of its position: all but the day and the count of exposures."""
        first = self.exposures == 0
        return (self.rung, self.depth_drop, self.load_kg, self.sets, self.reps, self.ease, first)


@dataclass(frozen=True, slots=True)
class Due:
    """The squat a day may hold: its position, and whether the last responses open the heavier loads by then."""

    position: Position
    gate_open: bool = False

    def shape(self) -> tuple[object, ...]:
        """Return what a squat may show of it."""
        return (*self.position.shape(), self.gate_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What the planner knows of a client at one moment: profile, readings, finding, codes.

    `codes` are contraindication codes (`PIN`, `ACU`, ...); one-sided ones as `HR:left`.
    `helped` are the relief tests that clearly helped.
    """

    profile: Profile
    readings: Readings
    finding: Finding
    codes: Codes
    irritability: Irritability
    age: int
    helped: Tests = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """Everything a day's plan depends on besides the date and the position."""

    block_id: str
    starts_on: date
    weeks: int
    client: Client
    ladder: Ladder
    catalogue: Catalogue
    judged_on: date  # the day the maximum is judged at: the assessment's
    restriction: Restriction = "none"
    pain_now: int | None = None  # latest morning score, decides squats in calm days
    end_range_step: int = 0  # weeks of end-range work tolerated: steps the PAILs/RAILs effort


def unloaded(ladder: Ladder, due: Due | None) -> bool:
    """Return whether the client is still at unloaded squats: nothing else is loaded then either."""
    return ladder.rungs[ladder.entry if due is None else due.position.rung].stage in UNLOADED
