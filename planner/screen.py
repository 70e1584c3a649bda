"""Screening: what a red-flag checklist means, before anything else is looked at."""

from collections.abc import Mapping
from datetime import date
from typing import Final, get_args

from planner.catalogue import Catalogue
from planner.decision import Reason, all_outcomes
from planner.facts import Limit
from planner.plan import ScreeningResult
from planner.rules.screening import (
    ARTICLE_FLAGS,
    CLEARANCE_NEEDED,
    EMERGENCY,
    REFER,
    SAME_DAY,
    SCREENING_RULES,
    Alarm,
    ScreeningCase,
    answers_too_old,
)
from planner.words import Answer, LimitCode, RedFlag, ScreeningStatus

ALL_FLAGS: Final[tuple[RedFlag, ...]] = get_args(RedFlag)

_URGENCY: Final[tuple[ScreeningStatus, ...]] = (
    "emergency",
    "same_day",
    "refer",
    "incomplete",
    "clear",
)


def screen(
    red_flags: Mapping[RedFlag, Answer],
    *,
    age: int,
    limits: tuple[Limit, ...],
    catalogue: Catalogue,
) -> ScreeningResult:
    """Return the most protective status that any rule asks for, with every reason."""
    case = ScreeningCase(
        red_flags=red_flags,
        age=age,
        uncleared_limits=uncleared(limits),
        limits=catalogue.limits.screening,
    )
    alarms = all_outcomes(SCREENING_RULES, case)
    status = min((alarm.status for _, alarm in alarms), key=_URGENCY.index)
    return ScreeningResult(
        status=status,
        positive=case.yes(*ALL_FLAGS),
        unanswered=case.unanswered(),
        watch=_watched(alarms, status, catalogue),
        text=catalogue.texts.phrases[f"screening_{status}"],
        unlock=catalogue.texts.phrases[f"unlock_{status}"],
        reasons=_reasons(alarms, catalogue),
    )


def uncleared(limits: tuple[Limit, ...]) -> tuple[LimitCode, ...]:
    """Return the limits that need a clearance and have none, each once."""
    waiting = (limit.code for limit in limits if limit.cleared_on is None)
    return tuple(dict.fromkeys(code for code in waiting if code in CLEARANCE_NEEDED))


def answered_within(answered_on: date, *, on: date, catalogue: Catalogue) -> bool:
    """Return whether an answer given on one day still counts on another."""
    days = (on - answered_on).days
    limits = catalogue.limits.screening
    case = ScreeningCase(age=limits.adult_age, oldest_answer_days=days, limits=limits)
    return days >= 0 and answers_too_old(case) is None


def unanswered_within(answered_on: Mapping[RedFlag, date], *, on: date, catalogue: Catalogue) -> tuple[RedFlag, ...]:
    """Return the method's own items without an answer (yes or no) that still counts on a day."""
    return tuple(
        flag
        for flag in ARTICLE_FLAGS
        if flag not in answered_on or not answered_within(answered_on[flag], on=on, catalogue=catalogue)
    )


def _watched(alarms: list[tuple[str, Alarm]], status: ScreeningStatus, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what is asked weekly: only a clear checklist is watched, others are stopped."""
    if status != "clear":
        return ()
    return tuple(catalogue.reason(rule, **alarm.facts).text for rule, alarm in alarms if rule == "SF11")


def _reasons(alarms: list[tuple[str, Alarm]], catalogue: Catalogue) -> tuple[Reason, ...]:
    return tuple(catalogue.reason(rule, **alarm.facts) for rule, alarm in alarms)


__all__ = [
    "ALL_FLAGS",
    "ARTICLE_FLAGS",
    "CLEARANCE_NEEDED",
    "EMERGENCY",
    "REFER",
    "SAME_DAY",
    "answered_within",
    "screen",
    "unanswered_within",
    "uncleared",
]
