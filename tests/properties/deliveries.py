"""Facts handed over in the order they were received, a plan after each, as an app keeps them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue
from planner.facts import Fact
from planner.plan import Week
from planner.replan import BlockRequest, build, replan
from planner.state import State
from tests.properties.strategies import DAY_ONE

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Delivered:
    """A block after all its facts arrived: state, and both versions of its weeks as an app keeps them."""

    state: State
    shown: dict[int, Week]
    projected: dict[int, Week]
    today: date


def deliver(request: BlockRequest, facts: Sequence[Fact], catalogue: Catalogue) -> Delivered:
    """Hand over facts in the order they were received, planning after each; check that begun days stay."""
    first = [fact for fact in facts if fact.received_at <= request.created_at or fact.id == request.assessment_id]
    planned = build(request, first, catalogue=catalogue, today=DAY_ONE)
    shown, projected = numbered(planned.block.earned), numbered(planned.block.projected)
    told, today = list(first), DAY_ONE
    for fact in sorted((fact for fact in facts if fact not in first), key=lambda fact: (fact.received_at, fact.id)):
        today = max(today, fact.received_on)
        told.append(fact)
        begun = {number: week for number, week in shown.items() if week.starts_on <= today}
        by_hand = isinstance(fact.body, Adjustment)
        seen = content_of(shown.values(), until=today - DAY if by_hand else today)
        one = replan(request, planned.state, fact, catalogue=catalogue, today=today, shown=begun)
        planned = one or build(request, told, catalogue=catalogue, today=today, shown=begun)
        shown |= numbered(planned.block.earned)
        projected = {number: projected[number] for number in planned.held} | numbered(planned.block.projected)
        assert content_of(shown.values(), until=today - DAY if by_hand else today) == seen
    ahead = {number: week for number, week in projected.items() if week.starts_on > today}
    return Delivered(planned.state, shown, ahead, today)


def numbered(weeks: Iterable[Week]) -> dict[int, Week]:
    """Return weeks by their number."""
    return {week.week_number: week for week in weeks}


def content_of(weeks: Iterable[Week], *, until: date = date.max, after: date = date.min) -> dict[date, object]:
    """Return what some days ask for, whatever became of the sessions."""
    return {
        day.date: [(one.id, one.kind, one.title, one.items) for one in day.sessions]
        for week in weeks
        for day in week.days
        if after < day.date <= until
    }
