"""Which of several tellings counts, and what a correction can never do."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from planner.catalogue import Catalogue
from planner.corrections import Telling, counting
from planner.facts import CheckIn, Clearance, Fact, MorningPain, Screening
from planner.fold import fold, in_order
from tests.support.story import MONDAY, Story, moment

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of V1."""
    return Story.of(catalogue, "V1")


def told(name: str, replaces: str | None = None, *, hour: int = 8, kind: str = "check_in", at: int = 7) -> Telling[str]:
    """Return a telling received on Monday at an hour."""
    return Telling(id=name, kind=kind, replaces=replaces, received_at=moment(MONDAY, hour), at=moment(MONDAY, at))


CASES: dict[str, tuple[list[Telling[str]], dict[str, str]]] = {
    "two corrections": ([told("a"), told("b", "a", hour=9), told("c", "a", hour=10)], {"a": "c", "b": "c"}),
    "received at once": ([told("a"), told("b", "a"), told("c", "a", at=6)], {"a": "b", "c": "b"}),
    "a correction of a correction": ([told("a"), told("b", "a"), told("c", "b")], {"a": "c", "b": "c"}),
    "two branches": (
        [told("a"), told("b", "a", hour=9), told("c", "a", hour=10), told("d", "b", hour=11)],
        dict.fromkeys("abc", "d"),
    ),
    "the original comes last": ([told("a", hour=12), told("b", "a", hour=9)], {"a": "b"}),
    "the original is missing": ([told("b", "a", hour=9), told("c", "a", hour=10)], {"b": "c"}),
    "itself": ([told("a", "a")], {}),
    "a circle": ([told("a", "b", hour=9), told("b", "a")], {"b": "a"}),
    "a circle corrected": ([told("a", "b", hour=9), told("b", "a"), told("c", "a", hour=7)], {"a": "c", "b": "c"}),
    "another kind": ([told("a", kind="clearance"), told("b", "a")], {}),
    "two of another kind": ([told("a", kind="clearance"), told("b", "a"), told("c", "a")], {}),
    "two kinds, nothing known": ([told("b", "a"), told("c", "a", kind="session_log")], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_one_telling_counts_whatever_the_order(case: str) -> None:
    """Of what nothing corrects the one received last, in any order they are handed over."""
    tellings, expected = CASES[case]
    assert {tuple(sorted(counting(order).items())) for order in permutations(tellings)} == {
        tuple(sorted(expected.items()))
    }


def test_a_long_chain_is_one_telling() -> None:
    """Thousands of corrections, each of the one before, leave the last."""
    chain = [told("0"), *(told(str(place), str(place - 1)) for place in range(1, 5_000))]
    assert set(counting(reversed(chain)).values()) == {"4999"}


@pytest.mark.parametrize("late", [False, True])
def test_a_check_in_takes_no_clearance_back(story: Story, catalogue: Catalogue, late: bool) -> None:
    """What is of another kind stays, also when the check-in that names it is known first."""
    story.tell(Screening(red_flags={"numbness": "yes"}), MONDAY)
    story.clear(TUESDAY)
    clearance = next(fact for fact in story.facts if isinstance(fact.body, Clearance))
    status = story.state.status
    story.morning(TUESDAY, replaces=clearance.id)
    facts = [*(fact for fact in story.facts if fact != clearance), clearance] if late else story.facts
    state, _ = fold(story.request, facts, catalogue)

    assert (status, state.status) == ("clear", "clear")
    assert clearance in in_order(facts)


def test_two_phones_that_correct_one_morning_count_once(story: Story, catalogue: Catalogue) -> None:
    """The morning is the one received last, not the worse of both corrections."""
    story.morning(MONDAY, now=2)
    first = story.facts[-1]
    for now, received in ((7, TUESDAY), (1, TUESDAY + timedelta(days=1))):
        story.morning(MONDAY, now=now, received=received, replaces=first.id)

    assert [one.now for one in story.state.mornings if one.on == MONDAY] == [1]
    assert fold(story.request, reversed(story.facts), catalogue)[0] == story.state


def test_mornings_that_correct_each_other_leave_one(story: Story) -> None:
    """A fact that names itself counts; of two that name each other one does, and both keep their red flags."""
    body = CheckIn(back_pain=MorningPain(now=6, worst_24h=6), red_flags={"numbness": "yes"})
    one = story.facts[-1]
    first = replace(one, id="1", body=body, replaces="2")
    second = replace(one, id="2", body=replace(body, red_flags={"tingling": "yes"}), replaces="1")
    itself = replace(one, id="3", body=body, replaces="3")

    kept = in_order([first, second, itself])
    assert [isinstance(fact.body, CheckIn) for fact in kept] == [False, True, True]
    assert isinstance(kept[0].body, Screening)
    assert kept[0].body.red_flags == {"numbness": "yes"}


@pytest.mark.parametrize("days", [0, 9])
def test_a_block_stands_on_what_corrects_its_assessment(story: Story, catalogue: Catalogue, days: int) -> None:
    """Dated the same day or after the block began, corrected once more or not: the plan follows the newest."""
    asked = next(fact for fact in story.facts if fact.id == story.request.assessment_id)
    assert story.state.assessment.back_pain is not None
    on = asked.on + timedelta(days=days)
    for usual, name in ((5, asked.id), (3, "")):
        pain = replace(story.state.assessment.back_pain, usual=usual)
        right = replace(story.state.assessment, back_pain=pain, performed_on=on)
        story.tell(right, on, 20, received=TUESDAY, replaces=name or story.facts[-1].id)
    corrected: Fact = story.facts[-1]

    assert story.state.assessment == corrected.body
    assert story.state.baseline == 3
    assert story.state.status == "clear"
    story.morning(TUESDAY + timedelta(days=10))
    assert fold(story.request, story.facts, catalogue)[0] == story.state
