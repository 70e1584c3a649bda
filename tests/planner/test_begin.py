"""What a block must be asked for with."""

from dataclasses import replace

import pytest

from planner.catalogue import Catalogue
from planner.errors import BlockError
from planner.replan import build
from tests.support.story import MONDAY, Story

LENGTHS = {3: False, 4: True, 8: True, 9: False}


def may_last(weeks: int, catalogue: Catalogue) -> bool:
    """Return whether a block of so many weeks can be built."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    request = replace(story.request, weeks=weeks)
    try:
        build(request, story.facts, catalogue=catalogue, today=MONDAY)
    except BlockError:
        return False
    return True


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the lengths that are judged otherwise than they should."""
    return [f"{weeks} weeks" for weeks, allowed in LENGTHS.items() if may_last(weeks, catalogue) != allowed]


def test_a_block_has_four_to_eight_weeks(catalogue: Catalogue) -> None:
    """Three and nine weeks are refused, four and eight are planned."""
    assert check_cases(catalogue) == []


def test_a_wrong_length_names_its_field(catalogue: Catalogue) -> None:
    """The fault points at the length and says what is possible."""
    story = Story.of(catalogue, "V1", weeks=6, check_rebuild=False)
    with pytest.raises(BlockError) as refused:
        build(replace(story.request, weeks=9), story.facts, catalogue=catalogue, today=MONDAY)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/weeks", "wrong_length")
    assert fault.facts == {"shortest": 4, "longest": 8}
