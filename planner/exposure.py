"""Read a squat session and the mornings after it into one exposure, and colour it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from planner.catalogue import Catalogue
from planner.decision import first_outcome
from planner.facts import AnsweredItem, CheckIn, Fact, LoggedItem, SessionLog
from planner.identity import SLOTS, session_id, session_ordinal
from planner.rules.response import RESPONSE_RULES, Colouring, ExposureCase
from planner.state import Exposure, Morning, State
from planner.values import replace
from planner.words import STAGES, SessionStatus, depth_index

HOUR_S = 3600


def squat_items(log: SessionLog, catalogue: Catalogue) -> tuple[tuple[LoggedItem, AnsweredItem | None], ...]:
    """Return the squats of a log that were done, each with the prescription it answers."""
    asked = {item.item_id: item for item in log.answers.items} if log.answers else {}
    pairs = ((item, asked.get(item.item_id or "")) for item in log.items if not item.skipped)
    return tuple(
        (item, answer)
        for item, answer in pairs
        if (answer.category == "squat" if answer else item.exercise in catalogue.variations)
    )


def is_exposure(log: SessionLog, catalogue: Catalogue) -> bool:
    """Return whether a log tells of squats done (a squat session without items counts)."""
    if log.answers and log.answers.kind == "squat" and not log.items:
        return True
    return bool(squat_items(log, catalogue))


def answers_session_of(log: SessionLog, block_id: str, starts_on: date) -> bool:
    """Return whether a log answers a session of a block, as the block was planned at first."""
    told = log.answers
    if told is None:
        return False
    ordinal = session_ordinal((told.planned_on - starts_on).days, SLOTS[told.kind])
    return told.session_id == session_id(block_id, ordinal, told.kind)


def session_status(log: SessionLog) -> SessionStatus:
    """Return what a log makes of the session it answers: done, partly or skipped."""
    if not log.items:
        return "done"
    if all(item.skipped for item in log.items):
        return "skipped"
    asked = len(log.answers.items) if log.answers else len(log.items)
    done = sum(not item.skipped for item in log.items)
    return "done" if done >= asked else "partly"


def gates_passed(item: LoggedItem, asked: AnsweredItem | None) -> bool:
    """Return whether no technique gate was reported missed and the sets were finished."""
    told = (item.tempo_kept, item.breath_ok, item.unrack_calm)
    if any(gate is False for gate in told) or item.position_lost:
        return False
    if asked is None:
        return True
    if item.depth_reached and asked.depth and depth_index(item.depth_reached) < depth_index(asked.depth):
        return False
    return not item.sets or finished(item, asked)


def finished(item: LoggedItem, asked: AnsweredItem) -> bool:
    """Return whether as many sets and repetitions were done as asked."""
    if len(item.sets) < asked.sets:
        return False
    return not asked.reps or all(done.reps is None or done.reps >= asked.reps for done in item.sets)


def _highest(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def read_exposure(fact: Fact, log: SessionLog, state: State, catalogue: Catalogue) -> Exposure:
    """Return the exposure a squat log tells of, before its next morning is known."""
    squats = squat_items(log, catalogue)
    sets = [done for item, _ in squats for done in item.sets]
    asked = [answer for _, answer in squats if answer]
    position = state.position
    rung = state.ladder.rungs[position.rung]
    names = {answer.exercise for answer in asked} or {item.exercise or "" for item, _ in squats}
    pain = log.back_pain
    return Exposure(
        id=fact.id,
        at=fact.at,
        on=fact.on,
        rung=position.rung,
        stage=STAGES.index(rung.stage),
        at_rung=not names or rung.variation in names,
        pain_logged=pain is not None,
        during=pain.during if pain else 0,
        after=pain.after if pain else 0,
        sharp="sharp" in log.words,
        protective="protective" in log.words,
        compressed="compressed" in log.words,
        technique_changed=log.changed_technique_to_survive,
        same_spot=log.same_spot,
        gates_passed=all(gates_passed(item, answer) for item, answer in squats),
        rpe=_highest(done.rpe for done in sets),
        rpe_target=min((item.rpe_max for item in asked if item.rpe_max), default=7.0),
        load_kg=_highest(done.load_kg for done in sets),
        asked_kg=_highest(item.load_kg for item in asked),
        sleep_h=log.context.sleep_h,
        stress=log.context.stress,
        leg_soreness=log.leg_soreness,
        unsettled_from=_still_unsettled(state.latest),
    )


def _still_unsettled(before: Exposure | None) -> datetime | None:
    """Return since when the back has not settled, when the exposure before never did."""
    if before is None or before.morning is None or before.settled_h is not None:
        return None
    return (before.unsettled_from or before.at) if before.unsettled_h else None


def with_check_in(exposure: Exposure, fact: Fact, check_in: CheckIn, baseline: float, catalogue: Catalogue) -> Exposure:
    """Return the exposure with what a later check-in says of it."""
    hours = (fact.at - exposure.at).total_seconds() / HOUR_S
    started = exposure.unsettled_from or exposure.at
    next_morning = (fact.on - exposure.on).days == 1
    settled, unsettled = exposure.settled_h, exposure.unsettled_h
    if check_in.hours_to_settle is not None:
        settled = max(settled or 0, check_in.hours_to_settle)
    elif check_in.back_pain.now > baseline or check_in.back_pain.worst_24h > baseline:
        unsettled = max(unsettled, (fact.at - started).total_seconds() / HOUR_S)
    in_day = hours <= catalogue.limits.response.pending_h  # later, "24 h" is not that session's
    worst = check_in.back_pain.worst_24h if in_day else None
    return replace(
        exposure,
        morning=_worse(exposure.morning, check_in.back_pain.now) if next_morning else exposure.morning,
        worst=_worse(exposure.worst, worst),
        settled_h=settled,
        unsettled_h=unsettled,
        sharp=exposure.sharp or "sharp" in check_in.words,
        protective=exposure.protective or "protective" in check_in.words,
        compressed=exposure.compressed or "compressed" in check_in.words,
        same_spot=exposure.same_spot or check_in.same_spot,
        affects_week=exposure.affects_week or check_in.affects_week,
        leg_soreness=_worse(exposure.leg_soreness, check_in.leg_soreness),
    )


def _worse(before: int | None, now: int | None) -> int | None:
    if before is None or now is None:
        return now if before is None else before
    return max(before, now)


def coloured(
    exposure: Exposure, state: State, starts_on: date, now: datetime, catalogue: Catalogue
) -> tuple[Exposure, Colouring]:
    """Return the exposure with its colour, and the rule's outcome with the numbers compared."""
    case = exposure_case(exposure, state, starts_on, now, catalogue)
    named = first_outcome(RESPONSE_RULES, case)
    assert named is not None  # SY99 always decides
    rule, outcome = named
    seen = replace(exposure, colour=outcome.colour, rule=rule, peak=case.peak, irritated=case.irritated)
    return seen, outcome


def exposure_case(
    exposure: Exposure, state: State, starts_on: date, now: datetime, catalogue: Catalogue
) -> ExposureCase:
    """Return what the response rules look at."""
    limits = catalogue.limits.response
    before = state.history[-(limits.repeat_window - 1) :]
    return ExposureCase(
        limits=limits,
        baseline=state.baseline,
        pain_logged=exposure.pain_logged,
        during=exposure.during,
        after=exposure.after,
        worst=exposure.worst,
        morning=exposure.morning,
        settled_h=exposure.settled_h,
        unsettled_h=exposure.unsettled_h,
        hours_since=(now - exposure.at).total_seconds() / HOUR_S,
        sharp=exposure.sharp,
        protective=exposure.protective,
        compressed=exposure.compressed,
        technique_changed=exposure.technique_changed,
        affects_week=exposure.affects_week,
        same_spot=exposure.same_spot,
        high_peaks_before=sum([one.peak >= limits.high_peak for one in before]),
        sharp_before=sum([one.sharp_or_protective for one in before]),
        same_spot_run_before=_same_spot_run(state.history),
        escalating=first_of_week(exposure, state, starts_on) and escalating(state, starts_on, exposure.on, catalogue),
    )


def _same_spot_run(history: Sequence[Exposure]) -> int:
    run = 0
    for one in reversed(history):
        if not (one.same_spot and one.irritated):
            break
        run += 1
    return run


def block_week(starts_on: date, on: date) -> int:
    """Return the index of the block week of a day; negative before the block."""
    return (on - starts_on).days // 7


@lru_cache(maxsize=512)
def _week(starts_on: date, week: int) -> tuple[date, date]:
    """Return the first day of a block week, by its index, and of the one after."""
    first = starts_on + timedelta(weeks=week)
    return first, first + timedelta(weeks=1)


def _mornings(state: State, starts_on: date, week: int) -> list[Morning]:
    """Return the mornings of a block week, by its index."""
    first, following = _week(starts_on, week)
    return [one for one in state.mornings if first <= one.on < following]


def first_of_week(exposure: Exposure, state: State, starts_on: date) -> bool:
    """Return whether no earlier exposure fell into the same block week.

    A rising week is answered once, by the first exposure after it.
    """
    first, following = _week(starts_on, block_week(starts_on, exposure.on))
    return not [one for one in state.history if first <= one.on < following]


def escalating(state: State, starts_on: date, on: date, catalogue: Catalogue) -> bool:
    """Return whether the mornings of the last whole week(s) escalate (domain rule with measured
    false alarms): one week far above baseline, or two above it with a new quality flag."""
    limits = catalogue.limits.response
    week = block_week(starts_on, on)
    last = _mornings(state, starts_on, week - 1) if week >= 1 else []
    if len(last) < limits.week_scores:
        return False
    rise = _mean(last) - state.baseline
    if rise >= limits.week_jump:
        return True
    if rise < limits.week_rise:
        return False
    prior = _mornings(state, starts_on, week - 2)
    if len(prior) < limits.week_scores:
        return False
    return _mean(prior) - state.baseline >= limits.week_rise and new_quality(prior, last, state.baseline, catalogue)


def new_quality(prior: Sequence[Morning], last: Sequence[Morning], baseline: float, catalogue: Catalogue) -> bool:
    """Return whether symptoms turned sharper, more protective or more frequent since the week before."""
    limits = catalogue.limits.response
    stands_out = max(limits.irritated_floor, baseline + limits.irritated_rise)
    more = sum(one.worst >= stands_out for one in last) - sum(one.worst >= stands_out for one in prior)
    sharper = any(one.sharp for one in last) and not any(one.sharp for one in prior)
    guarded = any(one.protective for one in last) and not any(one.protective for one in prior)
    return sharper or guarded or more >= limits.more_frequent


def _mean(mornings: Sequence[Morning]) -> float:
    return sum([one.now for one in mornings]) / len(mornings)
