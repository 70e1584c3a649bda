"""Signs, tests, observations and CARs of two assessments: what appeared, what is gone.

They carry no error of measurement, so nothing is said of how sure such a change is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from planner.catalogue import Catalogue
from planner.facts import Assessment
from planner.retest import is_partial
from planner.words import ClueChange, Observation, Sign

ClueKind = Literal["sign", "test", "observation", "car"]
Found = str | int | None
"""`present` or `absent`, a test's result, a CAR's grade; None when it was not looked for."""
Name = tuple[ClueKind, str]

QUIET: Final[frozenset[Found]] = frozenset({"absent", "no_help", "clean", 0})
"""What points to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedClue:
    """One clue at the baseline and now; `text` names it for people."""

    kind: ClueKind
    name: str
    text: str
    baseline: Found
    now: Found
    change: ClueChange


def compared_clues(before: Assessment, after: Assessment, catalogue: Catalogue) -> tuple[ComparedClue, ...]:
    """Return every clue that either assessment has something to say of."""
    was, now = _clues(before, catalogue), _clues(after, catalogue)
    found = {place: (was.get(place), now.get(place)) for place in (*was, *now)}
    return tuple(
        ComparedClue(
            kind=kind,
            name=name,
            text=_text(kind, name, catalogue),
            baseline=then,
            now=again,
            change=_change(then, again),
        )
        for (kind, name), (then, again) in found.items()
        if not {then, again} <= {None, "absent"}
    )


def signs_looked_for(assessment: Assessment, catalogue: Catalogue) -> bool:
    """Return whether a sign that is not listed is absent: a re-test of joints alone looks for none."""
    asked = assessment.signs or assessment.observations or assessment.tests
    return bool(asked) and not is_partial(assessment, catalogue)


def _clues(assessment: Assessment, catalogue: Catalogue) -> Mapping[Name, Found]:
    unlisted = "absent" if signs_looked_for(assessment, catalogue) else None
    signs: dict[Name, Found] = {
        ("sign", name): "present" if name in assessment.signs else unlisted for name in get_args(Sign)
    }
    tests: dict[Name, Found] = {("test", one.test): one.result for one in assessment.tests}
    observations: dict[Name, Found] = {
        ("observation", name): "present" if name in assessment.observations else unlisted
        for name in get_args(Observation)
    }
    cars: dict[Name, Found] = {("car", f"{one.joint}_{one.side}"): one.fault for one in assessment.car_faults}
    return signs | tests | observations | cars


def _change(was: Found, now: Found) -> ClueChange:
    if was is None or now is None:
        return "not_tested"
    if was == now:
        return "unchanged"
    if was in QUIET:
        return "appeared"
    return "gone" if now in QUIET else "changed"


def _text(kind: ClueKind, name: str, catalogue: Catalogue) -> str:
    phrases = catalogue.texts.phrases
    if kind != "car":
        return phrases[f"{kind}_{name}"]
    joint, side = name.split("_")
    return catalogue.texts.phrase("clue.car", joint=joint, side=phrases[f"clue.{side}"])
