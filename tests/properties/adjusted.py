"""Adjustments drawn for a plan as it stands: any kind, at anything it shows, with any values."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from hypothesis import strategies as st

from planner.adjustment import AdjustedPlace, Adjustment
from planner.catalogue import Catalogue
from planner.plan import Block, Item, PlannedSession
from planner.rules.adjusting import ADJUSTING_RULES, OVERRULABLE_RULES
from planner.words import DEPTHS, AdjustmentKind, AdjustmentScope

KINDS: tuple[AdjustmentKind, ...] = get_args(AdjustmentKind)
SCOPES: tuple[AdjustmentScope, ...] = get_args(AdjustmentScope)
AT_AN_ITEM = ("swap_exercise", "set_dose", "set_load", "cap_load", "cap_depth", "remove_exercise")
AT_A_SESSION = ("move_session", "skip_session", "add_exercise", "note")
BY_MEMBERS = ("move_session", "swap_exercise")
ALL_NAMED = tuple(rule.id for rule in ADJUSTING_RULES)
OVERRULABLE = tuple(rule.id for rule in OVERRULABLE_RULES)


@dataclass(frozen=True)
class Target:
    """A planned session of a plan, and one of its items."""

    on: date
    session: PlannedSession
    item: Item | None

    @property
    def place(self) -> AdjustedPlace:
        """Return how an adjustment names it."""
        return AdjustedPlace(
            session_id=self.session.id,
            session_kind=self.session.kind,
            on=self.on,
            exercise=None if self.item is None else self.item.exercise,
            side=None if self.item is None else self.item.side,
        )


def targets(block: Block, today: date) -> list[Target]:
    """Return everything of a plan that an adjustment may point at, as a reader sees it."""
    projected = {week.week_number: week for week in block.projected}
    shown = [projected.get(week.week_number, week) for week in block.earned]
    return [
        Target(day.date, session, item)
        for week in shown
        for day in week.days
        for session in day.sessions
        for item in (*session.items, None)
        if day.date >= today and session.status == "planned"
    ]


@st.composite
def adjustments(
    draw: st.DrawFn, block: Block, today: date, catalogue: Catalogue, *, by_member: bool = False
) -> Adjustment | None:
    """Return an adjustment of a plan made on a day, None when there is nothing to point at."""
    found = targets(block, today)
    kind = draw(st.sampled_from(BY_MEMBERS if by_member else KINDS))
    pointed = kind in AT_AN_ITEM + AT_A_SESSION
    able = [one for one in found if (one.item is not None) == (kind in AT_AN_ITEM)]
    if pointed and not able:
        return None
    target = draw(st.sampled_from(able)) if pointed else None
    whole = by_member or kind == "move_session"
    values: dict[str, object] = {
        "kind": kind,
        "scope": "session" if whole else draw(st.sampled_from(SCOPES)),
        "reason": "drawn",
        "acknowledges": () if by_member else draw(st.sampled_from(((), OVERRULABLE, ALL_NAMED))),
        "expires_on": draw(st.sampled_from((None, None, today + timedelta(days=9)))),
        "by_member": by_member,
        "place": None if target is None else target.place,
    }
    if kind in {"swap_exercise", "add_exercise"}:
        names = st.one_of(st.sampled_from(sorted(catalogue.exercises)), st.sampled_from(sorted(catalogue.variations)))
        values["exercise"] = draw(names)
    if kind in {"set_dose", "add_exercise"}:
        values |= draw(doses())
    if kind in {"set_load", "cap_load"}:
        values["load_kg"] = draw(st.sampled_from((0.0, 8.0, 24.0, 60.0, 140.0, 300.0)))
    if kind == "cap_depth":
        values["depth"] = draw(st.sampled_from(DEPTHS))
    if kind == "move_session" and target is not None:
        values["to_date"] = target.on + timedelta(days=draw(st.integers(-4, 9)))
    if kind == "place_on_rung":
        values["rung"] = draw(st.integers(0, len(block.ladder)))
    if kind == "note":
        values["note"] = "Look up"
    return Adjustment(**values)  # type: ignore[arg-type]


@st.composite
def doses(draw: st.DrawFn) -> dict[str, object]:
    """Return one to three numbers of a dose."""
    drawn = {
        "sets": draw(st.integers(1, 8)),
        "reps": draw(st.integers(1, 30)),
        "hold_s": draw(st.integers(5, 120)),
        "rpe_max": draw(st.sampled_from((5.0, 6.0, 8.0, 10.0))),
    }
    kept = draw(st.sets(st.sampled_from(sorted(drawn)), min_size=1, max_size=3))
    return {name: drawn[name] for name in sorted(kept)}
