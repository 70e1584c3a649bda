"""The response rules together: a worse answer never gets a milder colour."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.decision import first_outcome
from planner.rules.response import RESPONSE_RULES, ExposureCase
from planner.words import Colour

SEVERITY: tuple[Colour, ...] = ("normal", "watch", "problem")
WORDS = ("sharp", "protective", "compressed", "technique_changed", "affects_week", "same_spot", "escalating")
SCORES = ("during", "after", "worst", "morning")
HOURS = ("settled_h", "unsettled_h")
COUNTS = ("high_peaks_before", "sharp_before", "same_spot_run_before")


def colour(case: ExposureCase) -> Colour:
    """Return the colour the first rule that speaks gives."""
    found = first_outcome(RESPONSE_RULES, case)
    assert found is not None
    return found[1].colour


def exposures() -> st.SearchStrategy[dict[str, object]]:
    """Return exposures whose next morning is known."""
    score, hours = st.integers(0, 9), st.integers(0, 96)
    return st.fixed_dictionaries(
        {
            "baseline": st.integers(0, 8).map(lambda halves: halves / 2),
            "during": score,
            "after": score,
            "worst": score,
            "morning": score,
            "settled_h": hours,
            "unsettled_h": hours,
            **dict.fromkeys(COUNTS, st.integers(0, 2)),
            **dict.fromkeys(WORDS, st.booleans()),
        }
    )


def worse_than(case: ExposureCase, what: str) -> ExposureCase:
    """Return the exposure with one answer worse: a word said, a score, count or time higher."""
    return replace(case, **{what: True if what in WORDS else getattr(case, what) + 1})


@given(facts=exposures(), what=st.sampled_from(SCORES + HOURS + COUNTS + WORDS))
def test_a_worse_answer_never_gets_a_milder_colour(catalogue: Catalogue, facts: dict[str, object], what: str) -> None:
    """Raising any score, count or time, or saying one more word, keeps the colour or makes it more serious."""
    case = ExposureCase(limits=catalogue.limits.response, **facts)  # type: ignore[arg-type]

    assert SEVERITY.index(colour(worse_than(case, what))) >= SEVERITY.index(colour(case))


@given(facts=exposures())
def test_without_a_next_morning_nothing_is_normal(catalogue: Catalogue, facts: dict[str, object]) -> None:
    """An exposure whose next morning is missing is pending or worse, never normal."""
    case = ExposureCase(limits=catalogue.limits.response, **facts | {"morning": None})  # type: ignore[arg-type]

    assert colour(case) in {"pending", "problem"}
    assert colour(replace(case, hours_since=200)) in {"watch", "problem"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"during": 2, "morning": 0, "settled_h": 20}, "normal"),
        ({"during": 3, "morning": 1, "settled_h": 20}, "watch"),
        ({"during": 6, "morning": 1, "settled_h": 20}, "watch"),
        ({"during": 6, "morning": 2, "settled_h": 40}, "problem"),
        ({"during": 1}, "pending"),
        ({"during": 1, "technique_changed": True}, "problem"),
    ],
)
def test_an_exposure_has_the_colour_of_its_first_rule(
    catalogue: Catalogue, facts: dict[str, object], expected: Colour
) -> None:
    """Calm is normal, a lone high peak is watched, a bad morning after one is a problem."""
    assert colour(ExposureCase(limits=catalogue.limits.response, **facts)) == expected  # type: ignore[arg-type]
