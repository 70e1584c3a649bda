"""Screening: what a checklist leads to, and its laws."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.facts import Limit
from planner.plan import ScreeningResult
from planner.screen import (
    ALL_FLAGS,
    ARTICLE_FLAGS,
    EMERGENCY,
    REFER,
    SAME_DAY,
    answered_within,
    screen,
    unanswered_within,
    uncleared,
)
from planner.words import Answer, LimitCode, RedFlag

URGENCY = ("clear", "incomplete", "refer", "same_day", "emergency")
ALL_NO: dict[RedFlag, Answer] = dict.fromkeys(ALL_FLAGS, "no")
FRIDAY = date(2026, 11, 6)


def screened(catalogue: Catalogue, *yes: RedFlag, age: int = 35) -> ScreeningResult:
    answers: dict[RedFlag, Answer] = {**ALL_NO, **dict.fromkeys(yes, "yes")}
    return screen(answers, age=age, limits=(), catalogue=catalogue)


def test_every_flag_has_one_level_and_a_question(catalogue: Catalogue) -> None:
    """The three levels share the 21 flags out, and each flag has its wording."""
    assert sorted((*EMERGENCY, *SAME_DAY, *REFER)) == sorted(ALL_FLAGS)
    assert all(catalogue.texts.red_flags[flag].endswith("?") for flag in ALL_FLAGS)


@pytest.mark.parametrize(("level", "flags"), [("emergency", EMERGENCY), ("same_day", SAME_DAY), ("refer", REFER)])
def test_each_flag_alone_gives_its_level(catalogue: Catalogue, level: str, flags: tuple[RedFlag, ...]) -> None:
    """One yes gives the level of its flag and is named."""
    for flag in flags:
        result = screened(catalogue, flag)
        assert (result.status, result.positive) == (level, (flag,))
        assert result.reasons


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        (("severe_and_rapidly_worsening", "loss_of_strength"), "emergency"),
        (("cancer_history_new_pain", "constant_night_pain"), "same_day"),
        (("cancer_history_new_pain", "unexplained_weight_loss"), "same_day"),
        (("constant_night_pain", "unexplained_weight_loss"), "same_day"),
        (("tingling", "saddle_numbness"), "emergency"),
    ],
)
def test_flags_together_raise_the_level(catalogue: Catalogue, flags: tuple[RedFlag, ...], level: str) -> None:
    """Some flags together are looked at sooner than each alone."""
    assert screened(catalogue, *flags).status == level


def test_not_asked_is_not_no(catalogue: Catalogue) -> None:
    """An empty checklist is incomplete and lists the six items of the method."""
    result = screen({}, age=35, limits=(), catalogue=catalogue)

    assert (result.status, result.unanswered) == ("incomplete", ARTICLE_FLAGS)


def test_six_noes_are_clear(catalogue: Catalogue) -> None:
    """The six items of the method answered no are enough to be clear."""
    answers: dict[RedFlag, Answer] = dict.fromkeys(ARTICLE_FLAGS, "no")
    result = screen(answers, age=35, limits=(), catalogue=catalogue)

    assert (result.status, result.unanswered, result.watch) == ("clear", (), ())


def test_a_yes_outweighs_open_items(catalogue: Catalogue) -> None:
    """A yes decides although other items are open, and those are still listed."""
    result = screen({"tingling": "yes"}, age=35, limits=(), catalogue=catalogue)

    assert result.status == "refer"
    assert "tingling" not in result.unanswered
    assert "numbness" in result.unanswered


def test_a_minor_is_seen_first(catalogue: Catalogue) -> None:
    """Below 18 a professional looks first; from 18 on nobody has to."""
    assert screened(catalogue, age=17).status == "refer"
    assert screened(catalogue, age=18).status == "clear"


def test_above_the_watch_age_a_clear_checklist_is_watched(catalogue: Catalogue) -> None:
    """Watching withholds nothing, and is named only where training goes on."""
    assert screened(catalogue, age=56).status == "clear"
    assert screened(catalogue, age=56).watch
    assert screened(catalogue, age=55).watch == ()
    assert screened(catalogue, "tingling", age=56).watch == ()


def test_an_uncleared_limit_refers_and_a_cleared_one_does_not(catalogue: Catalogue) -> None:
    """Only a date clears a limit; a note does not."""
    waiting = Limit(code="hip_replacement", side="left", note="surgeon said it is fine")
    cleared = Limit(code="hip_replacement", side="left", cleared_on=FRIDAY)

    assert screen(ALL_NO, age=35, limits=(waiting,), catalogue=catalogue).status == "refer"
    assert screen(ALL_NO, age=35, limits=(cleared,), catalogue=catalogue).status == "clear"


def test_limits_that_need_no_clearance_never_wait() -> None:
    """Only the eight limits that need a clearance wait for one, each named once."""
    limits = tuple(Limit(code=code) for code in (*get_args(LimitCode), "hernia"))

    assert sorted(uncleared(limits)) == [
        "bone_fragility",
        "hernia",
        "hip_replacement",
        "hip_surgery",
        "post_partum",
        "pregnancy",
        "spine_surgery",
        "uncontrolled_blood_pressure",
    ]


def test_every_status_says_what_to_do_and_what_unlocks(catalogue: Catalogue) -> None:
    """Each status has a calm text and says what unlocks; none threatens or names a disease."""
    for status in URGENCY:
        text = catalogue.texts.phrases[f"screening_{status}"]
        unlock = catalogue.texts.phrases[f"unlock_{status}"]

        assert text
        assert unlock
        words = f"{text} {unlock}".lower()
        assert not any(word in words for word in ("danger", "serious", "paralys", "cauda", "tumor"))


@pytest.mark.parametrize(
    ("answered_on", "counts"),
    [
        (FRIDAY, True),
        (date(2026, 10, 30), True),
        (date(2026, 10, 29), False),
        (date(2026, 11, 7), False),
    ],
)
def test_an_answer_counts_for_seven_days(catalogue: Catalogue, answered_on: date, counts: bool) -> None:
    """An answer counts on its day and seven days on, not after and not before it was given."""
    assert answered_within(answered_on, on=FRIDAY, catalogue=catalogue) is counts


def test_stale_and_missing_answers_are_listed(catalogue: Catalogue) -> None:
    """Items without a fresh answer are named, others are not."""
    dates = dict.fromkeys(ARTICLE_FLAGS, FRIDAY)
    dates["tingling"] = date(2026, 10, 20)
    del dates["numbness"]

    assert unanswered_within(dates, on=FRIDAY, catalogue=catalogue) == ("numbness", "tingling")


answers_strategy = st.dictionaries(st.sampled_from(ALL_FLAGS), st.sampled_from(["yes", "no", "not_asked"]))


@given(answers=answers_strategy, flag=st.sampled_from(ALL_FLAGS), age=st.integers(10, 90))
def test_one_more_yes_is_never_less_urgent(
    catalogue: Catalogue, answers: dict[RedFlag, Answer], flag: RedFlag, age: int
) -> None:
    """Turning any answer into a yes never lowers the urgency."""
    before = screen(answers, age=age, limits=(), catalogue=catalogue)
    after = screen({**answers, flag: "yes"}, age=age, limits=(), catalogue=catalogue)

    lowered = URGENCY.index(after.status) < URGENCY.index(before.status)
    assert not lowered


@given(answers=answers_strategy, age=st.integers(10, 90))
def test_clear_means_no_yes_and_nothing_open(catalogue: Catalogue, answers: dict[RedFlag, Answer], age: int) -> None:
    """A clear checklist has no yes, no open item, and an adult behind it."""
    result = screen(answers, age=age, limits=(), catalogue=catalogue)

    clear = not result.positive and not result.unanswered and age >= 18
    assert (result.status == "clear") == clear
    assert result.reasons
