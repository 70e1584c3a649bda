"""Who a virtual client is on paper: what a coach knows before any assessment."""

from random import Random

from planner.catalogue import Catalogue
from planner.facts import PreferredSquat, Profile, Weights
from planner.forecast.draws import draw_between, draw_one
from planner.limits.population import ClientRanges
from planner.words import Equipment, PreferredVariation, Weekday

GYM: tuple[Equipment, ...] = (
    "barbell",
    "rack",
    "safety_bar",
    "dumbbell",
    "kettlebell",
    "box",
    "wedge",
    "band",
    "bench",
    "pins",
    "step",
    "dowel",
)
HOME: tuple[Equipment, ...] = ("backpack", "kettlebell", "wedge", "band", "dowel")
WEEKDAYS: tuple[tuple[Weekday, ...], ...] = (
    ("mon", "wed", "fri"),
    ("tue", "thu", "sat"),
    ("mon", "tue", "thu", "sat"),
    ("mon", "thu"),
)


def draw_profile(rng: Random, ranges: ClientRanges, catalogue: Catalogue) -> Profile:
    """Return who the client is, what they own and the squat they want back."""
    home = rng.random() < ranges.home
    variation: PreferredVariation = draw_one(rng, ranges.preferred)
    if home:
        variation = "goblet_squat"
    midpoint = catalogue.variations[variation].load.midpoint or 1.0
    maximum = draw_between(rng, ranges.one_rep_max_kg)
    own = None if variation == "goblet_squat" else 2.5 * round(maximum * midpoint / 2.5)
    return Profile(
        birth_year=2026 - round(draw_between(rng, ranges.age)),
        sex=rng.choice(("female", "male")),
        setting="home" if home else "gym",
        equipment=HOME if home else GYM,
        weights=Weights(
            bar_kg=20, plate_step_kg=2.5, kettlebells_kg=(8, 12, 16) if home else (8, 12, 16, 20, 24, 28, 32)
        ),
        training_days=rng.choice(WEEKDAYS),
        session_minutes=30 if home else 60,
        preferred_squat=PreferredSquat(variation=variation, one_rep_max_kg=own),
    )
