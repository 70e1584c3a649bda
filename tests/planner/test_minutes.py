"""How long items take, and what fits the minutes of a session."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_catalogue
from planner.catalogue import Catalogue
from planner.minutes import Draft, fit, item_seconds, minutes_of
from planner.plan import Item, Phase
from planner.size import item_bytes
from tests.planner.laddering import table

CATALOGUE = load_catalogue()
PACE = CATALOGUE.doses.block.pace
WIDTHS = CATALOGUE.widths
BRIDGE = CATALOGUE.exercises["bridge"]


def seconds(raw: Mapping[str, Any], catalogue: Catalogue) -> int:
    """Return the seconds of a case's item."""
    said = dict(raw)
    source = (
        catalogue.exercises[said.pop("exercise")] if "exercise" in said else catalogue.variations[said.pop("variation")]
    )
    said["phases"] = tuple(Phase(name, length, 0) for name, length in said.get("phases", ())) or None
    item = Item(id="", exercise=source.id, name=source.name, category="general", **said)
    return item_seconds(item, source, catalogue)


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return [case["name"] for case in table("minutes") if seconds(case["given"], catalogue) != case["expect"]]


def test_items_take_as_long_as_the_cases_say(catalogue: Catalogue) -> None:
    """Every kind of dose is timed as its case says."""
    assert check_cases(catalogue) == []


def test_minutes_are_rounded_up() -> None:
    """A second more than a minute is told as two."""
    assert (minutes_of(60), minutes_of(61), minutes_of(0)) == (1, 2, 0)


def draft(place: int = 0, sets: int = 3, role: str = "", *, required: bool = False) -> Draft:
    """Return a draft of bridges: 32 s of work a set, 45 s of rest, 15 s to change over."""
    item = Item(
        id="", exercise="bridge", name="Bridge", category="accessory", side="both", sets=sets, reps=8, rest_s=45
    )
    return Draft(item=item, source=BRIDGE, place=place, role=role, required=required)


def fitted(drafts: list[Draft], budget_s: int, room_b: int | None = None) -> list[Draft]:
    """Return what fits, without shares."""
    taken, _ = fit(
        drafts, budget_s=budget_s, room_b=room_b, widths=WIDTHS, ceiling=None, limiting=frozenset(), pace=PACE
    )
    return taken


def test_the_most_important_comes_first_and_the_order_stays() -> None:
    """What is left out is what matters least, and the session keeps its order."""
    first, second, third = draft(0), draft(1), draft(2)

    assert fitted([second, first, third], 402) == [first, second]


def test_sets_go_before_items() -> None:
    """An item that is too long loses sets, and says how many it had."""
    (kept,) = fitted([draft()], 124)

    assert (kept.item.sets, kept.wanted_sets) == (2, 3)


def test_what_does_not_fit_with_one_set_is_left_out() -> None:
    """Only an item that must be there stays when even one set is too long."""
    assert fitted([draft()], 46) == []
    assert [one.item.sets for one in fitted([draft(required=True)], 46)] == [1]


def test_a_session_holds_no_more_than_can_be_written() -> None:
    """The least important items go first."""
    room_b = 2 * item_bytes(draft().item, BRIDGE.cue, WIDTHS)

    assert [one.place for one in fitted([draft(2), draft(1), draft(0)], 6000, room_b)] == [1, 2]
    assert [one.place for one in fitted([draft(2), draft(1), draft(0)], 6000, room_b - 1)] == [2]


def test_a_role_stops_at_its_share() -> None:
    """A role takes no more time than its ceiling beside what limits the squat."""
    taken, used = fit(
        [draft(0, role="hip"), draft(1, role="rest")],
        budget_s=6000,
        room_b=None,
        widths=WIDTHS,
        ceiling=lambda role, limiting_s: None if role == "hip" else limiting_s // 2,
        limiting=frozenset({"hip"}),
        pace=PACE,
    )

    assert [one.item.sets for one in taken] == [3, 1]
    assert used == 201 + 47


@given(
    sets=st.lists(st.integers(1, 5), max_size=8),
    budget_s=st.integers(0, 1500),
)
def test_a_session_never_outlasts_its_budget(sets: list[int], budget_s: int) -> None:
    """Without an item that must be there, the time taken fits, whatever the drafts are."""
    drafts = [draft(rank + 1, sets=count) for rank, count in enumerate(sets)]
    taken, used = fit(
        drafts, budget_s=budget_s, room_b=None, widths=WIDTHS, ceiling=None, limiting=frozenset(), pace=PACE
    )

    assert used <= budget_s
    assert used == sum(one.seconds(PACE) for one in taken)
