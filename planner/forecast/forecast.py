"""Runs a client on as virtual clients: not written yet."""

from datetime import date

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.forecast.answer import Forecast
from planner.state import State


def forecast(
    request: BlockRequest, state: State, *, catalogue: Catalogue, today: date, seed: int, runs: int
) -> Forecast:
    """Return how the block goes on in `runs` simulated courses from a state; the same seed, the same forecast."""
    raise NotImplementedError
