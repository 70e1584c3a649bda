"""The laws of the contract: order, replay, begun days, and the worse log over whole lives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.facts import (
    Assessment,
    CheckIn,
    Fact,
    LoggedItem,
    LoggedSet,
    Profile,
    Screening,
    SessionLog,
    SessionPain,
)
from planner.fold import fold, in_order
from planner.plan import Item
from planner.replan import build
from planner.scores import score_row
from planner.state import State
from planner.words import depth_index
from tests.properties.deliveries import content_of, deliver
from tests.properties.lives import Bench, Lived, at, check_in, fact
from tests.properties.strategies import (
    DAY_ONE,
    GATES,
    DayOf,
    MorningOf,
    SquatOf,
    assessments,
    calm_or_any_morning,
    calm_or_any_squat,
    clients,
    days,
    lives,
    mornings,
    mostly_calm,
    short_lives,
    squats,
)
from tests.support.profile import PROFILE

FEW = settings(max_examples=15 if PROFILE == "suite" else 1000)
SOME = settings(max_examples=40 if PROFILE == "suite" else 3000)


# --- fold ---------------------------------------------------------------------------------------------------------


@SOME
@given(profile=clients(), assessment=assessments(), life=lives, data=st.data())
def test_steps_and_rebuild_agree_whatever_the_order(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Folding facts one by one and folding them all at once, shuffled, give the same state."""
    lived = bench.live(bench.born(profile, assessment), life)
    shuffled = data.draw(st.permutations(lived.facts))
    rebuilt, _ = fold(lived.request, shuffled, bench.catalogue)

    assert rebuilt == lived.state


@FEW
@given(
    profile=clients(),
    assessment=assessments(),
    life=st.lists(days(), min_size=2, max_size=9),
    data=st.data(),
)
def test_any_order_of_arrival_ends_in_the_same_plan(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Facts that arrive late and in any order end in the same state and the same days after the last receipt."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), life)
    last = lived.today + timedelta(days=4)
    delays = [data.draw(st.integers(0, (last - fact.on).days)) for fact in lived.facts]
    late = [_received(fact, fact.on + timedelta(days=delay)) for fact, delay in zip(lived.facts, delays, strict=True)]
    late = [
        fact if fact.at > lived.request.created_at else before for fact, before in zip(late, lived.facts, strict=True)
    ]
    end = [_received(late[-1], last)]
    on_time = deliver(lived.request, [*lived.facts[:-1], *end], bench.catalogue)
    delayed = deliver(lived.request, [*late[:-1], *end], bench.catalogue)

    assert on_time.today == delayed.today
    assert on_time.state == delayed.state
    assert content_of(on_time.shown.values(), after=last) == content_of(delayed.shown.values(), after=last)
    assert content_of(on_time.projected.values()) == content_of(delayed.projected.values())


@FEW
@given(profile=clients(), assessment=assessments(), life=st.lists(days(), min_size=1, max_size=4), data=st.data())
def test_facts_from_before_a_block_may_come_after_it(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Squats, mornings and flags of the days before, told late, end in the state of all facts at once."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), life)
    bodies = data.draw(st.lists(st.one_of(squats().map(_loose_log), mornings().map(check_in), _FLAGS), min_size=1))
    made, last = lived.request.created_at, lived.today
    early = [
        replace(
            _received(fact(f"early {number}", body, DAY_ONE, 8), DAY_ONE + timedelta(days=data.draw(_delay(last)))),
            at=made - timedelta(minutes=data.draw(st.sampled_from((0, 1, 90, 60 * 24)))),
        )
        for number, body in enumerate(bodies)
    ]
    delivered = deliver(lived.request, [*lived.facts, *early], bench.catalogue)

    assert delivered.state == fold(lived.request, [*lived.facts, *early], bench.catalogue)[0]


_FLAGS = st.sampled_from(("yes", "no")).map(lambda answer: Screening(red_flags={"fever_or_unwell": answer}))


def _loose_log(how: SquatOf) -> SessionLog:
    """Return the log of a squat that answers no session."""
    pain = SessionPain(during=how.during, after=how.after)
    squat = LoggedItem(exercise="goblet_squat", sets=(LoggedSet(reps=5, load_kg=20.0),))
    return SessionLog(items=(squat,), back_pain=pain, words=how.words)


def _delay(last: date) -> st.SearchStrategy[int]:
    return st.integers(0, (last - DAY_ONE).days + 1)


def _received(fact: Fact, on: date) -> Fact:
    return replace(fact, received_on=on, received_at=max(fact.at, at(on, 21)))


@FEW
@given(
    profile=clients(),
    assessment=assessments(),
    life=st.lists(days(), min_size=2, max_size=6),
    data=st.data(),
)
def test_corrections_end_in_one_telling_whatever_the_order(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], data: st.DataObject
) -> None:
    """Any facts named by any others, themselves and circles too: one telling of each thing is folded, flags stay."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), life)
    told = [_flagged(fact, data.draw(st.booleans())) for fact in lived.facts[2:]]
    named = st.sampled_from([fact.id for fact in lived.facts] + ["not known yet"])
    told = [replace(fact, replaces=data.draw(st.none() | named)) for fact in told]
    facts = [*lived.facts[:2], *told]
    shuffled = data.draw(st.permutations(facts))
    state, _ = fold(lived.request, shuffled, bench.catalogue)
    kept = {fact.id: fact for fact in in_order(shuffled)}

    assert state == fold(lived.request, facts, bench.catalogue)[0]
    assert _yes(kept.values()) == _yes(facts)
    for things in _tellings(facts):
        assert sum(kept[fact.id] == fact for fact in things) == 1


def _tellings(facts: Sequence[Fact]) -> list[list[Fact]]:
    """Return the facts by the thing they tell of: joined pair by pair until nothing is left to join."""
    groups = [[fact] for fact in facts]
    for one in facts:
        for other in facts:
            both = [group for group in groups if one in group or other in group]
            if len(both) == 2 and _belong(one, other):
                groups = [group for group in groups if group not in both] + [both[0] + both[1]]
    return groups


def _belong(one: Fact, other: Fact) -> bool:
    """Tell whether one corrects the other, or both the same that is not known; only of the same kind."""
    if type(one.body) is not type(other.body):
        return False
    return one.replaces == other.id or one.replaces == other.replaces == "not known yet"


def _flagged(fact: Fact, flagged: bool) -> Fact:
    body = fact.body
    return (
        replace(fact, body=replace(body, red_flags={"tingling": "yes"}))
        if isinstance(body, CheckIn) and flagged
        else fact
    )


def _yes(facts: Iterable[Fact]) -> set[str]:
    return {
        fact.id
        for fact in facts
        if isinstance(fact.body, CheckIn | Screening) and "yes" in fact.body.red_flags.values()
    }


@FEW
@given(profile=clients(), assessment=assessments(), life=short_lives)
def test_one_fact_at_a_time_plans_the_same_days_as_all_at_once(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf]
) -> None:
    """After any life the days ahead, earned and projected, are those of a block built anew from all facts."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), life)
    stepwise = deliver(lived.request, lived.facts, bench.catalogue)
    anew = build(lived.request, lived.facts, catalogue=bench.catalogue, today=stepwise.today)
    ahead = content_of(anew.block.earned, after=stepwise.today)

    assert anew.state == stepwise.state
    assert content_of(stepwise.shown.values(), after=stepwise.today) == ahead
    assert content_of(stepwise.projected.values()) == content_of(anew.block.projected)


@FEW
@given(profile=clients(), assessment=assessments(), life=short_lives)
def test_replaying_with_the_received_times_gives_the_same_plan(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf]
) -> None:
    """Handing over the same facts at the same times twice gives equal weeks, ids included."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), life)
    first, second = (deliver(lived.request, lived.facts, bench.catalogue) for _ in range(2))

    assert first == second


@FEW
@given(profile=clients(), assessment=assessments(), life=short_lives, silence=st.integers(1, 20))
def test_silence_never_raises_anything(
    bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf], silence: int
) -> None:
    """However long nothing is told, the squat asked for is no harder than the one asked for now."""
    lived = bench.live(bench.born(profile, assessment, weeks=6), life)
    now = bench.next_asked(lived)
    later = bench.next_asked(replace(lived, today=lived.today + timedelta(days=silence)))
    assume(now is not None)
    assert now is not None

    if later is not None:
        item, before = later[1], now[1]
        assert item.rung == before.rung
        assert item.depth == before.depth
        assert (item.load_kg or 0) <= (lived.state.position.load_kg or 0)
        assert item.sets <= max(1, lived.state.position.sets)


@FEW
@given(profile=clients(), assessment=assessments())
def test_projected_weeks_are_marked_and_lie_ahead(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """Each week ahead of an open block is there earned and projected, and projected is never behind earned."""
    block = bench.plan(profile, assessment).block
    assume(block.lock is None)
    projected = {week.week_number: week for week in block.projected}

    assert set(projected) == {week.week_number for week in block.earned if week.starts_on > DAY_ONE}
    for week in block.earned:
        ahead = projected.get(week.week_number)
        assert ahead is None or ahead.stage >= week.stage


# --- the worse log ------------------------------------------------------------------------------------------------

BAD_WORDS = ("compressed", "sharp", "protective")


@st.composite
def worse_squats(draw: st.DrawFn, how: SquatOf) -> SquatOf:
    """Return a squat session that is worse in one thing."""
    what = draw(
        st.sampled_from(("during", "after", "word", "spot", "technique", "rpe", "gate", "sleep", "stress", "legs"))
    )
    more = draw(st.integers(1, 6))
    changes: dict[str, object] = {
        "during": {"during": min(10, how.during + more)},
        "after": {"after": min(10, how.after + more)},
        "word": {"words": (*how.words, draw(st.sampled_from(BAD_WORDS)))},
        "spot": {"same_spot": True},
        "technique": {"technique_changed": True},
        "rpe": {"rpe_over": how.rpe_over + more / 2},
        "gate": {"missed": how.missed | {draw(st.sampled_from(GATES))}},
        "sleep": {"sleep_h": None if how.sleep_h is None else how.sleep_h - more / 2},
        "stress": {"stress": None if how.stress is None else min(10, how.stress + more)},
        "legs": {"legs": min(10, how.legs + more)},
    }[what]
    return replace(how, **changes)


@st.composite
def worse_mornings(draw: st.DrawFn, how: MorningOf) -> MorningOf:
    """Return a check-in that is worse in one thing."""
    what = draw(st.sampled_from(("now", "worst", "hours", "word", "spot", "week", "legs")))
    more = draw(st.integers(1, 6))
    now = min(10, how.now + more)
    changes: dict[str, object] = {
        "now": {"now": now, "worst": max(now, how.worst)},
        "worst": {"worst": min(10, how.worst + more)},
        "hours": {"hours": longer(how.hours, more)},
        "word": {"words": (*how.words, draw(st.sampled_from(BAD_WORDS)))},
        "spot": {"same_spot": True},
        "week": {"affects_week": True},
        "legs": {"legs": min(10, how.legs + more)},
    }[what]
    return replace(how, **changes)


def longer(hours: float | None, more: int) -> float | None:
    """Return more hours to settle; "not settled yet" says that the hours since the squat were not enough."""
    if hours is None or (hours <= 12 and more > 4):
        return None
    return hours + 15 * more


@dataclass(frozen=True)
class Asked:
    """What an exposure asks for, and the five demands of its squat at its depth."""

    on: date
    item: Item
    demands: tuple[float, ...]


def asked_next(bench: Bench, lived: Lived) -> Asked | None:
    """Return the next squat asked for."""
    found = bench.next_asked(lived)
    if found is None:
        return None
    on, item = found
    return Asked(on, item, demands_of(item, bench.catalogue))


def demands_of(item: Item, catalogue: Catalogue) -> tuple[float, ...]:
    """Return hip, ankle, trunk, control and spine load of a squat at its depth."""
    assert item.depth is not None
    variation = catalogue.variations[item.exercise]
    return tuple(score_row(variation, depth_index(item.depth), item.modifiers or (), catalogue.limits.ladder.modifiers))


def harder(worse: Asked, than: Asked, *, dose: bool) -> list[str]:
    """Return in what an exposure is harder than another one; repetitions count at the same load only."""
    one, other = worse.item, than.item
    assert one.depth is not None
    assert other.depth is not None
    found = {
        "depth": depth_index(one.depth) > depth_index(other.depth),
        "load": one.load_kg is not None and other.load_kg is not None and one.load_kg > other.load_kg,
        "sets": one.sets > other.sets,
        "reps": dose and one.load_kg == other.load_kg and (one.reps or 0) > (other.reps or 0),
        "demands": any(mine > theirs for mine, theirs in zip(worse.demands, than.demands, strict=True)),
    }
    return [name for name, is_so in found.items() if is_so]


def check_no_harder(worse: Asked | None, better: Asked | None, left: Asked) -> None:
    """Assert the law: never harder than after the better log; where that one moved up, than what was left."""
    if worse is None:
        return
    assert better is not None
    assert worse.on >= better.on
    assert worse.item.rung is not None
    assert better.item.rung is not None
    if worse.item.rung == better.item.rung:
        assert harder(worse, better, dose=True) == []
    else:
        assert worse.item.rung < better.item.rung
        assert harder(worse, left, dose=worse.item.rung == left.item.rung) == []


@SOME
@given(
    profile=st.one_of(clients(sound=True), clients()),
    assessment=st.one_of(assessments(calm=True), assessments()),
    prefix=mostly_calm(),
    how=calm_or_any_squat,
    after=st.lists(st.one_of(calm_or_any_morning, calm_or_any_morning, st.none()), min_size=1, max_size=4),
    data=st.data(),
)
def test_a_worse_log_never_gives_a_harder_next_exposure(
    bench: Bench,
    profile: Profile,
    assessment: Assessment,
    prefix: list[DayOf],
    how: SquatOf,
    after: list[MorningOf | None],
    data: st.DataObject,
) -> None:
    """Raise a score, add a word, miss a gate, in the session or a morning after: the next squat is no harder."""
    lived = bench.live(bench.born(profile, assessment), prefix)
    following = asked_next(bench, lived)
    assume(following is not None and not lived.state.locked)
    assert following is not None
    said = [morning for morning in after if morning is not None]
    place = data.draw(st.integers(-1, len(said) - 1))
    if place < 0:
        worse_how, worse_after = data.draw(worse_squats(how)), after
    else:
        worsened = data.draw(worse_mornings(said[place]))
        worse_how, worse_after = how, [worsened if morning is said[place] else morning for morning in after]
    better = asked_next(bench, squat_and_mornings(bench, lived, following, how, after))
    worse = asked_next(bench, squat_and_mornings(bench, lived, following, worse_how, worse_after))

    check_no_harder(worse, better, without_deload(following, lived.state))


def without_deload(asked: Asked, state: State) -> Asked:
    """Return an exposure as it would be asked for in a week that is not a lighter one."""
    usual = replace(asked.item, sets=max(1, state.position.sets), load_kg=state.position.load_kg)
    return replace(asked, item=usual)


def squat_and_mornings(
    bench: Bench, lived: Lived, asked: Asked, how: SquatOf, after: Sequence[MorningOf | None]
) -> Lived:
    """Return the client after the squat asked for and the mornings that followed."""
    lived = bench.squat(replace(lived, today=asked.on), asked.on, how)
    for offset, morning in enumerate(after, start=1):
        on = asked.on + timedelta(days=offset)
        lived = replace(bench.day(lived, on, DayOf(morning=morning, squat=None, joint=False)), today=on)
    return lived


@SOME
@given(profile=clients(), assessment=assessments(), life=lives)
def test_the_state_stays_small(bench: Bench, profile: Profile, assessment: Assessment, life: list[DayOf]) -> None:
    """After any life the state keeps recent windows only, and stands on a rung that does not wait for range."""
    state: State = bench.live(bench.born(profile, assessment), life).state

    assert len(state.history) <= 12
    assert len(state.mornings) <= 42
    position = state.position
    assert 0 <= position.rung < len(state.ladder.rungs)
    assert position.sets >= 1
    assert 0 < position.ease <= 1
    assert 0 <= position.depth_drop < depth_index(state.ladder.rungs[position.rung].depth)
