"""Targets of the lab: what is asked and whether it is reached."""

import pytest

from planner.forecast.targets import Check, checks, missed
from tests.forecast.results import figures, result


def _check(name: str, **changes: object) -> Check:
    return next(one for one in checks(result(**changes)) if one.name == name)


def _beside(ours: tuple[float | None, float], oracle: tuple[float | None, float], linear: float) -> dict[str, object]:
    named = {"squatback": figures(*ours), "oracle": figures(*oracle), "linear": figures(2.0, linear)}
    return {"policies": named}


def test_a_good_run_misses_nothing() -> None:
    """Eight targets are asked, and a run that reaches all of them misses none."""
    assert len(checks(result())) == 8
    assert missed(result()) == ()


@pytest.mark.parametrize(
    ("name", "holds", "fails"),
    [
        ("limiter_accuracy", 0.90, 0.8999),
        ("none_mislabelled", 0.05, 0.0501),
        ("flags_caught", 1.0, 0.999),
        ("false_step_backs", 0.10, 0.1001),
        ("silent_stalls", 0.0, 0.0001),
    ],
)
def test_shares_are_held_against_their_limit(name: str, holds: float, fails: float) -> None:
    """The limit itself still passes, just beyond it misses."""
    assert _check(name, **{name: holds}).holds is True
    assert _check(name, **{name: fails}).holds is False


def test_weeks_are_held_against_the_oracle() -> None:
    """A quarter more weeks than the oracle's pass, more miss; fewer than half back misses."""
    assert _check("weeks_of_oracle", **_beside((12.5, 1), (10, 1), 9)).holds is True
    assert _check("weeks_of_oracle", **_beside((12.6, 1), (10, 1), 9)).holds is False
    assert _check("weeks_of_oracle", **_beside((None, 1), (10, 1), 9)).holds is False


def test_weeks_say_nothing_where_the_oracle_is_not_back() -> None:
    """Where fewer than half of the oracle's clients are back, there is nothing to be held against."""
    assert _check("weeks_of_oracle", **_beside((10, 1), (None, 1), 9)).holds is None


def test_red_days_may_be_a_quarter_or_half_a_day_more() -> None:
    """The larger of both allowances holds: half a day for few red days, a quarter for many."""
    assert _check("red_days_of_oracle", **_beside((1, 0.5), (1, 0), 9)).holds is True
    assert _check("red_days_of_oracle", **_beside((1, 0.51), (1, 0), 9)).holds is False
    assert _check("red_days_of_oracle", **_beside((1, 5), (1, 4), 99)).holds is True
    assert _check("red_days_of_oracle", **_beside((1, 5.01), (1, 4), 99)).holds is False


def test_red_days_are_at_most_half_of_linear() -> None:
    """Half as many red days as linear progression pass, more miss."""
    assert _check("red_days_of_linear", **_beside((1, 2.0), (1, 2), 4)).holds is True
    assert _check("red_days_of_linear", **_beside((1, 2.01), (1, 2), 4)).holds is False


def test_what_was_not_measured_is_not_missed() -> None:
    """Without a planted flag nothing can be said of flags."""
    assert _check("flags_caught", flags_caught=None).holds is None
    assert missed(result(flags_caught=None)) == ()
