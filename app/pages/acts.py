"""What the forms of the week page do: they send what an app would send, to the functions that answer an app."""

import json
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.blocks.schemas import Item, PlannedSession
from app.clients import screening_service
from app.clients.screening_schemas import ScreeningCreate
from app.errors import InvalidInput
from app.local_time import instant_of_day
from app.logs import service as logs
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.pages.forms import Form
from app.planning import Desk
from planner.words import RedFlag

Body = TypeVar("Body", bound=BaseModel)


def log_session(desk: Desk, form: Form, planned: PlannedSession, on: date) -> None:
    """Log a planned session: every item as prescribed, or those that were ticked and the others left out."""
    ticked = frozenset(form.all("done"))
    as_planned = form.one("how") != "ticked"
    hardest = form.number("effort")
    done = [
        _as_done(item, hardest) if as_planned or str(item.id) in ticked else _left_out(item) for item in planned.items
    ]
    logs.add_session_log(
        desk,
        _valid(
            SessionLogCreate,
            {
                "id": form.id("id"),
                "session_id": planned.id,
                "performed_at": None
                if on == desk.today
                else instant_of_day(on, desk.client.time_zone, now=desk.now).isoformat(),
                "items": done,
                "back_pain": _session_pain(form),
                "words": _words(form),
                "same_spot": form.has("same_spot"),
                "changed_technique_to_survive": form.has("changed"),
                "replaces": form.id("replaces"),
            },
        ),
    )


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


def check_in(desk: Desk, form: Form) -> bool:
    """Record how the back is; tell whether a number was given. The worst of the day is never below the present."""
    now = form.number("now")
    if now is None:
        return False
    settled = form.number("settled_h") if form.one("how") == "settled" else None
    logs.add_check_in(
        desk,
        _valid(
            CheckInCreate,
            {
                "id": form.id("id"),
                "back_pain": {"now": now, "worst_24h": max(now, form.number("worst") or 0)},
                "hours_to_settle": settled,
                "words": _words(form),
                "same_spot": form.has("same_spot"),
                "affects_week": form.has("affects"),
                "replaces": form.id("replaces"),
            },
        ),
    )
    return True


def answer_safety(desk: Desk, form: Form, asked: tuple[RedFlag, ...]) -> str:
    """Record the warning signs; return what is to be said. What was ticked counts, whichever button was pressed."""
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
