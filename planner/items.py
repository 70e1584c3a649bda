"""Build the items of exercises: dose from the library, effort from the rules, load by feel.

A dose starts at the low end of its range and reaches the high end in the last step of the
end-range effort, so that joint work grows with the weeks it is tolerated.
"""

from collections.abc import Callable, Sequence

from planner.catalogue import Catalogue, Dose, Exercise
from planner.chooser import Pick
from planner.client import effort_cap, rpe_cap, small_range_only
from planner.decision import Reason
from planner.library import PHASED
from planner.limits.doses import PailsDose
from planner.minutes import PASSIVE, Draft
from planner.plan import Item, Phase
from planner.position import Client
from planner.rules.day_plan import accessories, breathe_through
from planner.rules.dosing import Asker, Dosing, told
from planner.rules.end_range import (
    effort,
    half_circle,
    hold_under_load,
    no_passive_time,
    short_passive_time,
    small_circles,
)
from planner.rules.squat_dose import lighter_week
from planner.selection import Target, dose_case
from planner.values import dataclass, replace
from planner.weights import bar_kg
from planner.words import Side

MOST_REASONS = 2
"""More than two reasons on an exercise are not read; the first ones weigh most."""


@dataclass(slots=True)
class Amounts:
    """The numbers of a dose at one step of its range."""

    sets: int
    reps: int | None
    hold_s: int | None
    breaths: int | None
    duration_s: int | None
    distance_m: int | None
    rest_s: int | None


PickKey = tuple[str, Side, tuple[str, ...]]
"""What tells a pick from another: exercise, side, and why it is not the first choice."""

SlotKey = tuple[PickKey, str, bool]
"""What an item of a training session depends on: the pick, its role or target, first or not."""


def item_asker(client: Client, catalogue: Catalogue) -> Asker:
    """Return who answers what the items of a client have in common, whatever the week."""
    case = replace(
        dose_case(client, catalogue),
        effort_cap=effort_cap(client.codes, catalogue),
        rpe_cap=rpe_cap(client.codes, catalogue),
    )
    return Asker(case)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Slot:
    """A place for an exercise in a training session, whatever the step and the week; the key stands for the rest."""

    key: SlotKey
    pick: Pick
    place: int
    role: str = ""  # whose share of the end-range time it takes
    make: Callable[["ItemMaker"], list[Item]]


def slot_key(pick: Pick, name: str, *, first: bool = False) -> SlotKey:
    """Return what the items of a slot depend on besides their maker."""
    return (pick.exercise.id, pick.side, tuple([reason.text for reason in pick.because])), name, first


class ItemMaker:
    """Makes items for one client at one step of the end-range work, in a normal or a lighter week."""

    def __init__(
        self,
        client: Client,
        catalogue: Catalogue,
        *,
        step: int,
        deload: bool,
        ask: Asker | None = None,
        fixed: dict[SlotKey, list[Draft]] | None = None,
    ) -> None:
        """Take the step; shared with the client's makers: questions `ask`, and of like weeks what no step changes."""
        self.client = client
        self.catalogue = catalogue
        self.pails = catalogue.doses.methods.pails
        self.top = len(self.pails.effort_steps) - 1
        self.step = min(step, self.top)
        self.deload = deload
        self.ask = ask or item_asker(client, catalogue)
        self.case = self.ask.case
        self._drafts: dict[SlotKey, list[Draft]] = {}
        self._fixed = {} if fixed is None else fixed
        self._reasons: dict[tuple[str, int], Reason] = {}

    def circle(self, pick: Pick, *, easy: bool = False, more: bool = False, because: Sequence[Reason] = ()) -> Item:
        """Return a daily joint circle: a moderate effort, or a small one while easily provoked."""
        item = self.plain(pick, because=because, step=self.top if more and not easy else 0)
        small = self.ask(small_circles, easily_provoked=self.case.easily_provoked or easy)
        item.effort_percent = self.catalogue.doses.methods.cars.daily_effort
        if small and isinstance(small.value, int):
            item.effort_percent = small.value
            item.because = (self._told("LD33", small),)
        half = self.ask(half_circle, operated_hip=small_range_only(pick.exercise, self.client))
        if half:
            item.because = (self._told("LD34", half),)
        return item

    def plain(self, pick: Pick, *, because: Sequence[Reason] = (), step: int | None = None) -> Item:
        """Return an exercise at its library dose, at a fixed step of its range or as it grows."""
        exercise = pick.exercise
        amounts = self._growing(exercise.dose) if step is None else self._amounts(exercise.dose, step)
        item = Item(
            id="",
            exercise=exercise.id,
            name=exercise.name,
            category=exercise.category,
            side=pick.side,
            sets=amounts.sets,
            reps=amounts.reps,
            hold_s=amounts.hold_s,
            breaths=amounts.breaths,
            distance_m=amounts.distance_m,
            duration_s=amounts.duration_s,
            tempo=exercise.dose.tempo,
            rest_s=amounts.rest_s,
            cue=exercise.cue,
            because=(*because, *pick.because),
        )
        self._cap_effort(item, exercise)
        self._add_load(item, exercise)
        return item

    def drafts(self, slot: "Slot") -> list[Draft]:
        """Return the drafts of a slot; all weekdays share them."""
        made = self._drafts.get(slot.key)
        if made is None:
            made = self._drafts[slot.key] = self._made(slot)
        return made

    def _made(self, slot: "Slot") -> list[Draft]:
        """Return the drafts of a slot, as another step has made them where no step changes them."""
        made = self._fixed.get(slot.key)
        if made is None:
            source = slot.pick.exercise
            made = [Draft(item=item, source=source, place=slot.place, role=slot.role) for item in slot.make(self)]
            if not source.grows:
                self._fixed[slot.key] = made
        return made

    def for_target(self, pick: Pick, target: Target, *, first: bool) -> list[Item]:
        """Return a target's exercise: one item, or two with more sets on the short side."""
        exercise = pick.exercise
        item = self.plain(pick, because=(target.why if first else target.way,))
        if exercise.method == PHASED:
            self._add_phases(item, control=target.approach == "active_only")
        held = self.ask(hold_under_load, under_load=exercise.method == "loaded_hold")
        if held and isinstance(held.value, float):
            item.rpe_max = held.value
        if target.short_side and pick.side == "both" and exercise.sides == "each":
            return self._two_to_one(item, target)
        item.because = item.because[:MOST_REASONS]
        return [item]

    def as_asked(self, pick: Pick, *, because: Sequence[Reason]) -> Item:
        """Return an exercise that a person puts into the plan, at its own dose; circles as every day has them."""
        circle = pick.exercise.category == "cars"
        item = self.circle(pick, because=because) if circle else self.plain(pick, because=because)
        if pick.exercise.method == PHASED:
            self._add_phases(item, control=False)
        item.because = (*because, *(one for one in item.because if one not in because))[:MOST_REASONS]
        return item

    def strength(self, pick: Pick) -> Item:
        """Return an accessory exercise."""
        chosen = self.ask(accessories)
        item = self.plain(pick, because=(self._told("LD58", chosen),) if chosen else ())
        if chosen:
            item.rpe_max = float(chosen.facts["rpe"] or 0)
        return item

    def _told(self, rule: str, dosing: Dosing) -> Reason:
        """Return an outcome of `self.ask` as a sentence, which many items share."""
        key = (rule, id(dosing))  # `self.ask` keeps its outcomes, so an id stays theirs
        if key not in self._reasons:
            self._reasons[key] = told(rule, dosing, self.catalogue)
        return self._reasons[key]

    def _growing(self, dose: Dose) -> Amounts:
        """Return the dose at the current step, with fewer sets in a lighter week."""
        amounts = self._amounts(dose, self.step)
        fewer = self.ask(lighter_week, sets=amounts.sets, deload=self.deload)
        if fewer and isinstance(fewer.value, int):
            amounts.sets = fewer.value
        return amounts

    def _amounts(self, dose: Dose, step: int) -> Amounts:
        reps = self._at(dose.reps, step)
        if dose.ladder:  # sets of falling length: as many holds in all, told as equal sets
            reps = sum(dose.ladder) // len(dose.ladder)
        return Amounts(
            sets=self._at(dose.sets, step) or 1,
            reps=reps,
            hold_s=dose.hold_s and self._at(dose.hold_s, step),
            breaths=dose.breaths and self._at(dose.breaths, step),
            duration_s=dose.duration_s and dose.duration_s[0],
            distance_m=dose.distance_m and self._at(dose.distance_m, step),
            rest_s=dose.rest_s and dose.rest_s[0],
        )

    def _at(self, span: tuple[int, int] | None, step: int) -> int | None:
        """Return the value of a range at a step: low at the first, high at the last."""
        if span is None:
            return None
        low, high = span
        return low + (high - low) * step // self.top

    def _cap_effort(self, item: Item, exercise: Exercise) -> None:
        held = item.hold_s is not None and exercise.category != "cars"
        if self.case.effort_cap is not None and (held or exercise.breath_hold):
            item.effort_percent = self.case.effort_cap
        outcome = self.ask(breathe_through, breath_hold=exercise.breath_hold)
        if outcome:
            item.because = (*item.because, self._told("LD46", outcome))

    def _add_load(self, item: Item, exercise: Exercise) -> None:
        if exercise.load == "none":
            return
        if exercise.load == "empty_bar":
            item.load_kg = bar_kg(self.client.profile, "barbell", self.catalogue)
        item.load_text = self.catalogue.texts.phrases[f"held.{exercise.load}"]

    def _add_phases(self, item: Item, *, control: bool) -> None:
        percent = self.ask(effort, hard=True, week_step=self.step)
        short = self.ask(no_passive_time, control=control)
        if percent and isinstance(percent.value, int):
            item.effort_percent = percent.value
            item.because = (*item.because, self._told("LD39", percent))
        if short and isinstance(short.value, int):
            item.sets = 1 if self.deload else short.value
            item.because = (*item.because, self._told("LD40", short))
        item.phases = _phases(self.pails, item.effort_percent or 0, passive=self._passive(short))

    def _passive(self, short: Dosing | None) -> int:
        """Return the seconds of the long passive phase, 0 without one."""
        if short:
            return 0
        less = self.ask(short_passive_time)
        return less.value if less and isinstance(less.value, int) else self.pails.passive_s

    def _two_to_one(self, item: Item, target: Target) -> list[Item]:
        """Return the item on the short side, and with half the sets on the other one."""
        sets = self.catalogue.doses.methods.short_side_sets
        other: Side = "right" if target.short_side == "left" else "left"
        because = (target.uneven, *item.because) if target.uneven else item.because
        longer = replace(item, side=target.short_side or "both", because=because[:MOST_REASONS])
        longer.sets = max(item.sets, sets)
        return [longer, replace(item, side=other, sets=longer.sets // sets, because=(target.way,))]


def _phases(pails: PailsDose, percent: int, *, passive: int) -> tuple[Phase, ...]:
    """Return the phases of a round; without passive time only the pulling half is done."""
    rails = Phase("RAILs", pails.rails_s, percent)
    if not passive:
        return (rails,)
    return (
        Phase(PASSIVE, passive, 0),
        Phase("PAILs", pails.pails_s, percent),
        rails,
        Phase("settle", pails.settle_s, 0),
    )
