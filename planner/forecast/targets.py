"""What the lab asks of squatback, as data: each target with the value reached and whether it holds."""

from dataclasses import dataclass
from typing import Final

from planner.forecast.lab import OURS, LabResult

LIMITER_RIGHT: Final = 0.90
NONE_MISLABELLED: Final = 0.05
FLAGS_CAUGHT: Final = 1.0
WEEKS_OF_ORACLE: Final = 1.25
RED_DAYS_OF_ORACLE: Final = 1.25
RED_DAYS_MORE: Final = 0.5
RED_DAYS_OF_LINEAR: Final = 0.5
FALSE_STEP_BACKS: Final = 0.10
SILENT_STALLS: Final = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One target. `value` None = not measured in this run; `holds` None = so nothing can be said."""

    name: str
    title: str
    value: float | None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""  # "share" is shown as a percentage
    basis: str = ""  # what the target is derived from

    @property
    def target(self) -> float:
        """Return the limit the value is held against."""
        limit = self.at_least if self.at_least is not None else self.at_most
        assert limit is not None
        return limit

    @property
    def holds(self) -> bool | None:
        """Return whether the target is reached."""
        if self.value is None:
            return None
        return self.value >= self.target if self.at_least is not None else self.value <= self.target


def checks(result: LabResult) -> tuple[Check, ...]:
    """Return every target with what a run reached."""
    return (
        Check(
            name="limiter_accuracy",
            title="Limiter found right",
            value=result.limiter_accuracy,
            at_least=LIMITER_RIGHT,
            unit="share",
        ),
        Check(
            name="none_mislabelled",
            title="None labelled wrongly",
            value=result.none_mislabelled,
            at_most=NONE_MISLABELLED,
            unit="share",
        ),
        Check(
            name="flags_caught",
            title="Red flags caught",
            value=result.flags_caught,
            at_least=FLAGS_CAUGHT,
            unit="share",
        ),
        *_side_by_side(result),
        Check(
            name="false_step_backs",
            title="Stable, stepped back",
            value=result.false_step_backs,
            at_most=FALSE_STEP_BACKS,
            unit="share",
        ),
        Check(
            name="silent_stalls",
            title="Stalled in silence",
            value=result.silent_stalls,
            at_most=SILENT_STALLS,
            unit="share",
        ),
    )


def _side_by_side(result: LabResult) -> tuple[Check, ...]:
    """Return the targets that other policies set; a policy that was not run sets none."""
    found: list[Check] = []
    ours = result.policies[OURS]
    oracle, linear = result.policies.get("oracle"), result.policies.get("linear")
    if oracle is not None:
        # Where the oracle itself is not back, so many weeks cannot be asked for.
        weeks = _weeks_limit(oracle.weeks_median, result.weeks)
        found.append(
            Check(
                name="weeks_of_oracle",
                title="Weeks to half back",
                value=_weeks(ours.weeks_median, oracle.weeks_median),
                at_most=weeks,
                unit="weeks",
                basis="1.25 × oracle",
            )
        )
        limit = max(RED_DAYS_OF_ORACLE * oracle.red_days_per_client, oracle.red_days_per_client + RED_DAYS_MORE)
        found.append(
            Check(
                name="red_days_of_oracle",
                title="Red days, by oracle",
                value=ours.red_days_per_client,
                at_most=round(limit, 3),
                unit="per client",
                basis="oracle + 0.5 or 25 %",
            )
        )
    if linear is not None:
        found.append(
            Check(
                name="red_days_of_linear",
                title="Red days, by linear",
                value=ours.red_days_per_client,
                at_most=round(RED_DAYS_OF_LINEAR * linear.red_days_per_client, 3),
                unit="per client",
                basis="half of linear",
            )
        )
    return tuple(found)


def _weeks(ours: float | None, oracle: float | None) -> float | None:
    """Return the weeks; fewer than half back, where half of the oracle's are, is later than any week."""
    if oracle is None:
        return None
    return float("inf") if ours is None else ours


def _weeks_limit(oracle: float | None, weeks: int) -> float:
    return round(WEEKS_OF_ORACLE * (float(weeks) if oracle is None else oracle), 2)


def missed(result: LabResult) -> tuple[Check, ...]:
    """Return the targets a run misses."""
    return tuple(one for one in checks(result) if one.holds is False)
