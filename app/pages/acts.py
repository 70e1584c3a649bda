"""What the forms of the week page do: they send what an app would send, to the functions that answer an app."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from app.blocks.schemas import Item, PlannedSession
from app.clients import screening_service
from app.clients.screening_schemas import ScreeningCreate
from app.errors import IdConflict, InvalidInput
from app.facts import get_fact
from app.local_time import instant_of_day
from app.logs import service as logs
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.pages.forms import Form
from app.planning import Desk
from planner.words import RedFlag

Body = TypeVar("Body", bound=BaseModel)
Told = Mapping[str, Any]
"""A log or a part of it as an app sends it."""

_OF_THE_ROW: Final = frozenset({"id", "client_id", "received_at"})

Said = Literal[
    "logged", "checked", "safe", "stopped", "already", "tick_first", "not_by_link", "less_pain_by_link", "choose_first"
]
"""What the page then says, as the key of its sentence."""


def log_session(desk: Desk, form: Form, planned: PlannedSession, on: date, *, by_link: bool) -> Said:
    """Log a session as it was shown: every item as prescribed, or those that were ticked and the others left out.

    A form that corrects a log changes what it sends and leaves the rest as it was told. Through a private link, which
    may be in anybody's hands, no pain that was told becomes less.
    """
    if on > desk.today:
        raise InvalidInput
    before = _corrected(desk, form, "session_log")
    if before.get("session_id") != str(planned.id) if before else not planned.items:
        raise InvalidInput  # the log of another session, or nothing to log
    pain = _session_pain(form, before.get("back_pain"))
    if by_link and _is_less(pain, before):
        return "less_pain_by_link"
    body = {"performed_at": _performed_at(desk, on), **before} | {
        "id": form.id("id"),
        "session_id": planned.id,
        "items": _items(form, planned, before.get("items", [])),
        "back_pain": pain,
        "words": _words(form, before),
        "same_spot": _ticked(form, "same_spot", before),
        "changed_technique_to_survive": _ticked(form, "changed_technique_to_survive", before),
    }
    try:
        logs.add_session_log(desk, _valid(SessionLogCreate, body))
    except IdConflict:
        return "already"
    return "logged"


def _corrected(desk: Desk, form: Form, kind: str) -> Told:
    """Return what the log says that a form corrects, as an app would send it; nothing for a new one."""
    replaces = form.id("replaces")
    if replaces is None:
        return {}
    told = logs.to_log(get_fact(desk.session, desk.client, kind, replaces)).model_dump(mode="json")
    if "red_flags" in told:  # a yes stays by itself; told again it would undo a clearance in between
        told["red_flags"] = {flag: answer for flag, answer in told["red_flags"].items() if answer == "no"}
    return {name: value for name, value in told.items() if name not in _OF_THE_ROW} | {"replaces": replaces}


def _performed_at(desk: Desk, on: date) -> str | None:
    """Return the instant that stands for an earlier day; today is told as now, by leaving it out."""
    return None if on == desk.today else instant_of_day(on, desk.client.time_zone, now=desk.now).isoformat()


def _items(form: Form, planned: PlannedSession, before: Sequence[Told]) -> list[Told]:
    """Return the items as done. What was told of one stays while it is ticked, and so does what is not shown."""
    done, shown = set(form.all("done")), {str(item.id): item for item in planned.items}
    if not done <= shown.keys():
        raise InvalidInput
    if form.one("how") != "ticked":
        done = set(shown)
    hardest = form.number("effort")

    def answered(item: Item, told: Told | None) -> Told:
        if str(item.id) not in done:
            return _left_out(item)
        known = told if told and not told["skipped"] else _as_done(item)
        return _with_effort(known, item, hardest)

    earlier = [answered(shown[one["item_id"]], one) if one["item_id"] in shown else one for one in before]
    told_of = {one["item_id"] for one in before}
    return earlier + [answered(item, None) for key, item in shown.items() if key not in told_of]


def _as_done(item: Item) -> Told:
    """Return an item with its sets as prescribed."""
    one_set = {"reps": item.reps, "hold_s": item.hold_s, "load_kg": item.load_kg}
    said = {name: value for name, value in one_set.items() if value is not None}
    return {"item_id": item.id, "sets": [said] * item.sets if said else []}


def _with_effort(told: Told, item: Item, hardest: int | None) -> Told:
    """Return an item with how hard it was, which is known of the squat alone."""
    if hardest is None or item.category != "squat":
        return told
    return {**told, "sets": [{**one, "rpe": float(hardest)} for one in told["sets"]]}


def _left_out(item: Item) -> Told:
    return {"item_id": item.id, "skipped": True}


def _session_pain(form: Form, before: Told | None) -> Told | None:
    """Return the scores of a session; one of the two stands for both, none for nothing new."""
    told = {name: score for name in ("during", "after") if (score := form.number(name)) is not None}
    if not told:
        return before
    return {**(before or dict.fromkeys(("during", "after"), max(told.values()))), **told}


def _is_less(pain: Told | None, before: Told) -> bool:
    """Tell whether a score is lower than it was told before."""
    now, told = pain or {}, before.get("back_pain") or {}
    return any((now.get(name) or 0) < (score or 0) for name, score in told.items())


def check_in(desk: Desk, form: Form, *, by_link: bool) -> Said:
    """Record how the back is, or correct it, through a private link upwards only.

    The worst of the day is never below the present.
    """
    now = form.number("now")
    if now is None:
        return "choose_first"
    before = _corrected(desk, form, "check_in")
    worst = form.number("worst")
    if worst is None:
        worst = before["back_pain"]["worst_24h"] if before else now
    pain = {"now": now, "worst_24h": max(now, worst)}
    if by_link and _is_less(pain, before):
        return "less_pain_by_link"
    body = {**before} | {
        "id": form.id("id"),
        "back_pain": pain,
        "hours_to_settle": _hours_to_settle(form, before),
        "words": _words(form, before),
        "same_spot": _ticked(form, "same_spot", before),
        "affects_week": _ticked(form, "affects_week", before),
    }
    try:
        logs.add_check_in(desk, _valid(CheckInCreate, body))
    except IdConflict:
        return "already"
    return "checked"


def _hours_to_settle(form: Form, before: Told) -> float | None:
    """Return the hours until the back had settled, None for not yet; what was told stays until it is asked again."""
    how, told = form.one("how"), before.get("hours_to_settle")
    if how == "settled" and told is None:
        return form.number("settled_h")
    return None if how == "not_settled" else told


def _words(form: Form, before: Told) -> Sequence[str]:
    told = tuple(dict.fromkeys(form.all("word")))
    return told if told or _was_asked(form, "word") else before.get("words", ())


def _ticked(form: Form, name: str, before: Told) -> bool:
    """Tell whether a box counts as ticked; one that the form did not show stays as it was."""
    return form.has(name) or (bool(before.get(name)) and not _was_asked(form, name))


def _was_asked(form: Form, name: str) -> bool:
    """Tell whether a form had boxes of a name: a browser sends nothing of those that are empty."""
    return name in form.all("asked")


def answer_safety(desk: Desk, form: Form, *, by_link: bool) -> Said:
    """Record the warning signs. What was ticked counts, whichever button was pressed.

    A yes that does not say which holds training until it does. Through a private link, which may be in anybody's
    hands, a warning sign is told and none is denied.
    """
    asked: tuple[RedFlag, ...] = get_args(RedFlag)
    ticked = tuple(flag for flag in asked if flag in form.all("flag"))
    if not ticked and form.one("how") != "none":
        screening_service.leave_open(desk)
        return "tick_first"
    if not ticked and by_link:
        return "not_by_link"
    answers = dict.fromkeys(ticked, "yes") if ticked else dict.fromkeys(asked, "no")
    screening_service.add_screening(desk, _valid(ScreeningCreate, {"red_flags": answers}))
    return "stopped" if ticked else "safe"


def _valid(shape: type[Body], values: Mapping[str, object]) -> Body:
    """Return a body as the API takes it, by the same strict rules; what does not fit was not sent by our forms."""
    try:
        return shape.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        raise InvalidInput from error
