"""The same facts give the same bytes: in any process, whatever its hash seed, time zone, locale and encoding."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.catalogue import Catalogue
from tests.support.replay import hashes

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "random", "TZ": "Pacific/Apia", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "99", "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONUTF8": "1"},
    {"PYTHONHASHSEED": "2147483647", "TZ": "Africa/Casablanca", "LC_ALL": "en_US.UTF-8", "PYTHONOPTIMIZE": "1"},
)


def replayed(environment: dict[str, str], plans: int) -> list[str]:
    """Return what another process prints in an environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "tests.support.replay", str(plans)]
    done = subprocess.run(
        command,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("environment", ENVIRONMENTS[:2], ids=lambda one: one["TZ"])
def test_plans_are_the_same_in_another_environment(environment: dict[str, str], catalogue: Catalogue) -> None:
    """State, document and weeks of each plan, to the byte."""
    assert replayed(environment, 13) == list(hashes(catalogue, 13))


@pytest.mark.campaign
def test_ten_thousand_plans_are_the_same_in_six_environments(catalogue: Catalogue) -> None:
    """Each plan has one hash, wherever it is made; `SQUATBACK_REPLAYS` makes it fewer or more."""
    plans = int(os.environ.get("SQUATBACK_REPLAYS", "10000"))
    here = list(hashes(catalogue, plans))
    different = [environment for environment in ENVIRONMENTS if replayed(environment, plans) != here]

    assert len(set(here)) > plans / 2
    assert different == []
