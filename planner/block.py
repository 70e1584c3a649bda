"""Shape a block's answer: ladder as it stands, criteria, re-tests, teaching, weeks."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from planner.adjust import standing_on
from planner.begin import BlockRequest
from planner.catalogue import Catalogue, plain
from planner.decision import Decision, Reason
from planner.inputs import context_of, lock_of
from planner.ladder import with_status
from planner.plan import Block, Lock, Retest, Rung, Teaching
from planner.position import PlanContext
from planner.retest_session import measure_name, retest_measures
from planner.schedule import retest_day, retest_weeks
from planner.screening_state import check_due_on
from planner.selection import Target
from planner.state import State
from planner.weeks import Weeks
from planner.words import BlockStatus
from planner.workbench import Tools

CATALOGUES: Final = 4
"""Catalogues whose own sentences are remembered; a process has one."""


def plan_block(
    request: BlockRequest,
    state: State,
    weeks: Weeks,
    *,
    catalogue: Catalogue,
    today: date,
    tools: Tools,
    decisions: tuple[Decision, ...] = (),
) -> Block:
    """Return the block as it stands after a fold, with the weeks that may have changed."""
    lock = lock_of(state, today, catalogue)
    if tools.retests is None:  # they follow from the client alone
        context = context_of(state, request, catalogue, allowed="none", step=0)
        tools.retests = retests(context, tools.choices.targets)
    finding = state.client.finding
    return Block(
        starts_on=request.starts_on,
        weeks=request.weeks,
        status=_block_status(state, lock, today),
        lock=lock,
        limiting_factor=finding.limiting_factor,
        subtype=finding.subtype,
        second_factor=finding.second_factor,
        confidence=finding.confidence,
        ladder=ladder_now(state),
        current_rung=state.position.rung,
        trained=trained(tools.choices.targets, catalogue),
        reduced_range_reason=catalogue.texts.phrases["reduced_range"],
        up_criteria=up_criteria(catalogue),
        stop_rules=stop_rules(catalogue),
        advice=_advice(state, request.starts_on, catalogue),
        retests=tools.retests,
        teaching=teaching(state, catalogue),
        reasons=_reasons(state),
        earned=weeks.earned,
        projected=weeks.projected,
        conflicts=weeks.conflicts,
        decisions=decisions,
    )


def _block_status(state: State, lock: Lock | None, today: date) -> BlockStatus:
    if lock is not None:
        return "locked"
    return "paused" if standing_on(state, "pause", today) else "active"


def trained(targets: Iterable[Target], catalogue: Catalogue) -> tuple[str, ...]:
    """Return what the end-range work is for, in words, each once."""
    names = (measure_name(target.measure, catalogue) for target in targets)
    return tuple(dict.fromkeys(names))


def ladder_now(state: State) -> tuple[Rung, ...]:
    """Return the rungs with what is owned, current and ahead."""
    here = state.position.rung
    return tuple([with_status(rung, here) for rung in state.ladder.rungs])


@lru_cache(maxsize=CATALOGUES)
def up_criteria(catalogue: Catalogue) -> tuple[str, ...]:
    """Return what moving up one rung needs, in sentences."""
    limits = catalogue.limits.progression.up
    facts = {
        "exposures": limits.exposures,
        "exposures_barbell": limits.exposures_barbell,
        "days": limits.days,
        "days_barbell": limits.days_barbell,
        "greens": limits.greens,
        "green_window": limits.green_window,
        "rpe": plain(limits.rpe),
        "rpe_top": plain(limits.rpe_top),
        "percent": round(100 * limits.adherence),
    }
    keys = (
        "up_exposures",
        "up_days",
        "up_normal",
        "up_gates",
        "up_effort",
        "up_range",
        "up_joint_work",
    )
    return tuple(catalogue.texts.phrase(key, **facts) for key in keys)


@lru_cache(maxsize=CATALOGUES)
def stop_rules(catalogue: Catalogue) -> tuple[str, ...]:
    """Return when to stop or ease, in sentences."""
    limits = catalogue.limits.response
    facts = {"peak": limits.high_peak, "quality": limits.quality_peak, "hours": limits.settle_h}
    keys = ("stop_red_flag", "stop_sharp", "stop_peak", "stop_not_settling")
    return tuple(catalogue.texts.phrase(key, **facts) for key in keys)


def _advice(state: State, starts_on: date, catalogue: Catalogue) -> tuple[str, ...]:
    told = list(state.client.finding.advice)
    if check_due_on(state.screen, starts_on, catalogue) and not state.locked:
        told.append(catalogue.texts.phrases["advice_weekly_check"])
    if state.progress.rerank_due:
        told.append(catalogue.texts.phrases["advice_rerank"])
    if state.progress.refer_advised:
        told.append(catalogue.texts.phrases["advice_refer"])
    return tuple(told)


def _reasons(state: State) -> tuple[Reason, ...]:
    out_of_reach = state.ladder.out_of_reach
    return (*state.ladder.notes, *((out_of_reach,) if out_of_reach else ()))


def retests(context: PlanContext, targets: Iterable[Target]) -> tuple[Retest, ...]:
    """Return the planned re-tests: the limiting measure alone early, everything short later."""
    catalogue = context.catalogue
    quick = catalogue.doses.block.quick_retest_week
    text = catalogue.texts.phrases
    return tuple(
        Retest(
            week_number=week,
            on=retest_day(context, week),
            measures=tuple(measure_name(one, catalogue) for one in retest_measures(context, targets, week)),
            text=text["retest_quick" if week == quick else "retest_full"],
        )
        for week in retest_weeks(context.weeks, catalogue)
    )


def teaching(state: State, catalogue: Catalogue) -> tuple[Teaching, ...]:
    """Return the short texts shown with this client's plan."""
    finding, profile = state.client.finding, state.profile
    factor = "mixed" if finding.second_factor else finding.limiting_factor
    ids = [factor, "reduced_range", "later_not_during", "should_i_stop", "fastest_clear_plan"]
    if profile.setting == "home":
        ids.append("where_to_start_at_home")
    texts = catalogue.texts.teaching
    return tuple(Teaching(id=key, title=texts[key].title, text=texts[key].text) for key in ids)
