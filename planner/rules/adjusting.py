"""AD01-AD20: what an adjustment may not do, and what it may only do knowingly.

Safety rules always win. Any other rule gives way when the adjustment names it in `acknowledges`.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from planner.decision import Rule, Value
from planner.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustCase:
    """One adjustment held against the plan it would change."""

    adds: bool = False  # puts work in, or makes work harder
    extra: bool = False  # puts in one exercise more
    loaded: bool = False  # what it puts in is loaded
    locked: bool = False
    calm: bool = False  # a flare is not over
    found: bool = True  # what it points at is in the plan
    begun: bool = False  # the day it would change has begun
    outside: bool = False  # the day lies outside the block, or for a member outside the week
    against: str = ""  # the limit that rules the exercise out, in words
    missing: str = ""  # the equipment the client lacks, in words
    range_missing: str = ""  # the range a rung still waits for
    harder: str = ""  # in what it asks more than the client has earned, in words
    unlinked: bool = False  # one of the organization's own, and no coach said that it is easier than the planned one
    by_member: bool = False
    days_since_clearance: int | None = None
    clearance_days: int = 0
    gap_days: int | None = None  # to the nearest other squat day
    least_gap_days: int = 0
    applied: bool = False
    minutes: int = 0
    session_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a rule speaks against an adjustment."""

    say: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


def locked(case: AdjustCase) -> Objection | None:
    """Object: a red flag or a missing answer holds loaded work back."""
    return Objection() if case.locked and case.adds else None


def flare(case: AdjustCase) -> Objection | None:
    """Object: a flare is not over, and loads wait for calm mornings."""
    return Objection() if case.calm and case.adds and case.loaded else None


def ruled_out(case: AdjustCase) -> Objection | None:
    """Object: a condition of the client rules the exercise out."""
    return Objection(facts={"against": case.against}) if case.against else None


def after_clearance(case: AdjustCase) -> Objection | None:
    """Object: nothing gets harder in the first two weeks after a clearance."""
    days = case.days_since_clearance
    more = case.harder or (case.extra and case.loaded)
    if days is None or days >= case.clearance_days or not more:
        return None
    return Objection(facts={"days": days, "limit": case.clearance_days})


def member_harder(case: AdjustCase) -> Objection | None:
    """Object: a member never raises load, depth or step, nor takes what may be harder."""
    if not case.by_member:
        return None
    if case.harder:
        return Objection(facts={"harder": case.harder})
    return Objection(say="unlinked") if case.unlinked else None


def day_begun(case: AdjustCase) -> Objection | None:
    """Object: days that have begun stay as they were shown."""
    return Objection() if case.begun else None


def outside_plan(case: AdjustCase) -> Objection | None:
    """Object: the day lies outside the block, or outside the week for a member."""
    return Objection(say="week" if case.by_member else "default") if case.outside else None


def target_gone(case: AdjustCase) -> Objection | None:
    """Object: what it changes is no longer in the plan."""
    return None if case.found else Objection()


def lacks_equipment(case: AdjustCase) -> Objection | None:
    """Object: the client does not have what the exercise needs."""
    return Objection(facts={"missing": case.missing}) if case.missing else None


def range_short(case: AdjustCase) -> Objection | None:
    """Object: the rung asks for range that is not there yet."""
    return Objection(facts={"missing": case.range_missing}) if case.range_missing else None


def squats_too_close(case: AdjustCase) -> Objection | None:
    """Object: squat days would be less than two days apart."""
    if case.gap_days is None or case.gap_days >= case.least_gap_days:
        return None
    return Objection(facts={"days": case.gap_days, "limit": case.least_gap_days})


def asks_more(case: AdjustCase) -> Objection | None:
    """Object: it asks for more than the client has earned."""
    return Objection(facts={"harder": case.harder}) if case.harder else None


def too_long(case: AdjustCase) -> Objection | None:
    """Object: the session would not fit the client's minutes."""
    if not case.session_minutes or case.minutes <= case.session_minutes:
        return None
    return Objection(facts={"minutes": case.minutes, "limit": case.session_minutes})


def as_asked(case: AdjustCase) -> Objection | None:
    """Tell who changed what stands here, and why."""
    return Objection(say="member" if case.by_member else "default") if case.applied else None


TARGET_GONE: Final[Rule[AdjustCase, Objection]] = Rule(
    id="AD08",
    name="adjustment.target_gone",
    summary="What an adjustment changes must still be in the plan.",
    sources=("house-judgement",),
    decide=target_gone,
)

SAFETY_RULES: Final[tuple[Rule[AdjustCase, Objection], ...]] = (
    Rule(
        id="AD01",
        name="adjustment.locked",
        summary="While a red flag or a missing answer holds training back, nothing is added.",
        sources=("method-article", "finucane-2020"),
        decide=locked,
    ),
    Rule(
        id="AD02",
        name="adjustment.flare",
        summary="While a flare lasts, nothing loaded is added.",
        sources=("house-judgement",),
        decide=flare,
    ),
    Rule(
        id="AD03",
        name="adjustment.ruled_out",
        summary="An exercise that a condition of the client rules out is never given.",
        sources=("house-judgement",),
        decide=ruled_out,
    ),
    Rule(
        id="AD04",
        name="adjustment.after_clearance",
        summary="Nothing is made harder in the first 14 days after a clearance.",
        sources=("house-judgement",),
        numbers=("limits/progression.clearance_days",),
        decide=after_clearance,
    ),
    Rule(
        id="AD05",
        name="adjustment.member_harder",
        summary="A member never raises load, depth or step.",
        sources=("house-judgement",),
        decide=member_harder,
    ),
    Rule(
        id="AD06",
        name="adjustment.day_begun",
        summary="Days that have begun stay as they were shown.",
        sources=("house-judgement",),
        decide=day_begun,
    ),
    Rule(
        id="AD07",
        name="adjustment.outside",
        summary="A session moves inside its block, for a member inside its week.",
        sources=("house-judgement",),
        decide=outside_plan,
    ),
    TARGET_GONE,
)

OVERRULABLE_RULES: Final[tuple[Rule[AdjustCase, Objection], ...]] = (
    Rule(
        id="AD10",
        name="adjustment.equipment",
        summary="An exercise needs equipment the client has.",
        sources=("house-judgement",),
        decide=lacks_equipment,
    ),
    Rule(
        id="AD11",
        name="adjustment.range",
        summary="A rung is entered only when the range it asks for is there.",
        sources=("method-article", "house-judgement"),
        decide=range_short,
    ),
    Rule(
        id="AD12",
        name="adjustment.spacing",
        summary="Squat days stay two days apart.",
        sources=("house-judgement",),
        numbers=("doses/block.squat_day_gap",),
        decide=squats_too_close,
    ),
    Rule(
        id="AD13",
        name="adjustment.asks_more",
        summary="More than what was earned is asked only knowingly.",
        sources=("house-judgement",),
        decide=asks_more,
    ),
    Rule(
        id="AD14",
        name="adjustment.minutes",
        summary="A session stays within the client's minutes.",
        sources=("house-judgement",),
        decide=too_long,
    ),
)

AS_ASKED: Final[Rule[AdjustCase, Objection]] = Rule(
    id="AD20",
    name="adjustment.as_asked",
    summary="What a person changed says so, with their reason.",
    sources=("house-judgement",),
    decide=as_asked,
)

ADJUSTING_RULES: Final = (*SAFETY_RULES, *OVERRULABLE_RULES, AS_ASKED)
