"""The red-flag checklist as people answer it; screenings, assessments and check-ins carry it."""

from typing import get_args

from pydantic import Field

from app.schemas_base import RequestModel
from planner.words import Answer, RedFlag

_NOT_ASKED: Answer = "not_asked"


def told_yes(sent: object) -> tuple[RedFlag, ...]:
    """Return the flags answered with yes in a body as JSON gives it, whatever else is wrong with it."""
    answers = sent.get("red_flags") if isinstance(sent, dict) else None
    known: tuple[RedFlag, ...] = get_args(RedFlag)
    return tuple(flag for flag in known if isinstance(answers, dict) and answers.get(flag) == "yes")


def _asked(question: str) -> Answer:
    return Field(default=_NOT_ASKED, description=question)


class RedFlags(RequestModel):
    """Answers to the red-flag checklist. What is left out was not asked, which is not a "no"."""

    bladder_or_bowel_change: Answer = _asked("Any new change in passing urine or stool, or in feeling the need to?")
    saddle_numbness: Answer = _asked("New numbness between the legs, or new sexual trouble together with back pain?")
    both_legs_affected: Answer = _asked(
        "Numbness, tingling, weakness or shooting pain in both legs (not muscle soreness)?"
    )
    progressive_weakness: Answer = _asked("Is a leg getting weaker over hours or days, or does the foot drop?")
    major_trauma: Answer = _asked("Has the back hurt since a high fall or a crash?")
    chest_pain_or_collapse: Answer = _asked("Chest pain, breathlessness, fainting, or a tearing pain in the belly?")
    severe_and_rapidly_worsening: Answer = _asked("Is the pain severe and getting worse fast?")
    loss_of_strength: Answer = _asked("Any loss of strength in a leg?")
    fever_or_unwell: Answer = _asked(
        "Fever, chills or feeling ill with the pain, a recent serious infection, weak defences, or injected drugs?"
    )
    osteoporosis_or_steroids_with_fall: Answer = _asked(
        "A fall or knock with fragile bones or long steroid use, or any fall at 70 or older?"
    )
    cannot_bear_weight: Answer = _asked("Is it impossible to stand on one leg because of the hip?")
    numbness: Answer = _asked("Numbness in one leg?")
    tingling: Answer = _asked("Tingling in one leg?")
    radiating_pain: Answer = _asked("Pain that travels down one leg, below the buttock?")
    cancer_history_new_pain: Answer = _asked("New back pain after having had cancer at any time?")
    unexplained_weight_loss: Answer = _asked("Weight loss without a reason?")
    constant_night_pain: Answer = _asked("Constant pain at night or at rest that no position eases?")
    recent_surgery: Answer = _asked("Spine or hip surgery in the last 12 months?")
    pregnancy_or_recent_birth: Answer = _asked("Pregnant, or gave birth in the last 12 weeks?")
    groin_pain_at_rest: Answer = _asked("Pinching or pain in hip or groin at rest?")
    long_morning_stiffness: Answer = _asked(
        "More than 30 minutes of morning stiffness that eases with movement, for over three months?"
    )

    def answers(self) -> dict[RedFlag, Answer]:
        """Return what was answered with yes or no; "not asked" says nothing and is left out."""
        flags: tuple[RedFlag, ...] = get_args(RedFlag)
        return {flag: answer for flag in flags if (answer := getattr(self, flag)) != _NOT_ASKED}


ALL_NO: dict[str, str] = {
    "bladder_or_bowel_change": "no",
    "severe_and_rapidly_worsening": "no",
    "loss_of_strength": "no",
    "numbness": "no",
    "tingling": "no",
    "radiating_pain": "no",
}
"""The six questions that must be answered before a block, all with no: part of many examples."""
