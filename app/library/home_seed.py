"""The seed file of the home assessment: which tests a person does alone, in which order, and where the answers go.

Checked when it is read: whatever an assessment takes is asked exactly once, every text and source is there.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from itertools import count, takewhile
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.messages import SOURCE_LANGUAGE, Messages, messages_in
from app.resources import resource_directory
from app.yaml_files import read_yaml
from planner.catalogue import Catalogue, Measure
from planner.errors import Fault, SeedError
from planner.words import CarJoint, Joint, Motion, Observation, RedFlag, Sign, Test

FILE: Final = "home/assessment.yaml"
AREA: Final = "home_assessment"
_OF_NO_STEP: Final = ("about", "answer", "choice", "unit")
"""Beginnings of the texts that belong to no single step."""
_NEEDED: Final = ("title", "do_1", "do_2", "read")
_MAYBE: Final = ("stop", "skip")
_LABELS: Final = {"back_pain": ("usual", "worst_24h", "settles_within_h"), "irritability": ("label",)}
"""Steps that have labels of their own, by their ids."""

Range = Literal["passive", "active"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measured(_Strict):
    """What a step measures: a motion of the norms, with the ranges one can take alone. `felt` = ask what stopped it."""

    joint: Joint
    motion: Motion
    ranges: Annotated[tuple[Range, ...], Field(min_length=1)]
    method: Annotated[str, Field(max_length=60)]
    felt: bool

    @property
    def key(self) -> str:
        """Return the key of the measure in the norms."""
        return f"{self.joint}_{self.motion}"


class HomeStep(_Strict):
    """One step: what it needs, and the one thing it asks."""

    id: str
    equipment: tuple[str, ...]
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    measure: Measured | None = None
    car: CarJoint | None = None
    test: Test | None = None
    signs: tuple[Sign, ...] = ()
    observations: tuple[Observation, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    back_pain: bool = False
    irritability: bool = False

    @property
    def asks(self) -> tuple[object, ...]:
        """Return what is asked, of the kinds a step may have."""
        kinds = (self.measure, self.car, self.test, self.signs, self.observations, self.red_flags)
        return tuple(kind for kind in (*kinds, self.back_pain, self.irritability) if kind)


class HomeSection(_Strict):
    """Steps that are done together."""

    id: str
    steps: Annotated[tuple[HomeStep, ...], Field(min_length=1)]


class HomeSeed(_Strict):
    """The whole file."""

    minutes: int
    left_out: tuple[str, ...]
    sections: tuple[HomeSection, ...]

    @property
    def steps(self) -> tuple[HomeStep, ...]:
        """Return all steps in their order."""
        return tuple(step for section in self.sections for step in section.steps)

    @property
    def equipment(self) -> tuple[str, ...]:
        """Return everything that is needed, in the order it is needed first."""
        return tuple(dict.fromkeys(thing for step in self.steps for thing in step.equipment))


def load_home(catalogue: Catalogue) -> HomeSeed:
    """Read and check the file; SeedError names every fault."""
    path = resource_directory("seeds") / FILE
    return parse_home(path.read_text(encoding="utf-8"), catalogue, messages_in(SOURCE_LANGUAGE))


def parse_home(text: str, catalogue: Catalogue, messages: Messages) -> HomeSeed:
    """Return the file's content; SeedError when something is missing, doubled or unknown."""
    seed = HomeSeed.model_validate(read_yaml(text))
    faults = (*_asked_once(seed, catalogue), *_steps(seed, catalogue), *_texts(seed, messages))
    if faults:
        raise SeedError(faults)
    return seed


def _asked_once(seed: HomeSeed, catalogue: Catalogue) -> Iterator[Fault]:
    """Compare what is asked with all that an assessment takes."""
    steps = seed.steps
    measured = [step.measure.key for step in steps if step.measure is not None]
    yield from _exactly("measures", measured, catalogue.measures)
    yield from _exactly("cars", [step.car for step in steps if step.car], get_args(CarJoint))
    yield from _exactly("tests", [step.test for step in steps if step.test], get_args(Test))
    yield from _exactly("signs", [sign for step in steps for sign in step.signs], all_signs())
    seen = [one for step in steps for one in step.observations]
    yield from _exactly("observations", seen, get_args(Observation))
    yield from _exactly("red_flags", [flag for step in steps for flag in step.red_flags], get_args(RedFlag))
    history = [name for name in ("back_pain", "irritability") for step in steps if getattr(step, name)]
    yield from _exactly("history", history, ("back_pain", "irritability"))
    yield from _exactly("steps", [step.id for step in steps], {step.id for step in steps})


def all_signs() -> tuple[Sign, ...]:
    """Return every sign, of all factors."""
    return tuple(sign for factor in get_args(Sign) for sign in (get_args(factor) or (factor,)))


def _exactly(what: str, found: Iterable[Hashable], wanted: Iterable[Hashable]) -> Iterator[Fault]:
    times = Counter(found)
    for one in wanted:
        if times.pop(one, 0) != 1:
            yield Fault(f"{FILE}#{what}/{one}", "not_once", "must be asked exactly once")
    for one in times:
        yield Fault(f"{FILE}#{what}/{one}", "unknown", "is nothing an assessment takes")


def _steps(seed: HomeSeed, catalogue: Catalogue) -> Iterator[Fault]:
    for step in seed.steps:
        if len(step.asks) != 1:
            yield Fault(f"{FILE}#{step.id}", "not_one_thing", "must ask one thing")
        for source in step.sources:
            if source not in catalogue.sources:
                yield Fault(f"{FILE}#{step.id}/sources", "unknown_source", f"{source} is not in sources.yaml")


def _texts(seed: HomeSeed, messages: Messages) -> Iterator[Fault]:
    """Every text that is asked for is there, and no other."""
    known = {key.removeprefix(f"{AREA}.") for key in messages.texts if key.startswith(f"{AREA}.")}
    needed = {f"{step.id}.{name}" for step in seed.steps for name in (*_NEEDED, *_LABELS.get(step.id, ()))}
    needed |= {f"section.{section.id}" for section in seed.sections}
    needed |= {f"equipment.{thing}" for thing in seed.equipment} | {f"left_out.{what}" for what in seed.left_out}
    needed |= {f"sign.{sign}" for sign in all_signs()} | {f"observation.{one}" for one in get_args(Observation)}
    steps = {step.id for step in seed.steps}
    for key in sorted(needed - known):
        yield Fault(f"messages/{AREA}.yaml#{key}", "missing_text", "the text is missing")
    for key in sorted(known - needed):
        owner, _, name = key.partition(".")
        if owner in _OF_NO_STEP or (owner in steps and name in _MAYBE):
            continue
        if owner not in steps or not name.startswith("do_"):
            yield Fault(f"messages/{AREA}.yaml#{key}", "unknown_text", "no step asks for this text")
        elif f"{owner}.do_{int(name.removeprefix('do_')) - 1}" not in known:
            yield Fault(f"messages/{AREA}.yaml#{key}", "gap", "the text before it is missing")


def texts_of(prefix: str, messages: Messages) -> tuple[str, ...]:
    """Return the texts `<prefix>1`, `<prefix>2` and so on, as many as there are."""
    keys = (f"{AREA}.{prefix}{number}" for number in count(1))
    return tuple(messages.texts[key] for key in takewhile(messages.texts.__contains__, keys))


def measure_of(measured: Measured, catalogue: Catalogue) -> Measure:
    """Return what the norms say of a measured motion."""
    return catalogue.measures[measured.key]
