"""Every number of seeds/limits and seeds/doses changes an answer that a case pins down."""

import dataclasses
from decimal import Decimal

import pytest

from planner.catalogue import Catalogue
from tests.rules.nudges import Check, all_checks, changed, nudges, step, unnoticed


def test_every_number_matters(catalogue: Catalogue) -> None:
    """A number of the seeds nudged one step either way makes a rule case or a table case fail."""
    checks = list(all_checks(catalogue))
    broken = [check.label for check in checks if check.fails(catalogue)]

    assert not broken, "these fail before anything is changed"
    assert unnoticed(catalogue, checks) == []


def test_a_number_nobody_looks_at_is_found(catalogue: Catalogue) -> None:
    """Without a check that reads it, each nudge of a number is reported."""
    key = "limits/response.red_rise"
    alone = dataclasses.replace(catalogue, numbers={key: catalogue.numbers[key]})
    blind = Check("blind", fails=lambda _: False, reads=lambda _: True)
    rise = catalogue.limits.response.red_rise

    assert unnoticed(alone, [blind]) == [f"{key}: {rise} -> {rise - 1}", f"{key}: {rise} -> {rise + 1}"]


def test_a_change_touches_one_number_only(catalogue: Catalogue) -> None:
    """A changed catalogue differs from the real one in a single leaf and in its digest."""
    key, kept = "limits/progression.step_back.load", catalogue.limits.progression.step_back
    other = changed(catalogue, key, 0.5)

    assert other is not None
    assert other.digest != catalogue.digest
    assert dataclasses.replace(other.limits.progression.step_back, load=kept.load) == kept
    assert other.limits.response is catalogue.limits.response


@pytest.mark.parametrize(
    ("written", "expected"), [(3, "1"), (120, "1"), (0.6, "0.1"), (0.55, "0.06"), (0.075, "0.008"), (22.5, "2.2")]
)
def test_a_step_is_visible_at_the_written_precision(written: float, expected: str) -> None:
    """Whole numbers move by one, others by a tenth of themselves, rounded as they are written."""
    assert step(written) == Decimal(expected)


def test_parts_of_a_number_are_nudged_in_turn() -> None:
    """Pairs change element by element, tempos digit by digit, and types stay what they were."""
    assert list(nudges((5, 8), (5, 8))) == [(4, 8), (6, 8), (5, 7), (5, 9)]
    assert list(nudges(8, 8.0)) == [7.0, 9.0]
    assert list(nudges("3-0", "3-0")) == ["2-0", "4-0", "3-1"]
