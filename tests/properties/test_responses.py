"""The law of the worse log, rule by rule: cheap, so tried on many cases."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.decision import all_outcomes, first_outcome
from planner.limits.progression import ProgressionLimits
from planner.rules.progression import ADVANCING_RULES, PROTECTIVE_RULES, Move, ProgressCase, combined
from planner.rules.response import RESPONSE_RULES, ExposureCase
from planner.standing import greens
from planner.state import Exposure
from tests.properties.lives import Bench, at
from tests.properties.strategies import DAY_ONE
from tests.support.profile import PROFILE

MANY = settings(max_examples=1500 if PROFILE == "suite" else 50000)
SEVERITY = {"normal": 0, "pending": 1, "watch": 1, "problem": 2}
score = st.integers(0, 10)
yes = st.booleans()
rarely = st.sampled_from((False,) * 5 + (True,))
calm_score = st.sampled_from((0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 10))
RAISABLE = ("during", "after", "worst", "morning", "settled_h", "unsettled_h")
COUNTED = ("high_peaks_before", "sharp_before", "same_spot_run_before")
ADDABLE = ("sharp", "protective", "compressed", "technique_changed", "affects_week", "same_spot", "escalating")


@st.composite
def exposures(draw: st.DrawFn) -> dict[str, object]:
    """Return what is known of one exposure."""
    return {
        "baseline": draw(st.sampled_from((0, 1, 1.5, 2, 3, 4))),
        "during": draw(calm_score),
        "after": draw(calm_score),
        "worst": draw(st.one_of(st.none(), calm_score)),
        "morning": draw(st.one_of(st.none(), calm_score, calm_score)),
        "settled_h": draw(st.sampled_from((None, 0.0, 12.0, 12.0, 24.0, 25.0, 72.0, 80.0))),
        "unsettled_h": draw(st.sampled_from((0.0, 0.0, 0.0, 0.0, 23.0, 24.0, 71.0, 72.0, 100.0))),
        "hours_since": draw(st.sampled_from((1.0, 12.0, 36.0, 37.0, 90.0))),
        **{name: draw(rarely) for name in ADDABLE},
        "high_peaks_before": draw(st.sampled_from((0, 0, 1, 2))),
        "sharp_before": draw(st.sampled_from((0, 0, 1, 2))),
        "same_spot_run_before": draw(st.sampled_from((0, 0, 1, 2, 3))),
    }


@MANY
@given(told=exposures(), data=st.data())
def test_a_worse_exposure_never_gets_a_better_colour(
    bench: Bench, told: dict[str, object], data: st.DataObject
) -> None:
    """Raising any score, hour or count, or adding any word, never moves the colour towards normal."""
    name = data.draw(st.sampled_from((*RAISABLE, *COUNTED, *ADDABLE)))
    before = told[name]
    if before is None:
        return
    worse = True if name in ADDABLE else before + data.draw(st.integers(1, 6))  # type: ignore[operator]
    if name in ("during", "after", "worst", "morning"):
        worse = min(worse, 10)
    limits = bench.catalogue.limits.response
    first, second = (ExposureCase(limits=limits, **case) for case in (told, told | {name: worse}))  # type: ignore[arg-type]

    assert SEVERITY[_colour(second)] >= SEVERITY[_colour(first)]


def _colour(case: ExposureCase) -> str:
    named = first_outcome(RESPONSE_RULES, case)
    assert named is not None
    return named[1].colour


@MANY
@given(told=exposures(), legs=score)
def test_without_a_next_morning_nothing_is_normal(bench: Bench, told: dict[str, object], legs: int) -> None:
    """An exposure whose next morning is unknown is never normal."""
    case = ExposureCase(limits=bench.catalogue.limits.response, **(told | {"morning": None}))  # type: ignore[arg-type]

    assert _colour(case) != "normal"


CALM: dict[str, object] = {
    "colour": "normal",
    "rpe": 6.0,
    "exposures": 3,
    "greens": 3,
    "days_at_rung": 12,
    "load_now": 40.0,
    "load_next": 42.5,
    "reps_room": True,
}
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "stage": st.integers(1, 6),
    "morning_known": yes,
    "peak": score,
    "morning_rise": st.integers(-4, 8),
    "slow_to_settle": yes,
    "watches": st.integers(0, 4),
    "same_spot_twice": yes,
    "sleep_h": st.sampled_from((None, 4.0, 6.0, 8.0)),
    "stress": st.one_of(st.none(), score),
    "leg_soreness": st.one_of(st.none(), score),
    "step_backs_at_rung": st.integers(0, 3),
    "step_backs_recent": st.integers(0, 3),
    "step_backs_rerank": st.integers(0, 3),
    "step_backs_refer": st.integers(0, 3),
    "flares_before": st.integers(0, 2),
    "flare_days": st.sampled_from((3, 8, 15)),
    "weeks_trained": st.integers(0, 8),
    "worst_mean": score,
    "worst_at_start": score,
    "above_entry": yes,
    "gates_passed": st.just(False),
    "rpe": st.sampled_from((None, 5.0, 6.5, 7.0, 7.5, 8.0, 9.0)),
    "rpe_target": st.sampled_from((6.0, 7.0, 7.5, 8.0)),
    "exposures": st.integers(1, 4),
    "greens": st.integers(0, 4),
    "days_at_rung": st.integers(0, 14),
    "days_unasked": st.sampled_from((48, 49)),
    "adherence": st.sampled_from((0.3, 0.49, 0.5)),
    "waits_for": st.just("hip flexion"),
    "at_top": st.just(True),
    "depth_drop": st.integers(1, 2),
    "deload_ahead": st.just(True),
    "escalating": st.just(True),
    "rerank_due": st.just(True),
    "refer_advised": st.just(True),
    "sets_missing": st.just(1),
    "load_now": st.none(),
    "load_next": st.none(),
    "reps_room": st.just(False),
    "eased": st.just(True),
}


@st.composite
def progress_cases(draw: st.DrawFn, limits: ProgressionLimits) -> ProgressCase:
    """Return what decides the next exposure: a case that may move up, and a few things against it."""
    names = draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=5))
    colour = draw(st.sampled_from(("normal", "normal", "normal", "watch", "watch", "pending", "problem")))
    told = CALM | {"colour": colour} | {name: draw(FIELDS[name]) for name in sorted(names)}
    if told.get("load_now", 1) is None:
        told["load_next"] = None
    return ProgressCase(limits=limits, **told)  # type: ignore[arg-type]


WORSE: dict[str, tuple[object, ...]] = {
    "colour": ("watch", "problem"),
    "peak": tuple(range(11)),
    "morning_rise": tuple(range(-4, 9)),
    "slow_to_settle": (True,),
    "watches": (1, 2, 3, 4),
    "same_spot_twice": (True,),
    "sleep_h": (4.0, 2.0),
    "stress": tuple(range(11)),
    "leg_soreness": tuple(range(11)),
    "step_backs_at_rung": (1, 2, 3),
    "step_backs_recent": (1, 2, 3),
    "step_backs_rerank": (1, 2, 3),
    "step_backs_refer": (1, 2, 3),
    "flares_before": (1, 2),
    "flare_days": (3, 8, 15),
    "days_unasked": (48, 49),
    "worst_mean": tuple(range(11)),
    "gates_passed": (False,),
    "rpe": (6.0, 7.0, 8.0, 9.0, 10.0),
    "escalating": (True,),
    "deload_ahead": (True,),  # stress may bring it
    "rerank_due": (True,),
    "refer_advised": (True,),
}
BETTER_IS_MORE = frozenset({"sleep_h", "gates_passed"})


def decided(case: ProgressCase) -> Move:
    """Return the move that all rules together ask for."""
    protective = all_outcomes(PROTECTIVE_RULES, case)
    if protective:
        return combined(found for _, found in protective)
    named = first_outcome(ADVANCING_RULES, case)
    assert named is not None
    return named[1]


def steps(move: Move, case: ProgressCase) -> dict[str, float]:
    """Return what a move does to each variable; more is harder."""
    load = min(move.load, move.ease)  # the stronger counts, as in `planner.moves`
    if move.new_load is not None and case.load_now:
        load = move.new_load / case.load_now
    return {
        "rung": move.rung - (1 if move.stage_back else 0),
        "depth": move.depth,
        "load": load + (0.25 if move.end_ease else 0),
        "sets": move.sets,
        "reps": move.reps,
        "wait": -("none", "mornings", "flare").index(move.wait),
    }


@MANY
@given(data=st.data())
def test_a_worse_answer_never_moves_any_variable_further_up(bench: Bench, data: st.DataObject) -> None:
    """Making one thing worse never asks for more of any variable."""
    case = data.draw(progress_cases(bench.catalogue.limits.progression))
    name = data.draw(st.sampled_from(sorted(WORSE)))
    value = data.draw(st.sampled_from(WORSE[name]))
    before = getattr(case, name)
    if before is None or not _is_worse(name, before, value):
        return
    worse = replace(case, **{name: value})
    first, second = steps(decided(case), case), steps(decided(worse), worse)

    assert {key for key in second if second[key] > first[key]} == set()


def _is_worse(name: str, before: object, value: object) -> bool:
    if name == "colour":
        return SEVERITY[value] > SEVERITY[before]  # type: ignore[index]
    if name in BETTER_IS_MORE:
        return value < before  # type: ignore[operator]
    return value > before  # type: ignore[operator]


ANSWERS = {"normal": ("watch", "problem"), "watch": ("problem",), "untold": ("problem",), "problem": ()}


@MANY
@given(answers=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=7), data=st.data())
def test_a_worse_answer_never_counts_as_more_normal_ones(bench: Bench, answers: list[str], data: st.DataObject) -> None:
    """Making any exposure worse, told or not, never raises the count of normal responses that a step up needs."""
    place = data.draw(st.integers(0, len(answers) - 1))
    worse = ANSWERS[answers[place]]
    if not worse:
        return
    changed = [*answers[:place], data.draw(st.sampled_from(worse)), *answers[place + 1 :]]

    assert _normal_ones(changed, bench) <= _normal_ones(answers, bench)


def _normal_ones(answers: list[str], bench: Bench) -> int:
    seen = [
        Exposure(
            id="",
            at=at(DAY_ONE, 18),
            on=DAY_ONE,
            rung=1,
            stage=2,
            at_rung=True,
            colour="watch" if answer == "untold" else answer,  # type: ignore[arg-type]
            morning=None if answer == "untold" else 1,
        )
        for answer in answers
    ]
    return greens(seen[:-1], seen[-1], bench.catalogue.limits.progression.up.green_window)


@MANY
@given(data=st.data())
def test_at_most_one_variable_gets_harder(bench: Bench, data: st.DataObject) -> None:
    """Whatever the case, at most one of rung, depth, load, sets and repetitions goes up."""
    case = data.draw(progress_cases(bench.catalogue.limits.progression))
    told = steps(decided(case), case)
    harder = [
        key
        for key, neutral in (("rung", 0), ("depth", 0), ("load", 1), ("sets", 0), ("reps", 0))
        if told[key] > neutral
    ]

    assert len(harder) <= 1


@MANY
@given(data=st.data())
def test_no_move_up_without_what_it_needs(bench: Bench, data: st.DataObject) -> None:
    """A rung or a depth takes two (barbell: three) exposures, seven (ten) days and two normal responses."""
    case = data.draw(progress_cases(bench.catalogue.limits.progression))
    move = decided(case)
    if move.rung <= 0 and move.depth <= 0:
        return

    assert case.colour == "normal"
    assert case.gates_passed
    assert case.exposures >= (3 if case.stage >= 4 else 2)
    assert case.days_at_rung >= (10 if case.stage >= 4 else 7)
    assert case.greens >= 2
    assert case.rpe is not None
    assert case.rpe <= (8 if case.at_top else 7)
    assert case.adherence >= 0.5
    assert not case.waits_for
    assert not case.escalating
