"""Repetitions, effort and the one-repetition maximum: the printed table and the two published formulas.

The planner reads a share of the maximum from the table; it estimates no maximum from a logged
set, so the formulas live here, as a second opinion on the table. Where they speak (at most ten
repetitions to failure, no effort below 5.5) they lie within the three per cent by which copies
of the table differ.
"""

from collections.abc import Callable
from itertools import pairwise

import pytest

from planner.catalogue import Catalogue
from planner.maximum import rpe_percent

EFFORTS = (6, 7, 8, 9, 10)
PRINTED = {
    1: (86.3, 89.2, 92.2, 95.5, 100),
    2: (83.7, 86.3, 89.2, 92.2, 95.5),
    3: (81.1, 83.7, 86.3, 89.2, 92.2),
    4: (78.6, 81.1, 83.7, 86.3, 89.2),
    5: (76.2, 78.6, 81.1, 83.7, 86.3),
    6: (73.9, 76.2, 78.6, 81.1, 83.7),
    8: (68.0, 70.7, 73.9, 76.2, 78.6),
    10: (62.6, 65.3, 68.0, 70.7, 73.9),
    12: (57.2, 59.9, 62.6, 65.3, 68.0),
}
LOWEST_RPE = 5.5
MOST_REPS = 10  # to failure
NOISE = 0.03
Formula = Callable[[float, float], float]


def epley(kg: float, reps: float) -> float:
    """Return the maximum (kg) a set to failure tells of; one repetition is the maximum itself."""
    return kg if reps == 1 else kg * (1 + reps / 30)


def brzycki(kg: float, reps: float) -> float:
    """Return the maximum (kg) a set to failure tells of."""
    return 36 * kg / (37 - reps)


def estimated_maximum(kg: float, reps: int, rpe: float) -> float | None:
    """Return the lower of both estimates (kg), None where they are unreliable; reps in reserve count as done."""
    to_failure = reps + 10 - rpe
    if rpe < LOWEST_RPE or to_failure > MOST_REPS:
        return None
    return min(epley(kg, to_failure), brzycki(kg, to_failure))


# --- the table ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reps", PRINTED)
def test_the_table_is_the_printed_one(catalogue: Catalogue, reps: int) -> None:
    """Repetitions at an effort of 6 to 10 have the printed percentage of the maximum."""
    assert tuple(rpe_percent(reps, rpe, catalogue) for rpe in EFFORTS) == PRINTED[reps]


@pytest.mark.parametrize("reps", PRINTED)
def test_half_an_effort_is_the_mean_of_its_neighbours(catalogue: Catalogue, reps: int) -> None:
    """An effort of 6.5, 7.5, 8.5 or 9.5 has the mean of the percentages on either side."""
    halves = [rpe_percent(reps, rpe + 0.5, catalogue) for rpe in EFFORTS[:-1]]

    assert halves == pytest.approx([(low + high) / 2 for low, high in pairwise(PRINTED[reps])])


# --- the formulas ---------------------------------------------------------------------------------------------


def test_five_repetitions_at_a_hundred_kilograms() -> None:
    """Five repetitions at 100 kg to failure tell of 116.7 kg by Epley and 112.5 kg by Brzycki: the lower counts."""
    assert round(epley(100, 5), 1) == 116.7
    assert brzycki(100, 5) == 112.5
    assert estimated_maximum(100, 5, 10) == 112.5


def test_the_formulas_meet_at_ten_repetitions() -> None:
    """Epley and Brzycki agree at ten repetitions; below them Brzycki is the lower, above them Epley."""
    assert epley(100, 10) == pytest.approx(brzycki(100, 10))
    assert all(brzycki(100, reps) < epley(100, reps) for reps in range(2, 10))
    assert all(epley(100, reps) < brzycki(100, reps) for reps in range(11, 17))


def test_a_single_to_failure_is_the_maximum(catalogue: Catalogue) -> None:
    """One repetition to failure is the maximum itself, in both formulas and in the table."""
    assert epley(140, 1) == brzycki(140, 1) == estimated_maximum(140, 1, 10) == 140
    assert rpe_percent(1, 10, catalogue) == 100


def test_repetitions_in_reserve_count_as_done() -> None:
    """Three repetitions with two in reserve tell of the same maximum as five to failure."""
    assert estimated_maximum(100, 3, 8) == estimated_maximum(100, 5, 10)


@pytest.mark.parametrize(("reps", "rpe"), [(1, 5), (6, 5), (11, 10), (8, 7)])
def test_light_and_long_sets_tell_of_no_maximum(reps: int, rpe: float) -> None:
    """Below an effort of 5.5 or above ten repetitions to failure there is no estimate."""
    assert estimated_maximum(100, reps, rpe) is None


# --- the table against the formulas ---------------------------------------------------------------------------


@pytest.mark.parametrize("reps", range(1, MOST_REPS + 1))
@pytest.mark.parametrize("formula", [epley, brzycki])
def test_the_table_agrees_with_the_formulas(catalogue: Catalogue, formula: Formula, reps: int) -> None:
    """A set to failure at the planner's percentage gives the maximum back within three per cent by either formula."""
    share = rpe_percent(reps, 10, catalogue) / 100

    assert formula(share, reps) == pytest.approx(1, abs=NOISE)


@pytest.mark.parametrize("rpe", [5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5, 10])
def test_the_lower_estimate_never_raises_a_maximum(catalogue: Catalogue, rpe: float) -> None:
    """A set at the planner's percentage never tells of more than the maximum it was planned from."""
    told = [estimated_maximum(rpe_percent(reps, rpe, catalogue), reps, rpe) for reps in range(1, MOST_REPS + 1)]

    known = [maximum for maximum in told if maximum is not None]
    assert known
    assert all(100 * (1 - NOISE) <= maximum <= 100.0001 for maximum in known)


def test_past_twelve_repetitions_epley_leaves_the_table(catalogue: Catalogue) -> None:
    """From thirteen repetitions to failure on Epley lies more than five per cent below the table: no estimate there."""
    told = [epley(rpe_percent(reps, 10, catalogue), reps) for reps in range(13, 17)]

    assert all(maximum < 95 for maximum in told)
