"""Which fields each kind of adjustment takes, as a table; a wrong one is named with its reason."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.adjustments.schemas import AdjustmentCreate
from planner.catalogue import Catalogue
from planner.errors import Fault
from planner.words import AdjustmentKind

DOSE: Final = frozenset({"sets", "reps", "hold_s", "tempo", "rpe_max"})
NEEDED: Final[Mapping[AdjustmentKind, frozenset[str]]] = {
    "swap_exercise": frozenset({"item_id", "exercise"}),
    "set_dose": frozenset({"item_id"}),
    "set_load": frozenset({"item_id", "load_kg"}),
    "cap_load": frozenset({"item_id", "load_kg"}),
    "cap_depth": frozenset({"item_id", "depth"}),
    "move_session": frozenset({"session_id", "to_date"}),
    "skip_session": frozenset({"session_id"}),
    "add_exercise": frozenset({"session_id", "exercise"}),
    "remove_exercise": frozenset({"item_id"}),
    "hold_step": frozenset(),
    "place_on_rung": frozenset({"rung"}),
    "pause": frozenset(),
    "resume": frozenset(),
    "note": frozenset({"session_id", "note"}),
}
ALSO: Final[Mapping[AdjustmentKind, frozenset[str]]] = {"set_dose": DOSE, "add_exercise": DOSE}
SPECIFIC: Final = DOSE | {"item_id", "session_id", "exercise", "load_kg", "depth", "to_date", "rung", "note"}
ONE_SESSION: Final = frozenset({"move_session"})
WHOLE_PLAN: Final = frozenset({"hold_step", "place_on_rung", "pause", "resume"})
"""Kinds that are about no session: `session` means the rest of the block, `week` until this one is over."""
MEMBERS: Final = frozenset({"move_session", "swap_exercise"})


def field_faults(body: AdjustmentCreate, catalogue: Catalogue, *, own: bool) -> Iterator[Fault]:
    """Yield what is missing from an adjustment, or does not belong to its kind; `own` = the exercise is their own."""
    needed, allowed = NEEDED[body.kind], NEEDED[body.kind] | ALSO.get(body.kind, frozenset())
    for name in sorted(SPECIFIC):
        given = getattr(body, name) not in (None, "")
        if name in needed and not given:
            yield Fault(f"/{name}", "missing", facts={"kind": body.kind})
        elif given and name not in allowed:
            yield Fault(f"/{name}", "not_for_this_kind", facts={"kind": body.kind})
    if body.kind == "set_dose" and not any(getattr(body, name) is not None for name in DOSE):
        yield Fault("/sets", "missing", say="dose")
    if body.kind in ONE_SESSION and body.scope != "session":
        yield Fault("/scope", "not_for_this_kind", say="session", facts={"kind": body.kind})
    if body.kind == "place_on_rung" and body.expires_on is not None:
        yield Fault("/expires_on", "not_for_this_kind", facts={"kind": body.kind})
    known = own or body.exercise in catalogue.exercises or body.exercise in catalogue.variations
    if body.exercise is not None and not known:
        yield Fault("/exercise", "unknown_exercise")
