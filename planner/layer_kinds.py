"""What each kind of adjustment does to the days: one function for each, in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from planner.adjusted_items import added, against, dosed, loaded, replaced_by, shallower, told
from planner.decision import Reason
from planner.layer import Layer
from planner.minutes import item_seconds, minutes_of
from planner.plan import Day, Item, PlannedSession, Week
from planner.rules.adjusting import AdjustCase
from planner.state import Standing
from planner.withhold import is_loaded
from planner.words import AdjustmentKind, depth_index


def laid_over(layer: Layer, weeks: Sequence[Week]) -> list[Week]:
    """Return the weeks with every adjustment that no rule objects to."""
    layer.days = {day.date: list(day.sessions) for week in weeks for day in week.days}
    for standing in layer.state.adjustments:
        KINDS[standing.body.kind](layer, standing)
    return [
        replace(week, days=tuple(Day(day.date, tuple(layer.days[day.date])) for day in week.days)) for week in weeks
    ]


def swap_exercise(layer: Layer, standing: Standing) -> None:
    """Put another exercise in an item's place."""
    maker = layer.choices.maker(layer.step, deload=False)
    client, on, catalogue = layer.state.client, layer.state.assessment.performed_on, layer.catalogue
    layer.each_item(
        standing, lambda item: replaced_by(item, standing, maker, client=client, on=on, catalogue=catalogue)
    )


def set_dose(layer: Layer, standing: Standing) -> None:
    """Change sets, repetitions, hold, tempo or effort."""
    layer.each_item(standing, lambda item: dosed(item, standing.body))


def set_load(layer: Layer, standing: Standing) -> None:
    """Set the load, rounded down to weights that exist."""
    kg = standing.body.load_kg or 0.0
    layer.each_item(standing, lambda item: loaded(item, kg, layer.state.client, layer.catalogue))


def cap_load(layer: Layer, standing: Standing) -> None:
    """Keep the load at or below a limit."""
    most = standing.body.load_kg or 0.0

    def capped(item: Item) -> Item:
        over = item.load_kg is not None and item.load_kg > most
        return loaded(item, most, layer.state.client, layer.catalogue) if over else item

    layer.each_item(standing, capped)


def cap_depth(layer: Layer, standing: Standing) -> None:
    """Keep the depth at or above a limit."""
    index = depth_index(standing.body.depth or "quarter")
    layer.each_item(standing, lambda item: shallower(item, index))


def remove_exercise(layer: Layer, standing: Standing) -> None:
    """Leave an exercise out."""
    place, found = standing.body.place, False
    for day, index, session in layer.sessions(standing):
        left = [one for one in session.items if place is None or one.exercise != place.exercise]
        found = found or len(left) < len(session.items)
        layer.put(day, index, session, left)
    if not found and not layer.over(standing):
        layer.objects(standing, AdjustCase(found=False))


def add_exercise(layer: Layer, standing: Standing) -> None:
    """Add an exercise to a session."""
    maker = layer.choices.maker(layer.step, deload=False)
    for day, index, session in list(layer.sessions(standing)):
        item = added(
            standing,
            maker,
            client=layer.state.client,
            on=layer.state.assessment.performed_on,
            catalogue=layer.catalogue,
        )
        if any(one.exercise == item.exercise for one in session.items):
            continue
        source = layer.catalogue.variations.get(item.exercise) or layer.catalogue.exercises[item.exercise]
        minutes = session.minutes + minutes_of(item_seconds(item, source, layer.catalogue))
        limit, missing = against(item.exercise, item.side, layer.state.client, layer.catalogue)
        case = AdjustCase(
            adds=True,
            loaded=is_loaded(item, layer.catalogue),
            against=limit,
            missing=missing,
            harder="exercises" if standing.body.by_member else "",
            minutes=minutes,
            session_minutes=layer.state.profile.session_minutes,
        )
        if not layer.objects(standing, case):
            layer.put(day, index, replace(session, minutes=minutes), (*session.items, item))


def move_session(layer: Layer, standing: Standing) -> None:
    """Do a session on another day."""
    to_date, found = standing.body.to_date, next(layer.sessions(standing), None)
    if to_date is None or found is None:
        if not layer.over(standing):
            layer.objects(standing, AdjustCase(found=False))
        return
    day, index, session = found
    other_week = standing.body.by_member and layer.week_of(to_date) != layer.week_of(day)
    case = AdjustCase(
        begun=to_date < layer.today,
        outside=to_date not in layer.days or other_week,
        gap_days=_gap(layer, session, to_date) if session.kind == "squat" else None,
    )
    if day == to_date or layer.objects(standing, case):
        return
    del layer.days[day][index]
    moved = replace(session, because=(told(standing, layer.catalogue), *session.because))
    layer.days[to_date] = [*layer.days[to_date], moved]


def _gap(layer: Layer, session: PlannedSession, to_date: date) -> int | None:
    """Return the days from a date to the nearest other squat session."""
    others = (
        abs((day - to_date).days)
        for day, sessions in layer.days.items()
        for one in sessions
        if one.kind == "squat" and one.id != session.id and one.status != "skipped"
    )
    return min(others, default=None)


def skip_session(layer: Layer, standing: Standing) -> None:
    """Leave a session out."""
    found = False
    for day, index, session in list(layer.sessions(standing)):
        found = True
        because = (told(standing, layer.catalogue), *session.because)
        layer.days[day][index] = replace(session, status="skipped", because=because)
    if not found and not layer.over(standing):
        layer.objects(standing, AdjustCase(found=False))


def pause(layer: Layer, standing: Standing) -> None:
    """Leave only the daily circles until the block is resumed."""
    for day in layer.open_days(standing):
        layer.days[day] = [one for one in layer.days[day] if one.kind == "daily_cars" or one.status != "planned"]


def note(layer: Layer, standing: Standing) -> None:
    """Show a note with the sessions it is about."""
    reason: Reason = told(standing, layer.catalogue)
    for day, index, session in list(layer.sessions(standing)):
        layer.days[day][index] = replace(session, because=(reason, *session.because))


def nothing(layer: Layer, standing: Standing) -> None:
    """Change no day: the fold has already taken it into account."""


KINDS: Final[Mapping[AdjustmentKind, Callable[[Layer, Standing], None]]] = {
    "swap_exercise": swap_exercise,
    "set_dose": set_dose,
    "set_load": set_load,
    "cap_load": cap_load,
    "cap_depth": cap_depth,
    "move_session": move_session,
    "skip_session": skip_session,
    "add_exercise": add_exercise,
    "remove_exercise": remove_exercise,
    "hold_step": nothing,
    "place_on_rung": nothing,
    "pause": pause,
    "resume": nothing,
    "note": note,
}
