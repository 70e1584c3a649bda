"""Red flags over time, one fact after another: what is known, what still waits, what counts as answered."""

from datetime import UTC, date, datetime, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Profile
from planner.plan import ScreeningResult
from planner.screen import ARTICLE_FLAGS
from planner.screening_state import (
    STOPPED,
    check_due_on,
    flagged_on,
    resumes_after_clearance,
    screened,
    unanswered,
    with_answers,
    with_clearance,
    with_open_question,
)
from planner.state import Answered, ScreenState
from planner.words import Answer, RedFlag
from tests.support.story import load_vignette, profile_of

MONDAY = date(2026, 11, 2)
NO_SIX: dict[RedFlag, Answer] = dict.fromkeys(ARTICLE_FLAGS, "no")


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def at(offset: int) -> datetime:
    return datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=offset)


def told(known: ScreenState, offset: int, received: int | None = None, **answers: Answer) -> ScreenState:
    given: dict[RedFlag, Answer] = answers  # type: ignore[assignment]
    return with_answers(known, given, day(offset), at(offset if received is None else received))


@pytest.fixture
def calm() -> ScreenState:
    """Return what is known after the six questions were answered with no on the first day."""
    return with_answers(ScreenState(), NO_SIX, MONDAY, at(0))


@pytest.fixture(scope="module")
def profile() -> Profile:
    return profile_of(load_vignette("V1")["client"])


def meaning(known: ScreenState, profile: Profile, offset: int, catalogue: Catalogue) -> ScreeningResult:
    return screened(known, profile, day(offset), catalogue)


def test_nothing_told_changes_nothing(calm: ScreenState) -> None:
    """Not asked is no answer: neither an earlier yes nor an earlier no is replaced."""
    assert told(calm, 1, numbness="not_asked") is calm
    flagged = told(calm, 1, numbness="yes")
    later = told(flagged, 2, numbness="not_asked", tingling="no")
    assert later.answers["numbness"] == Answered(answer="yes", on=day(1))
    assert later.answers["tingling"] == Answered(answer="no", on=day(2))


def test_a_yes_is_known_with_its_day_and_the_latest_receipt(calm: ScreenState) -> None:
    """Told again it counts from then; an older receipt that comes in later changes nothing of that."""
    once = told(calm, 1, numbness="yes")
    assert once.positive == {"numbness": at(1)}
    assert once.answers["numbness"] == Answered(answer="yes", on=day(1))
    assert told(once, 3, numbness="yes").positive == {"numbness": at(3)}
    assert told(once, 2, received=0, numbness="yes").positive == {"numbness": at(1)}
    assert told(once, 2, tingling="yes").positive == {"numbness": at(1), "tingling": at(2)}


def test_a_later_no_keeps_the_yes_and_its_day(calm: ScreenState) -> None:
    """Only a clearance ends it."""
    denied = told(told(calm, 1, numbness="yes"), 2, numbness="no")
    assert denied.positive == {"numbness": at(1)}
    assert flagged_on(denied) == day(1)


def test_an_open_question_takes_back_the_noes_of_the_six(calm: ScreenState) -> None:
    """A yes among them stays told, and so do answers to the other questions."""
    known = told(told(calm, 1, tingling="yes"), 1, fever_or_unwell="no")
    asked = with_open_question(known)
    assert set(asked.answers) == {"tingling", "fever_or_unwell"}
    assert (asked.needs_answers, asked.positive) == (True, known.positive)


def test_a_clearance_ends_what_was_received_before_it(calm: ScreenState, catalogue: Catalogue) -> None:
    """A flag received at the same instant or later stays; one that was ended counts as a no of the day of the look."""
    known = told(told(calm, 1, numbness="yes"), 1, received=4, tingling="yes")
    cleared = with_clearance(known, day(3), at(4), catalogue)
    assert cleared.positive == {"tingling": at(4)}
    assert cleared.answers["numbness"] == Answered(answer="no", on=day(3))
    assert cleared.answers["tingling"] == Answered(answer="yes", on=day(1))
    assert cleared.answers["radiating_pain"] == Answered(answer="no", on=MONDAY)
    assert cleared.cleared_on == day(3)


@pytest.mark.parametrize(("looked_on", "left"), [(1, True), (2, False), (3, False)])
def test_a_clearance_ends_no_flag_of_a_later_day(
    calm: ScreenState, catalogue: Catalogue, looked_on: int, left: bool
) -> None:
    """Whoever looked the day before cannot have seen it."""
    known = told(calm, 2, numbness="yes")
    assert bool(with_clearance(known, day(looked_on), at(5), catalogue).positive) is left


def test_a_yes_told_again_further_west_stays_on_its_latest_day(calm: ScreenState, catalogue: Catalogue) -> None:
    """It is the day before there; who looked on that day may have looked before the flag came up."""
    travelled = told(told(calm, 3, numbness="yes"), 2, 4, numbness="yes")

    assert travelled.answers["numbness"].on == day(3)
    assert with_clearance(travelled, day(2), at(5), catalogue).positive
    assert not with_clearance(travelled, day(3), at(5), catalogue).positive


@pytest.mark.parametrize(("looked_on", "asks"), [(7, False), (8, True)])
def test_a_clearance_asks_for_answers_that_are_too_old(
    calm: ScreenState, catalogue: Catalogue, looked_on: int, asks: bool
) -> None:
    """Seven days on they still count."""
    known = with_clearance(told(calm, 2, major_trauma="yes"), day(looked_on), at(9), catalogue)
    assert known.needs_answers is asks
    assert bool(unanswered(known, day(looked_on), catalogue)) is asks


def test_a_block_resumes_for_four_weeks_after_a_clearance(calm: ScreenState, catalogue: Catalogue) -> None:
    """Without one it never does."""
    days = catalogue.limits.progression.clearance_days
    cleared = with_clearance(told(calm, 1, numbness="yes"), day(2), at(2), catalogue)
    assert not resumes_after_clearance(calm, day(3), catalogue)
    assert resumes_after_clearance(cleared, day(1 + days), catalogue)
    assert not resumes_after_clearance(cleared, day(2 + days), catalogue)


def test_the_questions_are_asked_again_a_week_after_the_oldest_answer(calm: ScreenState, catalogue: Catalogue) -> None:
    """In a block that resumed, and once any of the six was answered."""
    cleared = with_clearance(told(calm, 1, numbness="yes"), day(2), at(2), catalogue)
    assert check_due_on(cleared, day(3), catalogue) == day(catalogue.limits.screening.answer_valid_days)
    assert check_due_on(calm, day(3), catalogue) is None
    assert check_due_on(ScreenState(cleared_on=MONDAY), day(3), catalogue) is None
    other = ScreenState(answers={"fever_or_unwell": Answered(answer="no", on=MONDAY)}, cleared_on=MONDAY)
    assert check_due_on(other, day(3), catalogue) is None


def test_the_oldest_yes_that_waits_is_the_day_of_the_flag(calm: ScreenState) -> None:
    """None without a yes."""
    assert flagged_on(calm) is None
    assert flagged_on(told(told(calm, 4, tingling="yes"), 2, numbness="yes")) == day(2)


def test_what_holds_is_told_by_flags_and_by_open_questions(
    calm: ScreenState, profile: Profile, catalogue: Catalogue
) -> None:
    """Old answers hold nothing back while nobody waits for them; a yes always does, named with the open questions."""
    settled = ScreenState(answers=calm.answers, needs_answers=False)
    assert meaning(calm, profile, 7, catalogue).status == "clear"
    late = meaning(calm, profile, 8, catalogue)
    assert (late.status, late.unanswered) == ("incomplete", ARTICLE_FLAGS)
    assert meaning(settled, profile, 8, catalogue).status == "clear"
    assert meaning(ScreenState(), profile, 0, catalogue).unanswered == ARTICLE_FLAGS
    flagged = meaning(told(settled, 8, fever_or_unwell="yes"), profile, 8, catalogue)
    assert (flagged.status, flagged.positive) == ("same_day", ("fever_or_unwell",))
    partly = meaning(told(ScreenState(), 8, numbness="no"), profile, 8, catalogue)
    assert partly.unanswered == tuple(flag for flag in ARTICLE_FLAGS if flag != "numbness")


def test_what_stops_training_is_all_but_clear_and_open() -> None:
    """The three levels of a flag."""
    assert {"emergency", "same_day", "refer"} == STOPPED
