"""What all laws share: the bench that builds blocks, and the mark that makes them part of a campaign."""

from pathlib import Path

import pytest

from planner.catalogue import Catalogue
from tests.properties.lives import Bench
from tests.support.profile import PROFILE

HERE = Path(__file__).parent


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
