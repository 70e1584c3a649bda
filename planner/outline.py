"""What each week is planned from: equal outlines give equal weeks, so that a week that holds is left alone.

An outline has what may differ between two plans of one client, ladder and lock. Whether
the gate to heavier loads speaks on a week's squats is asked apart, only when it opened or closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.inputs import WEEK_DAYS
from planner.position import Position, Restriction
from planner.schedule import squat_weekdays
from planner.state import PlanInputs, State
from planner.words import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What one week is planned from. `days` holds what of each position its day shows."""

    number: int
    projected: bool
    restriction: Restriction
    pain_now: int | None
    step: int  # of the end-range work
    stage: Stage
    deload: bool
    days: tuple[object, ...]
    positions: tuple[Position | None, ...] = field(compare=False)  # None = no squat, even on a squat day


class Outlines:
    """The outlines of a block's weeks, earned and projected, for one set of inputs."""

    def __init__(self, request: BlockRequest, state: State, inputs: PlanInputs, catalogue: Catalogue) -> None:
        self.request = request
        self.inputs = inputs
        self._rungs = state.ladder.rungs
        self._top = len(catalogue.doses.methods.pails.effort_steps) - 1
        self._squats = squat_weekdays(state.profile.training_days, catalogue)
        self._ahead = dict(inputs.ahead)
        self._carried = self._carry()
        waits = inputs.waits and inputs.restriction == "none"
        self._standing = (None if waits else inputs.position,) * WEEK_DAYS
        self._standing_days = self._seen(request.starts_on, self._standing)

    def earned(self, number: int) -> Outline:
        """Return the outline of a week in which nothing more is earned."""
        allowed = self.inputs.restriction
        return Outline(
            number=number,
            projected=False,
            restriction=allowed,
            pain_now=self.inputs.pain_now,
            step=self.inputs.effort_step,
            stage="P0" if allowed != "none" else self._stage(self.inputs.position),
            deload=number in self.inputs.deloads,
            days=self._standing_days,
            positions=self._standing,
        )

    def projected(self, number: int) -> Outline:
        """Return the outline of a week after normal responses only."""
        start = week_start(self.request, number)
        days = [start + timedelta(days=offset) for offset in range(WEEK_DAYS)]
        positions = tuple([self._carried.get(day) for day in days])
        first = next((self._ahead[day] for day in days if day in self._ahead), self.inputs.position)
        return Outline(
            number=number,
            projected=True,
            restriction="none",
            pain_now=None,
            step=min(self._top, max(self.inputs.effort_step, number - 1)),
            stage=self._stage(first),
            deload=number in self.inputs.deloads,
            days=self._seen(start, positions),
            positions=positions,
        )

    def _carry(self) -> Mapping[date, Position]:
        """Return the position of every day ahead: other days follow the squat day before them."""
        carried: dict[date, Position] = {}
        last = self.inputs.position
        for offset in range(WEEK_DAYS * self.request.weeks):
            day = self.request.starts_on + timedelta(days=offset)
            last = self._ahead.get(day, last)
            if day in self._ahead or day.weekday() not in self._squats:
                carried[day] = last
        return carried

    def _seen(self, start: date, positions: tuple[Position | None, ...]) -> tuple[object, ...]:
        """Return what each day shows of its position: the squat on squat days, elsewhere only the rung's stage."""
        first = start.weekday()
        return tuple(
            [
                None if at is None else at.shape() if (first + offset) % WEEK_DAYS in self._squats else self._stage(at)
                for offset, at in enumerate(positions)
            ]
        )

    def _stage(self, position: Position) -> Stage:
        return self._rungs[position.rung].stage


def week_start(request: BlockRequest, number: int) -> date:
    """Return the first day of a block week, counted from 1."""
    return request.starts_on + timedelta(days=WEEK_DAYS * (number - 1))
