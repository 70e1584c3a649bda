"""What each kind of adjustment does to the days: one function for each, in one table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.adjusted_items import added, dosed, loaded, more_than, more_than_rung, replaced_by, shallower, told
from planner.adjusted_limits import speaks_against
from planner.found import has_squats, is_at
from planner.layer import Layer
from planner.plan import Day, Item, PlannedSession, Week
from planner.rules.adjusting import AdjustCase
from planner.state import Standing
from planner.withhold import is_loaded
from planner.words import AdjustmentKind, depth_index


def laid_over(layer: Layer, weeks: Sequence[Week]) -> list[Week]:
    """Return the weeks with every adjustment that no rule objects to."""
    layer.lay(weeks)
    for standing in layer.state.adjustments:
        KINDS[standing.body.kind](layer, standing)
    return [
        replace(week, days=tuple([Day(day.date, tuple(layer.days.get(day.date, day.sessions))) for day in week.days]))
        for week in weeks
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
    layer.each_item(standing, lambda item: shallower(item, index, layer.state.client, layer.catalogue))


def remove_exercise(layer: Layer, standing: Standing) -> None:
    """Leave an exercise out."""
    place, met = standing.body.place, False
    for found in layer.sessions(standing):
        items = found.session.items
        left = [one for one in items if place is None or not is_at(place, one)]
        met = met or len(left) < len(items)
        layer.put(found, left)
    layer.check_met(standing, met=met)


def add_exercise(layer: Layer, standing: Standing) -> None:
    """Add an exercise to a session."""
    maker, sessions = layer.choices.maker(layer.step, deload=False), layer.sessions(standing)
    client, on, catalogue = layer.state.client, layer.state.assessment.performed_on, layer.catalogue
    for found in sessions:
        session = found.session
        plain = added(standing, maker, client=client, on=on, catalogue=catalogue)
        item = dosed(plain, standing.body)
        if any(one.exercise == item.exercise for one in session.items):
            layer.change_items(found, standing, item.exercise, lambda one: dosed(one, standing.body))
            continue
        harder = [catalogue.texts.phrases["more.exercises"]] if standing.body.by_member else []
        harder.append(more_than(item, plain, catalogue))
        if item.category == "squat":
            harder.append(more_than_rung(item, layer.state.ladder.rungs[layer.state.position.rung], catalogue))
        limit, missing = speaks_against(item, client, catalogue)
        case = AdjustCase(
            adds=True,
            extra=True,
            loaded=is_loaded(item, catalogue),
            against=limit or layer.exceeded(item),
            missing=missing,
            harder=", ".join(filter(None, harder)),
            gap_days=layer.squat_gap(found.day, session, same_day=False) if item.category == "squat" else None,
            **layer.length(session, (*session.items, item)),
        )
        if not layer.objects(standing, case):
            layer.put(found, (*session.items, item))
    layer.check_met(standing, met=bool(sessions))


def move_session(layer: Layer, standing: Standing) -> None:
    """Do a session on another day; the day it left shows it no more, also once it was done."""
    place, to_date = standing.body.place, standing.body.to_date
    assert place is not None  # no move is made without a session and a date
    assert to_date is not None
    if place.session_id in layer.state.statuses:
        layer.take_off(place.session_id)
    found = layer.session_to_move(standing)
    if found is None or to_date < layer.today:
        if found is not None and standing.on == layer.today:
            layer.objects(standing, AdjustCase(begun=True))
        layer.check_met(standing, met=found is not None)
        return
    session = found.session
    other_week = standing.body.by_member and layer.week_of(to_date) != layer.week_of(found.day)
    case = AdjustCase(
        outside=to_date not in layer.days or other_week,
        gap_days=layer.squat_gap(to_date, session, same_day=True) if has_squats(session) else None,
    )
    if found.day != to_date and not layer.objects(standing, case):
        for gone in layer.sessions(standing):
            gone.among[:] = [one for one in gone.among if one.id != session.id]
        if to_date != layer.today or not layer.stands_today(session):  # it may have been moved there before
            layer.days[to_date] = [*layer.days[to_date], told_in(session, standing, layer)]


def skip_session(layer: Layer, standing: Standing) -> None:
    """Leave a session out."""
    sessions = layer.sessions(standing)
    for found in sessions:
        found.put(replace(told_in(found.session, standing, layer), status="skipped"))
    layer.check_met(standing, met=bool(sessions))


def pause(layer: Layer, standing: Standing) -> None:
    """Leave only the daily circles until the block is resumed."""
    for _, among in layer.open_days(standing):
        among[:] = [one for one in among if one.kind == "daily_cars" or one.status != "planned"]


def note(layer: Layer, standing: Standing) -> None:
    """Show a note with the sessions it is about."""
    sessions = layer.sessions(standing)
    for found in sessions:
        found.put(told_in(found.session, standing, layer))
    layer.check_met(standing, met=bool(sessions))


def told_in(session: PlannedSession, standing: Standing, layer: Layer) -> PlannedSession:
    """Return a session that says who changed it and why."""
    reason = told(standing, layer.catalogue)
    return session if reason.stands_in(session.because) else replace(session, because=(reason, *session.because))


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
