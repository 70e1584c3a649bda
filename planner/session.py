"""The sessions of each day: prepared once per context, stamped with ids day by day.

`prepare` works out what is constant for a client; `Sessions.day` then only builds a kind of
day (weekday, position, lighter week, re-test) once and copies it with new ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner.catalogue import Catalogue
from planner.choices import Choices, choices_of
from planner.decision import Reason
from planner.items import ItemMaker
from planner.minutes import MINUTE, Ceiling, Draft, fit, minutes_of
from planner.plan import Day
from planner.position import Due, PlanContext, unloaded
from planner.rules.day_plan import fits_the_minutes
from planner.rules.dosing import told
from planner.rules.squat_dose import lighter_week
from planner.schedule import WEEK, squat_weekdays
from planner.size import SESSION_BYTES, WEEK_BYTES
from planner.squat_item import calm_squat_draft
from planner.stamps import Sheet, stamps
from planner.words import SessionKind, Stage

__all__ = ["Choices", "DayKind", "Sessions", "choices_of", "focus", "prepare"]

Shape = tuple[object, ...]
"""What makes two days alike (see `DayKind.shape`); a block has few of them."""


@dataclass(slots=True)
class DayKind:
    """What a day depends on besides its date; a rest day without a re-test on its weekday alone."""

    weekday: int
    squat: Due | None = None
    unloaded: bool = False  # the client is still at unloaded squats: nothing else is loaded then either
    deload: bool = False
    retest_week: int = 0  # 0 = no re-test on this day

    def shape(self) -> Shape:
        """Return what makes days alike."""
        day = (self.weekday, self.unloaded, self.deload, self.retest_week)
        return day if self.squat is None else (*day, *self.squat.shape())


def prepare(context: PlanContext, choices: Choices | None = None) -> "Sessions":
    """Return the maker of a context's days, with everything constant worked out."""
    return Sessions(context, choices or choices_of(context.client, context.catalogue))


class Sessions:
    """Makes the days of one context."""

    def __init__(self, context: PlanContext, choices: Choices) -> None:
        self.context = context
        self.choices = choices
        self.catalogue: Catalogue = context.catalogue
        self.training = choices.training(context)
        self.daily = choices.daily(context)
        self.stamper = choices.stamper(context.block_id)
        self.squat_weekdays = squat_weekdays(context.client.profile.training_days, context.catalogue)
        self.budget_s = context.client.profile.session_minutes * MINUTE
        self.pace = context.catalogue.doses.block.pace
        self._drafts: dict[int, list[Draft]] = {}
        self._circle_s: dict[int, int] = {}
        self._edges: dict[int, tuple[int, int] | None] = {}  # what tells those of a weekday from another's, by step
        self._work: dict[tuple[int, bool, bool, bool], list[Draft]] = {}
        self._room_b: int | None = None
        self._rest_days = [DayKind(weekday) for weekday in range(WEEK)]
        self._days: dict[Shape, tuple[Sheet, ...]] = {}

    def day(self, on: date, *, due: Due | None, week: int, deload: bool, retest: bool) -> Day:
        """Return one day. `due` None = no squat, even on a squat day; `retest` = this day's re-test."""
        weekday = on.weekday()
        if weekday in self.training.weekdays or retest:
            squat = due if weekday in self.squat_weekdays else None
            kind = DayKind(weekday, squat, unloaded(self.context.ladder, due), deload, week if retest else 0)
        else:
            kind = self._rest_days[weekday]
        shape = kind.shape()
        sheets = self._days.get(shape)
        if sheets is None:
            sheets = self._days[shape] = self._plan(kind)
        offset = (on - self.context.starts_on).days
        return Day(on, tuple([self.stamper.session(sheet, offset) for sheet in sheets]))

    def _plan(self, day: DayKind) -> tuple[Sheet, ...]:
        restriction = self.context.restriction
        if restriction == "advice_only":
            return ()
        if restriction == "gentle":
            return self._kept(self._sheet("recovery", self.daily.gentle(), self.budget_s))
        return self._calm_day(day) if restriction == "calm" else self._normal_day(day)

    def _calm_day(self, day: DayKind) -> tuple[Sheet, ...]:
        """Return circles, walks and, on a squat day with a calm morning and time left, an easy squat."""
        circles = self._circles_sheet(day.weekday, self.budget_s)
        left = self.budget_s - circles.minutes * MINUTE
        squat = calm_squat_draft(self.context) if day.weekday in self.squat_weekdays else None
        walk = self._sheet("recovery", self.daily.walks(), left)
        calm = self._sheet("squat", [] if squat is None else [squat], left - walk.minutes * MINUTE)
        return self._kept(circles, calm, walk)

    def _normal_day(self, day: DayKind) -> tuple[Sheet, ...]:
        """Return circles every day, a re-test before work, and the day's training."""
        squat = None
        if day.squat is not None:
            squat = self.choices.squat(self.context, day.squat, deload=day.deload)
        reserved = 0 if squat is None else minutes_of(squat.seconds(self.pace)) * MINUTE
        left = self.budget_s - reserved
        retest = self._retest(day, left) if day.retest_week else ()
        left -= sum(sheet.minutes for sheet in retest) * MINUTE
        circles = self._circles_sheet(day.weekday, left)
        if day.weekday not in self.training.weekdays:
            return self._kept(*retest, circles)
        work = self._training(day, squat, left + reserved - circles.minutes * MINUTE)
        return self._kept(*retest, circles, work)

    def _circles_sheet(self, weekday: int, room: int) -> Sheet:
        """Return the day's circles; days of the same drafts share them, whatever room is left over."""
        drafts = self._circle_drafts(weekday)
        if weekday not in self._circle_s:
            self._circle_s[weekday] = sum([draft.seconds(self.pace) for draft in drafts])
        room = min(room, self._circle_s[weekday])
        key = (self.context.restriction, weekday in self.training.weekdays, self._edges[weekday], room)
        sheets = self.choices.circles
        if key not in sheets:
            sheets[key] = self._sheet("daily_cars", drafts, room)
        return sheets[key]

    def _circle_drafts(self, weekday: int) -> list[Draft]:
        """Return the circles of a weekday; a rest day of normal training adds its edges."""
        if weekday not in self._drafts:
            drafts = self.daily.circles(training_day=weekday in self.training.weekdays)
            edges: list[Draft] = []
            if weekday not in self.training.weekdays and self.context.restriction == "none":
                edges = self.training.edges(self._maker(deload=False), weekday, after=len(drafts))
            self._drafts[weekday] = drafts + edges if edges else drafts
            step = self.context.end_range_step if any(edge.grows for edge in edges) else 0
            self._edges[weekday] = (weekday, step) if edges else None
        return self._drafts[weekday]

    def _retest(self, day: DayKind, left: int) -> tuple[Sheet, ...]:
        """Return the re-test of a day, which leaves time for at least one circle."""
        circle_s = sum(minutes_of(draft.seconds(self.pace)) for draft in self._circle_drafts(day.weekday)[:1])
        budget_s = left - circle_s * MINUTE
        drafts, because = self.choices.retest(self.context, day.retest_week)
        return (self._sheet("retest", drafts, budget_s, because=because),)

    def _training(self, day: DayKind, squat: Draft | None, budget_s: int) -> Sheet:
        drafts = self._training_drafts(day, squat=squat is not None)
        if squat is not None:
            drafts = [squat, *drafts]
        because: tuple[Reason, ...] = ()
        lighter = self.choices.ask(lighter_week, deload=day.deload)
        if lighter:
            because = (self.catalogue.reason("LD52", load_percent=lighter.facts["load_percent"]),)
        kind: SessionKind = "joint" if squat is None else "squat"
        return self._sheet(
            kind,
            drafts,
            budget_s,
            because=because,
            ceiling=self.training.ceiling,
            room_b=self._training_bytes(),
        )

    def _training_drafts(self, day: DayKind, *, squat: bool) -> list[Draft]:
        """Return what a training day may hold beside its squat; positions of a stage share it."""
        key = (day.weekday, day.deload, squat, day.unloaded)
        if key not in self._work:
            maker = self._maker(deload=day.deload)
            self._work[key] = self.training.drafts(maker, weekday=day.weekday, squat=squat, unloaded=day.unloaded)
        return self._work[key]

    def _training_bytes(self) -> int:
        """Return what the items of one training session may take, circles and a full re-test aside."""
        if self._room_b is None:
            widths = self.catalogue.widths
            retest, _ = self.choices.retest(self.context, self.context.weeks)
            daily = sum([draft.bytes(widths) for weekday in range(WEEK) for draft in self._circle_drafts(weekday)])
            taken = (WEEK + 1) * SESSION_BYTES + daily + sum([draft.bytes(widths) for draft in retest])
            self._room_b = (WEEK_BYTES - taken) // len(self.training.weekdays) - SESSION_BYTES
        return self._room_b

    def _sheet(
        self,
        kind: SessionKind,
        drafts: Sequence[Draft],
        budget_s: int,
        *,
        because: tuple[Reason, ...] = (),
        ceiling: Ceiling | None = None,
        room_b: int | None = None,
    ) -> Sheet:
        """Return a session of the drafts that fit the budget."""
        taken, used = fit(
            drafts,
            budget_s=budget_s,
            room_b=room_b,
            widths=self.catalogue.widths,
            ceiling=ceiling,
            limiting=self.training.limiting,
            pace=self.pace,
        )
        for draft in taken:
            if draft.wanted_sets:
                self._tell_trimmed(draft)
        if ceiling is not None:
            because += self.training.share_reason(taken)
        title = self.catalogue.texts.phrases[f"title.{kind}"]
        return Sheet(kind, title, minutes_of(used), because, stamps(taken))

    def _tell_trimmed(self, draft: Draft) -> None:
        trimmed = self.training.ask(fits_the_minutes, sets=draft.wanted_sets, kept_sets=draft.item.sets)
        if trimmed:
            reason = told("LD51", trimmed, self.catalogue)
            draft.item.because = (*draft.item.because, reason)

    def _kept(self, *sheets: Sheet) -> tuple[Sheet, ...]:
        return tuple([sheet for sheet in sheets if sheet.stamps])

    def _maker(self, *, deload: bool) -> ItemMaker:
        return self.choices.maker(self.context.end_range_step, deload=deload)


def focus(context: PlanContext, stage: Stage) -> str:
    """Return what a week is about, in two short sentences."""
    phrases = context.catalogue.texts.phrases
    if context.restriction != "none":
        return phrases[f"focus.{context.restriction}"]
    factor = context.client.finding.limiting_factor
    second = context.client.finding.second_factor
    joints = phrases["focus.mixed" if second else f"focus.{factor}"]
    areas = {"first": phrases[f"area.{factor}"], "second": phrases[f"area.{second or factor}"]}
    return f"{phrases[f'focus.{stage}']} {joints.format(**areas)}"
