"""What the days of a block hold."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue import load_catalogue
from planner.catalogue import Catalogue
from planner.chooser import Chooser
from planner.client import allowed_exercise, forbidden_sides
from planner.items import ItemMaker
from planner.plan import Day, Item, Week
from planner.position import Due, PlanContext, Position
from planner.retest_session import retest_drafts, retest_measures
from planner.schedule import is_training_day
from planner.selection import targets
from planner.session import focus, prepare
from planner.wire import dump_week
from planner.words import STAGES
from tests.planner.laddering import table
from tests.planner.planning import (
    EVERY_DAY,
    MONDAY,
    SHORT_HIP,
    at,
    block,
    client,
    context,
    facts_of,
    items,
    sessions_of,
    week_of,
)

CATALOGUE = load_catalogue()
Given = Mapping[str, Any]
OF_CONTEXT = ("restriction", "pain_now", "end_range_step")
OF_POSITION = ("load_kg", "sets", "rung")
FACTORS = ("hip", "ankle", "load_ownership", "trunk", "none")
LIMITS = ("hip_replacement", "knee_pain", "shoulder_pain", "bone_fragility", "pregnancy", "hypermobility", "hernia")
MIRROR = {"left": "right", "right": "left", "both": "both"}
FIVE_KB, TWENTY_FIVE_KB = 5 * 1024, 25_000


# --- numbers no rule decides alone ----------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """One week of a case: its number, context and days."""

    week: int
    where: PlanContext
    days: list[Day]


def seen(raw: Given, catalogue: Catalogue) -> Seen:
    """Return one week of a case."""
    said = dict(raw)
    week, deload = said.pop("week", 1), said.pop("deload", False)
    changes = {name: said.pop(name) for name in OF_CONTEXT if name in said}
    position = at(**{name: said.pop(name) for name in OF_POSITION if name in said})
    where = context(client(catalogue, **said), catalogue, **changes)
    return Seen(week, where, list(week_of(where, prepare(where), position, week, week if deload else 0)))


def named(days: list[Day], exercise: str) -> Item:
    """Return the first item of an exercise."""
    return next(item for item in items(days) if item.exercise == exercise)


def squat(days: list[Day]) -> Item | None:
    """Return the first squat of some days."""
    return next((item for item in items(days, "squat") if item.category == "squat"), None)


def calm_squat(case: Seen) -> list[object] | None:
    """Return the easy squat of a flare."""
    item = squat(case.days)
    return None if item is None else [item.exercise, item.sets, item.reps, item.rest_s]


def phases(case: Seen) -> list[list[object]]:
    """Return the phases of the first PAILs/RAILs round."""
    first = next(item for item in items(case.days) if item.phases)
    return [[phase.name, phase.seconds, phase.effort_percent] for phase in first.phases or ()]


def retest_seconds(case: Seen) -> int:
    """Return how long the drafts of the week's re-test take."""
    who, catalogue = case.where.client, case.where.catalogue
    maker = ItemMaker(who, catalogue, step=0, deload=False)
    drafts, _ = retest_drafts(case.where, Chooser(who, catalogue), maker, targets(who, catalogue), case.week)
    return sum(draft.seconds(catalogue.doses.block.pace) for draft in drafts)


LOOK: dict[str, Callable[[Seen], object]] = {
    "circle_effort": lambda case: named(case.days, "ankle_car").effort_percent,
    "phases": phases,
    "walk": lambda case: [named(case.days, "walk").sets, named(case.days, "walk").duration_s],
    "calm_squat": calm_squat,
    "retest_seconds": retest_seconds,
    "squat": lambda case: [getattr(squat(case.days), name) for name in ("sets", "load_kg")],
    "rpe": lambda case: getattr(squat(case.days), "rpe_max", None),
}


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    answers = ((case, LOOK[case["look"]](seen(case["given"], catalogue))) for case in table("sessions"))
    return [case["name"] for case, answer in answers if answer != case["expect"]]


def test_days_hold_what_the_cases_say(catalogue: Catalogue) -> None:
    """Efforts, phases, walks, calm squats and re-tests answer as their cases say."""
    assert check_cases(catalogue) == []


# --- laws -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What a plan is drawn from, short enough to be shown when a law breaks."""

    days: tuple[Any, ...]
    minutes: int
    factor: str
    irritability: str
    setting: str
    limits: tuple[str, ...]
    side: str | None
    restriction: str
    step: int

    def context(self) -> PlanContext:
        """Return the context of the plan."""
        who = client(
            CATALOGUE,
            days=self.days,
            minutes=self.minutes,
            factor=self.factor,
            irritability=self.irritability,
            setting=self.setting,
            limits=[{"code": code, "side": self.side} for code in self.limits],
            **({"equipment": ["backpack"]} if self.setting == "home" else {}),
        )
        return context(who, CATALOGUE, restriction=self.restriction, pain_now=1, end_range_step=self.step)


PLANS = st.builds(
    Plan,
    days=st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(lambda days: tuple(sorted(days))),
    minutes=st.integers(15, 90),
    factor=st.sampled_from(FACTORS),
    irritability=st.sampled_from(["low", "moderate", "high"]),
    setting=st.sampled_from(["gym", "home"]),
    limits=st.lists(st.sampled_from(LIMITS), max_size=2, unique=True).map(tuple),
    side=st.sampled_from(["left", "right", None]),
    restriction=st.sampled_from(["none", "none", "none", "calm", "gentle"]),
    step=st.integers(0, 3),
)
POSITIONS = st.builds(
    at,
    rung=st.sampled_from([0, 1]),
    load_kg=st.sampled_from([None, 8.0, 24.0]),
    sets=st.integers(1, 5),
    reps=st.integers(3, 8),
    exposures=st.integers(0, 2),
    ease=st.sampled_from([1.0, 0.9, 0.65]),
)


@settings(max_examples=25, deadline=None)
@given(plan=PLANS, position=POSITIONS)
def test_no_day_holds_what_the_client_must_not_do(plan: Plan, position: Position) -> None:
    """No item violates a limit or needs equipment that is not there."""
    where = plan.context()
    for item in items(block(where, position, deload=4)):
        exercise = where.catalogue.exercises.get(item.exercise)
        if exercise is None:
            continue
        assert allowed_exercise(exercise, where.client) == ""
        spared = forbidden_sides(exercise, where.client)
        assert not spared if item.side == "both" else item.side not in spared


@settings(max_examples=25, deadline=None)
@given(plan=PLANS, position=POSITIONS)
def test_a_training_day_fits_its_minutes(plan: Plan, position: Position) -> None:
    """All sessions of a training day together last no longer than the client has."""
    where = plan.context()
    minutes = where.client.profile.session_minutes
    for day in block(where, position):
        if is_training_day(where.client.profile, day.date):
            assert sum(session.minutes for session in day.sessions) <= minutes


@settings(max_examples=25, deadline=None)
@given(plan=PLANS, position=POSITIONS)
def test_every_item_is_complete(plan: Plan, position: Position) -> None:
    """Each item has a set, an amount, a cue and a reason; ids are unique in the block."""
    where = plan.context()
    found = list(items(block(where, position)))

    assert len({item.id for item in found}) == len(found)
    for item in found:
        assert item.sets >= 1
        assert item.reps or item.hold_s or item.breaths or item.distance_m or item.duration_s or item.phases
        assert item.cue
        assert item.because
        assert item.phases or item.category == "squat" or within_dose(item)


def within_dose(item: Item) -> bool:
    """Return whether the amounts of an item lie in its library dose; fewer sets fit lighter days."""
    dose = CATALOGUE.exercises[item.exercise].dose
    spans = ((item.reps, dose.reps), (item.hold_s, dose.hold_s), (item.breaths, dose.breaths))
    inside = all(amount is None or (span and span[0] <= amount <= span[1]) for amount, span in spans)
    return inside and (item.sets <= dose.sets[1] or item.exercise == "walk")


@settings(max_examples=20, deadline=None)
@given(plan=PLANS, position=POSITIONS)
def test_joints_move_every_day(plan: Plan, position: Position) -> None:
    """Every day has joint circles, whatever else it holds."""
    where = plan.context()
    for day in block(where, position):
        assert any(item.category == "cars" for item in items([day]))


@settings(max_examples=20, deadline=None)
@given(plan=PLANS, position=POSITIONS)
def test_the_squat_keeps_its_sets_on_squat_days(plan: Plan, position: Position) -> None:
    """A squat day of normal training holds the squat, with all its sets when they fit the day."""
    where = plan.context()
    if where.restriction != "none":
        return
    long = replace(where.client.profile, session_minutes=90)
    where = replace(where, client=replace(where.client, profile=long))
    wanted = max(1, position.sets)

    squats = [next(i for i in s.items if i.category == "squat") for s in sessions_of(block(where, position), "squat")]
    assert squats
    assert {item.sets for item in squats} == {wanted}


def test_a_target_of_every_session_has_strength_at_its_edge(catalogue: Catalogue) -> None:
    """No training session trains a range by stretching and drills alone."""
    for factor in ("hip", "ankle"):
        where = context(client(catalogue, factor=factor, minutes=45), catalogue)
        for session in (*sessions_of(block(where, at()), "squat"), *sessions_of(block(where, at()), "joint")):
            assert any(item.category == "end_range" for item in session.items)


# --- one client after the other -------------------------------------------------------------------


def test_the_squat_stands_in_the_middle_of_its_session(catalogue: Catalogue) -> None:
    """The limiting joint is worked before the squat, the rest after it."""
    where = context(client(catalogue), catalogue)
    monday = next(sessions_of(block(where, at()), "squat"))

    assert [item.exercise for item in monday.items][:3] == [
        "hip_flexion_pails_rails",
        "goblet_box_squat",
        "90_90_back_pails_rails",
    ]


def test_squats_and_other_training_have_their_days(catalogue: Catalogue) -> None:
    """Monday and Friday squat, Wednesday works the joints, every day circles them."""
    where = context(client(catalogue), catalogue)
    kinds = [[session.kind for session in day.sessions] for day in block(where, at())[:7]]

    rest = ["daily_cars"]
    squat, joint = ["daily_cars", "squat"], ["daily_cars", "joint"]
    assert kinds == [squat, rest, joint, rest, squat, rest, rest]


def test_without_a_position_a_squat_day_works_the_joints(catalogue: Catalogue) -> None:
    """While squats wait, the session that day is a joint session."""
    where = context(client(catalogue), catalogue)

    assert [session.kind for session in block(where)[0].sessions] == ["daily_cars", "joint"]


def test_the_squat_is_the_rung_as_it_stands(catalogue: Catalogue) -> None:
    """Depth, box, load, tempo, effort and place on the ladder are on the item."""
    where = context(client(catalogue, height_cm=180), catalogue)
    item = named(block(where, at(rung=1)), "goblet_box_squat")

    assert facts_of(item) == facts_of(
        replace(
            item,
            category="squat",
            side="both",
            sets=3,
            reps=6,
            tempo="3-1-1",
            rest_s=120,
            rpe_max=6,
            load_kg=24,
            load_text="24 kg kettlebell",
            depth="half",
            box_height_cm=50,
            load_position="front",
            stage="P2",
            rung=1,
        )
    )


def test_a_barbell_squat_has_warm_up_sets(catalogue: Catalogue) -> None:
    """The empty bar, half and three quarters of the load come before the working sets."""
    where = context(client(catalogue), catalogue)
    item = named(block(where, at(rung=5, load_kg=100.0, reps=5)), "low_bar_back_squat")

    assert item.ramp == ("empty bar × 8", "50 kg × 5", "75 kg × 3")
    assert item.rest_s == 180
    assert item.tempo is None


def test_a_slow_rung_and_a_tempo_squat_keep_their_tempo(catalogue: Catalogue) -> None:
    """The modifier's tempo wins over the variation's own, and that over the stage's."""
    where = context(client(catalogue), catalogue)

    assert named(block(where, at(rung=2)), "goblet_squat").tempo == "5-3-1"
    assert named(block(where, at(rung=4)), "low_bar_tempo_squat").tempo == "3-2-1"


def test_a_new_rung_starts_with_less_effort(catalogue: Catalogue) -> None:
    """On the first exposure the effort is capped, and the item says so."""
    where = context(client(catalogue), catalogue)
    first = named(block(where, at(rung=3, exposures=0)), "safety_bar_high_box")
    later = named(block(where, at(rung=3, exposures=1)), "safety_bar_high_box")

    assert (first.rpe_max, later.rpe_max) == (6, 7)
    assert [reason.rule for reason in first.because] == ["LD23", "LD03", "LD57"]


def test_a_depth_drop_lifts_the_box_and_leaves_the_load(catalogue: Catalogue) -> None:
    """Less depth never brings more load."""
    where = context(client(catalogue), catalogue)
    item = named(block(where, at(rung=1, depth_drop=1)), "goblet_box_squat")

    assert (item.depth, item.box_height_cm, item.load_kg) == ("high", 55, 24)


@pytest.mark.parametrize(
    ("load_kg", "ease", "expected", "text"),
    [
        (24.0, 0.8, 16.0, "16 kg kettlebell"),
        (4.0, 0.8, None, "without a weight this time"),
        (24.0, 1.0, 24.0, "24 kg kettlebell"),
        (None, 0.8, None, "a load that feels like RPE 5 for 6 repetitions"),
    ],
)
def test_an_eased_load_is_rounded_down(
    load_kg: float | None, ease: float, expected: float | None, text: str, catalogue: Catalogue
) -> None:
    """A lighter bell is taken; without one the bell is put down."""
    where = context(client(catalogue, equipment=["kettlebell"]), catalogue)
    item = named(block(where, at(load_kg=load_kg, ease=ease)), "goblet_box_squat")

    assert (item.load_kg, item.load_text) == (expected, text)


def test_an_eased_bar_is_never_taken_away(catalogue: Catalogue) -> None:
    """The empty bar cannot be lighter: it stays."""
    where = context(client(catalogue), catalogue)
    item = named(block(where, at(rung=5, load_kg=20.0, ease=0.65)), "low_bar_back_squat")

    assert item.load_kg == 20.0


def test_a_trunk_finding_breathes_daily_and_rehearses_the_unrack(catalogue: Catalogue) -> None:
    """Breathing stands on every day, the drills on every squat day with a bar."""
    where = context(client(catalogue, factor="trunk", measures={}), catalogue)
    days = block(where, at())

    assert all(any(item.exercise == "90_90_wall_breathing" for item in items([day])) for day in days)
    for session in sessions_of(days, "squat"):
        names = [item.exercise for item in session.items]
        assert {"unrack_rehearsal", "wall_supported_stacked_squat"} <= set(names)
    without = context(client(catalogue, factor="trunk", measures={}, equipment=["kettlebell"]), catalogue)
    assert all(item.exercise != "unrack_rehearsal" for item in items(block(without, at())))


def test_a_short_side_gets_two_sets_for_one(catalogue: Catalogue) -> None:
    """Uneven sides are two items: two rounds on the short side, one on the other."""
    uneven = {"hip_flexion": {"left": [80, 70], "right": [98, 90]}}
    days = block(context(client(catalogue, measures=uneven), catalogue), at())
    monday = [item for item in next(sessions_of(days, "squat")).items if item.exercise == "hip_flexion_pails_rails"]

    assert [(item.side, item.sets) for item in monday] == [("left", 2), ("right", 1)]
    assert monday[0].because[0].rule == "LD42"


def test_swapping_the_sides_of_a_client_swaps_the_plan(catalogue: Catalogue) -> None:
    """Left and right are treated alike on every day."""
    plans = []
    for short, long, side in (("left", "right", "left"), ("right", "left", "right")):
        measures = {"hip_flexion": {short: [80, 70], long: [98, 90]}}
        limits = [{"code": "hip_surgery", "side": side}]
        where = context(client(catalogue, measures=measures, limits=limits, minutes=40), catalogue)
        plans.append([(item.exercise, item.side, item.sets) for item in items(block(where, at()))])

    assert [(name, MIRROR[side], sets) for name, side, sets in plans[0]] == plans[1]


def test_in_an_emergency_there_is_no_session(catalogue: Catalogue) -> None:
    """Advice alone is shown."""
    where = context(client(catalogue), catalogue, restriction="advice_only")

    assert not list(sessions_of(block(where, at())))


def test_under_a_lock_only_the_gentle_list_is_left(catalogue: Catalogue) -> None:
    """Small circles and an easy walk, no spinal circles, no load, a tenth of the strength."""
    where = context(client(catalogue), catalogue, restriction="gentle")
    days = block(where, at())

    assert {session.kind for session in sessions_of(days)} == {"recovery"}
    assert {item.exercise for item in items(days)} == {
        "walk",
        "ankle_car",
        "t_spine_car_seated",
        "shoulder_car",
        "foot_toe_car",
        "hip_car_side_lying",
    }
    assert all(item.effort_percent == 10 for item in items(days) if item.category == "cars")
    assert all(item.load_kg is None and item.load_text is None for item in items(days))


def test_a_flare_holds_no_load_and_no_end_range(catalogue: Catalogue) -> None:
    """Circles, walks and an unloaded squat are all that is left."""
    where = context(client(catalogue), catalogue, restriction="calm", pain_now=2)
    days = block(where, at())

    assert {item.category for item in items(days)} == {"cars", "general", "squat"}
    assert {item.stage for item in items(days, "squat")} == {"P0"}
    assert all(item.load_kg is None for item in items(days))


def test_while_squats_are_unloaded_nothing_is_loaded(catalogue: Catalogue) -> None:
    """At the shape stage no accessory brings a weight."""
    who = client(catalogue, factor="load_ownership", measures={})
    days = block(context(who, catalogue, entry=0), at(rung=0, load_kg=None))

    assert all(item.load_kg is None for item in items(days))
    assert all(item.load_text in {None, "bodyweight"} for item in items(days))


def test_a_lighter_week_has_fewer_sets(catalogue: Catalogue) -> None:
    """Circles stay, everything else loses sets, and the session says why."""
    where = context(client(catalogue), catalogue)
    sessions = prepare(where)
    usual, lighter = (list(week_of(where, sessions, at(), 3, deload)) for deload in (0, 3))

    assert list(items(usual, "daily_cars")) == list(items(lighter, "daily_cars"))
    before = {(item.exercise, item.side): item.sets for item in next(sessions_of(usual, "squat")).items}
    after = {(item.exercise, item.side): item.sets for item in next(sessions_of(lighter, "squat")).items}
    assert all(sets < before[key] or sets == 1 for key, sets in after.items() if key in before)
    assert next(sessions_of(lighter, "squat")).because[0].rule == "LD52"


def test_a_retest_takes_the_limiting_measure_first(catalogue: Catalogue) -> None:
    """Week two is quick, week four and the end take everything that is trained."""
    where = context(client(catalogue, measures={**SHORT_HIP, "thoracic_rotation": [30, 28]}), catalogue)
    trained = targets(where.client, catalogue)

    assert retest_measures(where, trained, 2) == ("hip_flexion",)
    assert retest_measures(where, trained, 4) == (
        "hip_flexion",
        "hip_internal_rotation",
        "thoracic_rotation",
    )
    assert retest_measures(where, trained, 6) == retest_measures(where, targets(where.client, catalogue), 4)
    assert retest_measures(where, trained, 3) == ()


def test_a_retest_comes_before_the_work_of_its_day(catalogue: Catalogue) -> None:
    """It is cold: nothing else has been done that day."""
    where = context(client(catalogue), catalogue)
    wednesday = block(where, at())[7 + 2]

    assert [session.kind for session in wednesday.sessions] == ["retest", "daily_cars", "joint"]
    assert "hip flexion" in wednesday.sessions[0].items[0].cue


def test_findings_without_a_measure_repeat_their_test(catalogue: Catalogue) -> None:
    """Owning the load and breathing are re-tested as they were tested."""
    own = context(client(catalogue, factor="load_ownership", measures={}), catalogue)
    trunk = context(client(catalogue, factor="trunk", measures={}), catalogue)

    assert retest_measures(own, targets(own.client, catalogue), 2) == ("slow_tempo_pause",)
    assert retest_measures(trunk, targets(trunk.client, catalogue), 4) == ("breath_at_bottom",)


# --- ids, size, words -----------------------------------------------------------------------------


def test_ids_survive_a_replan(catalogue: Catalogue) -> None:
    """Sessions and items that are still planned keep their ids when other things change."""
    where = context(client(catalogue), catalogue)
    before = block(where, at(sets=3))
    after = block(replace(where, end_range_step=1), at(sets=4, load_kg=28.0))

    assert [session.id for session in sessions_of(before)] == [session.id for session in sessions_of(after)]
    kept = {item.id for item in items(before)} & {item.id for item in items(after)}
    assert len(kept) > 0.9 * len(list(items(before)))


def test_the_same_context_gives_the_same_days(catalogue: Catalogue) -> None:
    """Nothing depends on the order in which days are asked for."""
    where = context(client(catalogue), catalogue)
    sessions = prepare(where)
    days = [MONDAY + timedelta(days=step) for step in range(7)]

    def ask(on: date) -> Day:
        return sessions.day(on, due=Due(at()), week=1, deload=False, retest=False)

    backwards = {on: ask(on) for on in reversed(days)}
    assert [ask(on) for on in days] == [backwards[on] for on in days]


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("days", [("mon", "wed", "fri"), ("mon", "tue", "thu", "sat"), EVERY_DAY])
def test_a_week_stays_small(factor: str, days: tuple[Any, ...], catalogue: Catalogue) -> None:
    """A week is at most 25 KB of JSON, whoever trains how often."""
    measures = {**SHORT_HIP, "ankle_knee_to_wall": {"left": [5, None], "right": [9, None]}}
    who = client(catalogue, factor=factor, days=days, minutes=90, measures=measures)
    where = context(who, catalogue, end_range_step=2)
    body = dump_week(
        Week(
            week_number=4,
            starts_on=MONDAY,
            ends_on=MONDAY,
            projected=True,
            status="active",
            lock=None,
            focus=focus(where, "P4"),
            stage="P4",
            deload=False,
            days=tuple(block(where, at(rung=3, load_kg=55.0, exposures=0))[21:28]),
        )
    )

    assert len(body) <= TWENTY_FIVE_KB
    assert json.loads(body)["days"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("factor", FACTORS)
def test_a_week_says_what_it_is_about(factor: str, stage: Any, catalogue: Catalogue) -> None:
    """The focus is the stage's purpose and where the joint work goes, in plain sentences."""
    text = focus(context(client(catalogue, factor=factor), catalogue), stage)

    assert text.count(".") == 2
    assert "{" not in text


@pytest.mark.parametrize("restriction", ["calm", "gentle", "advice_only"])
def test_a_restricted_week_says_so(restriction: Any, catalogue: Catalogue) -> None:
    """A flare or a lock has a focus of its own."""
    text = focus(context(client(catalogue), catalogue, restriction=restriction), "P0")

    assert text == catalogue.texts.phrases[f"focus.{restriction}"]


def test_no_sentence_keeps_a_gap(catalogue: Catalogue) -> None:
    """Every template of an item is filled from its facts."""
    for factor in FACTORS:
        for item in items(block(context(client(catalogue, factor=factor), catalogue), at())):
            assert all("{" not in reason.text for reason in item.because)
            assert "{" not in item.cue
