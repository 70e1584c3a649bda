"""Reading the seeds: each kind of fault is refused, all at once, with its file and key."""

from collections.abc import Callable

import pytest
import yaml

from app.catalogue import seed_files
from planner.catalogue import Catalogue
from planner.errors import SeedError
from planner.parse import parse_catalogue

Files = dict[str, str]
RESPONSE = "limits/response.yaml"
CARS = "exercises/cars.yaml"


@pytest.fixture
def files() -> Files:
    """Return the real seed files, to be broken."""
    return dict(seed_files())


def faults(files: Files) -> list[tuple[str, str]]:
    """Return where and what is wrong with seed files."""
    with pytest.raises(SeedError) as refused:
        parse_catalogue(files)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def first_exercise(files: Files) -> dict[str, object]:
    """Return the first exercise of a file as written."""
    return yaml.safe_load(files[CARS])[0]


def with_exercise(files: Files, **changes: object) -> tuple[Files, str]:
    """Return files whose first exercise is changed, and its id."""
    entries = yaml.safe_load(files[CARS])
    entries[0].update(changes)
    return files | {CARS: yaml.safe_dump(entries, allow_unicode=True)}, entries[0]["id"]


def test_the_real_seeds_are_read(catalogue: Catalogue) -> None:
    """Numbers become plain values in typed groups and keep unit, source and confidence."""
    number = catalogue.numbers["limits/response.high_peak"]

    assert catalogue.limits.response.high_peak == number.value
    assert (number.unit, number.source, number.confidence) == ("nrs", "silbernagel-2007", "P*")


def test_a_number_without_its_own_source_takes_the_file_s(catalogue: Catalogue) -> None:
    """What a file says about itself holds for every number that says nothing else."""
    number = catalogue.numbers["limits/progression.step_back.load"]

    assert (number.source, number.confidence) == ("house-judgement", "J")


def test_lists_of_numbers_become_tuples(catalogue: Catalogue) -> None:
    """A row of values is frozen in the catalogue and in its number."""
    assert isinstance(catalogue.demands.hip_flexion, tuple)
    assert catalogue.numbers["norms/demands.hip_flexion"].value == catalogue.demands.hip_flexion


def test_a_file_that_is_one_number_has_the_file_s_key(catalogue: Catalogue) -> None:
    """The effort table is a single number with a key of its own."""
    assert catalogue.numbers["norms/rpe"].value == catalogue.rpe_percent


def test_the_digest_follows_the_content_alone(files: Files) -> None:
    """The order of the files does not matter, a changed character does."""
    digest = parse_catalogue(files).digest
    backwards = dict(reversed(files.items()))
    commented = files | {RESPONSE: files[RESPONSE] + "\n# one more line\n"}

    assert parse_catalogue(backwards).digest == digest
    assert parse_catalogue(commented).digest != digest


BROKEN: dict[str, tuple[Callable[[str], str], str, str]] = {
    "duplicate_key": (lambda text: text + "\nred_rise: {value: 3, unit: nrs}\n", RESPONSE, "bad_yaml"),
    "unknown_key": (
        lambda text: text + "\nsurprise: {value: 3, unit: nrs}\n",
        f"{RESPONSE}: surprise",
        "unexpected_keyword_argument",
    ),
    "missing_key": (
        lambda text: text.replace("\nred_rise:", "\n# red_rise:"),
        f"{RESPONSE}: red_rise",
        "missing",
    ),
    "word_for_a_number": (
        lambda text: text.replace("high_peak: {value: 6", "high_peak: {value: high"),
        f"{RESPONSE}: high_peak",
        "int_type",
    ),
    "fraction_for_a_whole_number": (
        lambda text: text.replace("high_peak: {value: 6", "high_peak: {value: 6.5"),
        f"{RESPONSE}: high_peak",
        "int_type",
    ),
    "number_without_a_unit": (
        lambda text: text.replace("repeats: {value: 2, unit: exposures}", "repeats: {value: 2}"),
        "limits/response.repeats",
        "incomplete_number",
    ),
    "number_with_another_key": (
        lambda text: text.replace(
            "repeats: {value: 2, unit: exposures}",
            "repeats: {value: 2, unit: exposures, note: two, not three}",
        ),
        "limits/response.repeats",
        "unknown_key",
    ),
    "not_yaml": (lambda text: text + "\n  - [", RESPONSE, "bad_yaml"),
    "empty": (lambda _: "# nothing yet\n", RESPONSE, "empty_file"),
    "a_list": (lambda _: "- 1\n", RESPONSE, "dataclass_type"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_with_its_key(files: Files, kind: str) -> None:
    """Each way to break a limits file names the file and, where there is one, the key."""
    breaks, pointer, code = BROKEN[kind]
    broken = files | {RESPONSE: breaks(files[RESPONSE])}

    assert broken[RESPONSE] != files[RESPONSE]
    assert (pointer, code) in faults(broken)


def test_a_missing_file_is_named(files: Files) -> None:
    """A file that is not there is a fault of its own."""
    del files["doses/stages.yaml"]

    assert ("doses/stages.yaml", "missing_file") in faults(files)


def test_faults_of_two_files_are_reported_together(files: Files) -> None:
    """The first fault does not hide the next one, in the same file or in another."""
    files[RESPONSE] += "\nsurprise: {value: 3, unit: nrs}\n"
    files["norms/demands.yaml"] += "\nsurprise: {value: 3, unit: deg}\n"
    files, exercise = with_exercise(files, level="easy", category="stretching")

    found = [pointer for pointer, _ in faults(files)]

    assert f"{RESPONSE}: surprise" in found
    assert "norms/demands.yaml: surprise" in found
    assert {f"{CARS}#{exercise}: level", f"{CARS}#{exercise}: category"} <= set(found)


def test_an_id_used_twice_is_refused(files: Files) -> None:
    """An exercise that stands in two files is named where it stands the second time."""
    again = yaml.safe_dump([first_exercise(files)], allow_unicode=True)
    files["exercises/general.yaml"] = files["exercises/general.yaml"].rstrip() + "\n\n" + again
    pointer = f"exercises/general.yaml#{first_exercise(files)['id']}"

    assert (pointer, "duplicate_id") in faults(files)


def test_an_unknown_key_deep_in_an_entry_is_refused(files: Files) -> None:
    """Keys are checked at every level, not only at the top."""
    dose = first_exercise(files)["dose"] | {"weeks": [2, 3]}  # type: ignore[operator]
    files, exercise = with_exercise(files, dose=dose)

    assert (f"{CARS}#{exercise}: dose.weeks", "unexpected_keyword_argument") in faults(files)


def test_a_library_file_that_is_no_list_is_refused(files: Files) -> None:
    """Exercises and variations are written as lists."""
    files[CARS] = "id: hip_car\n"

    assert (CARS, "list_type") in faults(files)


def test_what_no_single_entry_shows_is_refused_too(files: Files) -> None:
    """The cross-check runs on whatever could be read, and its faults refuse the seeds."""
    files, exercise = with_exercise(files, harder=["levitation"])

    assert (f"exercises/{exercise}.harder.0", "unknown_reference") in faults(files)
