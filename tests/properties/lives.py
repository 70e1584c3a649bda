"""The bench of the property tests: builds blocks for generated clients and lives through days.

Living is cheap here: the squat of a day is asked of the planner's position, not of a whole week,
and each day's facts are folded one by one, as an app would.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from planner.catalogue import Catalogue
from planner.facts import (
    AnsweredItem,
    AnsweredSession,
    Assessment,
    Body,
    CheckIn,
    Context,
    Fact,
    LoggedItem,
    LoggedSet,
    MorningPain,
    Profile,
    SessionLog,
    SessionPain,
)
from planner.fold import fold, follows, step
from planner.plan import Item, PlannedSession
from planner.replan import BlockRequest, Planned, build
from planner.schedule import is_squat_day, is_training_day
from planner.state import State
from tests.properties.strategies import DAY_ONE, DayOf, MorningOf, SquatOf
from tests.support.story import done

DAY = timedelta(days=1)
BLOCK = str(uuid5(NAMESPACE_URL, "generated"))


def at(on: date, hour: int) -> datetime:
    """Return an instant of a day."""
    return datetime.combine(on, time(hour), tzinfo=UTC)


def fact(name: str, body: Body, on: date, hour: int, *, received: date | None = None) -> Fact:
    """Return a fact with an id made of its name."""
    return Fact(
        id=str(uuid5(NAMESPACE_URL, name)),
        at=at(on, hour),
        on=on,
        received_at=at(received or on, hour),
        received_on=received or on,
        body=body,
    )


@dataclass(frozen=True)
class Lived:
    """A client after some days: all facts, the state and the day reached."""

    request: BlockRequest
    facts: tuple[Fact, ...]
    state: State
    today: date


class Bench:
    """Builds and folds with one catalogue. No dataclass: a failing example would tell the whole catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __repr__(self) -> str:
        return "Bench()"

    def request(self, profile: Profile, assessment: Assessment, weeks: int = 6) -> tuple[BlockRequest, list[Fact]]:
        """Return the request of a block and the facts it starts from."""
        facts = [fact("profile", profile, DAY_ONE, 6), fact("assessment", assessment, DAY_ONE, 7)]
        request = BlockRequest(
            id=BLOCK,
            assessment_id=facts[1].id,
            starts_on=DAY_ONE,
            weeks=weeks,
            created_at=at(DAY_ONE, 8),
            created_on=DAY_ONE,
        )
        return request, facts

    def plan(self, profile: Profile, assessment: Assessment, weeks: int = 6) -> Planned:
        """Return the block of a client on its first day."""
        request, facts = self.request(profile, assessment, weeks)
        return build(request, facts, catalogue=self.catalogue, today=DAY_ONE)

    def born(self, profile: Profile, assessment: Assessment, weeks: int = 6) -> Lived:
        """Return a client on the first day of the block."""
        request, facts = self.request(profile, assessment, weeks)
        state, _ = fold(request, facts, self.catalogue)
        return Lived(request, tuple(facts), state, DAY_ONE)

    def rebuilt(self, lived: Lived) -> Planned:
        """Return the block of a client as worked out from all facts at once."""
        return build(lived.request, lived.facts, catalogue=self.catalogue, today=lived.today)

    def tell(self, lived: Lived, name: str, body: Body, on: date, hour: int) -> Lived:
        """Return the client after one more fact."""
        told = fact(name, body, on, hour)
        facts = (*lived.facts, told)
        if follows(lived.state, told, lived.request):
            state, _ = step(lived.state, told, lived.request, self.catalogue)
        else:  # the first morning, which is earlier than the block
            state, _ = fold(lived.request, facts, self.catalogue)
        return replace(lived, facts=facts, state=state, today=on)

    def live(self, lived: Lived, days: Iterable[DayOf], *, start: int | None = None) -> Lived:
        """Return the client after some days, each with a morning and what is trained."""
        first = (lived.today - DAY_ONE).days if start is None else start
        for offset, day in enumerate(days, start=first):
            lived = self.day(lived, DAY_ONE + timedelta(days=offset), day)
        return lived

    def day(self, lived: Lived, on: date, day: DayOf) -> Lived:
        """Return the client after one day."""
        if day.morning is not None:
            lived = self.tell(lived, f"morning {on}", check_in(day.morning), on, 7)
        profile = lived.state.profile
        if not is_training_day(profile, on):
            return lived
        if day.squat is not None and is_squat_day(profile, on, self.catalogue):
            return self.squat(lived, on, day.squat)
        if day.joint:
            answers = AnsweredSession(session_id=f"joint {on}", kind="joint", planned_on=on)
            return self.tell(lived, f"joint {on}", SessionLog(session_id=f"joint {on}", answers=answers), on, 17)
        return lived

    def squat(self, lived: Lived, on: date, how: SquatOf) -> Lived:
        """Return the client after the squat asked for on a day; the same when none is."""
        item = self.asked(lived, on)
        return lived if item is None else self.tell(lived, f"squat {on}", session_log(item, on, how), on, 18)

    def asked(self, lived: Lived, on: date) -> Item | None:
        """Return the squat on the ladder that a day asks for, None without one."""
        found = self.asked_between(lived, on, on)
        return None if found is None else found[1]

    def next_asked(self, lived: Lived) -> tuple[date, Item] | None:
        """Return the next squat after today and its day, looking two weeks ahead."""
        return self.asked_between(lived, lived.today + DAY, lived.today + 14 * DAY)

    def asked_between(self, lived: Lived, start: date, end: date) -> tuple[date, Item] | None:
        """Return the first squat asked for from one day to another, as things stand now."""
        weeks = max(4, min(8, (end - DAY_ONE).days // 7 + 1))  # the lengths a block may have
        request = replace(lived.request, weeks=weeks)
        planned = build(request, lived.facts, catalogue=self.catalogue, today=start - DAY).block
        for day in (day for week in planned.earned for day in week.days if start <= day.date <= end):
            for item in squats_of(day.sessions):
                if item.rung is not None:
                    return day.date, item
        return None


def squats_of(sessions: Sequence[PlannedSession]) -> list[Item]:
    """Return the squats of some sessions."""
    return [item for one in sessions for item in one.items if item.category == "squat"]


def check_in(how: MorningOf) -> CheckIn:
    """Return a drawn morning as a fact."""
    return CheckIn(
        back_pain=MorningPain(now=how.now, worst_24h=how.worst),
        hours_to_settle=how.hours,
        words=how.words,
        same_spot=how.same_spot,
        affects_week=how.affects_week,
        leg_soreness=how.legs,
    )


def session_log(item: Item, on: date, how: SquatOf) -> SessionLog:
    """Return a drawn squat session as a fact, with the snapshot of what was asked."""
    name = f"session {on}"
    answers = AnsweredSession(
        session_id=name,
        kind="squat",
        planned_on=on,
        items=(
            AnsweredItem(
                item_id=item.id,
                exercise=item.exercise,
                category=item.category,
                sets=item.sets,
                reps=item.reps,
                load_kg=item.load_kg,
                rpe_max=item.rpe_max,
                depth=item.depth,
                modifiers=item.modifiers or (),
                stage=item.stage,
                rung=item.rung,
            ),
        ),
    )
    return SessionLog(
        session_id=name,
        items=(logged(item, how),),
        back_pain=SessionPain(during=how.during, after=how.after),
        words=how.words,
        same_spot=how.same_spot,
        changed_technique_to_survive=how.technique_changed,
        leg_soreness=how.legs,
        context=Context(sleep_h=how.sleep_h, stress=how.stress),
        answers=answers,
    )


def logged(item: Item, how: SquatOf) -> LoggedItem:
    """Return the squat as done."""
    told = done(item, (item.rpe_max or 7) + how.rpe_over)
    load = None if item.load_kg is None else round(item.load_kg * how.load_share, 2)
    kept = 1 if "sets" in how.missed else item.sets
    sets = tuple(LoggedSet(reps=one.reps, load_kg=load, rpe=one.rpe) for one in told.sets[:kept])
    return replace(
        told,
        sets=sets,
        depth_reached="quarter" if "depth" in how.missed else told.depth_reached,
        tempo_kept="tempo_kept" not in how.missed,
        breath_ok="breath_ok" not in how.missed,
        unrack_calm="unrack_calm" not in how.missed,
        position_lost="position_kept" in how.missed,
    )
