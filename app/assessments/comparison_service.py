"""Comparisons: a re-assessment against its baseline, and the block that would follow. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app import tables
from app.assessments import comparison_schemas as schemas
from app.block_request import block_request
from app.blocks.schemas import BlockCreate
from app.errors import InvalidInput
from app.fact_bodies import load_body
from app.facts import find_fact, load_facts, newest_profile, to_fact
from app.open_blocks import open_block
from app.planning import Desk, NewBlock, draft_block, is_over
from app.signed_in import SignedIn
from planner.comparison import compare
from planner.entrance import entrance
from planner.errors import Fault
from planner.facts import Assessment, Fact
from planner.fold import in_order
from planner.plan import Finding
from planner.replan import Planned

_WEEKS: Final = BlockCreate.model_fields["weeks"].default
_FINDING: Final = ("limiting_factor", "subtype", "second_factor", "confidence")


def compare_with(desk: Desk, who: SignedIn, row: tables.Fact, baseline_id: UUID) -> schemas.Comparison:
    """Return an assessment compared with an earlier one of the same client."""
    baseline = _baseline(desk, row, baseline_id)
    facts = in_order(load_facts(desk.session, desk.client, "assessment"))
    first, last = to_fact(baseline), to_fact(row)
    between = {
        fact.id: fact.body
        for fact in facts
        if isinstance(fact.body, Assessment) and _place(first) < _place(fact) < _place(last)
    }
    before, again = load_body(Assessment, baseline.body), load_body(Assessment, row.body)
    found = compare(before, tuple(between.values()), again, newest_profile(desk.client), desk.catalogue)
    corrected = any(fact.replaces == last.id for fact in facts)
    return schemas.Comparison.model_validate(
        {
            "client_id": desk.client.id,
            "baseline": _told(baseline, before, found.finding_before),
            "assessment": _told(row, again, found.finding_now),
            "between": tuple(between),
            "measures": found.measures,
            "clues": found.clues,
            "factors": found.factors,
            "next_block": None if corrected or desk.client.archived_at else _next_block(desk, who, row, again),
        },
        from_attributes=True,
    )


def _baseline(desk: Desk, row: tables.Fact, baseline_id: UUID) -> tables.Fact:
    """Return the assessment to compare with; refuse what is none of this client's, or no earlier one."""
    baseline = find_fact(desk.session, desk.client, baseline_id)
    if baseline is None or baseline.kind != "assessment":
        fault = Fault("/query/baseline", "unknown_assessment")
    elif baseline.id == row.id:
        fault = Fault("/query/baseline", "same_assessment")
    elif baseline.performed_on > row.performed_on:
        fault = Fault("/query/baseline", "later_assessment")
    else:
        return baseline
    raise InvalidInput(faults=(fault,))


def _place(fact: Fact) -> tuple[datetime, str]:
    return fact.at, fact.id


def _told(row: tables.Fact, assessment: Assessment, finding: Finding) -> schemas.ComparedAssessment:
    told = {name: getattr(finding, name) for name in _FINDING}
    return schemas.ComparedAssessment(id=row.id, performed_on=row.performed_on, setting=assessment.setting, **told)


# --- the next block -------------------------------------------------------------------------------------------------


def _next_block(desk: Desk, who: SignedIn, row: tables.Fact, again: Assessment) -> Mapping[str, object]:
    """Return what a block from the later assessment would be if it started today.

    Whoever has gone west since may have been assessed tomorrow: it would start then.
    """
    starts_on = max(desk.today, row.performed_on)
    asked = NewBlock(id=row.id, assessment_id=row.id, starts_on=starts_on, weeks=_WEEKS)
    drafted, planned = draft_block(desk, asked)
    block = planned.block
    told = {name: getattr(block, name) for name in ("status", "lock", *_FINDING)}
    if block.lock is not None:
        return told
    request = block_request(drafted)
    entered, because = entrance(planned.state, request, desk.catalogue)
    return told | {
        "entrance": entered,
        "left": replace(request.carried.rung, status="current") if request.carried else None,
        "start": block.ladder[block.current_rung],
        "first_squat": _first_squat(planned),
        "because": because,
        "request": _request(desk, asked) if who.is_staff or again.setting == "home" else None,
    }


def _first_squat(planned: Planned) -> Mapping[str, object] | None:
    """Return the first squat that is planned, None when none is."""
    days = (day for week in (*planned.block.earned, *planned.block.projected) for day in week.days)
    squats = (
        (day.date, item)
        for day in days
        for session in day.sessions
        for item in session.items
        if item.category == "squat"
    )
    found = min(squats, key=lambda squat: squat[0], default=None)
    if found is None:
        return None
    names = schemas.FirstSquat.model_fields.keys() - {"date"}
    return {"date": found[0]} | {name: getattr(found[1], name) for name in names}


def _request(desk: Desk, asked: NewBlock) -> schemas.BlockRequest:
    """Return the request for the block, which ends an unfinished one first."""
    current = open_block(desk.session, desk.client)
    ends = current is not None and not is_over(desk, current)
    body = schemas.BlockBody(assessment_id=asked.assessment_id, starts_on=asked.starts_on, weeks=asked.weeks)
    path = f"/v1/clients/{desk.client.id}/blocks"
    return schemas.BlockRequest(path=f"{path}?finish_current=true" if ends else path, body=body)
