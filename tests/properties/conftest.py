"""How much is tried: `suite` in every run, `campaign` for the long proofs (SQUATBACK_HYPOTHESIS)."""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

from planner.catalogue import Catalogue
from tests.properties.lives import Bench

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "suite",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=SLOW,
)
settings.register_profile(
    "campaign",
    max_examples=3000,
    deadline=timedelta(seconds=10),
    database=None,
    print_blob=True,
    suppress_health_check=SLOW,
)
PROFILE = os.environ.get("SQUATBACK_HYPOTHESIS", "suite")
settings.load_profile(PROFILE)


@pytest.fixture(scope="session")
def bench(catalogue: Catalogue) -> Bench:
    """Return the bench that builds blocks and lives through them."""
    return Bench(catalogue)
