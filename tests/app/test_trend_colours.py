"""Which colour a squat was told: by what still remembers it, else by the answers given while it was the latest."""

import json
from datetime import UTC, datetime, timedelta

from app.trend.colours import StoredExposure, Told, colours

_START = datetime(2026, 11, 2, 18, tzinfo=UTC)


def _squat(name: str, day: int, answer: str | None = "pending", received: float | None = None) -> Told:
    return _told(name, day, answer, received, squatted=True)


def _told(name: str, day: float, answer: str | None, received: float | None = None, *, squatted: bool = False) -> Told:
    came = day if received is None else received
    return Told(
        id=name,
        performed_at=_START + timedelta(days=day),
        received_at=_START + timedelta(days=came, minutes=1),
        squatted=squatted,
        answer=None if answer is None else json.dumps({"response": answer, "decisions": []}),
    )


def test_an_answer_speaks_of_the_latest_squat_known_when_it_came() -> None:
    told = [_squat("a", 0), _told("a1", 0.5, "normal"), _squat("b", 2), _told("b1", 2.5, "problem")]
    assert colours(told, {}) == {"a": "normal", "b": "problem"}


def test_a_squat_told_of_late_does_not_take_the_answers_of_a_later_one() -> None:
    told = [_squat("a", 0, "problem", received=3), _squat("b", 2), _told("b1", 2.5, "normal")]
    assert colours(told, {}) == {"a": "watch", "b": "problem"}


def test_a_pending_squat_is_watched_once_another_followed() -> None:
    assert colours([_squat("a", 0), _squat("b", 2)], {}) == {"a": "watch", "b": "pending"}


def test_what_the_state_remembers_counts_more_than_what_was_answered() -> None:
    remembered = {"a": StoredExposure(id="a", rung=2, colour="problem")}
    told = [_squat("a", 0), _told("a1", 0.5, "normal"), _squat("b", 2)]
    assert colours(told, remembered) == {"a": "problem", "b": "pending"}


def test_a_red_flag_stays_said() -> None:
    remembered = {"a": StoredExposure(id="a", rung=2, colour="watch")}
    told = [_squat("a", 0), _told("a1", 0.5, "red_flag"), _told("a2", 1, "normal")]
    assert colours(told, remembered) == {"a": "red_flag"}


def test_without_answers_or_squats_there_is_nothing_to_say() -> None:
    assert colours([_squat("a", 0, None), _told("x", 1, None)], {}) == {"a": "pending"}
    assert colours([_told("x", 1, "normal")], {}) == {}
    assert colours([], {}) == {}
