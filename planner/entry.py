"""Where a client starts: the entry stage, and what trunk and control are owned before any log."""

from collections.abc import Iterable

from planner.catalogue import Catalogue, LadderStep
from planner.client import has_code
from planner.decision import first_outcome
from planner.facts import Assessment
from planner.position import Client
from planner.reach import Reach
from planner.route import step_row
from planner.rules.entry import ENTRY_RULES, Entry, EntryCase


def entry_of(client: Client, assessment: Assessment, steps: Iterable[LadderStep], reach: Reach) -> tuple[str, Entry]:
    """Return the rule that decides the entry, and the stage it names."""
    limits = reach.catalogue.limits.ladder
    own = next((step for step in steps if step.stage == "P3"), None)
    row = (0.0,) * 5 if own is None else step_row(own, reach.catalogue)
    trunk, control = owned_scores(assessment, reach.catalogue)
    results = {outcome.test: outcome.result for outcome in assessment.tests}
    goal = LadderStep(stage="P6", variation=client.profile.preferred_squat.variation, depth=reach.deepest)
    case = EntryCase(
        limits=limits,
        factor=client.finding.limiting_factor,
        irritability=client.irritability,
        home=assessment.setting == "home",
        acute=has_code(client.codes, "ACU"),
        spine_surgery=has_code(client.codes, "SPINE"),
        late_tightness="back_tight_later_not_during" in assessment.signs,
        slow_tempo_failed=results.get("slow_tempo_pause") == "fails",
        range_fits=not reach.missing(goal),
        trunk=row[2],
        control=row[3],
        owned_trunk=trunk,
        owned_control=control,
    )
    decided = first_outcome(ENTRY_RULES, case)
    assert decided is not None  # the last entry rule always speaks
    return decided


def owned_scores(assessment: Assessment, catalogue: Catalogue) -> tuple[float, float]:
    """Return the trunk and control scores a client owns before any log."""
    limits = catalogue.limits.ladder.owned
    results = {outcome.test: outcome.result for outcome in assessment.tests}
    owned = limits.clean if results.get("bodyweight_squat") == "clean" else limits.untested
    trunk = control = owned
    if results.get("slow_tempo_pause") == "clean":
        control = max(control, limits.slow_tempo)
    if results.get("goblet_load") in {"helps", "some_help"}:
        trunk = max(trunk, limits.goblet_trunk)
    return trunk, control
