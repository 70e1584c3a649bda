"""What the forms of the week page do: they send what an app would send, to the functions that answer an app."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from app.blocks.schemas import Item, PlannedSession
from app.clients import screening_service
from app.clients.screening_schemas import ScreeningCreate
from app.errors import IdConflict, InvalidInput
from app.local_time import instant_of_day
from app.logs import service as logs
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.pages.forms import Form
from app.planning import Desk
from planner.words import RedFlag

Body = TypeVar("Body", bound=BaseModel)


Said = Literal["logged", "checked", "safe", "stopped", "already", "tick_first", "choose_first"]
"""What the page then says, as the key of its sentence."""


def log_session(desk: Desk, form: Form, planned: PlannedSession, on: date) -> Said:
    """Log a planned session: every item as prescribed, or those that were ticked and the others left out."""
    if on > desk.today:
        raise InvalidInput
    ticked, as_planned, hardest = form.all("done"), form.one("how") != "ticked", form.number("effort")
    body = {
        "id": form.id("id"),
        "session_id": planned.id,
        "performed_at": _performed_at(desk, on),
        "items": [
            _as_done(item, hardest) if as_planned or str(item.id) in ticked else _left_out(item)
            for item in planned.items
        ],
        "back_pain": _session_pain(form),
        "words": _words(form),
        "same_spot": form.has("same_spot"),
        "changed_technique_to_survive": form.has("changed"),
        "replaces": form.id("replaces"),
    }
    try:
        logs.add_session_log(desk, _valid(SessionLogCreate, body))
    except IdConflict:
        return "already"
    return "logged"


def _performed_at(desk: Desk, on: date) -> str | None:
    """Return the instant that stands for an earlier day; today is told as now, by leaving it out."""
    return None if on == desk.today else instant_of_day(on, desk.client.time_zone, now=desk.now).isoformat()


def _as_done(item: Item, hardest: int | None) -> dict[str, object]:
    """Return an item with its sets as prescribed; how hard it was is known of the squat alone."""
    rpe = float(hardest) if hardest is not None and item.category == "squat" else None
    one_set = {"reps": item.reps, "hold_s": item.hold_s, "load_kg": item.load_kg, "rpe": rpe}
    said = {name: value for name, value in one_set.items() if value is not None}
    return {"item_id": item.id, "sets": [said] * item.sets if said else []}


def _left_out(item: Item) -> dict[str, object]:
    return {"item_id": item.id, "skipped": True}


def _session_pain(form: Form) -> dict[str, int] | None:
    """Return the scores of a session; one of the two stands for both, none for nothing told."""
    during, after = form.number("during"), form.number("after")
    told = [score for score in (during, after) if score is not None]
    if not told:
        return None
    return {"during": max(told) if during is None else during, "after": max(told) if after is None else after}


def check_in(desk: Desk, form: Form) -> Said:
    """Record how the back is. The worst of the day is never below the present."""
    now = form.number("now")
    if now is None:
        return "choose_first"
    body = {
        "id": form.id("id"),
        "back_pain": {"now": now, "worst_24h": max(now, form.number("worst") or 0)},
        "hours_to_settle": form.number("settled_h") if form.one("how") == "settled" else None,
        "words": _words(form),
        "same_spot": form.has("same_spot"),
        "affects_week": form.has("affects"),
        "replaces": form.id("replaces"),
    }
    try:
        logs.add_check_in(desk, _valid(CheckInCreate, body))
    except IdConflict:
        return "already"
    return "checked"


def answer_safety(desk: Desk, form: Form) -> Said:
    """Record the warning signs. What was ticked counts, whichever button was pressed."""
    asked: tuple[RedFlag, ...] = get_args(RedFlag)
    ticked = tuple(flag for flag in asked if flag in form.all("flag"))
    if not ticked and form.one("how") != "none":
        return "tick_first"
    answers = dict.fromkeys(ticked, "yes") if ticked else dict.fromkeys(asked, "no")
    screening_service.add_screening(desk, _valid(ScreeningCreate, {"red_flags": answers}))
    return "stopped" if ticked else "safe"


def _words(form: Form) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.all("word")))


def _valid(shape: type[Body], values: Mapping[str, object]) -> Body:
    """Return a body as the API takes it, by the same strict rules; what does not fit was not sent by our forms."""
    try:
        return shape.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        raise InvalidInput from error
