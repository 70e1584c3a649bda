"""Which exercise serves a target or a role: the first of the programme that a client may do.

What is allowed is worked out once per exercise; a side that must be spared gets the next
exercise of the list that may be done on it.
"""

from collections.abc import Callable, Iterable

from planner.catalogue import Catalogue, Exercise
from planner.client import BOTH_SIDES, NO_SIDE, allowed_exercise, forbidden_sides, has_code, missing_equipment
from planner.decision import Reason
from planner.position import Client
from planner.rules.day_plan import stands_in
from planner.rules.dosing import DoseCase, told
from planner.selection import Target
from planner.values import dataclass
from planner.words import Side

OTHERS_PER_TARGET = 2


@dataclass(frozen=True, slots=True)
class Pick:
    """An exercise with the side it is done on, and why it is not the first choice (if so)."""

    exercise: Exercise
    side: Side
    because: tuple[Reason, ...] = ()


class Chooser:
    """Picks exercises for one client; what is allowed is worked out once per exercise."""

    def __init__(self, client: Client, catalogue: Catalogue) -> None:
        self.client = client
        self.catalogue = catalogue
        self._free: dict[str, frozenset[Side]] = {}
        self._first: dict[tuple[tuple[str, ...], bool], list[Pick]] = {}
        self._work: dict[tuple[str, bool, bool], list[Pick]] = {}

    def free_sides(self, exercise: Exercise) -> frozenset[Side]:
        """Return the sides an exercise may be done on; none when it is ruled out."""
        known = self._free.get(exercise.id)
        if known is None:
            lacks = missing_equipment(exercise.equipment, self.client.profile)
            known = NO_SIDE if lacks else BOTH_SIDES - forbidden_sides(exercise, self.client)
            self._free[exercise.id] = known
        return known

    def first(self, listed: tuple[str, ...], *, unloaded: bool = False) -> list[Pick]:
        """Return the first allowed exercise of a list; a second one for a side the first must spare."""
        key = (listed, unloaded)
        if key not in self._first:
            picks = self._place(listed, lambda one: not (unloaded and one.load != "none"))
            self._first[key] = [Pick(one.exercise, one.side, self._limit_only(one.because)) for one in picks]
        return self._first[key]

    def for_target(self, target: Target, *, hard: bool, unloaded: bool) -> list[Pick]:
        """Return a target's work: one hard exercise if allowed today, one other, then two more.

        The order is the programme's: it is what makes passive or active work come first.
        """
        key = (target.measure, hard, unloaded)
        if key not in self._work:
            self._work[key] = self._work_for(target, hard=hard, unloaded=unloaded)
        return self._work[key]

    def _work_for(self, target: Target, *, hard: bool, unloaded: bool) -> list[Pick]:
        listed = self.listed(target)
        kinds: list[Callable[[Exercise], bool]] = [lambda one: one.category == "end_range" and not one.hard]
        if hard:
            kinds.append(lambda one: one.hard)
        picks = [pick for kind in kinds for pick in self._place(listed, _both(kind, unloaded))]
        picks.sort(key=lambda pick: listed.index(pick.exercise.id))
        if picks:
            picks += self._others(listed, unloaded=unloaded)
        return picks

    def listed(self, target: Target) -> tuple[str, ...]:
        """Return a target's exercises in order of preference."""
        programmes = self.catalogue.programmes.targets
        key = target.measure
        joint = self.catalogue.measures[key].joint if key in self.catalogue.measures else ""
        code = {"hip": "PIN", "ankle": "ANT"}.get(joint)
        pinched = f"{key}_pinch"
        if code and pinched in programmes and has_code(self.client.codes, code):
            key = pinched
        listed: tuple[str, ...] = getattr(programmes[key], target.approach)
        return listed

    def _others(self, listed: tuple[str, ...], *, unloaded: bool) -> list[Pick]:
        found: list[Pick] = []
        for name in listed:
            exercise = self.catalogue.exercises[name]
            plain = exercise.category != "end_range" and not exercise.hard
            if plain and not (unloaded and exercise.load != "none"):
                found += self._place((name,), lambda _: True)
        return found[:OTHERS_PER_TARGET]

    def _place(self, listed: Iterable[str], fits: Callable[[Exercise], bool]) -> list[Pick]:
        """Return picks that cover both sides, walking the list until none is left."""
        picks: list[Pick] = []
        left_over = set(BOTH_SIDES)
        wanted: Exercise | None = None
        for exercise in (self.catalogue.exercises[name] for name in listed):
            if not fits(exercise):
                continue
            wanted = wanted or exercise
            sides = self.free_sides(exercise) & left_over
            if not sides or (exercise.sides == "both" and len(sides) < len(BOTH_SIDES)):
                continue
            side: Side = "both" if len(sides) == len(BOTH_SIDES) else next(iter(sides))
            picks.append(Pick(exercise, side, self._stands_in(wanted, exercise)))
            left_over -= sides
            if not left_over:
                break
        return picks

    def _limit_only(self, because: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """Return the reasons that come from a limit: a role takes what equipment there is, untold."""
        return tuple(reason for reason in because if reason.facts["limit"])

    def _stands_in(self, wanted: Exercise, chosen: Exercise) -> tuple[Reason, ...]:
        if wanted is chosen:
            return ()
        against = allowed_exercise(wanted, self.client)
        case = DoseCase(
            limits=self.catalogue.doses,
            wanted=wanted.name,
            chosen=chosen.name,
            against=against and self.catalogue.texts.phrases.get(f"against.{against}", against),
            needs_thing=against.islower(),
        )
        outcome = stands_in(case)
        if outcome is None:
            return ()
        return (Reason("LD45", told("LD45", outcome, self.catalogue).text, {"limit": outcome.facts["limit"]}),)


def _both(kind: Callable[[Exercise], bool], unloaded: bool) -> Callable[[Exercise], bool]:
    return lambda one: kind(one) and not (unloaded and one.load != "none")
