"""Numbers behind loads: shares of the maximum, layoffs, caps, bars, bells and plates."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Layoff:
    """Factors on the maximum after a time without heavy squats."""

    short_weeks: int
    short_factor: float
    long_weeks: int
    long_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstExposure:
    """The first time a variation is done: never harder than this, whatever the stage allows."""

    percent: float
    rpe_high: float
    feel_rpe: float  # without a known maximum: a load that feels like this ...
    feel_reps: int  # ... for so many repetitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """Warm-up sets of a barbell squat: empty bar, then shares of the working load."""

    bar_reps: int
    percents: tuple[int, ...]
    reps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultWeights:
    """What is taken to be there when a client names equipment but no weights."""

    bar_kg: float
    bar_lb: float
    safety_bar_kg: float
    safety_bar_lb: float
    plate_step_kg: float
    plate_step_lb: float
    kettlebells_kg: tuple[float, ...]
    dumbbell_step_kg: float
    dumbbell_step_lb: float
    backpack_min_kg: float
    backpack_max_kg: float
    backpack_step_kg: float
    machine_step_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """Every number a load is worked out from."""

    training_share: float  # training maximum = this share of the estimated maximum
    goblet_share: float  # ceiling as a share of a known goblet maximum
    bell_max_kg: float
    bell_step_kg: float  # largest step up between bells
    fragile_percent: float  # highest percentage with a bone limit
    gate_percent: float  # loads from here need the gate of recent good responses
    pause_share: float  # share of the load kept with an added pause
    tempo_share: float  # ... with an added slow tempo
    tempo_reps: int  # most repetitions at a slow tempo
    layoff: Layoff
    first: FirstExposure
    ramp: Ramp
    defaults: DefaultWeights
