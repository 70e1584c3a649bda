"""Load rules: every ceiling a load has, where it starts, and what to do without a maximum.

All ceilings are worked out and the lowest one holds. `maximum` is the client's back-squat
maximum as it stands today, `LoadCase.tm` the training maximum of the variation (the share
of the maximum it is worth, times the training share).
"""

from math import nextafter

from planner.decision import Rule, Value
from planner.rules.load_case import BELL_FAMILIES, ByFeel, Kilograms, LoadCase, Share, tidy

__all__ = [
    "CEILING_RULES",
    "LD06",
    "LD07",
    "LD08",
    "LD15",
    "LD29",
    "LOAD_RULES",
    "tidy",
]


def _percent_of(case: LoadCase, percent: float, **facts: Value) -> Kilograms | None:
    tm = case.tm
    if tm is None:
        return None
    return Kilograms(kg=tm * percent / 100, facts={"percent": tidy(percent), "training_max": round(tm), **facts})


def first_exposure(case: LoadCase) -> Kilograms | None:
    """Hold the first exposure of a variation to a low share, whatever its stage allows."""
    return _percent_of(case, case.limits.first.percent) if case.first else None


def stage_percent(case: LoadCase) -> Kilograms | None:
    """Hold a load to the highest percentage of its stage."""
    return None if case.percent is None else _percent_of(case, case.percent[1])


def effort_percent(case: LoadCase) -> Kilograms | None:
    """Hold a load to what the effort ceiling allows for the repetitions."""
    return _percent_of(case, case.rpe_percent, reps=case.reps, rpe=tidy(case.rpe))


def fragile_bone(case: LoadCase) -> Kilograms | None:
    """Hold every load to a low share while a bone limit stands."""
    if not case.fragile:
        return None
    outcome = _percent_of(case, case.limits.fragile_percent)
    bell = _bell_most(case)
    if outcome is not None or bell is None:
        return outcome
    percent = case.limits.fragile_percent
    return Kilograms(kg=bell * percent / 100, case="bells", facts={"percent": tidy(percent)})


def _bell_most(case: LoadCase) -> float | None:
    """Return what a bell squat is worked up to, None where nothing says so."""
    if case.family not in BELL_FAMILIES or case.unloaded:
        return None
    if case.goblet_maximum is not None:
        return case.goblet_maximum if case.family == "goblet" else None
    if case.maximum is None or case.factor is None:
        return None
    return case.maximum * case.factor[1] * case.limits.training_share


def heavy_gate(case: LoadCase) -> Kilograms | None:
    """Keep loads below the gate until the last responses were normal."""
    if case.gate_passed:
        return None
    outcome = _percent_of(case, case.limits.gate_percent)
    return None if outcome is None else Kilograms(kg=nextafter(outcome.kg, 0), facts=outcome.facts)


def bell_factor(case: LoadCase) -> Kilograms | None:
    """Hold goblet and split squats to the high end of their load factor and the largest bell."""
    if case.family not in BELL_FAMILIES or case.unloaded:
        return None
    most, kg = case.limits.bell_max_kg, _bell_most(case)
    if kg is None or case.goblet_maximum is not None or kg > most:
        return Kilograms(kg=most, case="largest_bell", facts={"kg": tidy(most)})
    return Kilograms(kg=kg, facts={"kg": tidy(kg)})


def goblet_share(case: LoadCase) -> Kilograms | None:
    """Hold goblet squats to a share of a known goblet maximum, which says nothing about bars."""
    if case.goblet_maximum is None or case.family != "goblet":
        return None
    percent = case.limits.first.percent if case.first else 100 * case.limits.goblet_share
    kg = case.goblet_maximum * percent / 100
    return Kilograms(kg=kg, facts={"percent": tidy(percent), "goblet_max": tidy(case.goblet_maximum)})


def start_low(case: LoadCase) -> Kilograms | None:
    """Start at the low end: of the load factor for bells, of the stage's percentages for bars."""
    if case.maximum is None or case.factor is None:
        return None
    if case.family in BELL_FAMILIES:
        kg = case.maximum * case.factor[0] * case.limits.training_share
        return Kilograms(kg=kg, case="bells", facts={"kg": tidy(kg)})
    if case.percent is None:
        return None
    return _percent_of(case, case.percent[0])


def bodyweight(case: LoadCase) -> Share | None:
    """Leave out outside load where the squat is done with bodyweight."""
    return Share(share=0) if case.unloaded else None


def by_feel(case: LoadCase) -> ByFeel | None:
    """Let the effort choose the load while no maximum is known that says anything about it."""
    if case.unloaded or (case.maximum is not None and case.factor is not None):
        return None
    if case.goblet_maximum is not None and case.family == "goblet":
        return None
    first = case.limits.first
    facts = {"rpe": tidy(first.feel_rpe), "reps": first.feel_reps}
    return ByFeel(rpe=first.feel_rpe, reps=first.feel_reps, facts=facts)


def slower_repetitions(case: LoadCase) -> Share | None:
    """Take load off for an added pause or slow tempo."""
    share = 1.0
    if "pause" in case.slowed_by:
        share *= case.limits.pause_share
    if "slow_tempo" in case.slowed_by:
        share *= case.limits.tempo_share
    return None if share == 1 else Share(share=share, facts={"percent": round(100 * (1 - share))})


def layoff(case: LoadCase) -> Share | None:
    """Lower the maximum after weeks without heavy squats."""
    limits = case.limits.layoff
    if case.weeks_off is None or case.weeks_off <= limits.short_weeks:
        return None
    share = limits.short_factor if case.weeks_off <= limits.long_weeks else limits.long_factor
    facts = {"weeks": int(case.weeks_off), "percent": round(100 * (1 - share))}
    return Share(share=share, facts=facts)


LD03 = Rule(
    id="LD03",
    name="first exposure",
    summary="The first exposure of a variation stays at a low share of its training maximum.",
    sources=("house-judgement",),
    numbers=("limits/load.first.percent", "limits/load.training_share"),
    decide=first_exposure,
)
LD04 = Rule(
    id="LD04",
    name="stage percentage",
    summary="A load stays within the percentages of its stage.",
    sources=("house-judgement", "yavuz-2017"),
    numbers=("limits/load.training_share",),
    decide=stage_percent,
)
LD05 = Rule(
    id="LD05",
    name="effort ceiling",
    summary="A load stays within what the effort ceiling allows for the repetitions.",
    sources=("rts-table",),
    numbers=("norms/rpe",),
    decide=effort_percent,
)
LD06 = Rule(
    id="LD06",
    name="start low",
    summary="A load starts at the low end of its range and is rounded down.",
    sources=("house-judgement",),
    numbers=("limits/load.training_share",),
    decide=start_low,
)
LD07 = Rule(
    id="LD07",
    name="bodyweight",
    summary="Squats without outside load come first.",
    sources=("house-judgement",),
    decide=bodyweight,
)
LD08 = Rule(
    id="LD08",
    name="by feel",
    summary="Without a known maximum the load is found by effort.",
    sources=("house-judgement",),
    numbers=("limits/load.first.feel_rpe", "limits/load.first.feel_reps"),
    decide=by_feel,
)
LD15 = Rule(
    id="LD15",
    name="layoff",
    summary="Weeks without heavy squats lower the maximum that loads are worked out from.",
    sources=("house-judgement",),
    numbers=(
        "limits/load.layoff.short_weeks",
        "limits/load.layoff.short_factor",
        "limits/load.layoff.long_weeks",
        "limits/load.layoff.long_factor",
    ),
    decide=layoff,
)
LD25 = Rule(
    id="LD25",
    name="bone limit",
    summary="A bone limit holds every load to a low share of the training maximum.",
    sources=("house-judgement",),
    numbers=("limits/load.fragile_percent",),
    decide=fragile_bone,
)
LD26 = Rule(
    id="LD26",
    name="heavy gate",
    summary="Heavier loads wait until the last responses were normal.",
    sources=("berglund-2015", "house-judgement"),
    numbers=("limits/load.gate_percent",),
    decide=heavy_gate,
)
LD27 = Rule(
    id="LD27",
    name="bell ceiling",
    summary="Goblet and split squats end at the high end of their load factor and the largest bell.",
    sources=("house-judgement",),
    numbers=("limits/load.bell_max_kg", "limits/load.training_share"),
    decide=bell_factor,
)
LD28 = Rule(
    id="LD28",
    name="goblet maximum",
    summary="A known goblet maximum caps goblet squats and is never converted to a bar.",
    sources=("house-judgement",),
    numbers=("limits/load.goblet_share", "limits/load.first.percent"),
    decide=goblet_share,
)
LD29 = Rule(
    id="LD29",
    name="slower repetitions",
    summary="An added pause or slow tempo takes load off.",
    sources=("wilk-2020", "house-judgement"),
    numbers=("limits/load.pause_share", "limits/load.tempo_share"),
    decide=slower_repetitions,
)

CEILING_RULES = (LD25, LD03, LD26, LD04, LD05, LD27, LD28)
LOAD_RULES = (
    *CEILING_RULES,
    LD06,
    LD15,
    LD29,
    LD07,
    LD08,
)
