"""Contexts and whole blocks of days for the tests of schedule, selection and sessions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from planner.catalogue import Catalogue
from planner.plan import Day, Item, Ladder, PlannedSession, Rung
from planner.position import Client, Due, PlanContext, Position
from planner.schedule import is_squat_day, retest_day, retest_weeks
from planner.session import Sessions, prepare
from planner.words import Depth, Modifier, Stage, Weekday
from tests.planner.laddering import client_of

MONDAY = date(2026, 11, 2)
BLOCK = "6f9619ff-8b86-5011-b42d-00c04fc964ff"
WEEKS = 6
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEPS: tuple[tuple[str, Depth, Stage, tuple[Modifier, ...]], ...] = (
    ("bodyweight_to_box", "half", "P1", ()),
    ("goblet_box_squat", "half", "P2", ()),
    ("goblet_squat", "above_parallel", "P3", ("slow_tempo",)),
    ("safety_bar_high_box", "half", "P4", ()),
    ("low_bar_tempo_squat", "above_parallel", "P5", ()),
    ("low_bar_back_squat", "parallel", "P6", ()),
)
SHORT_HIP = {"hip_flexion": {"left": [96, 84], "right": [98, 85]}, "hip_internal_rotation": [17, 12]}
"""A hip that runs out of flexion and of internal rotation."""


def client(
    catalogue: Catalogue,
    *,
    days: tuple[Weekday, ...] = ("mon", "wed", "fri"),
    minutes: int = 60,
    **given: Any,
) -> Client:
    """Return a client of a gym, limited at the hip unless told otherwise."""
    made = client_of({"measures": SHORT_HIP, **given}, catalogue)
    profile = replace(made.profile, training_days=days, session_minutes=minutes)
    return replace(made, profile=profile)


def context(who: Client, catalogue: Catalogue, *, entry: int = 1, **changes: Any) -> PlanContext:
    """Return the context of a six-week block that starts on a Monday."""
    rungs = tuple(_rung(index, catalogue) for index in range(len(STEPS)))
    made = PlanContext(
        block_id=BLOCK,
        starts_on=MONDAY,
        weeks=WEEKS,
        client=who,
        ladder=Ladder(rungs=rungs, entry=entry),
        catalogue=catalogue,
        judged_on=MONDAY,
    )
    return replace(made, **changes)


def _rung(index: int, catalogue: Catalogue) -> Rung:
    name, depth, stage, modifiers = STEPS[index]
    variation = catalogue.variations[name]
    return Rung(
        index=index,
        variation=name,
        name=variation.name,
        load_position=variation.load_position,
        depth=depth,
        modifiers=modifiers,
        stage=stage,
        because=(catalogue.reason("LD23", squat=variation.name),),
    )


def at(rung: int = 1, **changes: Any) -> Position:
    """Return a position on the ladder: three sets of six with 24 kg unless told otherwise."""
    return Position(**{"rung": rung, "since": MONDAY, "exposures": 2, "load_kg": 24.0, "sets": 3, "reps": 6, **changes})


def block(where: PlanContext, position: Position | None = None, *, deload: int = 0) -> list[Day]:
    """Return every day of a block, with re-tests where they belong and one lighter week."""
    sessions = prepare(where)
    return [day for week in range(1, where.weeks + 1) for day in week_of(where, sessions, position, week, deload)]


def week_of(
    where: PlanContext, sessions: Sessions, position: Position | None, week: int, deload: int = 0
) -> Iterator[Day]:
    """Return the days of one week."""
    measured = retest_day(where, week) if week in retest_weeks(where.weeks, where.catalogue) else None
    for offset in range(7):
        on = where.starts_on + timedelta(days=7 * (week - 1) + offset)
        squats = is_squat_day(where.client.profile, on, where.catalogue)
        yield sessions.day(
            on,
            due=Due(position) if squats and position is not None else None,
            week=week,
            deload=week == deload,
            retest=on == measured,
        )


def items(days: list[Day], kind: str | None = None) -> Iterator[Item]:
    """Return every item of some days, of one kind of session if told."""
    for session in sessions_of(days, kind):
        yield from session.items


def sessions_of(days: list[Day], kind: str | None = None) -> Iterator[PlannedSession]:
    """Return every session of some days, of one kind if told."""
    for day in days:
        yield from (session for session in day.sessions if kind in {None, session.kind})


def facts_of(item: Item) -> Mapping[str, object]:
    """Return what an item prescribes, without its id and texts."""
    left_out = {"id", "because", "cue", "name"}
    return {name: getattr(item, name) for name in item.__slots__ if name not in left_out}
