"""Laws of comparing two assessments of any client."""

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.assess import read_assessment
from planner.catalogue import Catalogue
from planner.change import RANGE_KINDS, comparable
from planner.comparison import Comparison, compare
from planner.facts import Assessment, Profile
from tests.properties.conftest import PROFILE
from tests.properties.strategies import assessments, clients

SOME = settings(max_examples=60 if PROFILE == "suite" else 3000)
MIRRORED = {
    "better": "worse",
    "worse": "better",
    "appeared": "gone",
    "gone": "appeared",
}


@SOME
@given(client=clients(), before=assessments(), after=assessments())
def test_swapping_baseline_and_new_mirrors_the_verdicts(
    catalogue: Catalogue, client: Profile, before: Assessment, after: Assessment
) -> None:
    """Better becomes worse and worse better, appeared becomes gone; noise and what is not comparable stay."""
    there, back = compare(before, (), after, client, catalogue), compare(after, (), before, client, catalogue)

    assert _verdicts(back) == {place: MIRRORED.get(said, said) for place, said in _verdicts(there).items()}
    assert _clues(back) == {name: MIRRORED.get(said, said) for name, said in _clues(there).items()}


@SOME
@given(client=clients(), before=assessments(), between=st.lists(assessments(), max_size=3), after=assessments())
def test_nothing_below_the_smallest_real_change_is_real(
    catalogue: Catalogue, client: Profile, before: Assessment, between: list[Assessment], after: Assessment
) -> None:
    """But where the re-test before showed it too: then half of it is asked of both."""
    for one in compare(before, between, after, client, catalogue).measures:
        if one.verdict in {"better", "worse"} and abs(one.change or 0) < one.error.smallest_real_change:
            assert one.because.rule == "RT05"
            assert between
            assert abs(one.change or 0) >= one.error.smallest_real_change / 2 - 1e-3


@SOME
@given(client=clients(), before=assessments(), between=st.lists(assessments(), max_size=2), after=assessments())
def test_other_tools_and_places_claim_nothing(
    catalogue: Catalogue, client: Profile, before: Assessment, between: list[Assessment], after: Assessment
) -> None:
    """Whatever was measured in another way or place has neither a change nor a verdict on it."""
    first, last = (read_assessment(one, catalogue) for one in (before, after))
    for one in compare(before, between, after, client, catalogue).measures:
        if not comparable(first, last, one.measure, (one.side,)):
            assert (one.verdict, one.change) == ("not_comparable", None)


@SOME
@given(client=clients(), before=assessments(), after=assessments())
def test_a_factor_is_resolved_only_by_what_was_looked_for_again(
    catalogue: Catalogue, client: Profile, before: Assessment, after: Assessment
) -> None:
    """An empty re-assessment resolves nothing, the same again changes nothing, and resolved needs a loss of points."""
    nothing = Assessment(performed_on=after.performed_on, setting=before.setting)

    assert "resolved" not in {one.status for one in compare(before, (), nothing, client, catalogue).factors}
    assert {one.status for one in compare(before, (), before, client, catalogue).factors} <= {"unchanged"}
    for one in compare(before, (), after, client, catalogue).factors:
        assert one.status != "resolved" or (one.counted_before and not one.counted_now)
        assert one.status != "new" or (one.counted_now and not one.counted_before)


def _verdicts(comparison: Comparison) -> dict[tuple[str, ...], str]:
    assert {one.kind for one in comparison.measures} <= set(RANGE_KINDS)
    return {(one.measure, one.side, one.kind): one.verdict for one in comparison.measures}


def _clues(comparison: Comparison) -> dict[tuple[str, str], str]:
    return {(one.kind, one.name): one.change for one in comparison.clues}
