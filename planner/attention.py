"""What a coach's attention is asked for: red flags, problems, open questions, re-tests, silence, the block's end.

`outlook` answers once for all days to come: each notice says from which day and until which day it shows as long as
nothing new is told. So whoever lists many clients compares stored dates and folds nothing; `attention` is the same
list on one day. Notices change no plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Final

from planner.begin import BlockRequest, screen_after
from planner.catalogue import Catalogue, plain
from planner.decision import Value
from planner.exposure import block_week, escalating
from planner.facts import Fact, Profile
from planner.inputs import WEEK_DAYS, context_of
from planner.plan import ScreeningResult
from planner.rules.progression import RETEST_RULES
from planner.schedule import retest_day, retest_weeks, week_start
from planner.screening_state import check_due_on, flagged_on, screened
from planner.standing import waiting
from planner.state import ScreenState, State
from planner.words import URGENCIES, NoticeAction, NoticeKind, ScreeningStatus, Urgency

DAY: Final = timedelta(days=1)
ESCALATES: Final = "SY07"
UNCLEARED_LIMIT: Final = "SF08"
TOO_OLD: Final = "SF10"
ASKED_BY_A_RETEST: Final = frozenset(rule.id for rule in RETEST_RULES)
LEVEL_OF: Final[Mapping[ScreeningStatus, Urgency]] = {
    "emergency": "emergency",
    "same_day": "same_day",
    "refer": "refer",
}
"""How urgent a red flag is; other results of a screening wait for no clearance."""
RERANK_SAYS: Final[Mapping[str, str]] = {"PG06": "rerank_flares", "PG19": "rerank_stalled"}
"""Sentences by the rule that asked; any other asked because of step-backs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that asks for a coach: why, since when, what resolves it, and the days on which it shows."""

    kind: NoticeKind
    urgency: Urgency
    since: date
    rule: str  # "" where no rule is behind it
    facts: Mapping[str, Value]
    text: str
    action: NoticeAction
    shows_on: date
    ends_on: date | None = None  # the first day it no longer shows

    def until(self, ends_on: date, *, shows_on: date | None = None) -> "Notice":
        """Return it for some days only."""
        return replace(self, shows_on=shows_on or self.shows_on, ends_on=ends_on)

    def shown(self, today: date) -> bool:
        """Return whether it shows on a day."""
        return self.shows_on <= today and (self.ends_on is None or today < self.ends_on)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What every kind looks at."""

    state: State
    request: BlockRequest
    catalogue: Catalogue

    @property
    def last_day(self) -> date:
        """Return the block's last day."""
        return self.request.starts_on + timedelta(days=self.request.weeks * WEEK_DAYS - 1)


def attention(state: State, request: BlockRequest, *, today: date, catalogue: Catalogue) -> tuple[Notice, ...]:
    """Return what asks for a coach on a day, most urgent and then oldest first."""
    shown = (notice for notice in outlook(state, request, catalogue) if notice.shown(today))
    return tuple(sorted(shown, key=lambda one: (URGENCIES.index(one.urgency), one.since, one.kind)))


def outlook(state: State, request: BlockRequest, catalogue: Catalogue) -> tuple[Notice, ...]:
    """Return what asks for a coach now and on the days to come, if nothing new is told until then."""
    asking = _Asking(state, request, catalogue)
    return tuple(notice for kind in _KINDS for notice in kind(asking))


# --- without a block, or without a plan -------------------------------------------------


def flag_notices(facts: Iterable[Fact], profile: Profile, *, today: date, catalogue: Catalogue) -> tuple[Notice, ...]:
    """Return what the red flags of a client say whom no plan says it for: facts in the order they are folded."""
    known = reduce(lambda screen, fact: screen_after(screen, fact, catalogue), facts, ScreenState())
    result = screened(known, profile, today, catalogue)
    level = LEVEL_OF.get(result.status)
    return () if level is None else (_flagged(result, level, flagged_on(known) or today, catalogue),)


def held_notice(on: date, catalogue: Catalogue) -> Notice:
    """Return that training is held since a day because the plan could not be made again."""
    return _notice(catalogue, "plan_held", "soon", since=on, action="check_in")


def conflict_notice(adjustments: Sequence[str], *, rule: str, since: date, catalogue: Catalogue) -> Notice:
    """Return that adjustments are not applied, by their ids; the first one is the next to be settled."""
    count = len(adjustments)
    say = "conflict_one" if count == 1 else "conflict"
    facts: dict[str, Value] = {"count": count, "adjustment_id": adjustments[0]}
    return _notice(
        catalogue, "conflict", "soon", since=since, action="settle_conflict", rule=rule, say=say, facts=facts
    )


# --- the kinds ----------------------------------------------------------------------------


def _lock(asking: _Asking) -> Iterator[Notice]:
    """A red flag that waits for a clearance, or questions of the checklist that hold the block."""
    state, catalogue = asking.state, asking.catalogue
    if not state.locked:
        return
    since, level = state.status_on or asking.request.created_on, LEVEL_OF.get(state.status)
    result = screened(state.screen, state.profile, state.last_on, catalogue)
    if level is not None:
        yield _flagged(result, level, flagged_on(state.screen) or since, catalogue)
        return
    rule = result.reasons[0].rule if result.reasons else ""
    yield _notice(catalogue, "unanswered", "soon", since=since, rule=rule, action="screen")


def _weekly_check(asking: _Asking) -> Iterator[Notice]:
    """After a clearance the questions of the checklist are asked every week, for as long as the block lasts."""
    state, catalogue, ends = asking.state, asking.catalogue, asking.last_day + DAY
    due = check_due_on(state.screen, asking.request.starts_on, catalogue)
    if state.locked or due is None or due >= ends:
        return
    facts: dict[str, Value] = {"due": due.isoformat()}
    told = _notice(
        catalogue, "unanswered", "routine", since=due, rule=TOO_OLD, say="weekly_check", action="screen", facts=facts
    )
    yield told.until(ends)


def _flagged(result: ScreeningResult, level: Urgency, since: date, catalogue: Catalogue) -> Notice:
    """Return that somebody waits for a clearance; a condition on the profile waits for its own date."""
    rule = result.reasons[0].rule if result.reasons else ""
    say: str
    action: NoticeAction
    if result.positive:
        say, action = "red_flag", "clear"
    else:
        say, action = ("limit", "change_client") if rule == UNCLEARED_LIMIT else ("red_flag_age", "clear")
    facts: dict[str, Value] = {"flags": ", ".join(flag.replace("_", " ") for flag in result.positive)}
    return _notice(catalogue, "red_flag", level, since=since, action=action, rule=rule, say=say, facts=facts)


def _problem(asking: _Asking) -> Iterator[Notice]:
    """The latest squat was a problem and the mornings since have not answered it."""
    state, catalogue = asking.state, asking.catalogue
    seen = state.latest
    if state.locked or seen is None or seen.colour != "problem" or not waiting(state, state.progress, catalogue):
        return
    facts: dict[str, Value] = {"on": seen.on.isoformat(), "peak": seen.peak}
    yield _notice(catalogue, "problem", "soon", since=seen.on, rule=seen.rule, action="check_in", facts=facts)


def _mornings(asking: _Asking) -> Iterator[Notice]:
    """Whole weeks of mornings escalate: told in the week after, until somebody measures again."""
    state, first, catalogue = asking.state, asking.request.starts_on, asking.catalogue
    facts: dict[str, Value] = {"usual": plain(state.baseline)}
    this_week = block_week(first, state.last_on)
    for week in (this_week, this_week + 1):
        on = first + timedelta(days=week * WEEK_DAYS)
        if state.assessment.performed_on < on and escalating(state, first, on, catalogue):
            told = _notice(catalogue, "mornings_rising", "soon", since=on, action="assess", rule=ESCALATES, facts=facts)
            yield told.until(on + timedelta(days=WEEK_DAYS))


def _question(asking: _Asking) -> Iterator[Notice]:
    """The plan asked for an assessment or advised a professional, and holds until one is made."""
    state, progress = asking.state, asking.state.progress
    if not (progress.rerank_due or progress.refer_advised):
        yield from _measured_at_home(asking)
        return
    rule, since = progress.asked_by, progress.asked_on or state.last_on
    by_retest = rule in ASKED_BY_A_RETEST and not progress.refer_advised
    kind: NoticeKind = "assessment_asked" if by_retest else "step_backs"
    asked = "refer" if progress.refer_advised else RERANK_SAYS.get(rule, "rerank_step_backs")
    say = kind if by_retest else asked
    yield _notice(asking.catalogue, kind, "soon", since=since, rule=rule, say=say, action="assess")


def _measured_at_home(asking: _Asking) -> Iterator[Notice]:
    """Somebody measured themselves, and problems come back: a coach's assessment is offered."""
    state, limit = asking.state, asking.catalogue.limits.attention.home_problems
    problems = [one.on for one in state.settled_history if one.colour == "problem"]
    if state.assessment.setting == "home" and len(problems) >= limit:
        facts: dict[str, Value] = {"count": len(problems)}
        since = problems[limit - 1]
        yield _notice(
            asking.catalogue, "assessment_asked", "routine", since=since, say="home", action="assess", facts=facts
        )


def _retest(asking: _Asking) -> Iterator[Notice]:
    """The earliest planned re-test that nobody recorded: due on its day, overdue later."""
    state, catalogue = asking.state, asking.catalogue
    if state.locked:
        return
    context = context_of(state, asking.request, catalogue, allowed="none", step=0)
    measured = state.measured_on or state.assessment.performed_on
    left = [week for week in retest_weeks(context.weeks, catalogue) if week_start(context, week) > measured]
    for week in left[:1]:
        on = retest_day(context, week)
        late = on + timedelta(days=catalogue.limits.attention.retest_late_days)
        due: dict[str, Value] = {"week": week, "due": on.isoformat(), "overdue": False}
        overdue = due | {"overdue": True}
        first = _notice(catalogue, "retest", "routine", since=on, action="assess", facts=due)
        then = _notice(catalogue, "retest", "routine", since=on, action="assess", say="retest_late", facts=overdue)
        yield first.until(late)
        yield replace(then, shows_on=late)


def _silence(asking: _Asking) -> Iterator[Notice]:
    """Nobody has told of anything for days while the block runs."""
    state, request, catalogue = asking.state, asking.request, asking.catalogue
    first = max(request.starts_on, request.created_on)
    last = max(first, state.logged_on or first)
    shows, ends = last + timedelta(days=catalogue.limits.attention.silent_days), asking.last_day + DAY
    if state.locked or shows >= ends:
        return
    say = "no_logs_yet" if state.logged_on is None else "no_logs"
    facts: dict[str, Value] = {"last": last.isoformat(), "first": request.starts_on.isoformat()}
    told = _notice(catalogue, "no_logs", "routine", since=last, action="log_session", say=say, facts=facts)
    yield told.until(ends, shows_on=shows)


def _end(asking: _Asking) -> Iterator[Notice]:
    """The block ends soon, or is over; the next block ends both."""
    catalogue, last = asking.catalogue, asking.last_day
    soon, over = last - timedelta(days=catalogue.limits.attention.ending_days), last + DAY
    facts: dict[str, Value] = {"last": last.isoformat()}
    yield _notice(catalogue, "block_ending", "routine", since=soon, action="plan_block", facts=facts).until(over)
    yield _notice(catalogue, "block_ended", "soon", since=over, action="plan_block", facts=facts)


_KINDS: Final[tuple[Callable[[_Asking], Iterator[Notice]], ...]] = (
    _lock,
    _weekly_check,
    _problem,
    _mornings,
    _question,
    _retest,
    _silence,
    _end,
)

NOTHING: Final[Mapping[str, Value]] = {}


def _notice(
    catalogue: Catalogue,
    kind: NoticeKind,
    urgency: Urgency,
    *,
    since: date,
    action: NoticeAction,
    rule: str = "",
    say: str = "",
    facts: Mapping[str, Value] = NOTHING,
) -> Notice:
    """Return a notice with its sentence; it shows from the day it counts from on."""
    text = catalogue.texts.phrase(f"attention.{say or kind}", **facts)
    return Notice(
        kind=kind, urgency=urgency, since=since, rule=rule, facts=facts, text=text, action=action, shows_on=since
    )
