"""The home assessment in a language, made once a process."""

from collections.abc import Iterator
from functools import cache
from typing import get_args

from babel.numbers import format_decimal

from app.catalogue import load_catalogue
from app.documents import Packed, packed_text
from app.library.home_schemas import (
    Answer,
    Choice,
    HomeAssessment,
    HomeError,
    Section,
    Step,
    Thing,
    WhenToStop,
)
from app.library.home_seed import AREA, HomeSection, HomeStep, Measured, load_home, measure_of, texts_of
from app.messages import Messages, messages_in
from planner.catalogue import Catalogue
from planner.check import CAR_GRADES, PAIN_SCALE, RESULTS_OF
from planner.screen import ARTICLE_FLAGS
from planner.words import Irritability, LimitFelt, RedFlag, Sign, Test

_MOST_HOURS = 2000  # of `back_pain.settles_within_h`, as the API takes it


@cache
def home_document(language: str) -> Packed:
    """Return the home assessment as JSON, in one of `app.messages.languages()`."""
    told = home_assessment(load_catalogue().spoken(language), messages_in(language))
    return packed_text(told.model_dump_json(exclude_none=True))


def home_assessment(catalogue: Catalogue, messages: Messages) -> HomeAssessment:
    """Return what a person does at home, in the order of the seed file."""
    seed = load_home(catalogue)
    words = _Words(messages)
    factor = catalogue.limits.limiting.home_error_factor
    return HomeAssessment(
        language=messages.language,
        title=words("about.title"),
        intro=words("about.intro"),
        minutes=seed.minutes,
        prepare=texts_of("about.prepare_", messages),
        when_to_stop=WhenToStop(title=words("about.stop_title"), rules=texts_of("about.stop_", messages)),
        error_factor=factor,
        error_text=words("about.error", factor=words.number(factor)),
        equipment=tuple(Thing(id=thing, name=words(f"equipment.{thing}")) for thing in seed.equipment),
        sections=tuple(_section(section, catalogue, words) for section in seed.sections),
        left_out=tuple(words(f"left_out.{what}") for what in seed.left_out),
        body={"setting": "home"},
        how_to_send=texts_of("about.send_", messages),
    )


class _Words:
    """The texts of the home assessment in one language."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages

    def __call__(self, key: str, **facts: object) -> str:
        return self.messages(f"{AREA}.{key}", **facts)

    def maybe(self, key: str) -> str | None:
        """Return a text that not every step has."""
        return self(key) if f"{AREA}.{key}" in self.messages.texts else None

    def number(self, value: float) -> str:
        """Return a number as the language writes it."""
        return format_decimal(round(value, 2), locale=self.messages.locale)

    def choices(self, values: tuple[str, ...]) -> tuple[Choice, ...]:
        """Return closed choices with their labels."""
        return tuple(Choice(value=value, label=self(f"choice.{value}")) for value in values)


def _section(section: HomeSection, catalogue: Catalogue, words: _Words) -> Section:
    steps = tuple(_step(step, catalogue, words) for step in section.steps)
    return Section(id=section.id, title=words(f"section.{section.id}"), steps=steps)


def _step(step: HomeStep, catalogue: Catalogue, words: _Words) -> Step:
    measure = None if step.measure is None else measure_of(step.measure, catalogue)
    return Step(
        id=step.id,
        title=words(f"{step.id}.title"),
        equipment=step.equipment,
        steps=texts_of(f"{step.id}.do_", words.messages),
        read=words(f"{step.id}.read"),
        stop=words.maybe(f"{step.id}.stop"),
        skip=words.maybe(f"{step.id}.skip"),
        core=measure is not None and measure.core,
        home_error=None if step.measure is None else _error(step.measure, catalogue, words),
        sources=step.sources,
        answers=tuple(_answers(step, catalogue, words)),
    )


def _error(measured: Measured, catalogue: Catalogue, words: _Words) -> HomeError:
    """Return the clinic's error of a measure, widened as the planner widens it."""
    measure, factor = measure_of(measured, catalogue), catalogue.limits.limiting.home_error_factor
    change, unit = round(measure.mdc * factor, 1), words(f"unit.{measure.unit}")
    text = words("about.error_measure", change=words.number(change), unit=unit)
    return HomeError(standard=round(measure.sem * factor, 1), smallest_real_change=change, unit=unit, text=text)


def _answers(step: HomeStep, catalogue: Catalogue, words: _Words) -> Iterator[Answer]:
    if step.measure is not None:
        yield from _measured(step.measure, catalogue, words)
    if step.car is not None:
        yield from _graded(step.car, words)
    if step.test is not None:
        yield _tested(step.test, words)
    yield from (_noticed("signs", "sign", one, words) for one in step.signs)
    yield from (_noticed("observations", "observation", one, words) for one in step.observations)
    yield from (_flag(flag, catalogue, words) for flag in step.red_flags)
    if step.back_pain:
        yield from _back_pain(words)
    if step.irritability:
        choices = words.choices(get_args(Irritability))
        yield Answer(label=words("irritability.label"), kind="choice", into="irritability", choices=choices)


def _measured(measured: Measured, catalogue: Catalogue, words: _Words) -> Iterator[Answer]:
    measure = measure_of(measured, catalogue)
    low, high = measure.possible
    for side in ("left", "right") if measure.sided else ("midline",):
        entry = {"joint": measured.joint, "motion": measured.motion, "side": side, "unit": measure.unit}
        entry["method"] = measured.method
        for name in measured.ranges:
            yield Answer(
                label=_of_side(f"answer.{name}", side, words) if measure.sided else words("answer.hold"),
                kind="number",
                into="measurements",
                entry=entry,
                field=name,
                lowest=low,
                highest=high,
                unit=words(f"unit.{measure.unit}"),
            )
        if measured.felt:
            yield from _felt(entry, side, words)


def _of_side(key: str, side: str, words: _Words) -> str:
    return words(key, side=words(f"answer.side_{side}"))


def _felt(entry: dict[str, str], side: str, words: _Words) -> Iterator[Answer]:
    """Ask for a pinch at the front and for what stopped the motion."""
    label = _of_side("answer.pinch", side, words)
    yield Answer(label=label, kind="boolean", into="measurements", entry=entry, field="pinch")
    yield Answer(
        label=_of_side("answer.limit_felt", side, words),
        kind="choice",
        into="measurements",
        entry=entry,
        field="limit_felt",
        choices=words.choices(get_args(LimitFelt)),
    )


def _graded(joint: str, words: _Words) -> Iterator[Answer]:
    grades = tuple(Choice(value=str(grade), label=words(f"choice.fault_{grade}")) for grade in CAR_GRADES)
    for side in ("left", "right"):
        entry = {"joint": joint, "side": side}
        yield Answer(
            label=_of_side("answer.car_fault", side, words),
            kind="whole",
            into="car_faults",
            entry=entry,
            field="fault",
            choices=grades,
            lowest=CAR_GRADES[0],
            highest=CAR_GRADES[-1],
        )
        label = _of_side("answer.car_pain", side, words)
        yield _score(label, "car_faults", "pain", entry)


def _tested(test: Test, words: _Words) -> Answer:
    choices = words.choices(RESULTS_OF[test])
    entry = {"test": test}
    return Answer(
        label=words("answer.result"), kind="choice", into="tests", entry=entry, field="result", choices=choices
    )


def _noticed(into: str, kind: str, what: Sign | str, words: _Words) -> Answer:
    return Answer(label=words(f"{kind}.{what}"), kind="add", into=into, value=what)


def _flag(flag: RedFlag, catalogue: Catalogue, words: _Words) -> Answer:
    return Answer(
        label=catalogue.texts.red_flags[flag],
        kind="choice",
        into="red_flags",
        field=flag,
        choices=words.choices(("yes", "no", "not_asked")),
        needed=flag in ARTICLE_FLAGS,
    )


def _back_pain(words: _Words) -> Iterator[Answer]:
    for name in ("usual", "worst_24h"):
        yield _score(words(f"back_pain.{name}"), "back_pain", name, None)
    label, unit = words("back_pain.settles_within_h"), words("unit.h")
    yield Answer(
        label=label,
        kind="number",
        into="back_pain",
        field="settles_within_h",
        lowest=0,
        highest=_MOST_HOURS,
        unit=unit,
    )


def _score(label: str, into: str, field: str, entry: dict[str, str] | None) -> Answer:
    low, high = PAIN_SCALE[0], PAIN_SCALE[-1]
    return Answer(label=label, kind="whole", into=into, entry=entry, field=field, lowest=low, highest=high)
