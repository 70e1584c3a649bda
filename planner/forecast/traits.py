"""Who a virtual client truly is: drawn once from seeds/population/, hidden from every policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from planner.catalogue import Catalogue
from planner.demand import squat_demand
from planner.facts import Profile
from planner.forecast.draws import draw_between, draw_one
from planner.forecast.profiles import draw_profile
from planner.limits.population import BodyRanges, ClientRanges, Range, ResponseRanges, TrainedRange
from planner.scores import effective_scores
from planner.words import Factor, LimitingFactor, RedFlag, Subtype, depth_index

RANGE_OF: Mapping[Factor, str] = {"hip": "hip_flexion", "ankle": "ankle_knee_to_wall"}
SHAPES: tuple[Factor, ...] = ("hip", "ankle", "load_ownership", "trunk")
PLANTED: tuple[RedFlag, ...] = ("numbness", "tingling", "saddle_numbness", "loss_of_strength", "constant_night_pain")


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTraits:
    """One measure of the worse side: range now, how much training adds and how fast."""

    passive: float
    gap: float  # passive minus active
    other_side: float  # how much more the other side has
    gain: float  # most that training adds
    gap_closing: float  # degrees a week
    gap_closes_by: float  # share


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTraits:
    """How this back answers, recovers and flares."""

    usual: float
    points_per_unit: float
    later_share: float
    carried_over: float
    recovery_per_week: float
    noise_sd: float
    noise_carry: float
    flare_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitTraits:
    """How this person lives with a plan."""

    adherence: float
    missed_logs: float
    under_reports: bool
    over_deepens: bool
    drops_out_on: int | None  # day, counted from the first
    flag: RedFlag | None
    flag_on: int
    cleared_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """Everything that is true of a virtual client from the first day."""

    profile: Profile
    limiter: LimitingFactor
    second: Factor | None
    subtype: Subtype | None
    weights: Mapping[str, float]  # share of each demand in overload: hip, ankle, trunk, control, load
    joints: Mapping[str, JointTraits]
    trunk: float  # score the trunk can hold
    control: float  # score the client controls at depth
    tolerated: float  # share of the maximum the back takes
    back_max_kg: float  # true back-squat maximum
    trunk_per_week: float
    control_per_week: float
    load_rise: float
    load_loss: float
    range_loss: float
    leg_soreness: float
    settles_h: float
    response: ResponseTraits
    habits: HabitTraits = field(repr=False)


def draw_traits(rng: Random, catalogue: Catalogue) -> Traits:
    """Return a virtual client drawn from the population."""
    ranges = catalogue.population.clients
    return draw_traits_for(rng, draw_profile(rng, ranges, catalogue), draw_one(rng, ranges.limiters), catalogue)


def draw_traits_for(rng: Random, profile: Profile, limiter: LimitingFactor, catalogue: Catalogue) -> Traits:
    """Return a body for a person whose limiter is given; a second one and the subtype are drawn."""
    clients = catalogue.population.clients
    second: Factor | None = None
    if limiter != "none" and rng.random() < clients.second_limiter:
        second = rng.choice([factor for factor in SHAPES if factor != limiter])
    subtype: Subtype | None = None
    if "hip" in (limiter, second):
        subtype = "control" if rng.random() < clients.hip_control else "motion"
    return draw_body(rng, profile, limiter, second, subtype, catalogue)


def draw_body(
    rng: Random,
    profile: Profile,
    limiter: LimitingFactor,
    second: Factor | None,
    subtype: Subtype | None,
    catalogue: Catalogue,
) -> Traits:
    """Return a body for a person of whom it is known what limits."""
    population = catalogue.population
    bodies = population.bodies
    preferred = profile.preferred_squat
    variation = catalogue.variations[preferred.variation]
    asked = effective_scores(variation, depth_index(preferred.depth), (), catalogue)
    limited: frozenset[LimitingFactor | None] = frozenset({limiter, second})
    return Traits(
        profile=profile,
        limiter=limiter,
        second=second,
        subtype=subtype,
        weights=_weights(rng, bodies, limiter, second),
        joints=draw_joints(rng, profile, limited, subtype, catalogue),
        trunk=_capacity(rng, asked.trunk, bodies.trunk_lack, bodies, limited="trunk" in limited),
        control=_capacity(rng, asked.control, bodies.control_lack, bodies, limited="load_ownership" in limited),
        tolerated=draw_between(rng, bodies.tolerated_load),
        back_max_kg=_back_max(rng, profile, catalogue),
        trunk_per_week=draw_between(rng, bodies.trunk_per_week),
        control_per_week=draw_between(rng, bodies.control_per_week),
        load_rise=draw_between(rng, bodies.load_rise_per_week),
        load_loss=draw_between(rng, bodies.load_loss_per_week),
        range_loss=draw_between(rng, bodies.trained_range.loss_per_week),
        leg_soreness=draw_between(rng, bodies.leg_soreness),
        settles_h=draw_between(rng, population.assessments.settles_h),
        response=draw_response(rng, bodies.response, limiter),
        habits=_habits(rng, population.clients),
    )


def _capacity(rng: Random, asked: float, lack: Range, bodies: BodyRanges, *, limited: bool) -> float:
    """Return a score the client has, below what the preferred squat asks or with some to spare."""
    below, above = draw_between(rng, lack), draw_between(rng, bodies.capacity_spare)
    return max(asked - below, asked * bodies.least_capacity) if limited else asked + above


def _back_max(rng: Random, profile: Profile, catalogue: Catalogue) -> float:
    """Return the true back-squat maximum; a goblet squatter's is drawn, nobody ever tested it."""
    drawn = draw_between(rng, catalogue.population.clients.one_rep_max_kg)
    known = profile.preferred_squat.one_rep_max_kg
    midpoint = catalogue.variations[profile.preferred_squat.variation].load.midpoint
    return known / midpoint if known is not None and midpoint is not None else drawn


def _weights(rng: Random, bodies: BodyRanges, limiter: LimitingFactor, second: Factor | None) -> dict[str, float]:
    """Return the share of each demand in overload: most for what limits, the rest evenly."""
    demand = {"hip": "hip", "ankle": "ankle", "trunk": "trunk", "load_ownership": "control"}
    names = ("hip", "ankle", "trunk", "control", "load")
    main = draw_between(rng, bodies.limiter_weight)
    given = {demand.get(limiter, "load"): main}
    if second is not None:
        given[demand[second]] = bodies.second_weight
    rest = (1 - sum(given.values())) / (len(names) - len(given))
    return {name: given.get(name, rest) for name in names}


def draw_joints(
    rng: Random,
    profile: Profile,
    limited: frozenset[LimitingFactor | None],
    subtype: Subtype | None,
    catalogue: Catalogue,
) -> dict[str, JointTraits]:
    """Return the joints of somebody in whom these factors limit."""
    bodies = catalogue.population.bodies
    demand = squat_demand(profile.preferred_squat, catalogue)
    asked = {
        "hip_flexion": demand.hip_flexion,
        "hip_internal_rotation": demand.internal_rotation,
        "hip_external_rotation": demand.external_rotation,
        "ankle_knee_to_wall": demand.knee_to_wall or catalogue.demands.knee_to_wall["standard"][4],
        "thoracic_rotation": catalogue.limits.limiting.midpoints.thoracic_rotation,
    }
    short = set()
    if "hip" in limited and subtype == "motion":
        short |= {"hip_flexion"} | ({"hip_internal_rotation"} if rng.random() < 1 / 2 else set())
    if "ankle" in limited:
        short.add("ankle_knee_to_wall")
    if "trunk" in limited and rng.random() < 1 / 2:
        short.add("thoracic_rotation")
    loose = "hip" in limited and subtype == "control"
    return {name: _joint(rng, name, need, name in short, loose, bodies) for name, need in asked.items()}


def _joint(rng: Random, name: str, need: float, short: bool, loose: bool, bodies: BodyRanges) -> JointTraits:
    spread: float = getattr(bodies.spread, name)
    trained = bodies.trained_range
    below, above = draw_between(rng, bodies.limited_by), draw_between(rng, bodies.adequate_by)
    flexion = name == "hip_flexion"
    usual = bodies.gap_usual_deg if flexion else bodies.rotation_gap_deg
    return JointTraits(
        passive=max(1.0, need + spread * (-below if short else above)),
        gap=draw_between(rng, bodies.gap_large_deg if flexion and loose else usual),
        other_side=spread * draw_between(rng, bodies.side_difference),
        gain=_gain(rng, name, short, trained),
        gap_closing=draw_between(rng, trained.gap_closing_per_week),
        gap_closes_by=draw_between(rng, trained.gap_closes_by),
    )


def _gain(rng: Random, name: str, short: bool, trained: TrainedRange) -> float:
    """Return the most a measure gains; some limited joints hardly answer."""
    gain = draw_between(rng, getattr(trained, f"{name}_gain"))
    stubborn = rng.random() < draw_between(rng, trained.non_responders)
    share = draw_between(rng, trained.non_responder_share)
    return gain * share if short and stubborn else gain


def draw_response(rng: Random, ranges: ResponseRanges, limiter: LimitingFactor) -> ResponseTraits:
    """Return how the back of somebody with this limiter answers, recovers and flares."""
    later = ranges.later_share_load_ownership if limiter == "load_ownership" else ranges.later_share
    return ResponseTraits(
        usual=draw_between(rng, ranges.usual_pain),
        points_per_unit=draw_between(rng, ranges.points_per_unit),
        later_share=later,
        carried_over=draw_between(rng, ranges.carried_over),
        recovery_per_week=draw_between(rng, ranges.natural_recovery_per_week),
        noise_sd=draw_between(rng, ranges.noise_sd),
        noise_carry=draw_between(rng, ranges.noise_carry),
        flare_days=draw_between(rng, ranges.flare_days),
    )


def _habits(rng: Random, ranges: ClientRanges) -> HabitTraits:
    flagged = rng.random() < draw_between(rng, ranges.red_flag)
    weekly = draw_between(rng, ranges.dropout_per_week)
    week = 0
    while rng.random() >= weekly and week < 520:
        week += 1
    return HabitTraits(
        adherence=rng.betavariate(*ranges.adherence),
        missed_logs=draw_between(rng, ranges.missed_logs),
        under_reports=rng.random() < ranges.under_reports,
        over_deepens=rng.random() < ranges.over_deepens,
        drops_out_on=7 * week + rng.randrange(7),
        flag=rng.choice(PLANTED) if flagged else None,
        flag_on=rng.randrange(3, ranges.red_flag_within),
        cleared_after=round(draw_between(rng, ranges.cleared_after)),
    )
