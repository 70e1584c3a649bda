"""The sessions of each day: prepared once per context, stamped with ids day by day.

`prepare` works out what is constant for a client; `Sessions.day` then only builds a kind of
day (weekday, position, lighter week, re-test) once and copies it with new ids.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter

from planner.catalogue import Catalogue
from planner.chooser import Chooser
from planner.daily import Daily
from planner.decision import Reason
from planner.identity import item_id, session_id, session_ordinal
from planner.items import ItemMaker
from planner.minutes import MINUTE, Ceiling, Draft, fit, minutes_of
from planner.plan import Day, Item, PlannedSession
from planner.position import Client, PlanContext, Position
from planner.retest_session import retest_drafts
from planner.rules.day_plan import fits_the_minutes
from planner.rules.dosing import Asker, told
from planner.rules.squat_dose import lighter_week
from planner.schedule import WEEK, is_squat_day, is_training_day
from planner.selection import Target, dose_case, targets
from planner.size import SESSION_BYTES, WEEK_BYTES, session_bytes
from planner.squat_item import calm_squat_draft, squat_draft
from planner.training import Training
from planner.words import STAGES, SessionKind, Side, Stage

SLOTS: dict[SessionKind, int] = {"daily_cars": 0, "retest": 1, "squat": 2, "joint": 3, "recovery": 4}
"""Place of a kind of session among the ids of a day; a day holds at most one of each."""

UNLOADED_UP_TO: Stage = "P1"

_after_id = attrgetter(*[field.name for field in fields(Item)][1:])
ItemKey = tuple[str, Side, int]
Stamp = tuple[ItemKey, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session without ids: what every day of the same kind shares."""

    kind: SessionKind
    title: str
    minutes: int
    because: tuple[Reason, ...]
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What makes two days alike; a block has few of them."""

    weekday: int
    position: Position | None  # None = no squat
    unloaded: bool  # the client is still at unloaded squats: nothing else is loaded then either
    deload: bool
    retest_week: int  # 0 = no re-test on this day


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen for a client whatever the week: the targets, and how exercises are picked."""

    targets: tuple[Target, ...]
    chooser: Chooser


def choices_of(client: Client, catalogue: Catalogue) -> Choices:
    """Return what is chosen for a client."""
    return Choices(targets(client, catalogue), Chooser(client, catalogue))


def prepare(context: PlanContext, choices: Choices | None = None) -> "Sessions":
    """Return the maker of a context's days, with everything constant worked out."""
    return Sessions(context, choices or choices_of(context.client, context.catalogue))


class Sessions:
    """Makes the days of one context."""

    def __init__(self, context: PlanContext, choices: Choices) -> None:
        self.context = context
        self.catalogue: Catalogue = context.catalogue
        self.chooser = choices.chooser
        self.targets = choices.targets
        self.training = Training(context, self.chooser, self.targets)
        self.ask = Asker(dose_case(context.client, context.catalogue))
        self.budget_s = context.client.profile.session_minutes * MINUTE
        self.pace = context.catalogue.doses.block.pace
        self._makers: dict[bool, ItemMaker] = {}
        self._circles: dict[tuple[int, int], Sheet] = {}
        self._drafts: dict[int, list[Draft]] = {}
        self._work: dict[tuple[int, bool, bool, bool], list[Draft]] = {}
        self.daily = Daily(context, self.chooser, self._maker(deload=False))
        self._room_b: int | None = None
        self._sheets: dict[Shape, tuple[Sheet, ...]] = {}

    def day(self, on: date, *, position: Position | None, week: int, deload: bool, retest: bool) -> Day:
        """Return one day. `position` None = no squat, even on a squat day; `retest` = this day's re-test."""
        same = None
        if position is not None and self._squats_on(on):
            same = replace(position, since=date.min, exposures=min(position.exposures, 1))
        shape = Shape(on.weekday(), same, self._unloaded(position), deload, week if retest else 0)
        sheets = self._sheets.get(shape)
        if sheets is None:
            sheets = self._sheets[shape] = self._plan(on, shape)
        offset = (on - self.context.starts_on).days
        return Day(on, tuple(self._stamped(sheet, offset) for sheet in sheets))

    def _stamped(self, sheet: Sheet, offset: int) -> PlannedSession:
        own = session_id(self.context.block_id, session_ordinal(offset, SLOTS[sheet.kind]), sheet.kind)
        items = tuple([Item(item_id(own, *key), *rest) for key, rest in sheet.stamps])  # type: ignore[arg-type]
        return PlannedSession(own, sheet.kind, sheet.title, sheet.minutes, items, "planned", sheet.because)

    def _plan(self, on: date, shape: Shape) -> tuple[Sheet, ...]:
        restriction = self.context.restriction
        if restriction == "advice_only":
            return ()
        if restriction == "gentle":
            return self._kept(self._sheet("recovery", self.daily.gentle(), self.budget_s))
        return self._calm_day(on) if restriction == "calm" else self._normal_day(on, shape)

    def _calm_day(self, on: date) -> tuple[Sheet, ...]:
        """Return circles, walks and, on a squat day with a calm morning and time left, an easy squat."""
        circles = self._circles_sheet(on.weekday(), self.budget_s)
        left = self.budget_s - circles.minutes * MINUTE
        squat = calm_squat_draft(self.context) if self._squats_on(on) else None
        walk = self._sheet("recovery", self.daily.walks(), left)
        calm = self._sheet("squat", [] if squat is None else [squat], left - walk.minutes * MINUTE)
        return self._kept(circles, calm, walk)

    def _normal_day(self, on: date, shape: Shape) -> tuple[Sheet, ...]:
        """Return circles every day, a re-test before work, and the day's training."""
        trains = is_training_day(self.context.client.profile, on)
        squat = None
        if shape.position is not None:
            squat = squat_draft(self.context, shape.position, deload=shape.deload)
        reserved = 0 if squat is None else minutes_of(squat.seconds(self.pace)) * MINUTE
        left = self.budget_s - reserved
        retest = self._retest(shape, left)
        left -= retest.minutes * MINUTE
        circles = self._circles_sheet(shape.weekday, left)
        if not trains:
            return self._kept(retest, circles)
        work = self._training(shape, squat, left + reserved - circles.minutes * MINUTE)
        return self._kept(retest, circles, work)

    def _circles_sheet(self, weekday: int, room: int) -> Sheet:
        """Return the day's circles; many days share them."""
        key = (weekday, room)
        if key not in self._circles:
            self._circles[key] = self._sheet("daily_cars", self._circle_drafts(weekday), room)
        return self._circles[key]

    def _circle_drafts(self, weekday: int) -> list[Draft]:
        """Return the circles of a weekday; a rest day of normal training adds its edges."""
        if weekday not in self._drafts:
            trains = weekday in self.training.weekdays
            drafts = self.daily.circles(training_day=trains)
            if not trains and self.context.restriction == "none":
                drafts = drafts + self.training.edges(self._maker(deload=False), weekday, after=len(drafts))
            self._drafts[weekday] = drafts
        return self._drafts[weekday]

    def _retest(self, shape: Shape, left: int) -> Sheet:
        """Return the re-test of a day, which leaves time for at least one circle."""
        if not shape.retest_week:
            return self._sheet("retest", (), left)
        circle_s = sum(minutes_of(draft.seconds(self.pace)) for draft in self._circle_drafts(shape.weekday)[:1])
        budget_s = left - circle_s * MINUTE
        drafts, because = retest_drafts(
            self.context, self.chooser, self._maker(deload=False), self.targets, shape.retest_week
        )
        return self._sheet("retest", drafts, budget_s, because=because)

    def _training(self, shape: Shape, squat: Draft | None, budget_s: int) -> Sheet:
        maker = self._maker(deload=shape.deload)
        drafts = self._training_drafts(shape, squat=squat is not None)
        if squat is not None:
            drafts = [squat, *drafts]
        because: tuple[Reason, ...] = ()
        lighter = maker.ask(lighter_week)
        if lighter:
            because = (told("LD52", lighter, self.catalogue),)
        kind: SessionKind = "joint" if squat is None else "squat"
        return self._sheet(
            kind,
            drafts,
            budget_s,
            because=because,
            ceiling=self.training.ceiling,
            room_b=self._training_bytes(),
        )

    def _training_drafts(self, shape: Shape, *, squat: bool) -> list[Draft]:
        """Return what a training day may hold beside its squat; positions of a stage share it."""
        key = (shape.weekday, shape.deload, squat, shape.unloaded)
        if key not in self._work:
            maker = self._maker(deload=shape.deload)
            self._work[key] = self.training.drafts(maker, weekday=shape.weekday, squat=squat, unloaded=shape.unloaded)
        return self._work[key]

    def _training_bytes(self) -> int:
        """Return what the items of one training session may take, circles and a full re-test aside."""
        if self._room_b is None:
            daily = (draft for weekday in range(WEEK) for draft in self._circle_drafts(weekday))
            retest, _ = retest_drafts(
                self.context, self.chooser, self._maker(deload=False), self.targets, self.context.weeks
            )
            taken = WEEK * SESSION_BYTES + session_bytes(draft.item for draft in (*daily, *retest))
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
        return Sheet(kind, title, minutes_of(used), because, _stamps(taken))

    def _tell_trimmed(self, draft: Draft) -> None:
        trimmed = self.ask(fits_the_minutes, sets=draft.wanted_sets, kept_sets=draft.item.sets)
        if trimmed:
            reason = told("LD51", trimmed, self.catalogue)
            draft.item.because = (*draft.item.because, reason)

    def _kept(self, *sheets: Sheet) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in sheets if sheet.stamps)

    def _squats_on(self, on: date) -> bool:
        return is_squat_day(self.context.client.profile, on, self.catalogue)

    def _maker(self, *, deload: bool) -> ItemMaker:
        if deload not in self._makers:
            self._makers[deload] = ItemMaker(
                self.context.client, self.catalogue, step=self.context.end_range_step, deload=deload
            )
        return self._makers[deload]

    def _unloaded(self, position: Position | None) -> bool:
        """Return whether the client is still at unloaded squats."""
        ladder = self.context.ladder
        rung = ladder.rungs[ladder.entry if position is None else position.rung]
        return STAGES.index(rung.stage) <= STAGES.index(UNLOADED_UP_TO)


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


def _stamps(drafts: Iterable[Draft]) -> tuple[Stamp, ...]:
    """Return what is needed to make the items of a session again and again."""
    seen: Counter[tuple[str, Side]] = Counter()
    stamps: list[Stamp] = []
    for item in (draft.item for draft in drafts):
        alike = (item.exercise, item.side)
        stamps.append(((*alike, seen[alike]), _after_id(item)))
        seen[alike] += 1
    return tuple(stamps)
