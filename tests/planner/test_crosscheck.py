"""Each kind of fault between parts of the catalogue is found, with its part and key."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from planner import crosscheck
from planner.catalogue import Catalogue, Source
from planner.crosscheck import cross_check
from planner.crosscheck_entries import slug
from planner.decision import Rule
from planner.registry import ALL_RULES

Change = Callable[[Catalogue], Catalogue]
EXERCISE, VARIATION, PREFERRED = "dead_bug", "goblet_squat", "front_squat"
NUMBER, MEASURE = "limits/response.red_rise", "hip_flexion"


def exercise(**changes: object) -> Change:
    """Return a change of one exercise."""
    return lambda catalogue: replace(
        catalogue,
        exercises={**catalogue.exercises, EXERCISE: replace(catalogue.exercises[EXERCISE], **changes)},
    )


def dose(**changes: object) -> Change:
    """Return a change of one exercise's dose."""
    return lambda catalogue: exercise(dose=replace(catalogue.exercises[EXERCISE].dose, **changes))(catalogue)


def variation(**changes: object) -> Change:
    """Return a change of one variation."""
    return lambda catalogue: replace(
        catalogue,
        variations={**catalogue.variations, VARIATION: replace(catalogue.variations[VARIATION], **changes)},
    )


def scores(**changes: float) -> Change:
    """Return a change of one variation's scores."""
    return lambda catalogue: variation(scores=replace(catalogue.variations[VARIATION].scores, **changes))(catalogue)


def load(**changes: object) -> Change:
    """Return a change of one variation's load."""
    return lambda catalogue: variation(load=replace(catalogue.variations[VARIATION].load, **changes))(catalogue)


def step(position: int, **changes: object) -> Change:
    """Return a change of one rung of a ladder."""

    def change(catalogue: Catalogue) -> Catalogue:
        steps = list(catalogue.ladders[PREFERRED]["hip"])
        steps[position] = replace(steps[position], **changes)
        return ladder(tuple(steps))(catalogue)

    return change


def ladder(steps: tuple) -> Change:
    """Return a change of one whole ladder."""

    def change(catalogue: Catalogue) -> Catalogue:
        by_factor = {**catalogue.ladders[PREFERRED], "hip": steps}
        return replace(catalogue, ladders={**catalogue.ladders, PREFERRED: by_factor})

    return change


def programmes(**changes: object) -> Change:
    """Return a change of the programmes."""
    return lambda catalogue: replace(catalogue, programmes=replace(catalogue.programmes, **changes))


def first_programme(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue whose first target has an exercise that does not exist."""
    target, programme = next(iter(catalogue.programmes.targets.items()))
    changed = replace(programme, load=("levitation",))
    return programmes(targets={**catalogue.programmes.targets, target: changed})(catalogue)


def measure(**changes: object) -> Change:
    """Return a change of one measure."""
    return lambda catalogue: replace(
        catalogue,
        measures={**catalogue.measures, MEASURE: replace(catalogue.measures[MEASURE], **changes)},
    )


def gap(**changes: float) -> Change:
    """Return a change of one measure's gap."""
    return lambda catalogue: measure(gap=replace(catalogue.measures[MEASURE].gap, **changes))(catalogue)


def demands(**changes: object) -> Change:
    """Return a change of the demands."""
    return lambda catalogue: replace(catalogue, demands=replace(catalogue.demands, **changes))


def number(**changes: object) -> Change:
    """Return a change of what one number says about itself."""
    return lambda catalogue: replace(
        catalogue, numbers={**catalogue.numbers, NUMBER: replace(catalogue.numbers[NUMBER], **changes)}
    )


def source(key: str, **changes: object) -> Change:
    """Return a change of one source."""
    return lambda catalogue: replace(
        catalogue, sources={**catalogue.sources, key: Source(**{"title": "A page", "kind": "published"} | changes)}
    )


def texts(name: str, key: str, value: object) -> Change:
    """Return a change of one text; None takes it out."""

    def change(catalogue: Catalogue) -> Catalogue:
        kept = {each: text for each, text in getattr(catalogue.texts, name).items() if each != key}
        added = {} if value is None else {key: value}
        return replace(catalogue, texts=replace(catalogue.texts, **{name: kept | added}))

    return change


def own_among_the_seeds(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue with a seed exercise that is named like an organization's own."""
    bug = replace(catalogue.exercises[EXERCISE], id="own_bug", name="Own bug", code="ZZ1")
    return replace(catalogue, exercises={**catalogue.exercises, bug.id: bug})


FAULTS: dict[str, tuple[Change, str, str]] = {
    "name_and_id": (exercise(name="Living bug"), "exercises/dead_bug.id", "not_the_slug"),
    "code_used_twice": (variation(code="T05"), "", "duplicate_code"),
    "easier": (exercise(easier=("levitation",)), "exercises/dead_bug.easier", "unknown_reference"),
    "harder": (exercise(harder=("levitation",)), "exercises/dead_bug.harder", "unknown_reference"),
    "contraindication": (
        exercise(contraindications=("XX",)),
        "exercises/dead_bug.contraindications",
        "unknown_reference",
    ),
    "equipment": (exercise(equipment=(("trapeze", "band"),)), "exercises/dead_bug.equipment", "unknown_reference"),
    "equipment_group": (exercise(equipment=((),)), "exercises/dead_bug.equipment", "empty_group"),
    "sides": (exercise(sides="left"), "exercises/dead_bug.sides", "unknown_reference"),
    "exercise_load": (exercise(load="anvil"), "exercises/dead_bug.load", "unknown_reference"),
    "dose_source": (dose(source="hearsay"), "exercises/dead_bug.dose.source", "unknown_reference"),
    "dose_range": (dose(reps=(8, 5)), "exercises/dead_bug.dose.reps", "not_ordered"),
    "dose_below_zero": (dose(hold_s=(-1, 5)), "exercises/dead_bug.dose.hold_s", "out_of_range"),
    "method": (exercise(method="magic"), "exercises/dead_bug.method", "unknown_reference"),
    "position": (exercise(positions=("upside_down",)), "exercises/dead_bug.positions.0", "unknown_reference"),
    "target": (exercise(targets=("trunk", "aura")), "exercises/dead_bug.targets.1", "unknown_reference"),
    "level": (exercise(level=4), "exercises/dead_bug.level", "out_of_range"),
    "squat_among_exercises": (exercise(category="squat"), "exercises/dead_bug.category", "is_a_variation"),
    "no_amount": (dose(reps=None), "exercises/dead_bug.dose", "no_amount"),
    "tempo": (dose(tempo="slow"), "exercises/dead_bug.dose.tempo", "bad_tempo"),
    "reserved_id": (own_among_the_seeds, "exercises/own_bug.id", "reserved_id"),
    "no_set": (dose(sets=(0, 2)), "exercises/dead_bug.dose.sets", "out_of_range"),
    "variation_easier": (variation(easier=("levitation",)), "variations/goblet_squat.easier", "unknown_reference"),
    "variation_source": (variation(source="hearsay"), "variations/goblet_squat.source", "unknown_reference"),
    "demand_column": (variation(demand_column="sofa"), "variations/goblet_squat.demand_column", "unknown_reference"),
    "hip_extra": (variation(hip_demand_extra="sofa"), "variations/goblet_squat.hip_demand_extra", "unknown_reference"),
    "load_kind": (load(kind="anvil"), "variations/goblet_squat.load.kind", "unknown_reference"),
    "load_factor": (load(factor=(0.4, 0.2)), "variations/goblet_squat.load.factor", "not_ordered"),
    "depths": (variation(depths=(5, 3)), "variations/goblet_squat.depths", "not_ordered"),
    "deepest_depth": (variation(depths=(3, 7)), "variations/goblet_squat.depths", "out_of_range"),
    "score": (scores(trunk=11), "variations/goblet_squat.scores.trunk", "out_of_range"),
    "rung_variation": (step(0, variation="levitation"), "ladders/front_squat.hip.0.variation", "unknown_reference"),
    "rung_depth": (step(0, depth=0), "ladders/front_squat.hip.0.depth", "out_of_range"),
    "rung_stage": (step(0, stage="P6"), "ladders/front_squat.hip", "stages_fall"),
    "last_rung": (step(-1, variation=VARIATION), "ladders/front_squat.hip", "wrong_end"),
    "no_ladder": (ladder(()), "ladders/front_squat.hip", "missing_ladder"),
    "programme_target": (first_programme, "", "unknown_reference"),
    "programme_role": (programmes(roles={"daily": ("levitation",)}), "programmes/roles.daily", "unknown_reference"),
    "measure_range": (measure(possible=(160, 0)), "norms/measures.hip_flexion.possible", "not_ordered"),
    "measure_norm": (measure(norm=500), "norms/measures.hip_flexion.norm", "out_of_range"),
    "measure_key": (measure(motion="rotation"), "norms/measures.hip_flexion", "not_joint_and_motion"),
    "measure_gap": (gap(small=30), "norms/measures.hip_flexion.gap", "not_ordered"),
    "demand_row": (demands(hip_flexion=(70, 80)), "norms/demands.hip_flexion", "wrong_length"),
    "demand_order": (demands(hip_flexion=(112, 105, 98, 90, 80, 70)), "norms/demands.hip_flexion", "not_ordered"),
    "heel_lifts": (demands(heel_lift_cm=(2.5,)), "norms/demands.heel_lift_cm", "wrong_length"),
    "number_source": (number(source="hearsay"), f"{NUMBER}.source", "unknown_reference"),
    "number_confidence": (number(confidence="certain"), f"{NUMBER}.confidence", "unknown_confidence"),
    "source_kind": (source("a-page", kind="rumour"), "sources.a-page.kind", "unknown_reference"),
    "source_number": (source("a-page", number=1), "sources.a-page.number", "duplicate_number"),
    "rule_without_text": (texts("rules", "SY02", None), "texts/en.rules.SY02", "missing_text"),
    "text_without_rule": (texts("rules", "ZZ01", {"default": "Hello."}), "texts/en.rules", "unknown_reference"),
    "lesson_missing": (texts("teaching", "mixed", None), "texts/en.teaching.mixed", "missing_text"),
    "flag_without_question": (texts("red_flags", "tingling", None), "texts/en.red_flags.tingling", "missing_text"),
    "question_without_flag": (
        texts("red_flags", "sneezing", "Do you sneeze?"),
        "texts/en.red_flags",
        "unknown_reference",
    ),
}


def test_the_real_catalogue_has_no_fault(catalogue: Catalogue) -> None:
    """Every reference of the seeds leads somewhere and every range is in order."""
    assert cross_check(catalogue) == []


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_found(catalogue: Catalogue, kind: str) -> None:
    """Each kind of fault is reported with the part and key it stands at."""
    change, pointer, code = FAULTS[kind]
    found = cross_check(change(catalogue))

    assert [fault for fault in found if fault.code == code and fault.pointer.startswith(pointer)]


def test_all_faults_are_reported_at_once(catalogue: Catalogue) -> None:
    """Faults in different parts do not hide each other."""
    broken = number(source="hearsay")(exercise(harder=("levitation",), sides="left")(catalogue))

    assert len(cross_check(broken)) == 3


RULE = ALL_RULES[0]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"sources": ("hearsay",)}, "sources", "unknown_reference"),
        ({"sources": ()}, "sources", "no_source"),
        ({"numbers": ("limits/response.nothing",)}, "numbers", "unknown_reference"),
    ],
)
def test_a_rule_names_sources_and_numbers_that_exist(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], pointer: str, code: str
) -> None:
    """A rule without sources, or with keys that lead nowhere, is a fault."""
    assert isinstance(RULE, Rule)
    monkeypatch.setattr(crosscheck, "ALL_RULES", (replace(RULE, **changes), *ALL_RULES[1:]))

    assert [(fault.pointer, fault.code) for fault in cross_check(catalogue)] == [(f"rules/{RULE.id}.{pointer}", code)]


def test_a_rule_id_used_twice_is_a_fault(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule ids are unique over all families."""
    monkeypatch.setattr(crosscheck, "ALL_RULES", (*ALL_RULES, RULE))

    assert [fault.code for fault in cross_check(catalogue)] == ["duplicate_id"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dead bug", "dead_bug"),
        ("90/90 front PAILs/RAILs", "90_90_front_pails_rails"),
        ("Hip CAR, standing ", "hip_car_standing"),
    ],
)
def test_an_id_is_the_slug_of_the_name(name: str, expected: str) -> None:
    """Lowercase, with one underscore for each run of anything else, none at the ends."""
    assert slug(name) == expected
