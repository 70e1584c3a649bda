"""Runs the cases of every rule: tests/rules/cases/<id>.yaml."""

import pytest

from planner.catalogue import Catalogue
from planner.decision import AnyRule, Rule
from planner.progress import Climb
from planner.registry import ALL_RULES
from planner.rules.progression import PROTECTIVE_RULES, Move, ProgressCase
from tests.rules.case_files import FOLDER, always_decides, case_file, cases_of, difference, read

FACTS = [
    pytest.param(rule, name, id=f"{rule.id}.{name}")
    for rule in ALL_RULES
    if case_file(rule.id).exists()
    for name in read(case_file(rule.id))
    if name != "rule"
]


@pytest.mark.parametrize(("rule", "name"), FACTS)
def test_a_rule_answers_as_its_case_says(rule: AnyRule, name: str, catalogue: Catalogue) -> None:
    """The outcome of a rule has the attributes its case names, or is silent where it says null."""
    case = next(one for one in cases_of(rule, catalogue) if one.name == name)

    assert case.fault(catalogue) == ""


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)
def test_a_rule_has_deciding_and_silent_cases(rule: AnyRule, catalogue: Catalogue) -> None:
    """Each rule has a case that decides and one that is silent, unless it always decides."""
    cases = list(cases_of(rule, catalogue))

    assert any(case.expected is not None for case in cases)
    assert always_decides(rule) or any(case.expected is None for case in cases)


SPOKEN = [rule for rule in ALL_RULES if rule.id[:2] in {"SY", "PG", "AD", "RT"} and rule.id != "AD20"]


@pytest.mark.parametrize("rule", SPOKEN, ids=lambda rule: rule.id)
def test_every_outcome_of_a_case_has_its_sentence(rule: AnyRule, catalogue: Catalogue) -> None:
    """The sentences of responses and moves are filled by the facts of their outcomes, and none is left over."""
    told = [case.outcome(catalogue) for case in cases_of(rule, catalogue) if case.expected is not None]
    texts = [catalogue.reason(rule.id, outcome.say, **outcome.facts).text for outcome in told]

    assert all(text.endswith(".") and "None" not in text for text in texts)
    assert {outcome.say for outcome in told} == set(catalogue.texts.rules[rule.id])


@pytest.mark.parametrize("rule", PROTECTIVE_RULES, ids=lambda rule: rule.id)
def test_a_protective_rule_reads_nothing_of_the_climb(rule: Rule[ProgressCase, Move], catalogue: Catalogue) -> None:
    """Its cases end the same with all that taken away: what may move up is found out once no protective rule speaks."""
    for case in cases_of(rule, catalogue):
        seen = case.with_catalogue(catalogue)
        assert isinstance(seen, ProgressCase)
        for name in Climb.__annotations__:
            delattr(seen, name)
        assert not difference(case.expected, rule.decide(seen))


def test_every_case_file_belongs_to_a_rule() -> None:
    """No case file is left over from a rule that is gone."""
    assert {path.stem for path in FOLDER.glob("*")} == {rule.id for rule in ALL_RULES}


def test_a_wrong_expectation_is_noticed() -> None:
    """The comparison of outcomes tells silence, values, types and inner facts apart."""
    assert difference(None, 0)
    assert difference({"facts": {"peak": 6}}, type("Outcome", (), {"facts": {"peak": 7}})())
    assert difference({"verdict": "up"}, type("Outcome", (), {"verdict": "hold"})())
    assert difference({"verdict": "up"}, object())
    assert difference([1, 2], (1, 3))
    assert difference(1, True)
    assert not difference(
        {"facts.peak": 6, "depths": [1, 2]}, type("O", (), {"facts": {"peak": 6.0}, "depths": (1, 2)})()
    )
