"""What the red flags known so far mean for a client, whatever becomes of the plan."""

from collections.abc import Iterable
from datetime import date

from planner.catalogue import Catalogue
from planner.facts import Assessment, CheckIn, Clearance, Fact, Profile, Screening
from planner.fold import in_order
from planner.plan import ScreeningResult
from planner.screening_state import screened, with_answers, with_clearance
from planner.state import ScreenState

FLAGGED = ("screening", "assessment", "clearance", "check_in")
"""Kinds of facts that hold red flags or end them."""


def standing(facts: Iterable[Fact], profile: Profile, today: date, catalogue: Catalogue) -> ScreeningResult:
    """Return what the red flags known so far mean today; the facts of these kinds may come in any order."""
    known = ScreenState()
    for fact in in_order(facts):
        if isinstance(fact.body, Clearance):
            known = with_clearance(known, fact.body.cleared_on, fact.received_at, catalogue)
        elif isinstance(fact.body, Screening | Assessment | CheckIn):
            known = with_answers(known, fact.body.red_flags, fact.on, fact.received_at)
    return screened(known, profile, today, catalogue.spoken(profile.locale))
