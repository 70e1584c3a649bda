"""The laws of a difference, for any two blocks the planner makes."""

from collections.abc import Iterator

from hypothesis import given, settings

from planner.decision import Value
from planner.difference import Change, difference
from planner.facts import Assessment, Profile
from planner.plan import Block, Item, PlannedSession, Week
from tests.properties.lives import Bench
from tests.properties.strategies import DAY_ONE, assessments, clients
from tests.support.profile import PROFILE

SOME = settings(max_examples=40 if PROFILE == "suite" else 3000)
Weeks = dict[int, Week]


def shown(block: Block) -> Weeks:
    """Return the weeks as a reader sees them on the first day."""
    return {week.week_number: week for week in (*block.earned, *block.projected)}


def sessions_at(weeks: Weeks, row: Change) -> Iterator[PlannedSession]:
    """Yield the sessions a row may mean."""
    for day in weeks[row.week].days if row.week in weeks else ():
        yield from (one for one in day.sessions if day.date == row.date and one.title == row.session)


def values_at(weeks: Weeks, row: Change) -> set[Value]:
    """Return what a row's field is in some weeks: one value for each place it may mean."""
    if not row.session:
        week = weeks.get(row.week or 0)
        return {None if week is None else week_value(week, row.field)}
    sessions = list(sessions_at(weeks, row))
    if not row.item:
        return {session_value(one, row) for one in sessions} or {None}
    items = [item for one in sessions for item in one.items if (item.name, item.side) == (row.item, row.side)]
    return {item_value(item, row.field) for item in items} or {None}


def week_value(week: Week, name: str) -> Value:
    """Return a field of a week as rows tell it."""
    if name == "lock":
        return None if week.lock is None else week.lock.urgency
    value: Value = week.focus if name == "week" else getattr(week, name)
    return value


def session_value(session: PlannedSession, row: Change) -> Value:
    """Return a field of a session as rows tell it."""
    assert row.date is not None
    told: dict[str, Value] = {
        "session": session.title,
        "date": row.date.isoformat(),
        "status": session.status,
        "exercises": len(session.items),
    }
    return told[row.field]


def item_value(item: Item, name: str) -> Value:
    """Return a field of an exercise as rows tell it."""
    if name == "phases":
        return None if item.phases is None else " + ".join(f"{one.name} {one.seconds} s" for one in item.phases)
    if name == "modifiers":
        return None if item.modifiers is None else ", ".join(item.modifiers)
    value: Value = getattr(item, name)
    return value


@SOME
@given(profile=clients(), assessment=assessments())
def test_a_block_does_not_differ_from_itself(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """Planned twice from the same facts nothing differs."""
    weeks, again = (shown(bench.plan(profile, assessment).block) for _ in range(2))
    assert difference(weeks, weeks) == difference(weeks, again) == ()


@SOME
@given(profile=clients(), first=assessments(), other=clients(), second=assessments())
def test_a_row_says_what_the_later_version_holds(
    bench: Bench, profile: Profile, first: Assessment, other: Profile, second: Assessment
) -> None:
    """Whatever two blocks are compared, `after` stands in the later one, and before and after differ."""
    before, after = shown(bench.plan(profile, first).block), shown(bench.plan(other, second).block)
    rows = difference(before, after)

    for row in rows:
        assert row.before != row.after, row
        assert row.after in values_at(after, row) or row.after is None, row
        assert row.session == "" or row.date is not None, row
    assert [row.week for row in rows] == sorted(row.week or 0 for row in rows)


@SOME
@given(profile=clients(), first=assessments(), other=clients(), second=assessments())
def test_what_came_one_way_goes_the_other(
    bench: Bench, profile: Profile, first: Assessment, other: Profile, second: Assessment
) -> None:
    """There are as many exercises and sessions that only one of two blocks holds, whichever is the earlier."""
    before, after = shown(bench.plan(profile, first).block), shown(bench.plan(other, second).block)
    came = [row.field for row in difference(before, after) if row.before is None]
    went = [row.field for row in difference(after, before) if row.after is None]
    assert sorted(came) == sorted(went)


@SOME
@given(profile=clients(), first=assessments(), second=assessments())
def test_days_that_are_left_out_change_no_other_row(
    bench: Bench, profile: Profile, first: Assessment, second: Assessment
) -> None:
    """From a day on, the rows are those of the days from then on."""
    before, after = shown(bench.plan(profile, first).block), shown(bench.plan(profile, second).block)
    middle = DAY_ONE.replace(day=DAY_ONE.day + 14)
    whole = difference(before, after)
    later = tuple(row for row in whole if (row.week or 0) > 2)
    assert difference(before, after, from_day=middle) == later
