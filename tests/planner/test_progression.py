"""Protective moves combine to the most protective value of each variable."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.decision import all_outcomes, first_outcome
from planner.rules.progression import (
    ADVANCING_RULES,
    PROTECTIVE_RULES,
    WAITS,
    Move,
    ProgressCase,
    combined,
    is_flare,
)

HARMLESS = Move(verdict="hold")
TAKEN_BACK = {
    "load": 0.8,
    "sets": -1,
    "depth": -1,
    "rung": -1,
    "stage_back": True,
    "ease": 0.8,
    "wait": "mornings",
    "rerank": True,
    "refer": True,
}
PROTECTIVE_ORDER = [rule.id for rule in PROTECTIVE_RULES]


def moves() -> st.SearchStrategy[Move]:
    """Return protective moves of every kind."""
    return st.builds(
        Move,
        verdict=st.sampled_from(("refer", "rerank", "step_back", "ease", "hold")),
        load=st.sampled_from((0.65, 0.8, 0.9, 1.0)),
        sets=st.sampled_from((-1, 0)),
        depth=st.sampled_from((-1, 0)),
        rung=st.sampled_from((-1, 0)),
        stage_back=st.booleans(),
        ease=st.sampled_from((0.8, 0.9, 1.0)),
        wait=st.sampled_from(WAITS),
        rerank=st.booleans(),
        refer=st.booleans(),
    )


def taken(move: Move) -> tuple[float, ...]:
    """Return how much a move takes back in each variable: larger is more protective."""
    return (
        -move.load,
        -move.sets,
        -move.depth,
        -move.rung,
        move.stage_back,
        -move.ease,
        WAITS.index(move.wait),
        move.rerank,
        move.refer,
    )


@pytest.mark.parametrize("name", TAKEN_BACK)
def test_what_one_move_takes_back_stays_taken_back(name: str) -> None:
    """Whatever a single rule takes back survives other rules that do not ask for it, in any order."""
    move = replace(HARMLESS, **{name: TAKEN_BACK[name]})

    assert getattr(combined([HARMLESS, move]), name) == TAKEN_BACK[name]
    assert getattr(combined([move, HARMLESS]), name) == TAKEN_BACK[name]


def test_every_variable_of_a_move_is_covered() -> None:
    """All variables of a move are combined, except the words and what only advancing rules use."""
    advancing = {"reps", "new_load", "end_ease"}

    assert {field.name for field in fields(Move)} == {*TAKEN_BACK, "verdict", "say", "facts", *advancing}


def test_the_stronger_of_two_cuts_wins() -> None:
    """Two rules that cut the same variable give the deeper cut, not their sum or product."""
    both = combined([Move(verdict="step_back", load=0.65, wait="flare"), Move(verdict="step_back", load=0.8, sets=-1)])

    assert (both.load, both.sets, both.wait) == (0.65, -1, "flare")


def test_the_first_rule_names_the_verdict() -> None:
    """Rules are listed most protective first, so the first one that speaks names the verdict."""
    assert combined([Move(verdict="refer"), Move(verdict="step_back")]).verdict == "refer"


@given(st.lists(moves(), min_size=1, max_size=5), moves())
def test_one_more_protective_rule_never_gives_anything_back(spoken: list[Move], more: Move) -> None:
    """A further protective move leaves every variable as protective as it was, or more so."""
    before, after = taken(combined(spoken)), taken(combined([*spoken, more]))

    assert all(now >= then for then, now in zip(before, after, strict=True))


# --- the rules together ---------------------------------------------------------------------------


def spoken(catalogue: Catalogue, **facts: object) -> list[str]:
    """Return the ids of the protective rules that speak about a case."""
    case = ProgressCase(limits=catalogue.limits.progression, **facts)  # type: ignore[arg-type]
    return [rule for rule, _ in all_outcomes(PROTECTIVE_RULES, case)]


def named(catalogue: Catalogue, **facts: object) -> str:
    """Return the id of the advancing rule that decides a case."""
    case = ProgressCase(limits=catalogue.limits.progression, **facts)  # type: ignore[arg-type]
    found = first_outcome(ADVANCING_RULES, case)
    assert found is not None
    return found[0]


def test_a_third_problem_takes_back_load_depth_and_rung(catalogue: Catalogue) -> None:
    """Step-backs add up: the third one costs load and set, depth and the rung, and asks for a look."""
    ids = spoken(catalogue, colour="problem", step_backs_at_rung=2, step_backs_rerank=2, step_backs_refer=2)

    assert ids == ["PG03", "PG05", "PG09", "PG10", "PG11"]


def test_a_flare_is_also_a_problem(catalogue: Catalogue) -> None:
    """A flare keeps the rung, takes the deeper load cut and the set, and waits as a flare."""
    case = ProgressCase(limits=catalogue.limits.progression, colour="problem", peak=7, slow_to_settle=True)
    move = combined(found for _, found in all_outcomes(PROTECTIVE_RULES, case))

    assert is_flare(case)
    assert (move.rung, move.load, move.sets, move.wait) == (0, 0.65, -1, "flare")


def test_a_lone_high_peak_costs_no_set(catalogue: Catalogue) -> None:
    """One watch with a high peak eases one exposure; a second one in the window costs a set too."""
    assert spoken(catalogue, colour="watch", peak=6, watches=1) == ["PG12", "PG15"]
    assert spoken(catalogue, colour="watch", peak=6, watches=2) == ["PG12", "PG13", "PG15"]


def test_protective_rules_are_silent_on_a_calm_normal_exposure(catalogue: Catalogue) -> None:
    """A normal response with gates passed and nothing open leaves the word to the advancing rules."""
    assert spoken(catalogue) == []


def test_one_variable_moves_at_a_time(catalogue: Catalogue) -> None:
    """An ended ease comes before a rung, a rung before a set, a set before load, load before repetitions."""
    ready = {"exposures": 3, "greens": 3, "days_at_rung": 14, "rpe": 5, "sets_missing": 1, "load_next": 28.0}
    early = ready | {"exposures": 1}

    assert named(catalogue, **ready, eased=True) == "PG39"
    assert named(catalogue, **ready) == "PG40"
    assert named(catalogue, **early) == "PG41"
    assert named(catalogue, **early | {"sets_missing": 0}) == "PG42"
    assert named(catalogue, **early | {"sets_missing": 0, "load_next": None}, reps_room=True) == "PG43"
    assert named(catalogue, **early | {"sets_missing": 0, "load_next": None}) == "PG35"


def test_something_always_decides(catalogue: Catalogue) -> None:
    """When every move waits and no reason to wait is left, the exposure is repeated."""
    assert named(catalogue, exposures=9, greens=9, days_at_rung=30, at_top=True, rpe=7) == "PG99"


@pytest.mark.parametrize("rules", [PROTECTIVE_RULES, ADVANCING_RULES], ids=["protective", "advancing"])
def test_rule_ids_are_listed_once(rules: tuple) -> None:
    """No id is listed twice in a tuple of rules."""
    ids = [rule.id for rule in rules]

    assert len(ids) == len(set(ids))


COLOURS_BY_SEVERITY = ("normal", "watch", "problem")


@given(
    peak=st.integers(0, 10),
    rise=st.integers(-3, 8),
    colour=st.sampled_from(COLOURS_BY_SEVERITY),
    slow=st.booleans(),
    at_rung=st.integers(0, 3),
    recent=st.integers(0, 3),
    soreness=st.none() | st.integers(0, 10),
    gates=st.booleans(),
    by=st.integers(1, 4),
)
def test_a_worse_exposure_never_takes_back_less(catalogue: Catalogue, by: int, **facts: object) -> None:
    """A higher peak, a worse morning and a later settling leave every variable as protective or more so."""
    case = ProgressCase(
        limits=catalogue.limits.progression,
        colour=facts["colour"],
        peak=facts["peak"],
        morning_rise=facts["rise"],
        slow_to_settle=facts["slow"],
        step_backs_at_rung=facts["at_rung"],
        step_backs_recent=facts["recent"],
        leg_soreness=facts["soreness"],
        gates_passed=facts["gates"],
    )  # type: ignore[arg-type]
    worse = replace(case, peak=case.peak + by, morning_rise=case.morning_rise + by, slow_to_settle=True)

    assert_no_less_protective(case, worse)


def assert_no_less_protective(case: ProgressCase, worse: ProgressCase) -> None:
    """Assert that the worse case takes back at least as much in each variable."""
    before = [move for _, move in all_outcomes(PROTECTIVE_RULES, case)]
    after = [move for _, move in all_outcomes(PROTECTIVE_RULES, worse)]

    assert len(after) >= len(before)
    if before:
        assert all(now >= then for then, now in zip(taken(combined(before)), taken(combined(after)), strict=True))
