"""People who leave count until they leave."""

import pytest

from planner.forecast.summary import ratio
from planner.forecast.survival import Seen, curve

BACK = (6, 6, 6, 7, 10, 13, 16, 22, 23)
LEFT = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
"""Weeks in remission of 21 patients given 6-mercaptopurine (Freireich 1963), the textbook example."""

BY_HAND = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def test_the_curve_is_the_textbooks() -> None:
    """The shares left after each event are those of the published example."""
    found = curve([*(Seen(day, back=True) for day in BACK), *(Seen(day, back=False) for day in LEFT)])
    assert {day: round(left, 3) for day, left in found.steps} == BY_HAND
    assert found.quantile(0.5) == 23
    assert found.quantile(0.9) is None
    assert found.never == pytest.approx(0.448, abs=0.001)
    assert found.back_by(9) == pytest.approx(1 - 0.807, abs=0.001)


def test_without_leavers_the_curve_counts_people() -> None:
    """Where nobody leaves, the share back is the share of people back."""
    found = curve([Seen(3, back=True), Seen(5, back=True), Seen(9, back=False), Seen(9, back=False)])
    assert [found.back_by(day) for day in (2, 3, 5, 9)] == [0, 0.25, 0.5, 0.5]


def test_nobody_back_is_a_curve_too() -> None:
    """Without a return nothing is known but that."""
    assert curve([Seen(4, back=False)]).never == 1
    assert curve([]).quantile(0.5) is None


def test_a_ratio_needs_both_sides() -> None:
    """A ratio to nothing, or of nothing, is left out."""
    assert ratio(3.0, 2.0) == 1.5
    assert ratio(None, 2.0) is None
    assert ratio(3.0, None) is None
    assert ratio(3.0, 0.0) is None
