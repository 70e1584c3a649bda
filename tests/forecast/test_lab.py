"""The lab in the suite: a hundred clients, bounds that hold with the sampling error."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from math import sqrt

import pytest

from app.lab.command import RESULTS
from app.lab.run import run_lab
from planner.catalogue import Catalogue
from planner.forecast.lab import LabResult, Lived, Task, lab_result, live, tasks
from planner.forecast.summary import findings
from planner.forecast.targets import checks
from planner.forecast.trial import run_trial
from planner.forecast.vary import changed_all

CLIENTS, WEEKS, SEED = 100, 26, 1
KEYS = {
    "limiter_accuracy",
    "none_mislabelled",
    "flags_caught",
    "weeks_median",
    "weeks_ratio_oracle",
    "red_days_per_client",
    "red_days_ratio_oracle",
    "red_days_ratio_linear",
    "false_step_backs",
    "silent_stalls",
}
SMALL = (3, 5, 7)  # clients, weeks, seed


@pytest.fixture(scope="module")
def lived(catalogue: Catalogue) -> list[Lived]:
    """Return what became of a hundred clients under every policy."""
    return [Lived(task.arm, live(task, catalogue), 0.0) for task in tasks(CLIENTS, WEEKS, SEED)]


@pytest.fixture(scope="module")
def result(lived: list[Lived], catalogue: Catalogue) -> LabResult:
    """Return the figures of a hundred clients."""
    return lab_result(lived, weeks=WEEKS, seed=SEED, version="test", catalogue=catalogue)


def _error(share: float, count: int) -> float:
    """Return two standard errors of a share."""
    return 2 * sqrt(share * (1 - share) / count)


def _untimed(result: LabResult) -> LabResult:
    policies = {name: replace(one, seconds_per_client_year=0.0) for name, one in result.policies.items()}
    return replace(result, policies=policies)


def test_the_result_has_the_agreed_keys(result: LabResult) -> None:
    """The JSON of a run begins with the ten figures of squatback and names what made them."""
    written = json.loads(RESULTS.dump_json(result))
    assert set(written) >= KEYS | {"seed", "planner_version", "catalogue_digest", "policies", "findings"}
    assert set(written["policies"]) == {"squatback", "oracle", "generic", "linear", "rest"}


def test_the_limiter_is_found(result: LabResult) -> None:
    """Nine in ten limiters are found, within two standard errors."""
    count = sum(sum(found.values()) for true, found in result.findings.confusion.items() if true != "none")
    assert result.limiter_accuracy >= 0.90 - _error(0.90, count)


def test_squats_that_are_planned_hurt_little(result: LabResult) -> None:
    """Red days stay near the oracle's and below half of what linear progression costs."""
    targets = {one.name: one for one in checks(result)}
    assert targets["red_days_of_oracle"].holds
    assert targets["red_days_of_linear"].holds


def test_stable_clients_are_left_alone(result: LabResult) -> None:
    """At most one stable client in ten is stepped back in six weeks, within two standard errors."""
    assert result.false_step_backs is not None
    assert result.false_step_backs <= 0.10 + _error(0.10, CLIENTS)


def test_no_stall_is_silent(result: LabResult) -> None:
    """Nobody is held for eight weeks without a word."""
    assert result.silent_stalls == 0


def test_who_sees_everything_finds_no_less(lived: list[Lived]) -> None:
    """The oracle reads first assessments at least as well as squatback does."""
    found = {
        arm: findings(one.outcome for one in lived if one.arm == arm).limiter_accuracy
        for arm in ("squatback", "oracle")
    }
    assert found["oracle"] >= found["squatback"]


def test_planted_flags_are_caught(catalogue: Catalogue) -> None:
    """Where everybody gets a red flag, everybody's next loaded squat is withheld."""
    flagged = changed_all(
        catalogue, {"population/clients.red_flag": (1.0, 1.0), "population/clients.red_flag_within": 20}
    )
    assert flagged is not None
    outcomes = [run_trial("squatback", 3, number, 5, flagged) for number in range(40)]
    assert sum(one.flag for one in outcomes) > 30
    assert all(one.flag_caught for one in outcomes)


def test_the_seed_alone_decides() -> None:
    """Neither the number of processes nor Python's hash seed changes a figure; another seed does."""
    clients, weeks, seed = SMALL
    here = _untimed(run_lab(clients, weeks, seed, processes=1))
    told = (
        "import sys; from app.lab.command import RESULTS; from app.lab.run import run_lab;"
        f"sys.stdout.buffer.write(RESULTS.dump_json(run_lab({clients}, {weeks}, {seed}, processes=2)))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, check=True)
    assert _untimed(RESULTS.validate_json(done.stdout)) == RESULTS.validate_json(RESULTS.dump_json(here))
    assert _untimed(run_lab(clients, weeks, seed + 1, processes=1)) != here


def test_a_task_is_one_client_of_one_arm() -> None:
    """Each client is planned once for every policy and once as a stable one."""
    planned = tasks(2, 3, 4, ("squatback",))
    assert planned == [Task(arm, 4, number, 3) for number in range(2) for arm in ("squatback", "stable")]
