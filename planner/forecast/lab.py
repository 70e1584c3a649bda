"""The lab's questions and figures: the same clients under every policy, and stable clients beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

from planner.catalogue import Catalogue
from planner.forecast.stable import run_stable
from planner.forecast.summary import Findings, PolicyFigures, figures, findings, ratio
from planner.forecast.trial import Outcome, PolicyName, run_trial

POLICIES: Final[tuple[PolicyName, ...]] = get_args(PolicyName)
STABLE: Final = "stable"
OURS: Final = "squatback"
SPEAKING: Final = frozenset({"squatback", "oracle"})
"""Policies that can ask, warn and withhold; the others are silent by nature."""


@dataclass(frozen=True, slots=True)
class Task:
    """One virtual client under one policy, or one stable client."""

    arm: str
    seed: int
    number: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of a task, and the processor seconds it took."""

    arm: str
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """All figures of a lab run. The first ten are squatback's own, the policies stand beside each other."""

    clients: int
    weeks: int
    seed: int
    planner_version: str
    catalogue_digest: str
    limiter_accuracy: float
    none_mislabelled: float
    flags_caught: float | None
    weeks_median: float | None
    weeks_ratio_oracle: float | None
    red_days_per_client: float
    red_days_ratio_oracle: float | None
    red_days_ratio_linear: float | None
    false_step_backs: float | None
    silent_stalls: float
    findings: Findings
    policies: Mapping[str, PolicyFigures]


def tasks(clients: int, weeks: int, seed: int, policies: Sequence[str] = POLICIES) -> list[Task]:
    """Return everything to run: each client under each policy, and as many stable clients."""
    arms = (*policies, STABLE)
    return [Task(arm, seed, number, weeks) for number in range(clients) for arm in arms]


def live(task: Task, catalogue: Catalogue) -> Outcome:
    """Return what becomes of one client."""
    if task.arm == STABLE:
        return run_stable(task.seed, task.number, catalogue)
    name = next(policy for policy in POLICIES if policy == task.arm)
    return run_trial(name, task.seed, task.number, task.weeks, catalogue)


def lab_result(lived: Iterable[Lived], *, weeks: int, seed: int, version: str, catalogue: Catalogue) -> LabResult:
    """Return the figures of a run; needs squatback among the arms."""
    arms: dict[str, list[Lived]] = {}
    for one in lived:
        arms.setdefault(one.arm, []).append(one)
    stable = [one.outcome for one in arms.pop(STABLE, [])]
    policies = _side_by_side({name: _figures(name, arms[name], weeks) for name in POLICIES if name in arms})
    ours, found = policies[OURS], findings(one.outcome for one in arms[OURS])
    return LabResult(
        clients=ours.clients,
        weeks=weeks,
        seed=seed,
        planner_version=version,
        catalogue_digest=catalogue.digest,
        limiter_accuracy=found.limiter_accuracy,
        none_mislabelled=found.none_mislabelled,
        flags_caught=ours.flags_caught,
        weeks_median=ours.weeks_median,
        weeks_ratio_oracle=ours.weeks_ratio_oracle,
        red_days_per_client=ours.red_days_per_client,
        red_days_ratio_oracle=ours.red_days_ratio_oracle,
        red_days_ratio_linear=ours.red_days_ratio_linear,
        false_step_backs=round(sum(one.step_backs > 0 for one in stable) / len(stable), 4) if stable else None,
        silent_stalls=ours.silent_stalls or 0.0,
        findings=found,
        policies=policies,
    )


def _figures(name: str, lived: Sequence[Lived], weeks: int) -> PolicyFigures:
    outcomes = [one.outcome for one in lived]
    return figures(outcomes, weeks=weeks, speaks=name in SPEAKING, seconds=sum(one.seconds for one in lived))


def _side_by_side(policies: Mapping[str, PolicyFigures]) -> dict[str, PolicyFigures]:
    """Return the figures of each policy with its ratios to the oracle and to linear progression."""
    oracle, linear = policies.get("oracle"), policies.get("linear")
    return {
        name: replace(
            one,
            weeks_ratio_oracle=ratio(one.weeks_median, oracle.weeks_median) if oracle else None,
            red_days_ratio_oracle=ratio(one.red_days_per_client, oracle.red_days_per_client) if oracle else None,
            red_days_ratio_linear=ratio(one.red_days_per_client, linear.red_days_per_client) if linear else None,
        )
        for name, one in policies.items()
    }
