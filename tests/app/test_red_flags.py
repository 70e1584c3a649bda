"""The checklist as it is sent, and what its answers mean in whichever order they come."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import get_args

import pytest

from app.catalogue import load_catalogue
from app.flag_standing import FLAGGED, standing
from app.red_flags import ALL_NO, RedFlags, told_yes
from planner.facts import Assessment, CheckIn, Clearance, Fact, MorningPain, Screening
from planner.screen import ARTICLE_FLAGS
from planner.words import RedFlag
from tests.support.story import load_vignette, profile_of

FLAGS: tuple[RedFlag, ...] = get_args(RedFlag)


def test_every_flag_can_be_answered_and_what_is_left_out_is_no_answer() -> None:
    """Yes and no are answers; not asked is none."""
    assert tuple(RedFlags.model_fields) == FLAGS
    assert RedFlags().answers() == {}
    assert RedFlags.model_validate(dict.fromkeys(FLAGS, "yes")).answers() == dict.fromkeys(FLAGS, "yes")
    told = RedFlags.model_validate({"numbness": "no", "tingling": "not_asked"})
    assert told.answers() == {"numbness": "no"}


@pytest.mark.parametrize("flag", FLAGS)
def test_a_yes_is_found_whatever_stands_around_it(flag: RedFlag) -> None:
    """In anything that JSON can hold; other answers, other names and other places are none."""
    others = dict.fromkeys(FLAGS, "no") | {"headache": "yes"}
    assert told_yes({"red_flags": others | {flag: "yes"}, "mood": 3}) == (flag,)
    assert [told_yes(sent) for sent in ({"red_flags": others}, {flag: "yes"}, [flag], None, 3, {})] == [()] * 6
    assert [told_yes({"red_flags": answers}) for answers in ([flag], flag, None, {flag: True}, {flag: ["yes"]})] == [
        ()
    ] * 5


def test_the_six_noes_of_the_examples_are_those_of_the_method() -> None:
    """Part of many examples."""
    assert dict.fromkeys(ARTICLE_FLAGS, "no") == ALL_NO


def test_what_holds_follows_from_every_kind_of_fact_that_has_flags() -> None:
    """In whichever order they are read; they are told in the client's language."""
    profile = profile_of(load_vignette("V1")["client"] | {"locale": "de"})
    morning = CheckIn(back_pain=MorningPain(now=1, worst_24h=1), red_flags={"numbness": "yes"})
    bodies = (
        Assessment(performed_on=date(2026, 11, 2), setting="clinic", red_flags=dict.fromkeys(ARTICLE_FLAGS, "no")),
        morning,
        Clearance(cleared_on=date(2026, 11, 4), cleared_by="Dr Rivera"),
        Screening(red_flags={"major_trauma": "yes"}),
    )
    facts = [
        Fact(id=str(n), body=body, at=at, on=at.date(), received_at=at, received_on=at.date())
        for n, body in enumerate(bodies)
        for at in [datetime(2026, 11, 2 + n, 9, tzinfo=UTC)]
    ]
    catalogue, today = load_catalogue(), date(2026, 11, 5)
    told = [standing(facts[:upto], profile, today, catalogue) for upto in range(5)]

    assert [one.status for one in told] == ["incomplete", "clear", "refer", "clear", "emergency"]
    assert told[4].positive == ("major_trauma",)
    assert told[4].text == catalogue.spoken("de").texts.phrases["screening_emergency"] != told[4].unlock
    assert all(standing(order, profile, today, catalogue) == told[4] for order in permutations(facts))
    assert set(FLAGGED) == {"screening", "assessment", "clearance", "check_in"}
