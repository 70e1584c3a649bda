"""Hypothesis strategies: clients, assessments, days of a life.

Drawn as the planner's own facts. Values are possible ones (an assessment passes the checks of the
API); what the planner must never rely on (side, order, missing measures) varies freely.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import get_args

from hypothesis import strategies as st

from planner.facts import (
    Assessment,
    BackPainHistory,
    CarFault,
    Limit,
    Measurement,
    PreferredSquat,
    Profile,
    TestOutcome,
    Weights,
)
from planner.words import (
    DEPTHS,
    Equipment,
    LimitCode,
    PainWord,
    PreferredVariation,
    RedFlag,
    Side,
    Sign,
    Stance,
    Test,
    TestResult,
    Weekday,
)

DAY_ONE = date(2026, 11, 2)
GYM: tuple[Equipment, ...] = (
    "barbell",
    "rack",
    "safety_bar",
    "dumbbell",
    "kettlebell",
    "box",
    "wedge",
    "band",
    "bench",
    "pins",
    "step",
)
BASEMENT: tuple[Equipment, ...] = ("barbell", "rack", "bench")
HOME: tuple[Equipment, ...] = ("backpack",)
NEEDS_CLEARANCE = frozenset(
    {
        "hip_replacement",
        "hip_surgery",
        "spine_surgery",
        "bone_fragility",
        "uncontrolled_blood_pressure",
        "hernia",
        "pregnancy",
        "post_partum",
    }
)
ARTICLE: tuple[RedFlag, ...] = (
    "numbness",
    "tingling",
    "radiating_pain",
    "loss_of_strength",
    "bladder_or_bowel_change",
    "severe_and_rapidly_worsening",
)
RESULTS: dict[Test, tuple[TestResult, ...]] = {
    "heels_up": ("helps", "some_help", "no_help"),
    "goblet_load": ("helps", "some_help", "no_help"),
    "wider_stance": ("helps", "some_help", "no_help"),
    "exhale_stack": ("helps", "some_help", "no_help"),
    "rock_back": ("tucks_same_angle", "clean"),
    "slow_tempo_pause": ("fails", "clean"),
    "bodyweight_squat": ("fails", "clean"),
    "breath_at_bottom": ("fails", "clean"),
    "overhead_squat": ("fails", "clean"),
    "arms_forward_squat": ("fails", "clean"),
}
SIGNS: tuple[Sign, ...] = tuple(sign for group in get_args(Sign) for sign in (get_args(group) or (group,)))
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
LIMIT_CODES: tuple[LimitCode, ...] = get_args(LimitCode)
SIDES: tuple[Side, Side] = ("left", "right")

# --- clients ------------------------------------------------------------------------------------------------------

equipment = st.one_of(
    st.just(GYM),
    st.just(BASEMENT),
    st.just(HOME),
    st.just(()),
    st.sets(st.sampled_from(get_args(Equipment)), max_size=12).map(lambda found: tuple(sorted(found))),
)
weights = st.one_of(
    st.just(Weights()),
    st.builds(
        Weights,
        bar_kg=st.sampled_from((None, 10.0, 15.0, 20.0)),
        plate_step_kg=st.sampled_from((None, 1.0, 2.5, 5.0)),
        kettlebells_kg=st.sampled_from((None, (), (8.0, 12.0), (16.0,), (8.0, 12.0, 16.0, 20.0, 24.0))),
        dumbbells_kg=st.sampled_from((None, (), (5.0, 10.0, 15.0))),
        backpack_max_kg=st.sampled_from((None, 6.0, 12.0)),
    ),
)
training_days = st.one_of(
    st.sampled_from((("mon", "wed", "fri"), ("tue", "fri"), ("mon", "tue", "thu", "sat"))),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1, max_size=6).map(
        lambda days: tuple(sorted(days, key=WEEKDAYS.index))
    ),
)
preferred_squats = st.builds(
    PreferredSquat,
    variation=st.sampled_from(get_args(PreferredVariation)),
    depth=st.sampled_from(DEPTHS[2:]),
    one_rep_max_kg=st.one_of(st.none(), st.integers(20, 250).map(float)),
    last_heavy_on=st.one_of(st.none(), st.integers(1, 150).map(lambda days: DAY_ONE - timedelta(days=days))),
    stance=st.sampled_from(get_args(Stance)),
    heel_cm=st.sampled_from((0.0, 0.0, 2.5)),
)


@st.composite
def limits(draw: st.DrawFn) -> tuple[Limit, ...]:
    """Return up to two conditions, cleared where they need it."""
    codes = draw(st.lists(st.sampled_from(LIMIT_CODES), max_size=2, unique=True))
    cleared = DAY_ONE - timedelta(days=30)
    return tuple(
        Limit(
            code=code,
            side=draw(st.sampled_from((None, *SIDES))),
            cleared_on=cleared if code in NEEDS_CLEARANCE else None,
        )
        for code in codes
    )


@st.composite
def clients(draw: st.DrawFn, *, sound: bool = False) -> Profile:
    """Return a client; `sound` = without limiting conditions."""
    at_home = draw(st.booleans())
    return Profile(
        birth_year=draw(st.integers(1945, 2007)),
        sex=draw(st.sampled_from(("female", "male", "other"))),
        units=draw(st.sampled_from(("metric", "metric", "imperial"))),
        setting="home" if at_home else "gym",
        equipment=draw(equipment),
        weights=draw(weights),
        training_days=draw(training_days),
        session_minutes=draw(st.sampled_from((15, 20, 30, 45, 60, 75))),
        preferred_squat=draw(preferred_squats),
        height_cm=draw(st.one_of(st.none(), st.integers(145, 205).map(float))),
        limits=() if sound else draw(st.one_of(st.just(()), st.just(()), limits())),
    )


# --- assessments --------------------------------------------------------------------------------------------------

RANGES = {  # joint, motion -> unit, passive from and to, the most that active may lack
    ("hip", "flexion"): ("deg", 75, 130, 40),
    ("hip", "internal_rotation"): ("deg", 5, 45, 20),
    ("hip", "external_rotation"): ("deg", 15, 55, 20),
    ("ankle", "knee_to_wall"): ("cm", 3, 15, 0),
    ("thoracic", "rotation"): ("deg", 25, 60, 20),
    ("shoulder", "flexion"): ("deg", 140, 180, 20),
}


@st.composite
def measurements(draw: st.DrawFn) -> tuple[Measurement, ...]:
    """Return measures of both sides, of one, or of none, for each motion."""
    found: list[Measurement] = []
    for (joint, motion), (unit, low, high, gap) in RANGES.items():
        sides = draw(st.sampled_from((SIDES, SIDES, SIDES, SIDES[:1], ())))
        usual = draw(st.integers(low, high))
        for side in sides:
            passive = min(high, max(low, usual + draw(st.integers(-4, 4))))
            active = passive - draw(st.integers(0, gap)) if gap and draw(st.booleans()) else None
            pinch = draw(st.integers(0, 19)) == 0
            found.append(
                Measurement(
                    joint=joint,  # type: ignore[arg-type]
                    motion=motion,  # type: ignore[arg-type]
                    side=side,
                    passive=float(passive),
                    active=None if active is None else float(max(0, active)),
                    unit=unit,  # type: ignore[arg-type]
                    pinch=pinch,
                )
            )
    if draw(st.booleans()):
        hold = float(draw(st.integers(20, 150)))
        found.append(Measurement(joint="trunk", motion="back_extensor_hold", side="midline", passive=hold, unit="s"))
    return tuple(found)


@st.composite
def back_pain(draw: st.DrawFn, *, low: bool = False) -> BackPainHistory | None:
    """Return recent back pain; `low` = little and quickly settled."""
    usual = draw(st.integers(0, 2 if low else 6))
    return BackPainHistory(
        usual=usual,
        worst_24h=min(10, usual + draw(st.integers(0, 1 if low else 4))),
        settles_within_h=float(draw(st.sampled_from((12, 20) if low else (12, 24, 48, 100)))),
    )


@st.composite
def assessments(draw: st.DrawFn, *, calm: bool = False) -> Assessment:
    """Return an assessment with all red flags answered no; `calm` = low irritability."""
    tests = draw(st.sets(st.sampled_from(tuple(RESULTS)), max_size=10))
    at_home = draw(st.integers(0, 3)) == 0
    return Assessment(
        performed_on=DAY_ONE,
        setting="home" if at_home else "clinic",
        measurements=draw(measurements()),
        signs=tuple(sorted(draw(st.sets(st.sampled_from(SIGNS), max_size=8)))),
        tests=tuple(TestOutcome(test=test, result=draw(st.sampled_from(RESULTS[test]))) for test in sorted(tests)),
        observations=draw(
            st.sampled_from(
                (
                    (),
                    (),
                    ("rib_flare",),
                    ("pain_on_bending_eased_by_arching",),
                    ("rib_flare", "pain_on_arching_eased_by_bending"),
                )
            )
        ),
        car_faults=tuple(
            CarFault(joint="hip", side=side, fault=draw(st.integers(0, 3)))
            for side in draw(st.sampled_from(((), SIDES)))
        ),
        irritability="low" if calm else draw(st.sampled_from((None, "low", "low", "moderate", "high"))),
        back_pain=draw(back_pain(low=True)) if calm else draw(st.one_of(st.none(), back_pain())),
        red_flags=dict.fromkeys(ARTICLE, "no"),
    )


# --- lives --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MorningOf:
    """One check-in as drawn."""

    now: int = 1
    worst: int = 1
    hours: float | None = 12
    words: tuple[PainWord, ...] = ()
    same_spot: bool = False
    affects_week: bool = False
    legs: int = 2


@dataclass(frozen=True)
class SquatOf:
    """One squat session as drawn: how it went, against what was asked."""

    during: int = 1
    after: int = 1
    words: tuple[PainWord, ...] = ()
    same_spot: bool = False
    technique_changed: bool = False
    rpe_over: float = -1  # against the ceiling asked for
    missed: frozenset[str] = frozenset()  # gates
    load_share: float = 1.0
    sleep_h: float | None = 7
    stress: int | None = 3
    legs: int = 2


@dataclass(frozen=True)
class DayOf:
    """One day: a morning or none, its training done or not."""

    morning: MorningOf | None = field(default_factory=MorningOf)
    squat: SquatOf | None = field(default_factory=SquatOf)
    joint: bool = True


GATES = ("tempo_kept", "breath_ok", "unrack_calm", "position_kept", "depth", "sets")
words = st.sampled_from(((), (), (), (), ("worked",), ("tight",), ("compressed",), ("sharp",), ("protective",)))
scores = st.sampled_from((0, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 9))
rarely = st.sampled_from((False,) * 9 + (True,))


@st.composite
def mornings(draw: st.DrawFn) -> MorningOf:
    """Return a check-in: mostly calm."""
    now = draw(scores)
    return MorningOf(
        now=now,
        worst=max(now, draw(scores)),
        hours=draw(st.sampled_from((12, 12, 12, 20, 30, 80, None))),
        words=draw(words),
        same_spot=draw(rarely),
        affects_week=draw(rarely),
        legs=draw(st.integers(0, 10)),
    )


@st.composite
def squats(draw: st.DrawFn) -> SquatOf:
    """Return a squat session: mostly calm."""
    return SquatOf(
        during=draw(scores),
        after=draw(scores),
        words=draw(words),
        same_spot=draw(rarely),
        technique_changed=draw(rarely) and draw(st.booleans()),
        rpe_over=draw(st.sampled_from((-2, -1, -1, -1, 0, 1))),
        missed=draw(st.sampled_from((frozenset(),) * 8 + tuple(frozenset({gate}) for gate in GATES))),
        load_share=draw(st.sampled_from((1.0,) * 6 + (0.8, 0.5, 1.1))),
        sleep_h=draw(st.sampled_from((None, 5, 7, 8))),
        stress=draw(st.sampled_from((None, 2, 5, 8))),
        legs=draw(st.integers(0, 10)),
    )


@st.composite
def days(draw: st.DrawFn) -> DayOf:
    """Return one day of a life."""
    calm = draw(st.integers(0, 9)) < 6
    if calm:
        return DayOf()
    return DayOf(
        morning=draw(st.one_of(st.none(), mornings())),
        squat=draw(st.one_of(st.none(), squats())),
        joint=draw(st.booleans()),
    )


@st.composite
def mostly_calm(draw: st.DrawFn, *, longest: int = 30) -> list[DayOf]:
    """Return calm days with up to three others among them."""
    life = [DayOf()] * draw(st.integers(0, longest))
    stress = draw(st.sampled_from((3, 3, 3, 6, 7)))
    life = [replace(day, squat=replace(CALM_SQUAT, stress=stress)) for day in life]
    for _ in range(draw(st.integers(0, 3)) if life else 0):
        life[draw(st.integers(0, len(life) - 1))] = draw(days())
    return life


CALM_SQUAT = SquatOf()
calm_or_any_squat = st.one_of(st.just(CALM_SQUAT), squats())
calm_or_any_morning = st.one_of(st.just(MorningOf()), mornings(), st.just(MorningOf(now=0, worst=1)))
lives = st.one_of(mostly_calm(longest=40), st.lists(days(), min_size=1, max_size=35))
short_lives = st.lists(days(), min_size=1, max_size=16)
