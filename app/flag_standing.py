"""What the red flags known so far mean for a client, whatever becomes of the plan."""

from collections.abc import Iterable
from datetime import date

from planner.begin import screen_after
from planner.catalogue import Catalogue
from planner.facts import Fact, Profile
from planner.fold import in_order
from planner.plan import ScreeningResult
from planner.screening_state import screened
from planner.state import ScreenState

FLAGGED = ("screening", "assessment", "clearance", "check_in")
"""Kinds of facts that hold red flags or end them."""


def standing(facts: Iterable[Fact], profile: Profile, today: date, catalogue: Catalogue) -> ScreeningResult:
    """Return what the red flags known so far mean today; the facts of these kinds may come in any order."""
    known = ScreenState()
    for fact in in_order(facts):
        known = screen_after(known, fact, catalogue)
    return screened(known, profile, today, catalogue.spoken(profile.locale))
