"""Red-flag rules (SF): what an answered checklist allows, most protective first.

The levels say how soon someone should look; they name no condition. They are judgement and
await a clinician's signature.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from planner.decision import Rule, Value
from planner.limits.screening import ScreeningLimits
from planner.values import dataclass
from planner.words import Answer, LimitCode, RedFlag, ScreeningStatus

EMERGENCY: Final[tuple[RedFlag, ...]] = (
    "bladder_or_bowel_change",
    "saddle_numbness",
    "both_legs_affected",
    "progressive_weakness",
    "major_trauma",
    "chest_pain_or_collapse",
)
SAME_DAY: Final[tuple[RedFlag, ...]] = (
    "severe_and_rapidly_worsening",
    "loss_of_strength",
    "fever_or_unwell",
    "osteoporosis_or_steroids_with_fall",
    "cannot_bear_weight",
)
REFER: Final[tuple[RedFlag, ...]] = (
    "numbness",
    "tingling",
    "radiating_pain",
    "cancer_history_new_pain",
    "unexplained_weight_loss",
    "constant_night_pain",
    "recent_surgery",
    "pregnancy_or_recent_birth",
    "groin_pain_at_rest",
    "long_morning_stiffness",
)
ARTICLE_FLAGS: Final[tuple[RedFlag, ...]] = (
    "numbness",
    "tingling",
    "radiating_pain",
    "loss_of_strength",
    "bladder_or_bowel_change",
    "severe_and_rapidly_worsening",
)
CLEARANCE_NEEDED: Final[frozenset[LimitCode]] = frozenset(
    {
        "hip_replacement",
        "hip_surgery",
        "spine_surgery",
        "bone_fragility",
        "uncontrolled_blood_pressure",
        "hernia",
        "pregnancy",
        "post_partum",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningCase:
    """A checklist with what else decides: age, limits without a clearance, age of the answers."""

    red_flags: Mapping[RedFlag, Answer] = field(default_factory=dict)
    age: int
    uncleared_limits: tuple[LimitCode, ...] = ()
    oldest_answer_days: int = 0
    limits: ScreeningLimits

    def yes(self, *flags: RedFlag) -> tuple[RedFlag, ...]:
        """Return those of the flags that were answered yes."""
        return tuple(flag for flag in flags if self.red_flags.get(flag) == "yes")

    def all_yes(self, *flags: RedFlag) -> bool:
        """Return whether every one of the flags was answered yes."""
        return len(self.yes(*flags)) == len(flags)

    def unanswered(self) -> tuple[RedFlag, ...]:
        """Return the items of the method's own checklist without a yes or a no."""
        return tuple(f for f in ARTICLE_FLAGS if self.red_flags.get(f) not in {"yes", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What one rule asks for, and the flags behind it."""

    status: ScreeningStatus
    flags: tuple[RedFlag, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)


def _alarm(status: ScreeningStatus, flags: tuple[RedFlag, ...]) -> Alarm | None:
    return Alarm(status=status, flags=flags, facts={"flags": ", ".join(flags)}) if flags else None


def emergency_flag(case: ScreeningCase) -> Alarm | None:
    """Answer emergency when any flag of that level is yes."""
    return _alarm("emergency", case.yes(*EMERGENCY))


def severe_with_weakness(case: ScreeningCase) -> Alarm | None:
    """Answer emergency when severe worsening pain comes with lost strength."""
    pair: tuple[RedFlag, ...] = ("severe_and_rapidly_worsening", "loss_of_strength")
    return _alarm("emergency", pair) if case.all_yes(*pair) else None


def same_day_flag(case: ScreeningCase) -> Alarm | None:
    """Answer same day when any flag of that level is yes."""
    return _alarm("same_day", case.yes(*SAME_DAY))


def cancer_with_company(case: ScreeningCase) -> Alarm | None:
    """Answer same day when a cancer history meets night pain, weight loss or severe pain."""
    company = case.yes("constant_night_pain", "unexplained_weight_loss", "severe_and_rapidly_worsening")
    if not (case.yes("cancer_history_new_pain") and company):
        return None
    return _alarm("same_day", ("cancer_history_new_pain", *company))


def night_pain_with_weight_loss(case: ScreeningCase) -> Alarm | None:
    """Answer same day when constant night pain comes with unexplained weight loss."""
    pair: tuple[RedFlag, ...] = ("unexplained_weight_loss", "constant_night_pain")
    return _alarm("same_day", pair) if case.all_yes(*pair) else None


def refer_flag(case: ScreeningCase) -> Alarm | None:
    """Answer refer when any flag of that level is yes."""
    return _alarm("refer", case.yes(*REFER))


def under_age(case: ScreeningCase) -> Alarm | None:
    """Answer refer for someone who is not grown up yet."""
    if case.age >= case.limits.adult_age:
        return None
    return Alarm(status="refer", facts={"age": case.age, "limit": case.limits.adult_age})


def uncleared_limit(case: ScreeningCase) -> Alarm | None:
    """Answer refer while a limit that needs a clearance has none."""
    waiting = tuple(code for code in case.uncleared_limits if code in CLEARANCE_NEEDED)
    if not waiting:
        return None
    return Alarm(status="refer", facts={"limits": ", ".join(waiting)})


def article_item_unanswered(case: ScreeningCase) -> Alarm | None:
    """Answer incomplete while an item of the method's own checklist is open."""
    waiting = case.unanswered()
    return Alarm(status="incomplete", facts={"open": len(waiting)}) if waiting else None


def answers_too_old(case: ScreeningCase) -> Alarm | None:
    """Answer incomplete when an answer is older than answers stay good for."""
    if case.oldest_answer_days <= case.limits.answer_valid_days:
        return None
    facts = {"days": case.oldest_answer_days, "limit": case.limits.answer_valid_days}
    return Alarm(status="incomplete", facts=facts)


def watch_by_age(case: ScreeningCase) -> Alarm | None:
    """Answer clear with a watch for someone above the watch age."""
    if case.age <= case.limits.watch_age:
        return None
    return Alarm(status="clear", facts={"age": case.age, "limit": case.limits.watch_age})


def nothing_found(case: ScreeningCase) -> Alarm | None:
    """Answer clear when every other rule but the watch is silent."""
    found = any(decide(case) for decide in _WITHHOLDING)
    return None if found else Alarm(status="clear")


_WITHHOLDING: Final = (
    emergency_flag,
    severe_with_weakness,
    same_day_flag,
    cancer_with_company,
    night_pain_with_weight_loss,
    refer_flag,
    under_age,
    uncleared_limit,
    article_item_unanswered,
    answers_too_old,
)

SCREENING_RULES: Final[tuple[Rule[ScreeningCase, Alarm], ...]] = (
    Rule(
        id="SF01",
        name="Emergency flag",
        summary="Any flag of the emergency level stops everything until it has been checked now.",
        sources=("finucane-2020", "uk-back-pain-pathway", "method-article", "house-judgement"),
        decide=emergency_flag,
    ),
    Rule(
        id="SF02",
        name="Severe pain with lost strength",
        summary="Severe, fast worsening pain together with lost strength is an emergency.",
        sources=("finucane-2020", "house-judgement"),
        decide=severe_with_weakness,
    ),
    Rule(
        id="SF03",
        name="Same-day flag",
        summary="Any flag of the same-day level stops the plan and asks for a call today.",
        sources=("finucane-2020", "method-article", "house-judgement"),
        decide=same_day_flag,
    ),
    Rule(
        id="SF04",
        name="Cancer history with a second flag",
        summary="New pain after cancer is raised to same day by night pain, weight loss or severe pain.",
        sources=("finucane-2020", "house-judgement"),
        decide=cancer_with_company,
    ),
    Rule(
        id="SF05",
        name="Night pain with weight loss",
        summary="Constant night pain together with unexplained weight loss is raised to same day.",
        sources=("finucane-2020", "house-judgement"),
        decide=night_pain_with_weight_loss,
    ),
    Rule(
        id="SF06",
        name="Refer flag",
        summary="Any flag of the refer level means a professional looks before training goes on.",
        sources=("finucane-2020", "method-article", "house-judgement"),
        decide=refer_flag,
    ),
    Rule(
        id="SF07",
        name="Not yet adult",
        summary="Below the adult age a professional looks before training goes on.",
        sources=("finucane-2020", "house-judgement"),
        decide=under_age,
        numbers=("limits/screening.adult_age",),
    ),
    Rule(
        id="SF08",
        name="Limit without a clearance",
        summary="A surgery, pregnancy or similar limit withholds training until it is cleared.",
        sources=("arthroplasty-precautions", "house-judgement"),
        decide=uncleared_limit,
    ),
    Rule(
        id="SF09",
        name="Checklist unanswered",
        summary="Not asked is not a no: the method's own six items must have been answered.",
        sources=("method-article", "house-judgement"),
        decide=article_item_unanswered,
    ),
    Rule(
        id="SF10",
        name="Answers too old",
        summary="Answers count for a limited number of days when something is planned.",
        sources=("house-judgement",),
        decide=answers_too_old,
        numbers=("limits/screening.answer_valid_days",),
    ),
    Rule(
        id="SF11",
        name="Watch by age",
        summary="Above the watch age training goes on and the checklist is asked weekly.",
        sources=("finucane-2020", "house-judgement"),
        decide=watch_by_age,
        numbers=("limits/screening.watch_age",),
    ),
    Rule(
        id="SF12",
        name="Clear",
        summary="Nothing in the checklist stands against training.",
        sources=("serious-pathology-share", "house-judgement"),
        decide=nothing_found,
    ),
)
