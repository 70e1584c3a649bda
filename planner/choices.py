"""What is chosen for a client whatever the week: worked out once and shared by all weeks of a block."""

from collections.abc import Hashable
from functools import cached_property

from planner.catalogue import Catalogue
from planner.chooser import Chooser
from planner.daily import Daily
from planner.decision import Reason
from planner.items import ItemMaker, SlotKey, item_asker
from planner.minutes import Draft
from planner.position import Client, Due, PlanContext, Restriction
from planner.retest_session import retest_drafts
from planner.rules.dosing import Asker
from planner.selection import targets
from planner.squat_item import squat_asker, squat_draft
from planner.stamps import Sheet, Stamper
from planner.training import Training

Retested = tuple[list[Draft], tuple[Reason, ...]]
"""The drafts of a re-test, and why it is due."""


class Choices:
    """The targets of a client and everything made for them that several weeks share.

    Contexts that share it differ in their restriction and their end-range step only.
    """

    def __init__(self, client: Client, catalogue: Catalogue) -> None:
        self.client = client
        self.catalogue = catalogue
        self.targets = targets(client, catalogue)
        self.chooser = Chooser(client, catalogue)
        self.circles: dict[Hashable, Sheet] = {}
        self._makers: dict[tuple[int, bool], ItemMaker] = {}
        self._fixed: dict[bool, dict[SlotKey, list[Draft]]] = {False: {}, True: {}}
        self._daily: dict[Restriction, Daily] = {}
        self._training: Training | None = None
        self._squat_drafts: dict[Hashable, Draft] = {}
        self._retests: dict[tuple[int, int], Retested] = {}
        self._stampers: dict[str, Stamper] = {}

    @cached_property
    def ask(self) -> Asker:
        """Return who answers what all items have in common."""
        return item_asker(self.client, self.catalogue)

    @cached_property
    def squats(self) -> Asker:
        """Return who answers what all squats have in common."""
        return squat_asker(self.client, self.catalogue)

    def maker(self, step: int, *, deload: bool) -> ItemMaker:
        """Return the maker of items at a step of the end-range work."""
        key = (step, deload)
        if key not in self._makers:
            fixed = self._fixed[deload]
            self._makers[key] = ItemMaker(
                self.client, self.catalogue, step=step, deload=deload, ask=self.ask, fixed=fixed
            )
        return self._makers[key]

    def daily(self, context: PlanContext) -> Daily:
        """Return the maker of what every day holds, which no step changes."""
        known = self._daily.get(context.restriction)
        if known is None:
            maker = self.maker(context.end_range_step, deload=False)
            known = self._daily[context.restriction] = Daily(context, self.chooser, maker)
        return known

    def training(self, context: PlanContext) -> Training:
        """Return the maker of training sessions, which asks its item maker what a step changes."""
        if self._training is None:
            self._training = Training(context, self.chooser, self.targets)
        return self._training

    def squat(self, context: PlanContext, due: Due, *, deload: bool) -> Draft:
        """Return a squat, the same for all days it is due and both versions of a week."""
        key = (due.shape(), deload)
        if key not in self._squat_drafts:
            self._squat_drafts[key] = squat_draft(context, due, deload=deload, ask=self.squats)
        return self._squat_drafts[key]

    def retest(self, context: PlanContext, week: int) -> Retested:
        """Return a week's re-test."""
        key = (week, context.weeks)
        if key not in self._retests:
            maker = self.maker(context.end_range_step, deload=False)
            self._retests[key] = retest_drafts(context, self.chooser, maker, self.targets, week)
        return self._retests[key]

    def stamper(self, block_id: str) -> Stamper:
        """Return what gives the sessions of a block their ids."""
        if block_id not in self._stampers:
            self._stampers[block_id] = Stamper(block_id)
        return self._stampers[block_id]


def choices_of(client: Client, catalogue: Catalogue) -> Choices:
    """Return what is chosen for a client."""
    return Choices(client, catalogue)
