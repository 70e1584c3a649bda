"""Policies without a planner, for comparison: linear progression, rest then resume, one ladder for all."""

from dataclasses import dataclass, field
from datetime import date
from statistics import fmean

from planner.catalogue import Catalogue, LadderStep
from planner.facts import Assessment, CheckIn, Profile, SessionLog
from planner.forecast.training import SquatWork, Training
from planner.schedule import WEEK, is_squat_day, is_training_day
from planner.words import depth_index

START_SHARE, WEEKLY_RISE, TOP_SHARE = 0.60, 0.05, 0.85
"""Linear progression: five percent more each week, from sixty percent of the maximum."""

WEEKS_PER_RUNG = 2
BAD_WEEK = 2
PLATE_KG = 2.5
GENERIC_MEASURES = (
    "hip_flexion",
    "hip_internal_rotation",
    "hip_external_rotation",
    "ankle_knee_to_wall",
    "thoracic_rotation",
)
GENERIC_DOSE = 0.4
"""General mobility: a little of everything."""

FEEL_KG = 24.0


@dataclass
class Heedless:
    """What policies share that look neither at assessments nor at logs."""

    catalogue: Catalogue
    profile: Profile | None = field(default=None, init=False)
    first_day: date = field(default=date.min, init=False)

    def begin(self, profile: Profile, assessment: Assessment, on: date) -> None:  # noqa: ARG002 - a policy's signature
        """Start."""
        self.profile, self.first_day = profile, on

    @property
    def client(self) -> Profile:
        """Return who trains."""
        assert self.profile is not None
        return self.profile

    def checked_in(self, on: date, check_in: CheckIn) -> None:
        """Ignore how the back feels."""

    def logged(self, on: date, log: SessionLog) -> None:
        """Ignore how it went."""

    def wants_assessment(self, on: date) -> tuple[str, ...] | None:  # noqa: ARG002 - a policy's signature
        """Ask for nothing."""
        return None

    def assessed(self, on: date, assessment: Assessment) -> None:
        """Ignore an assessment."""

    def agreed(self, on: date, profile: Profile) -> None:  # noqa: ARG002 - a policy's signature
        """Take over another stance, shoes or depth."""
        self.profile = profile

    def cleared(self, on: date) -> None:
        """Go on: nothing was stopped."""


@dataclass
class Linear(Heedless):
    """Squat the preferred squat at full depth, five percent heavier each week, whatever the back says."""

    wait_weeks: int = 0

    def training(self, on: date) -> Training | None:
        """Return the day's squats."""
        week = (on - self.first_day).days // WEEK - self.wait_weeks
        if week < 0 or not is_squat_day(self.client, on, self.catalogue):
            return None
        return Training(squat=preferred_work(self.client, share_in(week), self.catalogue))


def share_in(week: int) -> float:
    """Return the share of the maximum that linear progression asks in a week, the first being 0."""
    return min(TOP_SHARE, START_SHARE * (1 + WEEKLY_RISE) ** week)


def preferred_work(profile: Profile, share: float, catalogue: Catalogue) -> SquatWork:
    """Return three sets of five of the preferred squat at a share of its maximum."""
    squat = profile.preferred_squat
    known = squat.one_rep_max_kg
    load = FEEL_KG * share / TOP_SHARE if known is None else known * share
    return SquatWork(
        variation=catalogue.variations[squat.variation],
        depth=depth_index(squat.depth),
        sets=3,
        reps=5,
        load_kg=PLATE_KG * (load // PLATE_KG),
        rpe_max=10,
    )


@dataclass
class Generic(Heedless):
    """One ladder for everybody, two weeks a rung, held while the mornings are bad; general mobility."""

    steps: tuple[LadderStep, ...] = field(default=(), init=False)
    rung: int = field(default=0, init=False)
    since: date = field(default=date.min, init=False)
    mornings: list[int] = field(default_factory=list, init=False)
    usual: int = field(default=0, init=False)

    def begin(self, profile: Profile, assessment: Assessment, on: date) -> None:
        """Start at the first rung, whatever the assessment found."""
        super().begin(profile, assessment, on)
        self.since = on
        self.steps = self.catalogue.ladders[profile.preferred_squat.variation]["hip"]
        self.usual = assessment.back_pain.usual if assessment.back_pain else 0

    def training(self, on: date) -> Training | None:
        """Return general mobility on every training day, and squats on squat days."""
        if not is_training_day(self.client, on):
            return None
        squat = self._squat() if is_squat_day(self.client, on, self.catalogue) else None
        return Training(squat=squat, ranges=dict.fromkeys(GENERIC_MEASURES, GENERIC_DOSE), trunk=GENERIC_DOSE)

    def _squat(self) -> SquatWork:
        step = self.steps[self.rung]
        variation = self.catalogue.variations[step.variation]
        preferred = self.client.preferred_squat
        factor = variation.load.factor
        load = None
        if preferred.one_rep_max_kg is not None and factor is not None:
            load = PLATE_KG * (START_SHARE * preferred.one_rep_max_kg * factor[0] // PLATE_KG)
        depth = min(step.depth, depth_index(preferred.depth))
        return SquatWork(
            variation=variation, depth=depth, modifiers=step.modifiers, sets=3, reps=6, load_kg=load, rpe_max=7
        )

    def checked_in(self, on: date, check_in: CheckIn) -> None:
        """Move up after two weeks, unless the last week was bad."""
        self.mornings = [*self.mornings[1 - WEEK :], check_in.back_pain.now]
        calm = fmean(self.mornings) < self.usual + BAD_WEEK
        if calm and (on - self.since).days >= WEEKS_PER_RUNG * WEEK and self.rung < len(self.steps) - 1:
            self.rung, self.since = self.rung + 1, on
