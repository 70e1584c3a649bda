"""Red flags over time: what answers, clearances and profiles make of the lock.

A `yes` ends only by a clearance that was received after it; time and `not_asked` never
lock a running block, a checklist that was left open does; the method's own items must
have been answered lately when a block is created or unlocked.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from planner.catalogue import Catalogue
from planner.client import age_on
from planner.facts import Profile
from planner.plan import ScreeningResult
from planner.screen import ARTICLE_FLAGS, screen, unanswered_within
from planner.state import Answered, ScreenState
from planner.values import replace
from planner.words import Answer, RedFlag, ScreeningStatus

STOPPED: Final[frozenset[ScreeningStatus]] = frozenset({"emergency", "same_day", "refer"})


def with_answers(known: ScreenState, answers: Mapping[RedFlag, Answer], on: date, received_at: datetime) -> ScreenState:
    """Return the state with new answers; `not_asked` replaces nothing, `no` unlocks nothing."""
    given = {flag: answer for flag, answer in answers.items() if answer != "not_asked"}
    if not given:
        return known
    positive = dict(known.positive)
    positive |= {
        flag: max(received_at, positive.get(flag, received_at)) for flag, answer in given.items() if answer == "yes"
    }
    told = {
        flag: Answered(answer=answer, on=_latest(on, flag, known))
        for flag, answer in given.items()
        if answer == "yes" or flag not in known.positive  # the day of a yes is kept for as long as it counts
    }
    return replace(known, answers={**known.answers, **told}, positive=positive)


def _latest(on: date, flag: RedFlag, known: ScreenState) -> date:
    """Return the day of an answer; a yes that counts stays on its latest day, for later may be earlier further west."""
    return max(on, known.answers[flag].on) if flag in known.positive else on


def with_open_question(known: ScreenState) -> ScreenState:
    """Return the state after somebody said that something applies, and not what: no earlier `no` counts any more."""
    kept = {flag: told for flag, told in known.answers.items() if flag in known.positive or flag not in ARTICLE_FLAGS}
    return replace(known, answers=kept, needs_answers=True)


def with_clearance(known: ScreenState, cleared_on: date, received_at: datetime, catalogue: Catalogue) -> ScreenState:
    """Return the state after a clearance: flags known by then are ended, fresh answers are needed.

    A flag that arrives later, however old, was not part of what was cleared; nor was one that came up after the day on
    which somebody looked.
    """
    left = {flag: at for flag, at in known.positive.items() if at >= received_at or known.answers[flag].on > cleared_on}
    answers = {
        flag: Answered(answer="no", on=cleared_on) if flag in known.positive and flag not in left else answered
        for flag, answered in known.answers.items()
    }
    cleared = replace(known, answers=answers, positive=left, cleared_on=cleared_on)
    return replace(cleared, needs_answers=bool(unanswered(cleared, cleared_on, catalogue)))


def resumes_after_clearance(known: ScreenState, starts_on: date, catalogue: Catalogue) -> bool:
    """Return whether the clearance falls into a block, or so shortly before it that it begins at the shape stage."""
    cleared = known.cleared_on
    return cleared is not None and (starts_on - cleared).days < catalogue.limits.progression.clearance_days


def check_due_on(known: ScreenState, starts_on: date, catalogue: Catalogue) -> date | None:
    """Return the day the method's own items are asked again in a block that resumed: a week after the oldest answer.

    None in any other block. Nothing is locked when the day goes by.
    """
    answered = [known.answers[flag].on for flag in ARTICLE_FLAGS if flag in known.answers]
    if not answered or not resumes_after_clearance(known, starts_on, catalogue):
        return None
    return min(answered) + timedelta(days=catalogue.limits.screening.answer_valid_days)


def flagged_on(known: ScreenState) -> date | None:
    """Return the day of the oldest yes that still waits for a clearance, None without one."""
    return min((known.answers[flag].on for flag in known.positive), default=None)


def unanswered(known: ScreenState, on: date, catalogue: Catalogue) -> tuple[RedFlag, ...]:
    """Return the method's own items without a fresh yes or no on a day."""
    answered = {flag: answered.on for flag, answered in known.answers.items()}
    return unanswered_within(answered, on=on, catalogue=catalogue)


def screened(known: ScreenState, profile: Profile, on: date, catalogue: Catalogue) -> ScreeningResult:
    """Return what the red flags mean on a day."""
    open_items = unanswered(known, on, catalogue) if known.needs_answers else ()
    answers: dict[RedFlag, Answer] = {flag: "not_asked" if flag in open_items else "no" for flag in ARTICLE_FLAGS}
    answers |= dict.fromkeys(known.positive, "yes")
    return screen(answers, age=age_on(profile, on), limits=profile.limits, catalogue=catalogue)
