"""How much is tried: `suite` in every run, `campaign` for the long proofs.

SQUATBACK_HYPOTHESIS names the profile; `pytest -m campaign` means the second one.
"""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from planner.catalogue import Catalogue
from tests.properties.lives import Bench

HERE = Path(__file__).parent
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "suite",
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=PHASES,
    database=None,
    suppress_health_check=SLOW,
)
settings.register_profile(
    "campaign",
    max_examples=3000,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=SLOW,
)
PROFILE = os.environ.get("SQUATBACK_HYPOTHESIS") or ("campaign" if "campaign" in sys.argv else "suite")
settings.load_profile(PROFILE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make these laws part of a campaign, where they are tried thousands of times."""
    if PROFILE == "campaign":
        for item in items:
            if item.path.parent == HERE:
                item.add_marker(pytest.mark.campaign)


@pytest.fixture(scope="session")
def bench(catalogue: Catalogue) -> Bench:
    """Return the bench that builds blocks and lives through them."""
    return Bench(catalogue)
