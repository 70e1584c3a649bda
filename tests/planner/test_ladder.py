"""Ladders: curated rows, repairs, entries, scores, and where a client is put down again."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue, LadderStep
from planner.client import allowed_variation
from planner.entry import owned_scores
from planner.ladder import (
    box_height_cm,
    build_ladder,
    easier_rung,
    effective_scores,
    place_no_harder,
)
from planner.plan import Ladder, Rung
from planner.route import edge_cost, step_row
from planner.scores import stage_of
from planner.words import DEPTHS, STAGES, depth_index
from tests.planner.laddering import GYM, Case, assessment_of, client_of, failing, table

CASES = table("ladder")
GOAL = LadderStep(stage="P6", variation="low_bar_back_squat", depth=5)


def ladder_of(given_case: Case, catalogue: Catalogue, **wishes: object) -> Ladder:
    return build_ladder(client_of(given_case, catalogue), assessment_of(given_case), catalogue, **wishes)


def written(rung: Rung, entry: int) -> str:
    added = "".join(f"+{modifier}" for modifier in rung.modifiers)
    marks = ("?" if rung.waits_for else "") + ("*" if rung.index == entry else "")
    return f"{rung.stage} {rung.variation}@{depth_index(rung.depth)}{added}{marks}"


def rows(case: Case, catalogue: Catalogue) -> list[str]:
    ladder = ladder_of(case["given"], catalogue)
    lines = [written(rung, ladder.entry) for rung in ladder.rungs]
    return [*lines, f"out of reach {ladder.out_of_reach.rule}"] if ladder.out_of_reach else lines


def scores(case: Case, catalogue: Catalogue) -> list[float]:
    found = effective_scores(catalogue.variations[case["squat"]], case["depth"], case["modifiers"], catalogue)
    return [found.hip, found.ankle, found.trunk, found.control, found.spine_load]


def edge(case: Case, catalogue: Catalogue) -> float | None:
    (before, depth), (after, other_depth) = case["before"], case["after"]
    return edge_cost(tuple(before), depth, tuple(after), other_depth, catalogue.limits.ladder.edges)


def stage(case: Case, catalogue: Catalogue) -> str:
    variation = catalogue.variations[case["squat"]]
    return stage_of(variation, case["depth"], case["modifiers"], GOAL, catalogue)


def owned(case: Case, catalogue: Catalogue) -> list[float]:
    return list(owned_scores(assessment_of(case["given"]), catalogue))


ANSWERS = {"ladder": rows, "scores": scores, "edge": edge, "stage": stage, "owned": owned}


def answer(case: Case, catalogue: Catalogue) -> object:
    return ANSWERS[case["ask"]](case, catalogue)


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return failing(CASES, answer, catalogue)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_ladder_is_what_the_table_says(case: Case, catalogue: Catalogue) -> None:
    """Factor, range, conditions and equipment decide rungs, waits and entry."""
    assert answer(case, catalogue) == case["expect"]


def test_every_curated_row_rises_in_small_steps(catalogue: Catalogue) -> None:
    """No curated step rises more in any score or depth than a search would allow."""
    limits = catalogue.limits.ladder.edges
    steep = [
        (preferred, factor, two.variation)
        for preferred, ladders in catalogue.ladders.items()
        for factor, steps in ladders.items()
        for one, two in pairwise(steps)
        if edge_cost(step_row(one, catalogue), one.depth, step_row(two, catalogue), two.depth, limits) is None
    ]

    assert steep == []


CLIENTS = st.fixed_dictionaries(
    {
        "factor": st.sampled_from(["hip", "ankle", "load_ownership", "trunk", "none"]),
        "preferred": st.fixed_dictionaries(
            {
                "variation": st.sampled_from(
                    [
                        "low_bar_back_squat",
                        "high_bar_back_squat",
                        "front_squat",
                        "safety_bar_squat",
                        "goblet_squat",
                        "overhead_squat",
                    ]
                ),
                "depth": st.sampled_from(DEPTHS),
                "one_rep_max_kg": st.sampled_from([None, 30, 60, 150]),
            }
        ),
        "equipment": st.lists(st.sampled_from([*GYM, "backpack", "step", "landmine", "dowel"]), unique=True),
        "setting": st.sampled_from(["gym", "home"]),
        "assessed": st.sampled_from(["clinic", "home"]),
        "irritability": st.sampled_from(["low", "moderate", "high"]),
        "limits": st.lists(
            st.sampled_from(
                [
                    {"code": "hip_replacement", "side": "left"},
                    {"code": "knee_pain"},
                    {"code": "shoulder_pain"},
                    {"code": "wrist_pain"},
                    {"code": "spine_surgery"},
                ]
            ),
            max_size=2,
        ),
        "measures": st.fixed_dictionaries(
            {
                "hip_flexion": st.integers(60, 130).map(lambda passive: [passive, passive - 14]),
                "ankle_knee_to_wall": st.floats(2, 14).map(lambda wall: [wall, None]),
            }
        ),
    }
)


@given(given_case=CLIENTS)
def test_every_client_gets_a_ladder_to_start_on(catalogue: Catalogue, given_case: Case) -> None:
    """A ladder is entered at a rung that fits, holds nothing forbidden, and says why for every rung."""
    client = client_of(given_case, catalogue)
    ladder = ladder_of(given_case, catalogue)
    stages = [STAGES.index(rung.stage) for rung in ladder.rungs]

    assert not ladder.rungs[ladder.entry].waits_for
    assert all(rung.because for rung in ladder.rungs)
    assert all(not allowed_variation(catalogue.variations[rung.variation], client) for rung in ladder.rungs)
    assert stages == sorted(stages)
    last = ladder.rungs[-1]
    assert last.variation == client.profile.preferred_squat.variation or ladder.out_of_reach is not None


@given(given_case=CLIENTS, depth_drop=st.integers(0, 3))
def test_nobody_is_put_down_on_a_harder_rung(catalogue: Catalogue, given_case: Case, depth_drop: int) -> None:
    """A rung further down is no harder in hip, ankle, trunk, control or spine load than the one left."""
    ladder = ladder_of(given_case, catalogue)
    for rung in ladder.rungs:
        depth = max(depth_index(rung.depth) - depth_drop, 1)
        drop = depth_index(rung.depth) - depth
        index = easier_rung(ladder, rung.index, drop, catalogue)
        if index is not None:
            found = ladder.rungs[index]
            reached = min(depth_index(found.depth), depth)
            assert index < rung.index
            assert _row(found, reached, catalogue) <= _row(rung, depth, catalogue)


class _Row(tuple[float, ...]):
    """A row of scores that is at most another when each score is."""

    __slots__ = ()

    def __le__(self, other: tuple[float, ...]) -> bool:
        return all(one <= two for one, two in zip(self, other, strict=True))


def _row(rung: Rung, depth: int, catalogue: Catalogue) -> _Row:
    found = effective_scores(catalogue.variations[rung.variation], depth, rung.modifiers, catalogue)
    return _Row((found.hip, found.ankle, found.trunk, found.control, found.spine_load))


def test_the_same_rung_is_found_again(catalogue: Catalogue) -> None:
    """A rung that is on the new ladder and fits keeps its place."""
    ladder = ladder_of({"factor": "trunk"}, catalogue)

    assert [place_no_harder(ladder, rung, 0, catalogue) for rung in ladder.rungs] == [
        rung.index for rung in ladder.rungs
    ]


def test_a_rung_of_another_ladder_leads_to_one_no_harder(catalogue: Catalogue) -> None:
    """Coming from a paused safety-bar squat the hip ladder is entered below it in every score."""
    left = ladder_of({"factor": "trunk"}, catalogue).rungs[4]
    ladder = ladder_of({"factor": "hip"}, catalogue)
    found = ladder.rungs[place_no_harder(ladder, left, 0, catalogue)]

    assert _row(found, depth_index(found.depth), catalogue) <= _row(left, depth_index(left.depth), catalogue)
    assert found.variation == "safety_bar_parallel_box"


def test_a_rung_that_waits_is_not_gone_back_to(catalogue: Catalogue) -> None:
    """A rung whose range is missing now is left out, even when it is the same one."""
    ladder = ladder_of({"measures": {"hip_flexion": [96, 84]}}, catalogue)
    waiting = next(rung for rung in ladder.rungs if rung.waits_for)

    assert place_no_harder(ladder, waiting, 0, catalogue) < waiting.index


def test_a_kept_rung_is_where_the_ladder_is_entered(catalogue: Catalogue) -> None:
    """A rung already reached decides the entry; the rungs before it are owned."""
    kept = ladder_of({"factor": "hip"}, catalogue).rungs[3]
    ladder = ladder_of({"factor": "hip"}, catalogue, keep=kept)

    assert ladder.entry == 3
    assert [rung.status for rung in ladder.rungs[:5]] == ["owned", "owned", "owned", "current", "ahead"]


def test_an_opening_can_be_asked_for(catalogue: Catalogue) -> None:
    """After a clearance a client without a limiter finds unloaded rungs below the squat."""
    plain = ladder_of({"factor": "none"}, catalogue)
    opened = ladder_of({"factor": "none"}, catalogue, opening=True)

    assert [rung.stage for rung in plain.rungs] == ["P5"]
    assert opened.rungs[0].stage == "P1"
    assert opened.rungs[opened.entry].stage == "P5"


def test_a_stage_back_skips_the_rungs_of_the_same_stage(catalogue: Catalogue) -> None:
    """Going back a stage passes the rungs of the stage that is left."""
    ladder = ladder_of({"factor": "hip"}, catalogue)
    index = easier_rung(ladder, 4, 0, catalogue, stage_back=True)

    assert ladder.rungs[4].stage == "P4"
    assert index is not None
    assert STAGES.index(ladder.rungs[index].stage) < STAGES.index("P4")


def test_the_first_rung_has_none_below(catalogue: Catalogue) -> None:
    """Below the first rung there is nothing to step back to."""
    assert easier_rung(ladder_of({}, catalogue), 0, 0, catalogue) is None


def test_a_deep_rung_still_counts_at_the_depth_left(catalogue: Catalogue) -> None:
    """A rung deeper than where the client stands is compared at that depth, not at its own."""
    ladder = ladder_of({"factor": "trunk"}, catalogue)
    assert easier_rung(ladder, 2, 1, catalogue) == 1


def test_boxes_get_lower_with_depth(catalogue: Catalogue) -> None:
    """A deeper squat never sits on a higher box."""
    heights = [box_height_cm(176, depth, catalogue) for depth in range(1, 7)]

    assert heights == sorted(heights, reverse=True)


def test_ladders_are_the_same_for_mirrored_clients(catalogue: Catalogue) -> None:
    """Swapping left and right of limits and measures changes no rung."""
    sides = {"left": [100, 90], "right": [115, 104]}
    given_case = {"measures": {"hip_flexion": sides}, "limits": [{"code": "knee_pain", "side": "left"}]}
    mirrored = {
        "measures": {"hip_flexion": {"left": sides["right"], "right": sides["left"]}},
        "limits": [{"code": "knee_pain", "side": "right"}],
    }

    assert ladder_of(given_case, catalogue) == ladder_of(mirrored, catalogue)


def test_the_same_client_gets_the_same_ladder(catalogue: Catalogue) -> None:
    """A search gives the same rungs with a fresh graph as with a kept one."""
    given_case = {"factor": "none", "irritability": "moderate"}
    fresh = replace(catalogue, digest=f"{catalogue.digest} again")

    assert ladder_of(given_case, catalogue) == ladder_of(given_case, fresh)
