"""Where a block that was just planned begins, and why: kept, no harder, or anew."""

from planner.begin import BlockRequest
from planner.carry import same_squat
from planner.catalogue import Catalogue
from planner.decision import Reason, first_outcome
from planner.plan import Rung
from planner.rules.next_block import ENTRANCE_RULES, EntranceCase
from planner.screening_state import resumes_after_clearance
from planner.state import State
from planner.words import Entrance


def entrance(state: State, request: BlockRequest, catalogue: Catalogue) -> tuple[Entrance, Reason]:
    """Return how a block that nobody has trained yet enters its ladder, and the sentence that says so."""
    here = state.ladder.rungs[state.position.rung]
    left = request.carried.rung if request.carried else None
    catalogue = catalogue.spoken(state.profile.locale)
    case = EntranceCase(
        left=_squat(left, catalogue) if left else "",
        entered=_squat(here, catalogue),
        same=left is not None and same_squat(here, left),
        cleared=resumes_after_clearance(state.screen, request.starts_on, catalogue),
    )
    named = first_outcome(ENTRANCE_RULES, case)
    assert named is not None  # RT39 always decides
    rule, entered = named
    return entered.entrance, catalogue.reason(rule, entered.say, **entered.facts)


def _squat(rung: Rung, catalogue: Catalogue) -> str:
    name = catalogue.variations[rung.variation].name  # a rung of an earlier block may be named in another language
    return catalogue.texts.phrase("squat_at", squat=name, at=catalogue.texts.phrases[f"depth_{rung.depth}"])
