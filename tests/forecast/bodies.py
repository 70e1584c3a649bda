"""Virtual bodies to try training on."""

from collections.abc import Iterator
from random import Random

from planner.catalogue import Catalogue
from planner.forecast.body import Body
from planner.forecast.training import SquatWork, Training
from planner.forecast.traits import draw_traits


def bodies(catalogue: Catalogue, count: int = 60) -> Iterator[Body]:
    """Yield bodies drawn from the population."""
    for number in range(count):
        yield Body(draw_traits(Random(f"bodies/{number}"), catalogue), catalogue)


def train_weeks(body: Body, training: Training | None, weeks: int, sessions: int = 3) -> None:
    """Live weeks with so many sessions each."""
    for _ in range(weeks):
        for day in range(7):
            if training is not None and day < sessions:
                body.train(training)
            body.wake()


def easy_squat(body: Body, catalogue: Catalogue, share: float = 0.4) -> SquatWork:
    """Return a loaded squat that asks little: half depth to a box at a share of the maximum."""
    variation = catalogue.variations["safety_bar_high_box"]
    load = share * (variation.load.midpoint or 0) * body.traits.back_max_kg
    return SquatWork(variation=variation, depth=1, sets=3, reps=5, load_kg=load)
