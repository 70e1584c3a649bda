"""Numbers of the rules moved up and down: what stays possible, and what is told of it."""

from datetime import date

import pytest

from app.lab.sensitivity import Sensitivity, as_markdown
from planner.catalogue import Catalogue
from planner.forecast.sensitivity import Measured, Plan, Variation, measure, moved, plans, size, splits, tried
from planner.forecast.vary import Value, changed, group_of, groups, held_value, scaled, varied

BASE = Measured(
    weeks_median=10.0,
    weeks_mean=20.0,
    red_days=0.0,
    limiter_accuracy=0.9,
    none_mislabelled=0.0,
    false_step_backs=0.1,
    silent_stalls=0.0,
)


def _with(**changes: float) -> Measured:
    known = {name: getattr(BASE, name) for name in Measured.__dataclass_fields__}
    return Measured(**(known | changes))


@pytest.mark.parametrize(
    ("value", "unit", "down", "up"),
    [
        (10, "d", 8, 12),
        (2, "exposures", 1, 3),
        (1, "sets", 1, 2),
        (0, "points", 0, 1),
        (0.5, "share", 0.4, 0.6),
        (0.9, "share", 0.72, 1),
        (9, "rpe", 7, 10),
        (100, "percent", 80, 100),
        ((3, 5), "sets", (2, 4), (4, 6)),
        ("3-1-1", "tempo", "3-1-1", "3-1-1"),
    ],
)
def test_numbers_move_and_stay_possible(value: Value, unit: str, down: Value, up: Value) -> None:
    """Whole numbers move by at least one step, none falls from one to nothing or beyond what its unit allows."""
    assert scaled(value, 0.8, unit=unit) == down
    assert scaled(value, 1.2, unit=unit) == up


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("limits/response.red_rise", "limits/response"),
        ("limits/progression.up.days", "limits/progression.up"),
        ("doses/stages.p4.sets", "doses/stages.p4"),
        ("limits/limiting.gate.a.b", "limits/limiting.gate"),
    ],
)
def test_groups_are_the_first_level_below_a_file(key: str, group: str) -> None:
    """A number belongs to its file, or to the part of the file it stands in."""
    assert group_of(key) == group


def test_every_number_is_in_one_group(catalogue: Catalogue) -> None:
    """All numbers of limits and doses that are no text are moved, each in one group."""
    grouped = [one.key for numbers in groups(catalogue).values() for one in numbers]
    meant = [
        key
        for key, one in catalogue.numbers.items()
        if key.startswith(("limits/", "doses/")) and not isinstance(one.value, str)
    ]
    assert sorted(grouped) == sorted(meant)


def test_only_the_numbers_named_change(catalogue: Catalogue) -> None:
    """A varied catalogue has another digest and other numbers in one group, and nothing else."""
    numbers = groups(catalogue)["limits/progression.up"]
    other = varied(catalogue, numbers, 1.2)
    assert other is not None
    assert other.digest != catalogue.digest
    assert other.limits.progression.up.days == 8
    assert other.limits.response == catalogue.limits.response
    assert other.doses == catalogue.doses
    assert held_value(catalogue, "limits/progression.up.days") == 7


def test_a_number_that_is_refused_is_told(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves that the checks or the planner do not accept are refused, not lost."""
    numbers = groups(catalogue)["limits/progression.up"]
    monkeypatch.setattr("planner.forecast.vary.cross_check", lambda _catalogue: ["a fault"])
    assert tried(Plan(name="up", numbers=numbers, factor=1.2), 1, 1, 1, catalogue).measured is None


def test_a_planner_that_breaks_on_a_number_refuses_it(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while planning counts as refused."""

    def broken(*_: object) -> Measured:
        raise ZeroDivisionError

    monkeypatch.setattr("planner.forecast.sensitivity.measure", broken)
    numbers = groups(catalogue)["limits/progression.up"]
    assert tried(Plan(name="up", numbers=numbers, factor=1.2), 1, 1, 1, catalogue).measured is None


def test_an_effect_counts_from_its_limit_on() -> None:
    """Five per cent of the weeks, five points of a share and a twentieth of a red day are the limits."""
    assert not moved(_with(weeks_mean=20.9), BASE)
    assert moved(_with(weeks_mean=18.9), BASE)
    assert moved(_with(limiter_accuracy=0.84), BASE)
    assert moved(_with(red_days=0.06), BASE)
    assert size(_with(weeks_mean=22.0), BASE) == pytest.approx(2)


def test_groups_that_matter_are_split(catalogue: Catalogue) -> None:
    """A group that moves a figure is split into its numbers, in that direction; a still one is not."""
    numbers = groups(catalogue)["limits/progression.up"]
    keys = tuple(one.key for one in numbers)
    lively = Variation(name="up", keys=keys, factor=0.8, measured=_with(weeks_mean=15.0))
    still = Variation(name="up", keys=keys, factor=1.2, measured=BASE)
    split = splits([lively, still], BASE, catalogue.numbers)
    assert [(one.name, one.factor) for one in split] == [(key, 0.8) for key in keys]
    assert len(plans({"up": numbers})) == 2


def test_the_same_numbers_measure_the_same(catalogue: Catalogue) -> None:
    """Under the numbers as they are, clients do what they did: differences come from the numbers."""
    same = changed(catalogue, "limits/progression.up.days", 7)
    assert same is not None
    assert measure(2, 4, 3, same) == measure(2, 4, 3, catalogue)


def test_the_page_ranks_by_effect_and_names_the_evidence() -> None:
    """The largest effect stands first, with confidence and source; refused numbers are listed."""
    small = Variation(
        name="limits/response.red_rise",
        keys=("limits/response.red_rise",),
        factor=0.8,
        measured=_with(limiter_accuracy=0.84),
    )
    large = Variation(
        name="limits/progression.up.days",
        keys=("limits/progression.up.days",),
        factor=1.2,
        measured=_with(weeks_mean=25),
    )
    refused = Variation(name="limits/load.layoff", keys=("a", "b"), factor=1.2, measured=None)
    run = Sensitivity(clients=2, weeks=26, seed=3, base=BASE, grouped=(refused,), single=(small, large))
    said = as_markdown(run, date(2026, 1, 2))
    assert said.index("progression.up.days") < said.index("response.red_rise")
    assert "| P | ostelo-2008 |" in said
    assert "weeks 20 → 25" in said
    assert "| refused |" in said
    assert "2026-01-02" in said
    assert "seed 3" in said
