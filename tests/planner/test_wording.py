"""Languages: each says everything English says, from the same facts, and changes nothing but words."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import pytest
import yaml

from planner.catalogue import Catalogue
from planner.errors import SeedError
from planner.parse import parse_catalogue
from planner.seed_reader import UniqueKeyLoader
from planner.wording import EntryWords
from tests.support.placeholders import placeholders
from tests.support.wording import Files, german_seeds

CARS = "translations/de/exercises/cars.yaml"
TEXTS = "texts/de.yaml"
BRIDGE = {field.name: ["Heb das Becken."] if field.name == "steps" else "Brücke" for field in fields(EntryWords)}


@pytest.fixture(scope="module")
def files() -> Files:
    """Return the seed files with German words for the whole library."""
    return german_seeds()


def test_a_catalogue_speaks_every_language_there_are_texts_in(catalogue: Catalogue) -> None:
    """A locale is served in its language; one without texts in English. Each language is made once."""
    german = catalogue.spoken("de-AT")

    assert (german.language, german.texts.phrases["title.squat"]) == ("de", "Kniebeugen-Einheit")
    assert german is catalogue.spoken("DE_de")
    assert german.spoken("de") is german
    assert catalogue.spoken("tlh") is catalogue.spoken("en-GB") is catalogue
    assert german.spoken("en").texts is catalogue.texts


def test_languages_differ_in_words_alone(files: Files) -> None:
    """Numbers, choices, ladders and the digest are the same objects; names and teaching texts are not."""
    english = parse_catalogue(files)
    german = english.spoken("de")
    bridge, bridge_de = english.exercises["bridge"], german.exercises["bridge"]
    goblet_de = german.variations["goblet_squat"]

    assert (german.digest, german.limits, german.ladders, german.widths) == (
        english.digest,
        english.limits,
        english.ladders,
        english.widths,
    )
    assert (bridge_de.name, bridge_de.steps) == (f"{bridge.name} (de)", tuple(f"{step} (de)" for step in bridge.steps))
    assert (bridge_de.dose, bridge_de.targets, bridge_de.id) == (bridge.dose, bridge.targets, bridge.id)
    assert goblet_de.cue.endswith(" (de)")
    assert goblet_de.reason.endswith(" (de)")
    assert german.measures["hip_flexion"].name == "Hüftbeugung"
    assert german.measures["hip_flexion"].mdc == english.measures["hip_flexion"].mdc


def test_numbers_in_sentences_have_the_mark_of_the_language(catalogue: Catalogue) -> None:
    """A fact stays the number it was; the sentence writes it as people do, and a code as a word."""
    german = catalogue.spoken("de")
    told = german.reason("LF54", measure="Knie zur Wand", difference=2.5, unit=" cm", short_side="left")

    assert told.text == "Die linke Seite hat 2,5 cm weniger (Knie zur Wand); sie bekommt mehr Sätze."
    assert told.facts["difference"] == 2.5
    assert told.facts["short_side"] == "left"
    assert "2.5 cm" in catalogue.reason("LF54", **told.facts).text
    assert german.texts.number(1234.0) == "1234"


def test_what_a_person_wrote_is_not_translated(catalogue: Catalogue) -> None:
    """Only the codes of a fact are words of ours; a reason that reads like a code stays as it was written."""
    assert catalogue.spoken("de").reason("AD20", reason="low").text == "Vom Coach geändert: low"


@pytest.mark.parametrize("language", ["de"])
def test_every_sentence_asks_for_the_facts_of_the_english_one(catalogue: Catalogue, language: str) -> None:
    """Rule by rule and case by case, every phrase and every question."""
    english, other = catalogue.texts, catalogue.spoken(language).texts

    assert {rule: asked(cases) for rule, cases in other.rules.items()} == {
        rule: asked(cases) for rule, cases in english.rules.items()
    }
    assert asked(other.phrases) == asked(english.phrases)
    assert asked(other.red_flags) == asked(english.red_flags)
    assert other.teaching.keys() == english.teaching.keys()


def asked(templates: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the facts that each template asks for."""
    return {key: placeholders(template) for key, template in templates.items()}


def edited(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    """Return a change of one file."""

    def edit(files: Files) -> Files:
        tree = yaml.load(files[name], Loader=UniqueKeyLoader)
        change(tree)
        return files | {name: yaml.safe_dump(tree, allow_unicode=True)}

    return edit


MISSAID: dict[tuple[str, str], Callable[[Files], Files]] = {
    ("texts/de.rules.SF01", "missing_text"): edited(TEXTS, lambda tree: tree["rules"].pop("SF01")),
    ("texts/de.rules.LF08.partly", "missing_text"): edited(TEXTS, lambda tree: tree["rules"]["LF08"].pop("partly")),
    ("texts/de.phrases.ramp.bar", "other_facts"): edited(
        TEXTS, lambda tree: tree["phrases"].update({"ramp.bar": "leere Stange"})
    ),
    ("texts/de.phrases.more.luck", "unknown_reference"): edited(
        TEXTS, lambda tree: tree["phrases"].update({"more.luck": "Glück"})
    ),
    ("texts/de.words.side.left", "missing_text"): edited(TEXTS, lambda tree: tree["words"]["side"].pop("left")),
    ("texts/de.teaching.hip", "missing_text"): edited(TEXTS, lambda tree: tree["teaching"].pop("hip")),
    ("translations/de/measures.hip_flexion", "missing_text"): edited(
        "translations/de/measures.yaml", lambda tree: tree.pop("hip_flexion")
    ),
    ("translations/de/exercises.hip_car_standing", "missing_text"): edited(
        CARS, lambda tree: tree.pop("hip_car_standing")
    ),
    ("translations/de/exercises.elbow_car", "unknown_reference"): edited(
        CARS, lambda tree: tree.update(elbow_car=tree["knee_car"])
    ),
    ("translations/de/exercises/knee_car.steps", "other_steps"): edited(
        CARS, lambda tree: tree["knee_car"]["steps"].pop()
    ),
    ("translations/de/exercises/neck_car", "other_facts"): edited(
        CARS, lambda tree: tree["neck_car"].update(cue="Mach {reps}.")
    ),
}
MISSHAPEN: dict[tuple[str, str], Callable[[Files], Files]] = {
    ("translations/de/exercises/zz.yaml#bridge", "duplicate_id"): lambda files: (
        files | {"translations/de/exercises/zz.yaml": yaml.safe_dump({"bridge": BRIDGE})}
    ),
    (f"{CARS}: knee_car.feel", "missing"): edited(CARS, lambda tree: tree["knee_car"].pop("feel")),
    (f"{CARS}: neck_car.dose", "unexpected_keyword_argument"): edited(
        CARS, lambda tree: tree["neck_car"].update(dose="viel")
    ),
    ("translations/de/measures.yaml", "missing_file"): lambda files: {
        name: text for name, text in files.items() if name != "translations/de/measures.yaml"
    },
}


@pytest.mark.parametrize("faulty", [MISSAID, MISSHAPEN], ids=["other words", "other shape"])
def test_a_language_that_says_something_else_is_refused(
    files: Files, faulty: Mapping[tuple[str, str], Callable[[Files], Files]]
) -> None:
    """Every fault at once, each with its file and key, and no other."""
    broken = files
    for change in faulty.values():
        broken = change(broken)
    with pytest.raises(SeedError) as refused:
        parse_catalogue(broken)

    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == set(faulty)
