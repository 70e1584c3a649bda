"""What goes into a training session, before the minutes decide: joints, trunk, squat, strength.

Order of a squat session: end-range work for the first target, trunk drills, the squat in
its range, the other targets, strength, breathing. A joint session is the same without a squat.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import compress

from planner.catalogue import Catalogue
from planner.chooser import Chooser, Pick
from planner.client import has_equipment
from planner.decision import Reason
from planner.items import ItemMaker, Slot, slot_key
from planner.minutes import Draft
from planner.plan import Item
from planner.position import PlanContext
from planner.rules.day_plan import (
    NAMED_SHARES,
    ROLE_OF_FACTOR,
    accessories,
    rehearse_unrack,
    serves_a_purpose,
    share_of_time,
    stack_before_squats,
)
from planner.rules.dosing import Asker, told
from planner.rules.end_range import hard_days
from planner.schedule import WEEK, squat_weekdays, training_weekdays
from planner.selection import Target, dose_case, factors_of

FIRST_TARGET, STACK, UNRACK, _SQUAT, TARGETS, TRUNK, STRENGTH, CONDITIONING, BREATHING = range(9)
"""Places in a session, in order."""

REST_SHARE = "rest"
TRUNK_EMPHASIS = ("trunk_anti_extension", "trunk_load", "trunk_lateral")


class Training:
    """Makes the drafts of training sessions for one context."""

    def __init__(self, context: PlanContext, chooser: Chooser, targets: Sequence[Target]) -> None:
        self.context = context
        self.catalogue: Catalogue = context.catalogue
        self.chooser = chooser
        self.targets = targets
        self.factors = factors_of(context.client)
        self.limiting = frozenset(ROLE_OF_FACTOR[each] for each in self.factors) - {""}
        self.case = dose_case(context.client, context.catalogue)
        self.ask = Asker(self.case)
        self.weekdays = training_weekdays(context.client.profile.training_days)
        self.hard_on = self._hard_days()
        self._slots: dict[tuple[int, bool, bool], list[Slot]] = {}
        self._kept: dict[tuple[int, bool, bool], list[bool]] = {}
        self._purposes: dict[str, tuple[Reason, ...]] = {}
        self._shares: dict[str, tuple[Reason, ...]] = {}

    def drafts(self, maker: ItemMaker, *, weekday: int, squat: bool, unloaded: bool) -> list[Draft]:
        """Return everything a session may hold beside its squat, the most important first."""
        key = (weekday, squat, unloaded)
        if key not in self._slots:
            self._slots[key] = self._slots_of(weekday, squat=squat, unloaded=unloaded)
        found = [draft for slot in self._slots[key] for draft in maker.drafts(slot)]
        if key not in self._kept:  # exercises and sides are the same at every step
            self._kept[key] = _each_once(found)
        return list(compress(found, self._kept[key]))

    def _slots_of(self, weekday: int, *, squat: bool, unloaded: bool) -> list[Slot]:
        found = self._targets(weekday, limiting=True, unloaded=unloaded)
        found += self._trunk(squat=squat, unloaded=unloaded)
        found += self._targets(weekday, limiting=False, unloaded=unloaded)
        found += self._strength(weekday, squat=squat, unloaded=unloaded)
        if not squat:
            found += self._role("conditioning", CONDITIONING)
        if "trunk" not in self.factors:  # a trunk finding breathes every day already
            found += self._role("breathing", BREATHING)
        return found

    def edges(self, maker: ItemMaker, weekday: int, *, after: int) -> list[Draft]:
        """Return the holds and lift-offs of a rest day: each target has one rest day a week."""
        rest_days = [day for day in range(WEEK) if day not in self.weekdays]
        mine = [one for turn, one in enumerate(self.targets) if rest_days[turn % len(rest_days)] == weekday]
        found: list[Draft] = []
        for target in mine:
            for pick in self._picks(target, hard=False, unloaded=True):
                if pick.exercise.category == "end_range":
                    item = maker.plain(pick, because=(target.why,))
                    found.append(Draft(item=item, source=pick.exercise, place=after + len(found)))
        return found

    def ceiling(self, role: str, limiting_seconds: int) -> int | None:
        """Return the most seconds a role may take beside what limits the squat."""
        if role in self.limiting:
            return None
        share = self.ask(share_of_time, role=role, limiting_seconds=limiting_seconds)
        return share.value if share and isinstance(share.value, int) else None

    def share_reason(self, taken: Iterable[Draft]) -> tuple[Reason, ...]:
        """Return why most end-range time goes to one thing, when other things share the session."""
        roles = [draft.role for draft in taken if draft.role]
        others = [role for role in roles if role not in self.limiting]
        if not others or len(others) == len(roles):
            return ()
        if others[0] not in self._shares:
            self._shares[others[0]] = self._share_told(others[0])
        return self._shares[others[0]]

    def _share_told(self, role: str) -> tuple[Reason, ...]:
        share = self.ask(share_of_time, role=role, limiting_seconds=1)
        if share is None:
            return ()
        area = self.catalogue.texts.phrases[f"area.{self.factors[0]}"]
        told_share = self.catalogue.reason("LD50", area=area, **share.facts)
        return (Reason("LD50", told_share.text, {"percent": share.facts["percent"]}),)

    def _hard_days(self) -> dict[str, tuple[int, ...]]:
        """Return the weekdays of hard work for each target, the first target choosing first."""
        squats = squat_weekdays(self.context.client.profile.training_days, self.catalogue)
        taken: tuple[int, ...] = ()
        days: dict[str, tuple[int, ...]] = {}
        for target in self.targets:
            if not any(pick.exercise.hard for pick in self._picks(target, hard=True, unloaded=False)):
                continue
            chosen = self.ask(hard_days, training_days=self.weekdays, squat_days=squats, hard_on=taken)
            if chosen is not None and isinstance(chosen.value, tuple):
                days[target.measure] = chosen.value
                taken += chosen.value
        return days

    def _picks(self, target: Target, *, hard: bool, unloaded: bool) -> list[Pick]:
        return self.chooser.for_target(target, hard=hard, unloaded=unloaded)

    def _targets(self, weekday: int, *, limiting: bool, unloaded: bool) -> list[Slot]:
        """Return the end-range work: of every target the main exercise first, then the rest.

        Beside what limits the squat, each training day begins with another target.
        """
        chosen = [one for one in self.targets if (one.role in self.limiting) == limiting]
        if not limiting and chosen and weekday in self.weekdays:
            turn = self.weekdays.index(weekday) % len(chosen)
            chosen = chosen[turn:] + chosen[:turn]
        main: list[Slot] = []
        rest: list[Slot] = []
        for target in chosen:
            hard = weekday in self.hard_on.get(target.measure, ())
            picks = self._picks(target, hard=hard, unloaded=unloaded)
            place = FIRST_TARGET if target is self.targets[0] else TARGETS
            for pick in picks:
                first = pick.exercise is picks[0].exercise
                slot = self._target_slot(pick, target, place if first else TARGETS, first=first)
                (main if first else rest).append(slot)
        return main + rest

    def _target_slot(self, pick: Pick, target: Target, place: int, *, first: bool) -> Slot:
        return Slot(
            key=slot_key(pick, target.measure, first=first),
            pick=pick,
            place=place,
            role=self._share(target.role),
            make=lambda maker: maker.for_target(pick, target, first=first),
        )

    def _share(self, role: str) -> str:
        """Return the role whose share of time counts: its own when it has one, else the rest's."""
        factor = self.factors[0]
        return role if role in NAMED_SHARES[factor] | self.limiting else REST_SHARE

    def _trunk(self, *, squat: bool, unloaded: bool) -> list[Slot]:
        """Return trunk work: drills and three exercises for a trunk finding, else one exercise."""
        if "trunk" not in self.factors:
            return self._role("trunk_support", TRUNK, unloaded=unloaded)
        found: list[Slot] = []
        unrack = self.ask(rehearse_unrack, squat_day=squat, bar=self._has_bar() and not unloaded)
        stack = self.ask(stack_before_squats, squat_day=squat)
        if unrack:
            found += self._role("setup", UNRACK, because=(told("LD48", unrack, self.catalogue),))
        if stack:
            found += self._role("stack", STACK, because=(told("LD47", stack, self.catalogue),))
        for role in TRUNK_EMPHASIS:
            found += self._role(role, TRUNK, unloaded=unloaded, share="trunk")
        return found + self._role("trunk_thoracic", TARGETS, share=self._share("thoracic"))

    def _has_bar(self) -> bool:
        profile = self.context.client.profile
        needs = self.catalogue.exercises[self.catalogue.programmes.roles["setup"][0]].equipment
        return has_equipment(needs, profile)

    def _strength(self, weekday: int, *, squat: bool, unloaded: bool) -> list[Slot]:
        """Return the day's strength work; the list starts one further on each training day."""
        wanted = self.ask(accessories, squat_day=squat)
        listed = self.catalogue.programmes.roles[f"accessory_{self.factors[0]}"]
        turn = self.weekdays.index(weekday) % len(listed) if weekday in self.weekdays else 0
        turned = (*listed[turn:], *listed[:turn])
        allowed = [picks for name in turned if (picks := self.chooser.first((name,), unloaded=unloaded))]
        count = wanted.value if wanted and isinstance(wanted.value, int) else 0
        return [
            Slot(key=slot_key(pick, "strength"), pick=pick, place=STRENGTH, make=partial(_strength_items, pick))
            for picks in allowed[:count]
            for pick in picks
        ]

    def _role(
        self,
        role: str,
        place: int,
        *,
        because: tuple[Reason, ...] = (),
        unloaded: bool = False,
        share: str = "",
    ) -> list[Slot]:
        picks = self.chooser.first(self.catalogue.programmes.roles[role], unloaded=unloaded)
        why = because or self._purpose(role)
        return [self._role_slot(pick, role, place, why, share) for pick in picks]

    def _role_slot(self, pick: Pick, role: str, place: int, why: tuple[Reason, ...], share: str) -> Slot:
        return Slot(
            key=slot_key(pick, role),
            pick=pick,
            place=place,
            role=share,
            make=lambda maker: [maker.plain(pick, because=why)],
        )

    def _purpose(self, role: str) -> tuple[Reason, ...]:
        """Return what a role is for, told once."""
        if role not in self._purposes:
            serves = self.ask(serves_a_purpose, role=role)
            self._purposes[role] = (told("LD59", serves, self.catalogue),) if serves else ()
        return self._purposes[role]


def _each_once(drafts: Iterable[Draft]) -> list[bool]:
    """Return of each draft whether it is kept: each exercise comes once a side."""
    seen: set[tuple[str, str]] = set()
    kept: list[bool] = []
    for draft in drafts:
        exercise, side = draft.item.exercise, draft.item.side
        kept.append((exercise, side) not in seen and (exercise, "both") not in seen)
        seen.add((exercise, side))
    return kept


def _strength_items(pick: Pick, maker: ItemMaker) -> list[Item]:
    return [maker.strength(pick)]
