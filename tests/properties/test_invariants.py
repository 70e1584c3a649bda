"""The seventeen invariants of a plan, each as a law over generated clients."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.facts import (
    Assessment,
    BackPainHistory,
    CheckIn,
    Limit,
    Measurement,
    MorningPain,
    PreferredSquat,
    Profile,
)
from planner.facts import (
    TestOutcome as Tried,
)
from planner.fold import step
from planner.plan import Item
from planner.registry import ALL_RULES
from planner.selection import targets
from planner.state import State
from planner.words import STAGES, Factor, RedFlag, Side, depth_index
from tests.properties.limited import Short, half_errors, jitter, limited_by, shortfalls
from tests.properties.lives import Bench, Lived, fact
from tests.properties.strategies import (
    ARTICLE,
    DAY_ONE,
    DayOf,
    MorningOf,
    SquatOf,
    assessments,
    clients,
    lives,
    short_lives,
)
from tests.support import laws
from tests.support.profile import PROFILE

FEW = settings(max_examples=25 if PROFILE == "suite" else 1000)
SOME = settings(max_examples=40 if PROFILE == "suite" else 2000)
FLAGS: tuple[RedFlag, ...] = get_args(RedFlag)
RULES = {rule.id: rule for rule in ALL_RULES}
MIRROR: dict[Side | None, Side | None] = {"left": "right", "right": "left"}


# --- 1 red flags --------------------------------------------------------------------------------------------------


@given(
    profile=clients(),
    assessment=assessments(),
    answers=st.dictionaries(st.sampled_from(FLAGS), st.sampled_from(("yes", "no", "not_asked")), max_size=8),
)
def test_1_a_flag_or_an_open_item_leaves_nothing_loaded(
    bench: Bench, profile: Profile, assessment: Assessment, answers: dict[RedFlag, str]
) -> None:
    """With any flag or an unanswered article item not one loaded item is planned; without, the block is open."""
    told = dict.fromkeys(ARTICLE, "no") | answers
    block = bench.plan(profile, replace(assessment, red_flags=told)).block  # type: ignore[arg-type]
    flagged = "yes" in told.values() or any(told[flag] == "not_asked" for flag in ARTICLE)

    assert (block.lock is not None) == (flagged or DAY_ONE.year - profile.birth_year < 18)
    if block.lock is not None:
        assert not [item for item in laws.items_of(block) if laws.loaded(item, bench.catalogue)]
        assert {item.exercise for item in laws.items_of(block)} <= laws.GENTLE
        assert block.projected == ()
    if block.lock is not None and block.lock.urgency in ("emergency", "same_day"):
        assert laws.items_of(block) == []


@SOME
@given(profile=clients(), assessment=assessments(), days=short_lives, flag=st.sampled_from(FLAGS))
def test_1_a_flag_in_a_running_block_takes_everything_loaded_away(
    bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf], flag: RedFlag
) -> None:
    """A yes at any point leaves no squat asked for; a not_asked at any point leaves the lock as it was."""
    lived = bench.live(bench.born(profile, assessment), days)
    body = CheckIn(back_pain=MorningPain(now=0, worst_24h=0), hours_to_settle=0)
    today = lived.today + timedelta(days=1)
    asked = bench.tell(lived, "open", replace(body, red_flags=dict.fromkeys(FLAGS, "not_asked")), today, 7)
    told = bench.tell(lived, "flag", replace(body, red_flags={flag: "yes"}), today, 7)

    assert asked.state.status == lived.state.status
    assert told.state.locked
    assert bench.next_asked(told) is None


# --- 3, 12 loads --------------------------------------------------------------------------------------------------


@given(profile=clients(), assessment=assessments())
def test_3_12_loads_exist_and_stay_below_every_ceiling(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """Every squat weighs something the client can load, rounded down, below its stage's share of the full squat."""
    block = bench.plan(profile, assessment).block

    assert laws.too_heavy(block, profile, bench.catalogue) == []
    assert laws.impossible_loads(block, profile, bench.catalogue) == []


@SOME
@given(profile=clients(sound=True), assessment=assessments(calm=True), days=lives)
def test_3_reduced_depth_never_weighs_more(
    bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf]
) -> None:
    """After any life, taking off depth never came with more load than the rung had before."""
    lived = bench.born(profile, assessment)
    for offset, day in enumerate(days):
        before = lived.state.position
        lived = bench.day(lived, DAY_ONE + timedelta(days=offset), day)
        after = lived.state.position
        if after.rung == before.rung and after.depth_drop > before.depth_drop:
            assert (after.load_kg or 0) <= (before.load_kg or 0)


# --- 4, 5 moves ---------------------------------------------------------------------------------------------------


def harder_variables(before: State, after: State) -> list[str]:
    """Return the variables of the next exposure that got harder."""
    was, now = before.position, after.position
    if now.rung != was.rung:
        return ["rung"] if now.rung > was.rung else []
    found = {
        "depth": now.depth_drop < was.depth_drop,
        "load": was.load_kg is not None and (now.load_kg or 0) * now.ease > was.load_kg * was.ease + 1e-9,
        "sets": now.sets > was.sets,
        "reps": now.reps > was.reps,
    }
    return [name for name, harder in found.items() if harder]


@SOME
@given(profile=clients(), assessment=assessments(), days=lives)
def test_4_one_variable_at_a_time(bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf]) -> None:
    """From one exposure to the next at most one of rung, depth, load, sets and repetitions gets harder."""
    lived = bench.born(profile, assessment)
    asked: Lived = lived
    for offset, day in enumerate(days):
        exposures = lived.state.position.exposures, len(lived.state.history)
        lived = bench.day(lived, DAY_ONE + timedelta(days=offset), day)
        if (lived.state.position.exposures, len(lived.state.history)) != exposures:
            assert len(harder_variables(asked.state, lived.state)) <= 1
            asked = lived
    assert len(harder_variables(asked.state, lived.state)) <= 1


@SOME
@given(profile=clients(), assessment=assessments(calm=True), days=lives)
def test_5_no_move_up_comes_early(bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf]) -> None:
    """A rung is left upwards only after two (barbell: three) exposures, seven (ten) days and a known morning."""
    lived = bench.born(profile, assessment)
    entered: dict[int, list[object]] = {}
    for offset, day in enumerate(days):
        on = DAY_ONE + timedelta(days=offset)
        before = lived.state
        lived = bench.day(lived, on, day)
        latest = lived.state.latest
        if latest is not None and (not before.latest or latest.id != before.latest.id):
            entered.setdefault(before.position.rung, []).append(latest.on)
        if lived.state.position.rung > before.position.rung:
            seen = entered.get(before.position.rung, [])
            barbell = before.ladder.rungs[before.position.rung].stage >= "P4"
            following = bench.next_asked(replace(lived, today=on - timedelta(days=1)))
            assert len(seen) >= (3 if barbell else 2)
            assert latest is not None
            assert latest.morning is not None
            if following is not None:
                assert (following[0] - seen[0]).days >= (10 if barbell else 7)  # type: ignore[operator]
        if lived.state.position.rung != before.position.rung:
            entered.pop(lived.state.position.rung, None)


# --- 6 noise ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", get_args(Factor))
@settings(max_examples=60 if PROFILE == "suite" else 3000)
@given(profile=clients(sound=True), assessment=assessments(), short=shortfalls, errors=half_errors)
def test_6_half_a_standard_error_keeps_a_clear_label(
    bench: Bench, factor: Factor, profile: Profile, assessment: Assessment, short: Short, errors: tuple[float, ...]
) -> None:
    """A winner with all its sources, two points above its gate and a lead of two stays one under half an error."""
    told = limited_by(factor, assessment, profile.preferred_squat, short, bench.catalogue)
    finding = bench.born(profile, told).state.client.finding
    scores = finding.scores
    others = max(score for name, score in scores.items() if name != factor)
    clear = scores[factor] >= bench.catalogue.limits.limiting.gate.score[factor] + 2 and scores[factor] - others >= 2
    assume(finding.limiting_factor == factor and clear)

    moved = tuple(jitter(one, bench.catalogue, by) for one, by in zip(told.measurements, cycle(errors), strict=False))
    again = bench.born(profile, replace(told, measurements=moved)).state.client.finding

    assert again.limiting_factor == factor


# --- 7, 8 what must not step back ---------------------------------------------------------------------------------


def calm_start(bench: Bench, profile: Profile, assessment: Assessment, days: int) -> Lived | None:
    """Return a client on the eve of a squat after so many calm days, None when no squat is asked for."""
    lived = bench.live(bench.born(profile, assessment), [DayOf()] * days)
    following = bench.next_asked(lived)
    if following is None:
        return None
    wait = (following[0] - lived.today).days - 1
    return bench.live(lived, [DayOf(squat=None)] * wait, start=(lived.today - DAY_ONE).days + 1) if wait > 0 else lived


@SOME
@given(
    profile=clients(),
    assessment=assessments(calm=True),
    days=st.integers(1, 12),
    rise=st.integers(1, 2),
    high=st.sampled_from((None, 6, 7, 10)),
)
def test_7_one_bad_score_costs_little(
    bench: Bench, profile: Profile, assessment: Assessment, days: int, rise: int, high: int | None
) -> None:
    """Two points more in one session at most hold; a lone six or more at most takes a fifth off one load."""
    lived = calm_start(bench, profile, assessment, days)
    assume(lived is not None and not lived.state.locked)
    assert lived is not None
    on = lived.today + timedelta(days=1)
    item = bench.asked(lived, on)
    assume(item is not None)
    before = lived.state.position
    usual = int(lived.state.baseline)
    peak = min(5, usual + rise) if high is None else high
    lived = bench.squat(lived, on, SquatOf(during=peak, after=usual))
    morning = MorningOf(now=usual, worst=max(usual, peak if high is None else usual))
    lived = bench.day(lived, on + timedelta(days=1), DayOf(morning=morning, squat=None, joint=False))
    after = lived.state.position

    assert after.rung >= before.rung
    assert after.rung > before.rung or after.depth_drop <= before.depth_drop
    if after.rung == before.rung:
        assert after.sets >= before.sets
        assert (after.load_kg or 0) >= (before.load_kg or 0)
        assert after.ease >= (1.0 if high is None else 0.8) * min(1.0, before.ease) - 1e-9


@SOME
@given(profile=clients(), assessment=assessments(calm=True), days=short_lives, legs=st.integers(0, 7))
def test_8_sore_legs_up_to_seven_change_nothing(
    bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf], legs: int
) -> None:
    """A life with leg soreness of up to seven everywhere ends where the same life without any ends."""
    ends = [
        bench.live(bench.born(profile, assessment), [with_legs(day, score) for day in days]).state
        for score in (0, legs)
    ]

    assert ends[0].progress == ends[1].progress


def with_legs(day: DayOf, legs: int) -> DayOf:
    """Return a day with another leg soreness."""
    return replace(
        day,
        morning=None if day.morning is None else replace(day.morning, legs=legs),
        squat=None if day.squat is None else replace(day.squat, legs=legs),
    )


# --- 9, 10, 11 what a plan holds ----------------------------------------------------------------------------------


@given(profile=clients(), assessment=assessments())
def test_9_circles_every_day_and_strength_at_the_edge_of_every_range(
    bench: Bench, profile: Profile, assessment: Assessment
) -> None:
    """Each day has CARs, and each range that is trained has an end-range strength item within the week."""
    planned = bench.plan(profile, assessment)
    block, catalogue = planned.block, bench.catalogue
    for week in (*block.earned, *block.projected):
        for day in week.days:
            assert any(item.category == "cars" for one in day.sessions for item in one.items), day.date
    week = next(week for week in (*block.projected, *block.earned) if not week.deload)
    shown = {item.exercise for one in laws.sessions_of([week]) for item in one.items if item.category == "end_range"}
    for target in targets(planned.state.client, catalogue):
        programme = catalogue.programmes.targets.get(target.measure)
        if programme is None:
            continue
        listed = set(programme.passive_first + programme.active_first + programme.active_only + programme.load)
        allowed = {name for name in listed if catalogue.exercises[name].category == "end_range"}
        possible = {name for name in allowed if may_be_done(name, planned.state, bench)}
        assert not possible or shown & allowed, (target.measure, sorted(possible), sorted(shown))


def may_be_done(name: str, state: State, bench: Bench) -> bool:
    """Return whether a client has what an exercise needs and no condition against it."""
    exercise = bench.catalogue.exercises[name]
    profile = state.profile
    has = all(
        set(group) & set(profile.equipment) or ("door_frame" in group and profile.setting == "home")
        for group in exercise.equipment
    )
    codes = {code.split(":")[0] for code in state.client.codes}
    return has and not codes


@given(profile=clients(), assessment=assessments())
def test_10_nothing_forbidden_and_nothing_missing(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """No item goes against a limit of the client or needs equipment the client has not got."""
    block = bench.plan(profile, assessment).block

    assert laws.missing_equipment(block, profile, bench.catalogue) == []
    assert laws.forbidden_items(block, profile, bench.catalogue) == []
    assert laws.caps_broken(block, profile) == []


@pytest.mark.parametrize(
    "code", sorted({*laws.FORBIDDEN_ITEMS, "hypermobility", "uncontrolled_blood_pressure", "hernia"})
)
@pytest.mark.parametrize("side", [None, "left"])
@settings(max_examples=4 if PROFILE == "suite" else 300)
@given(profile=clients(sound=True), assessment=assessments(calm=True))
def test_10_every_limit_holds(
    bench: Bench, code: str, side: Side | None, profile: Profile, assessment: Assessment
) -> None:
    """Each limit, on one side or without a side, keeps its items away from every generated client."""
    limited = replace(
        profile,
        limits=(Limit(code=code, side=side, cleared_on=DAY_ONE),),  # type: ignore[arg-type]
    )
    block = bench.plan(limited, assessment).block

    assert laws.forbidden_items(block, limited, bench.catalogue) == []
    assert laws.caps_broken(block, limited) == []


@given(profile=clients(), assessment=assessments())
def test_11_a_plan_says_what_it_is_about(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """Limiter, confidence, evidence, what is trained, why the range is reduced, up-criteria, re-tests, stop rules."""
    planned = bench.plan(profile, assessment)
    block, finding = planned.block, planned.state.client.finding

    assert block.limiting_factor == finding.limiting_factor
    assert block.confidence in ("high", "medium", "low")
    if finding.limiting_factor != "none":
        assert any(one.factor == finding.limiting_factor and one.supports for one in finding.evidence)
        assert block.trained
    assert block.reduced_range_reason
    assert block.up_criteria
    assert block.stop_rules
    assert all(DAY_ONE <= retest.on < DAY_ONE + timedelta(days=42) for retest in block.retests)
    assert {2, 4, 6} <= {retest.week_number for retest in block.retests}
    assert block.teaching


# --- 13 sides -----------------------------------------------------------------------------------------------------


def mirrored(assessment: Assessment) -> Assessment:
    """Return an assessment with left and right swapped."""
    return replace(
        assessment,
        measurements=tuple(replace(one, side=MIRROR.get(one.side, one.side)) for one in assessment.measurements),  # type: ignore[arg-type]
        car_faults=tuple(replace(one, side=MIRROR.get(one.side, one.side)) for one in assessment.car_faults),  # type: ignore[arg-type]
    )


def content(item: Item, *, swap: bool = False) -> tuple[object, ...]:
    """Return what an item asks for, without ids and reasons."""
    side = MIRROR.get(item.side, item.side) if swap else item.side
    return (
        item.exercise, side, item.sets, item.reps, item.hold_s, item.breaths, item.duration_s, item.load_kg,
        item.depth, item.effort_percent, item.phases, item.tempo,
    )  # fmt: skip


@given(profile=clients(), assessment=assessments())
def test_13_swapping_sides_swaps_the_plan(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """The plan of a mirrored client is the mirrored plan."""
    swapped = replace(
        profile,
        limits=tuple(replace(limit, side=MIRROR.get(limit.side, limit.side)) for limit in profile.limits),
    )
    here, there = bench.plan(profile, assessment).block, bench.plan(swapped, mirrored(assessment)).block
    ours = [sorted(map(str, (content(i, swap=True) for i in one.items))) for one in laws.sessions_of(here.earned)]
    theirs = [sorted(map(str, (content(i) for i in one.items))) for one in laws.sessions_of(there.earned)]

    assert ours == theirs


@SOME
@given(profile=clients(sound=True), assessment=assessments())
def test_13_symmetric_clients_get_symmetric_plans(bench: Bench, profile: Profile, assessment: Assessment) -> None:
    """With equal sides every item is for both sides, or stands on both alike."""
    left = {(one.joint, one.motion): one for one in assessment.measurements if one.side == "left"}
    even = [*left.values(), *(replace(one, side="right") for one in left.values())]
    middle = [one for one in assessment.measurements if one.side == "midline"]
    faults = tuple(replace(one, fault=0) for one in assessment.car_faults)
    block = bench.plan(profile, replace(assessment, measurements=(*even, *middle), car_faults=faults)).block

    for one in laws.sessions_of(block.earned):
        assert sorted(str(content(i)) for i in one.items) == sorted(str(content(i, swap=True)) for i in one.items)


# --- 14 reach -----------------------------------------------------------------------------------------------------


@settings(max_examples=150 if PROFILE == "suite" else 5000)
@given(profile=clients(), assessment=assessments(), factor=st.sampled_from((*get_args(Factor), None)))
def test_14_the_preferred_squat_is_the_last_rung_or_the_plan_says_why_not(
    bench: Bench, profile: Profile, assessment: Assessment, factor: Factor | None
) -> None:
    """From every finding the ladder ends at the preferred squat and depth; otherwise it says what stands in the way."""
    if factor is not None:
        short = Short(spreads=2, gap=10)
        assessment = limited_by(factor, assessment, profile.preferred_squat, short, bench.catalogue)
    ladder = bench.born(profile, assessment).state.ladder
    last, squat = ladder.rungs[-1], profile.preferred_squat
    reached = (last.variation, last.depth) == (squat.variation, squat.depth)
    told = {reason.rule for reason in ladder.notes}

    assert reached or ladder.out_of_reach is not None or "LD24" in told
    stages = [STAGES.index(rung.stage) for rung in ladder.rungs]
    assert stages == sorted(stages)
    assert 0 <= ladder.entry < len(ladder.rungs)
    assert all(depth_index(rung.depth) <= depth_index(squat.depth) for rung in ladder.rungs)


# --- 15 comparable measures ---------------------------------------------------------------------------------------


@settings(max_examples=10 if PROFILE == "suite" else 200)
@given(
    tools=st.tuples(*[st.sampled_from(("inclinometer", "goniometer"))] * 2),
    settings_=st.tuples(st.sampled_from(("clinic", "home")), st.sampled_from(("clinic", "home"))),
    gained=st.integers(0, 25),
)
def test_15_other_tools_or_places_are_never_compared(
    bench: Bench, tools: tuple[str, str], settings_: tuple[str, str], gained: int
) -> None:
    """A re-test with another tool or in another place claims neither a change nor the lack of one."""
    assume(tools[0] != tools[1] or settings_[0] != settings_[1])
    first, again = (
        hips(96.0 + more, tool, place) for more, tool, place in zip((0, gained), tools, settings_, strict=True)
    )
    spoken = retested(bench, first, again)

    assert not {"PG20", "PG21"} & spoken


@pytest.mark.parametrize(("gained", "rule"), [(0, "PG21"), (15, "PG20")])
def test_15_the_same_tool_and_place_are_compared(bench: Bench, gained: int, rule: str) -> None:
    """The same re-test with the same tool in the same place does speak: of no change, or of change without relief."""
    first, again = (hips(96.0 + more, "inclinometer", "clinic") for more in (0, gained))

    assert rule in retested(bench, first, again)


def retested(bench: Bench, first: Assessment, again: Assessment) -> set[str]:
    """Return the rules a re-test makes speak after six adherent weeks with unchanged symptoms."""
    days = [DayOf(morning=MorningOf(now=2, worst=3))] * 43
    lived = bench.live(bench.born(bench_client(), first, weeks=8), days)
    told = fact("again", replace(again, performed_on=lived.today), lived.today, 20)
    _, decisions = step(lived.state, told, lived.request, bench.catalogue)
    return {one.rule for one in decisions}


def bench_client() -> Profile:
    """Return a client with a full gym."""
    return Profile(
        birth_year=1990,
        sex="male",
        setting="gym",
        equipment=("barbell", "rack", "safety_bar", "kettlebell", "box", "wedge", "bench", "pins"),
        training_days=("mon", "thu"),
        session_minutes=60,
        preferred_squat=PreferredSquat(variation="low_bar_back_squat", one_rep_max_kg=150),
    )


def hips(flexion: float, tool: str, place: str) -> Assessment:
    """Return an assessment whose hips are short, measured with a tool at a place."""
    values = {("hip", "flexion"): flexion, ("hip", "internal_rotation"): 18.0, ("ankle", "knee_to_wall"): 12.0}
    return Assessment(
        performed_on=DAY_ONE,
        setting=place,  # type: ignore[arg-type]
        measurements=tuple(
            Measurement(
                joint=joint,  # type: ignore[arg-type]
                motion=motion,  # type: ignore[arg-type]
                side=side,
                passive=value,
                active=value - 10 if joint == "hip" else None,
                unit="cm" if joint == "ankle" else "deg",
                method=tool,
            )
            for (joint, motion), value in values.items()
            for side in ("left", "right")  # type: ignore[misc]
        ),
        signs=("depth_blocked", "back_does_hip_work"),
        tests=(Tried(test="rock_back", result="tucks_same_angle"),),
        irritability="low",
        back_pain=BackPainHistory(usual=2, worst_24h=3, settles_within_h=12),
        red_flags=dict.fromkeys(ARTICLE, "no"),
    )


# --- 16, 17 answers -----------------------------------------------------------------------------------------------


@SOME
@given(profile=clients(), assessment=assessments(), days=short_lives)
def test_16_the_same_facts_give_the_same_answer_and_every_change_names_its_rule(
    bench: Bench, profile: Profile, assessment: Assessment, days: list[DayOf]
) -> None:
    """Two builds of the same facts are equal to the item; each decision names a listed rule and its sources."""
    lived = bench.live(bench.born(profile, assessment, weeks=4), days)
    first, second = (bench.rebuilt(lived) for _ in range(2))

    assert first == second
    for decision in first.decisions:
        assert decision.rule in RULES
        assert decision.because
        assert set(decision.source_ids) <= set(bench.catalogue.sources)
        assert set(decision.source_ids) == set(RULES[decision.rule].sources)


@given(profile=clients(), assessment=assessments(), flag=st.sampled_from((None, None, *FLAGS)))
def test_17_no_text_threatens_diagnoses_or_promises(
    bench: Bench, profile: Profile, assessment: Assessment, flag: RedFlag | None
) -> None:
    """Every sentence of every plan is filled in and keeps to plain, calm words."""
    told = assessment if flag is None else replace(assessment, red_flags={**assessment.red_flags, flag: "yes"})
    planned = bench.plan(profile, told)
    finding = planned.state.client.finding
    texts = [*laws.texts_of(planned.block), *finding.advice, *finding.missing, *(one.text for one in finding.evidence)]

    assert laws.bad_texts(texts) == []


def test_17_no_text_of_the_library_threatens_diagnoses_or_promises(bench: Bench) -> None:
    """The same holds for every sentence of the exercises, squats and teaching texts."""
    catalogue = bench.catalogue
    texts = [text.text for text in catalogue.texts.teaching.values()]
    for entry in (*catalogue.exercises.values(), *catalogue.variations.values()):
        texts += [entry.cue, entry.setup, *entry.steps, entry.feel, entry.stop_if, entry.mistake]

    assert laws.bad_texts(texts) == []
