"""The laws of adjustments: whoever bends a plan, in whatever order, safety holds and nothing is silent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue, Exercise
from planner.facts import Assessment, CheckIn, Fact, MorningPain, Profile
from planner.plan import Block, Item, PlannedSession, Week
from planner.replan import Planned, build
from planner.scores import score_row
from planner.words import depth_index
from tests.properties.adjusted import adjustments
from tests.properties.deliveries import DAY, content_of, deliver, numbered
from tests.properties.lives import Bench, Lived, at
from tests.properties.strategies import DAY_ONE, DayOf, assessments, clients, days
from tests.support import laws
from tests.support.profile import PROFILE

FEW = settings(max_examples=25 if PROFILE == "suite" else 1000)
some_days = st.lists(days(), min_size=1, max_size=6)


def bent(bench: Bench, data: st.DataObject, lived: Lived, life: Sequence[DayOf], *, by_member: bool = False) -> Lived:
    """Return the client after some days, on which somebody changed the plan now and then."""
    for offset, day in enumerate(life):
        on = DAY_ONE + offset * DAY
        lived = replace(bench.day(lived, on, day), today=on)
        for number in range(data.draw(st.integers(0, 2))):
            block = bench.rebuilt(lived).block
            wanted = data.draw(adjustments(block, on, bench.catalogue, by_member=by_member))
            if wanted is not None:
                lived = bench.tell(lived, f"change {on} {number}", wanted, on, 20 + number)
    return lived


# --- order --------------------------------------------------------------------------------------------------------


@FEW
@given(profile=clients(), assessment=assessments(), life=some_days, data=st.data())
def test_changes_and_logs_one_by_one_or_all_at_once_give_the_same_block(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Stored step by step or built from all facts in any order: the same state and the same days ahead."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life)
    stepwise = deliver(lived.request, lived.facts, bench.catalogue)
    anew = build(
        lived.request, data.draw(st.permutations(lived.facts)), catalogue=bench.catalogue, today=stepwise.today
    )

    assert anew.state == stepwise.state
    assert content_of(anew.block.earned, after=stepwise.today) == content_of(
        stepwise.shown.values(), after=stepwise.today
    )
    assert content_of(anew.block.projected) == content_of(stepwise.projected.values())


@FEW
@given(profile=clients(), assessment=assessments(), life=some_days, data=st.data())
def test_logs_that_come_late_change_nothing_of_what_people_changed(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """However late the logs arrive: the same state and the same days after the last receipt."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life)
    last = DAY_ONE + timedelta(days=len(life) + 2)
    end = Fact(
        id=lived.request.id,
        at=at(last, 22),
        on=last,
        received_at=at(last, 22),
        received_on=last,
        body=CheckIn(back_pain=MorningPain(now=1, worst_24h=1)),
    )
    late = [
        one
        if one.at <= lived.request.created_at or isinstance(one.body, Adjustment)
        else _received(one, one.on + timedelta(days=data.draw(st.integers(0, (last - one.on).days))))
        for one in lived.facts
    ]
    on_time = deliver(lived.request, [*lived.facts, end], bench.catalogue)
    delayed = deliver(lived.request, [*late, end], bench.catalogue)

    assert on_time.state == delayed.state
    assert content_of(on_time.shown.values(), after=last) == content_of(delayed.shown.values(), after=last)
    assert content_of(on_time.projected.values()) == content_of(delayed.projected.values())


def _received(fact: Fact, on: date) -> Fact:
    return replace(fact, received_on=on, received_at=max(fact.at, at(on, 21)))


# --- safety -------------------------------------------------------------------------------------------------------


@FEW
@given(
    profile=clients(),
    assessment=assessments(),
    life=some_days,
    flag=st.sampled_from(("numbness", "bladder_or_bowel_change", "loss_of_strength")),
    data=st.data(),
)
def test_no_change_lifts_a_lock_or_loads_anybody_under_a_flag(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], flag: str, data: st.DataObject
) -> None:
    """Made before the flag or after it, with every rule acknowledged: the block stays locked and unloaded."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life)
    on = lived.today + DAY
    raised = CheckIn(back_pain=MorningPain(now=2, worst_24h=2), red_flags={flag: "yes"})  # type: ignore[dict-item]
    lived = bench.tell(lived, "flag", raised, on, 7)
    for number in range(data.draw(st.integers(0, 3))):
        wanted = data.draw(adjustments(bench.rebuilt(lived).block, on, bench.catalogue))
        if wanted is not None:
            lived = bench.tell(lived, f"change after {number}", wanted, on, 8 + number)
    block = bench.rebuilt(lived).block

    assert block.lock is not None
    assert [item.exercise for item in laws.items_of(block) if laws.loaded(item, bench.catalogue)] == []


@FEW
@given(profile=clients(), assessment=assessments(), life=some_days, data=st.data())
def test_no_change_gives_what_a_condition_rules_out_nor_silently_what_is_not_there(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Conditions and their caps always hold; a missing thing is given only where somebody named the rule."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life)
    block = bench.rebuilt(lived).block
    knowingly = {_wanted(fact) for fact in lived.facts if "AD10" in _named(fact)}
    ahead = days_after(block, lived.today)

    assert laws.forbidden_items(ahead, profile, bench.catalogue) == []
    assert laws.caps_broken(ahead, profile) == []
    missing = laws.missing_equipment(ahead, profile, bench.catalogue)
    assert [one for one in missing if one.split()[0] not in knowingly] == []


def _named(fact: Fact) -> tuple[str, ...]:
    return fact.body.acknowledges if isinstance(fact.body, Adjustment) else ()


def _wanted(fact: Fact) -> str | None:
    return fact.body.exercise if isinstance(fact.body, Adjustment) else None


def days_after(block: Block, today: date) -> Block:
    """Return a block with the days after one only."""

    def kept(week: Week) -> Week:
        return replace(week, days=tuple(day for day in week.days if day.date > today))

    return replace(block, earned=tuple(map(kept, block.earned)), projected=tuple(map(kept, block.projected)))


@FEW
@given(profile=clients(), assessment=assessments(), life=some_days, data=st.data())
def test_squat_days_come_closer_only_where_somebody_named_the_rule(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Without AD12 acknowledged, squats stay two days apart in both versions of the weeks ahead."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life)
    if any("AD12" in _named(fact) for fact in lived.facts):
        return
    block = days_after(bench.rebuilt(lived).block, lived.today)
    projected = numbered(block.projected)

    for weeks in (block.earned, [projected.get(week.week_number, week) for week in block.earned]):
        squats = [day.date for week in weeks for day in week.days if any(map(squats_in, day.sessions))]
        assert all(later - sooner >= 2 * DAY for sooner, later in pairwise(squats))


def squats_in(session: PlannedSession) -> bool:
    """Return whether a session asks for squats."""
    return session.status != "skipped" and any(item.category == "squat" for item in session.items)


@FEW
@given(profile=clients(), assessment=assessments(), life=some_days, data=st.data())
def test_members_never_get_anything_harder_by_their_own_changes(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """What a member put in is equal or easier than what stood there: load, sets, level, every demand of a squat."""
    lived = bent(bench, data, bench.born(profile, assessment, weeks=4), life, by_member=True)
    swapped = [fact.body for fact in lived.facts if isinstance(fact.body, Adjustment) and fact.body.exercise]
    plain = bench.rebuilt(replace(lived, facts=tuple(f for f in lived.facts if not isinstance(f.body, Adjustment))))
    planned = bench.rebuilt(lived)
    before, after = (items_by_session(one) for one in (plain, planned))
    for change in swapped:
        place = change.place
        assert place is not None
        was = [item for item in before.get(place.session_id, ()) if item.exercise == place.exercise]
        new = [
            item
            for item in after.get(place.session_id, ())
            if item.exercise == change.exercise and item.exercise not in {one.exercise for one in was}
        ]
        if was and all(item.exercise not in {one.exercise for one in before[place.session_id]} for item in new):
            assert [harder(item, was[0], bench.catalogue) for item in new] == [[]] * len(new)


def items_by_session(planned: Planned) -> dict[str, tuple[Item, ...]]:
    """Return the items of every earned session by its id."""
    return {one.id: one.items for one in laws.sessions_of(planned.block.earned)}


def harder(item: Item, before: Item, catalogue: Catalogue) -> list[str]:
    """Return in what an item asks for more than another one, told from the library alone."""
    found = {
        "load": (item.load_kg or 0) > (before.load_kg or 0),
        "loaded": laws.loaded(item, catalogue) and not laws.loaded(before, catalogue),
        "sets": item.sets > before.sets,
        "squats": item.category == "squat" != before.category,
        "level": _level(item, catalogue) > _level(before, catalogue) and before.category != "squat",
        "demands": any(mine > other for mine, other in zip(_row(item, catalogue), _row(before, catalogue), strict=True))
        and item.category == before.category == "squat",
    }
    return [name for name, is_so in found.items() if is_so]


def _level(item: Item, catalogue: Catalogue) -> int:
    entry = laws.entry_of(item, catalogue)
    return entry.level if isinstance(entry, Exercise) else 0


def _row(item: Item, catalogue: Catalogue) -> tuple[float, ...]:
    variation = catalogue.variations.get(item.exercise)
    if variation is None or item.depth is None:
        return (0.0,) * 5
    modifiers = catalogue.limits.ladder.modifiers
    return tuple(score_row(variation, depth_index(item.depth), item.modifiers or (), modifiers))
