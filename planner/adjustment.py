"""An adjustment: what a person changed in a plan, where and why, as a fact."""

from datetime import date

from planner.library import Exercise
from planner.seeded import dataclass
from planner.words import AdjustmentKind, AdjustmentScope, Depth, SessionKind, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedPlace:
    """What an adjustment points at, as its author saw it: a session, and an item in it (if any)."""

    session_id: str
    session_kind: SessionKind
    on: date  # the day the session stood on
    exercise: str | None = None
    side: Side | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A person's change of the plan: kept beside it and applied again after every replan.

    `acknowledges` names the rules it overrules knowingly. `revokes` takes an earlier adjustment
    back and does nothing else.
    """

    kind: AdjustmentKind
    scope: AdjustmentScope = "session"
    reason: str = ""
    acknowledges: tuple[str, ...] = ()
    expires_on: date | None = None  # the last day it holds
    by_member: bool = False
    place: AdjustedPlace | None = None
    exercise: str | None = None
    own: Exercise | None = None  # the whole exercise, when it is one of the organization's own
    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    tempo: str | None = None
    rpe_max: float | None = None
    load_kg: float | None = None
    depth: Depth | None = None
    to_date: date | None = None
    rung: int | None = None
    note: str = ""
    revokes: str | None = None
