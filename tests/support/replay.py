"""Plans seeded lives and prints a hash of every byte that is stored of them; in other environments it is the same.

python -m tests.support.replay 100
"""

import locale
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from itertools import count, islice
from random import Random

from app.catalogue import load_catalogue
from planner.catalogue import Catalogue
from planner.replan import Planned
from planner.wire import dump_block, dump_state, dump_week
from tests.support.story import MONDAY, Story

_VIGNETTES = ("V1", "V2", "V3", "V4", "V7", "V8", "V14")
_FACTS_OF_A_LIFE = 12
_FIRST_LIFE = 9  # of V4, whose state holds sets of several things: their order once followed the hash seed


def hashes(catalogue: Catalogue, plans: int) -> Iterator[str]:
    """Yield the hash of each plan: one for each fact of one seeded life after the other."""
    for planned in islice(_plans(catalogue), plans):
        weeks = (*planned.block.earned, *planned.block.projected)
        documents = (dump_state(planned.state), dump_block(planned.block), *map(dump_week, weeks))
        yield sha256(b"\n".join(documents)).hexdigest()


def _plans(catalogue: Catalogue) -> Iterator[Planned]:
    for seed in count(_FIRST_LIFE):
        drawn = Random(seed)
        story = Story.of(catalogue, drawn.choice(_VIGNETTES), weeks=drawn.choice((4, 6)), check_rebuild=False)
        yield story.planned
        yield from islice(_life(story, drawn), _FACTS_OF_A_LIFE)


def _life(story: Story, drawn: Random) -> Iterator[Planned]:
    """Live on from the first day: now calm, now sore, once with numbness and a clearance."""
    for offset in range(21):
        on = MONDAY + timedelta(days=offset)
        flagged = drawn.random() < 0.05
        yield story.morning(on, drawn.randint(0, 4), red_flags={"numbness": "yes"} if flagged else {})
        if flagged:
            yield story.clear(on)
        if story.squat_session(on) is not None and drawn.random() < 0.9:
            yield story.squat(on, during=drawn.randint(0, 5), after=drawn.randint(0, 5))


def main() -> None:
    """Print the hash of each plan, in the locale of the environment."""
    with suppress(locale.Error):  # not installed here
        locale.setlocale(locale.LC_ALL, "")
    for found in hashes(load_catalogue(), int(sys.argv[1])):
        sys.stdout.write(f"{found}\n")


if __name__ == "__main__":
    main()
