"""What every policy answers: today's training, and what it makes of what people write down."""

from datetime import date
from typing import Protocol

from planner.facts import Assessment, CheckIn, Profile, SessionLog
from planner.forecast.training import Training


class Policy(Protocol):
    """A way of planning. It sees assessments, check-ins and logs, and never the body."""

    def begin(self, profile: Profile, assessment: Assessment, on: date) -> None:
        """Start from an assessment."""

    def training(self, on: date) -> Training | None:
        """Return the training of a day, None on a day without."""

    def checked_in(self, on: date, check_in: CheckIn) -> None:
        """Take a morning's check-in."""

    def logged(self, on: date, log: SessionLog) -> None:
        """Take a session's log."""

    def wants_assessment(self, on: date) -> tuple[str, ...] | None:
        """Return the measures due today, () for a whole assessment, None when nothing is due."""

    def assessed(self, on: date, assessment: Assessment) -> None:
        """Take an assessment or a re-test."""

    def agreed(self, on: date, profile: Profile) -> None:
        """Take a changed profile: another stance, shoes or depth."""

    def cleared(self, on: date) -> None:
        """Take a professional's clearance after a red flag."""
