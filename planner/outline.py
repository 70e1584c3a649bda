"""What each week is planned from: equal outlines give equal weeks, so that a week that holds is left alone.

An outline has what may differ between two plans of one client, ladder and lock, and of that
only what its days may show.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.inputs import WEEK_DAYS
from planner.position import Due, Restriction, unloaded
from planner.schedule import squat_weekdays, training_weekdays
from planner.state import PlanInputs, State
from planner.values import dataclass
from planner.words import Stage

Shown = Due | bool | None
"""What a day shows of what is due: its squat, or on other training days whether all is unloaded; else nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What one week is planned from; what its days show of it is asked apart (`Outlines.seen`)."""

    number: int
    projected: bool
    restriction: Restriction
    pain_now: int | None
    step: int  # of the end-range work
    stage: Stage
    deload: bool
    squats: tuple[Due | None, ...] = field(compare=False)  # None = no squat, even on a squat day


class Outlines:
    """The outlines of a block's weeks, earned and projected, for one set of inputs."""

    def __init__(
        self, request: BlockRequest, state: State, inputs: PlanInputs, today: date, catalogue: Catalogue
    ) -> None:
        self.request = request
        self.today = today
        self.inputs = inputs
        self._ladder = state.ladder
        self._top = len(catalogue.doses.methods.pails.effort_steps) - 1
        self._trained = training_weekdays(state.profile.training_days)
        self._squats = squat_weekdays(state.profile.training_days, catalogue)
        self._ahead = dict(inputs.ahead)
        self._carried = self._carry()
        waits = inputs.waits and inputs.restriction == "none"
        self._standing = (None if waits else inputs.due,) * WEEK_DAYS

    def earned(self, number: int) -> Outline:
        """Return the outline of a week in which nothing more is earned."""
        allowed = self.inputs.restriction
        normal = allowed == "none"  # else neither squats nor steps are shown
        return Outline(
            number=number,
            projected=False,
            restriction=allowed,
            pain_now=self.inputs.pain_now,
            step=self.inputs.effort_step if normal else 0,
            stage=self._stage(self.inputs.due) if normal else "P0",
            deload=number in self.inputs.deloads,
            squats=self._standing,
        )

    def projected(self, number: int) -> Outline:
        """Return the outline of a week after normal responses only."""
        start = week_start(self.request, number)
        days = [start + timedelta(days=offset) for offset in range(WEEK_DAYS)]
        squats = tuple([self._carried.get(day) for day in days])
        first = next((self._ahead[day] for day in days if day in self._ahead), self.inputs.due)
        return Outline(
            number=number,
            projected=True,
            restriction="none",
            pain_now=None,
            step=min(self._top, max(self.inputs.effort_step, number - 1)),
            stage=self._stage(first),
            deload=number in self.inputs.deloads,
            squats=squats,
        )

    def _carry(self) -> Mapping[date, Due]:
        """Return what is due on every training day ahead: joint days follow the squat day before them."""
        carried: dict[date, Due] = {}
        last, start = self.inputs.due, self.request.starts_on
        trained = [offset for offset in range(WEEK_DAYS) if (start.weekday() + offset) % WEEK_DAYS in self._trained]
        for offset in [WEEK_DAYS * week + offset for week in range(self.request.weeks) for offset in trained]:
            day = start + timedelta(days=offset)
            last = self._ahead.get(day, last)
            if day in self._ahead or day.weekday() not in self._squats:
                carried[day] = last
        return carried

    def seen(self, week: Outline) -> tuple[Shown, ...]:
        """Return what each day of a week shows of what is due; one that has begun stays as it was shown."""
        if week.restriction != "none":
            return ()
        start = week_start(self.request, week.number)
        first, begun = start.weekday(), (self.today - start).days + 1
        return tuple(
            [
                None if offset < begun else self._seen_on((first + offset) % WEEK_DAYS, due)
                for offset, due in enumerate(week.squats)
            ]
        )

    def _seen_on(self, weekday: int, due: Due | None) -> Shown:
        if weekday in self._squats and due is not None:
            return due
        return unloaded(self._ladder, due) if weekday in self._trained else None

    def _stage(self, due: Due) -> Stage:
        return self._ladder.rungs[due.position.rung].stage


def week_start(request: BlockRequest, number: int) -> date:
    """Return the first day of a block week, counted from 1."""
    return request.starts_on + timedelta(days=WEEK_DAYS * (number - 1))
