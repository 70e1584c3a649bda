"""How much the property tests try: `suite` in every run, `campaign` for the long proofs.

SQUATBACK_HYPOTHESIS names the profile; `pytest -m campaign` means the second one.
"""

import os
import sys
from typing import Final

from hypothesis import HealthCheck, Phase, settings

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
PROFILE: Final = os.environ.get("SQUATBACK_HYPOTHESIS") or ("campaign" if "campaign" in sys.argv else "suite")
settings.load_profile(PROFILE)
