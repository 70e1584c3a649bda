"""What every day holds: joint circles, and what a flare or a lock leaves of training."""

from collections.abc import Sequence

from planner.catalogue import Catalogue, Exercise
from planner.chooser import Chooser, Pick
from planner.decision import Reason
from planner.items import ItemMaker
from planner.minutes import Draft
from planner.plan import Item
from planner.position import PlanContext
from planner.rules.day_plan import breathe_daily
from planner.rules.dosing import Asker, Dosing, told
from planner.rules.end_range import calm_only, circles_every_day, gentle_only
from planner.values import replace

SHORT: tuple[str, ...] = ("cars_hip", "cars_ankle", "cars_thoracic", "cars_spine")
FULL: tuple[str, ...] = (*SHORT, "cars_shoulder")
GENTLE: tuple[str, ...] = ("cars_ankle", "cars_thoracic", "cars_shoulder", "cars_foot", "gentle_hip")
CALM: tuple[str, ...] = ("cars_hip", "cars_ankle", "cars_thoracic", "cars_shoulder")
"""Roles of the daily circles, most useful first; the last ones go when time is short."""


class Daily:
    """The circles, walks and breathing of one context, as drafts."""

    def __init__(self, context: PlanContext, chooser: Chooser, maker: ItemMaker) -> None:
        self.catalogue: Catalogue = context.catalogue
        self.chooser = chooser
        self.maker = maker
        self._routines: dict[bool, list[Draft]] = {}
        self.ask = Asker(replace(maker.case, restriction=context.restriction))

    def circles(self, *, training_day: bool) -> list[Draft]:
        """Return the day's circles; daily breathing takes the place of the longer routine."""
        if training_day not in self._routines:
            self._routines[training_day] = self._routine(training_day=training_day)
        return self._routines[training_day]

    def _routine(self, *, training_day: bool) -> list[Draft]:
        routine = self.ask(circles_every_day, training_day=training_day)
        if routine is None:  # a flare: small circles, no spine segments
            calm = self.ask(calm_only)
            reasons = (told("LD31", calm, self.catalogue),) if calm else ()
            return self._circles(CALM, reasons, easy=True)
        reasons = (told("LD32", routine, self.catalogue),)
        breathing = self.ask(breathe_daily)
        long = routine.value == "full" and breathing is None
        drafts = self._circles(FULL if long else SHORT, reasons, more=long)
        return drafts if breathing is None else self._with_breathing(drafts, breathing)

    def _circles(
        self,
        roles: Sequence[str],
        because: Sequence[Reason],
        *,
        easy: bool = False,
        more: bool = False,
    ) -> list[Draft]:
        drafts: list[Draft] = []
        for role in roles:
            for pick in self.chooser.first(self.catalogue.programmes.roles[role]):
                item = self.maker.circle(pick, easy=easy, more=more, because=because)
                drafts.append(_draft(pick, item=item, place=len(drafts)))
        return drafts

    def _with_breathing(self, drafts: list[Draft], why: Dosing) -> list[Draft]:
        """Return the drafts with daily breathing at the end; when time is short it goes last but one."""
        because = (told("LD49", why, self.catalogue),)
        for pick in self.chooser.first(self.catalogue.programmes.roles["breathing"]):
            item = self.maker.plain(pick, because=because, step=0)
            drafts.insert(1, _draft(pick, item=item, place=len(drafts)))
        return drafts

    def gentle(self) -> list[Draft]:
        """Return the gentle list: small circles and an easy walk that must not raise leg symptoms."""
        why = self.ask(gentle_only)
        if why is None:
            return []
        reason = told("LD30", why, self.catalogue)
        drafts = self._circles(GENTLE, (reason,), easy=True)
        for draft in drafts:
            draft.item.because = (reason,)
            if isinstance(draft.source, Exercise) and "hip" in draft.source.targets:
                draft.item.cue = self.catalogue.texts.phrases["circle.half"]
        cue = self.catalogue.texts.phrases["walk.gentle"]
        return drafts + self._walk(len(drafts), (reason,), cue=cue)

    def walks(self) -> list[Draft]:
        """Return the short walks of a flare."""
        why = self.ask(calm_only)
        if why is None:
            return []
        calm = self.catalogue.doses.block.calm
        drafts = self._walk(1, (told("LD31", why, self.catalogue),))
        for draft in drafts:
            draft.item.sets, draft.item.duration_s = calm.walks, calm.walk_s
        return drafts

    def _walk(self, place: int, because: Sequence[Reason], *, cue: str = "") -> list[Draft]:
        drafts = []
        for pick in self.chooser.first(self.catalogue.programmes.roles["walk"]):
            item = self.maker.plain(pick, because=because, step=0)
            item.cue = cue or item.cue
            drafts.append(_draft(pick, item=item, place=place))
        return drafts


def _draft(pick: Pick, *, item: Item, place: int) -> Draft:
    return Draft(item=item, source=pick.exercise, place=place, required=place == 0)
