"""The forecast holds what it promises, over virtual clients whose true return is known."""

from math import sqrt
from multiprocessing import get_context

import pytest

from app.catalogue import load_catalogue
from planner.catalogue import Catalogue
from planner.forecast.calibration import Foretold, coverage, foretell

MIDDLE = 0.8
SUITE_CLIENTS, SUITE_RUNS, SUITE_SEED = 12, 20, 61
CAMPAIGN_CLIENTS, CAMPAIGN_RUNS, CAMPAIGN_SEED = 220, 60, 101
"""Seeds that were not looked at while the forecast was mended."""


def _foretold(**changes: object) -> Foretold:
    known: dict[str, object] = {
        "number": 1,
        "weeks_in": 3,
        "low": 8,
        "median": 10,
        "high": 14,
        "promised": 0.9,
        "true": 9,
        "below": 0.2,
        "up_to": 0.3,
    }
    return Foretold(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "true", "held"),
    [
        (8, 14, 8, True),
        (8, 14, 14, True),
        (8, 14, 7, False),
        (8, 14, 15, False),
        (8, 14, None, False),
        (8, None, None, True),
        (8, None, 7, False),
        (None, None, None, True),
        (None, None, 20, False),
    ],
)
def test_later_is_a_week_of_its_own(low: int | None, high: int | None, true: int | None, held: bool) -> None:
    """A bound or a return after the last week compares as later than every week."""
    assert _foretold(low=low, high=high, true=true).held is held


@pytest.mark.parametrize(
    ("below", "up_to", "even"),
    [(0.2, 0.3, 1.0), (0.05, 0.15, 0.5), (0.85, 1.0, 1 / 3), (0.0, 0.05, 0.0), (0.5, 0.5, 1.0), (1.0, 1.0, 0.0)],
)
def test_a_lump_counts_by_its_part_in_the_middle(below: float, up_to: float, even: float) -> None:
    """The true week's lump counts by the share of it that lies in the middle 80 % of the runs."""
    assert _foretold(below=below, up_to=up_to).even == pytest.approx(even)


def test_coverage_counts_both_sides() -> None:
    """Early, held and late add up to all clients."""
    found = coverage([_foretold(true=7), _foretold(), _foretold(true=None), _foretold(true=10)])
    assert (found.early, found.held, found.late) == (0.25, 0.5, 0.25)
    assert found.by_median == 0.75


def _campaign_client(number: int) -> Foretold | None:
    return foretell(CAMPAIGN_SEED, number, CAMPAIGN_RUNS, load_catalogue())


def test_a_few_forecasts_hold(catalogue: Catalogue) -> None:
    """Over a few clients the middle 80 % holds about 80 % of the true weeks, within two and a half standard errors."""
    tried = (foretell(SUITE_SEED, number, SUITE_RUNS, catalogue) for number in range(SUITE_CLIENTS))
    found = coverage(one for one in tried if one is not None)
    assert abs(found.even - MIDDLE) <= 2.5 * sqrt(MIDDLE * (1 - MIDDLE) / found.clients)


@pytest.mark.campaign
def test_the_forecast_is_calibrated() -> None:
    """Over 200 clients and more the middle 80 % holds 75 to 85 % of the true weeks, and intervals what they promise."""
    with get_context("fork").Pool(2) as pool:
        tried = pool.map(_campaign_client, range(CAMPAIGN_CLIENTS), chunksize=4)
    found = coverage(one for one in tried if one is not None)
    assert found.clients >= 200, found
    assert 0.75 <= found.even <= 0.85, found
    assert abs(found.held - found.promised) <= 3 * sqrt(found.promised * (1 - found.promised) / found.clients), found
