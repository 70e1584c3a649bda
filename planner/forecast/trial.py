"""One virtual client under one policy: live the days, keep what happened."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Final, Literal

from planner.catalogue import Catalogue
from planner.facts import PreferredSquat
from planner.forecast.body import Answer
from planner.forecast.examination import limits_now
from planner.forecast.fixed import Generic, Linear
from planner.forecast.life import WEEK, LifeDay, draw_life
from planner.forecast.person import Person
from planner.forecast.planned import Planned
from planner.forecast.policy import Policy
from planner.forecast.training import SquatWork, Training
from planner.forecast.traits import Traits, draw_traits
from planner.words import DEPTHS, LimitingFactor, Verdict, depth_index

FIRST_DAY: Final = date(2026, 1, 5)
PolicyName = Literal["squatback", "oracle", "generic", "linear", "rest"]
SEEDS_APART: Final = 1_000_003
CALM_RUN: Final = 2
"""Sessions of the preferred squat in a row that the back must take well to be back."""


@dataclass(slots=True)
class Outcome:
    """What became of a virtual client under a policy; weeks count from 1."""

    policy: str
    limiter: LimitingFactor
    mixed: bool
    found: LimitingFactor | None = None  # what the first assessment was read as
    second_found: str | None = None
    returned_on: int | None = None  # day, counted from 0
    left_on: int | None = None  # dropped out
    days: int = 0
    problem_days: int = 0  # days on which training added two points or more
    flares: int = 0  # runs of such days
    step_backs: int = 0
    first_step_back: int | None = None
    flag: bool = False
    flag_caught: bool = True
    longest_silence: int = 0  # days without a move, a question or a notice while still below the goal
    retargeted: bool = False  # the goal was changed because the range stayed short


def policy_of(name: str, catalogue: Catalogue) -> Policy:
    """Return a policy by name."""
    made: dict[str, Callable[[], Policy]] = {
        "squatback": lambda: Planned(catalogue),
        "oracle": lambda: Planned(catalogue),
        "generic": lambda: Generic(catalogue),
        "linear": lambda: Linear(catalogue),
        "rest": lambda: Linear(catalogue, wait_weeks=2),
    }
    return made[name]()


@dataclass(slots=True)
class Trial:
    """A person and a policy, day by day."""

    person: Person
    policy: Policy
    outcome: Outcome
    catalogue: Catalogue
    foresees: bool = False  # knows what a squat will do before it is done
    calm_run: int = 0
    problem_before: bool = False
    silent_since: int = 0
    heard: int = 0  # decisions seen so far
    range_before: dict[str, float] = field(default_factory=dict)

    def begin(self) -> "Trial":
        """Assess the person and let the policy start from it."""
        self.policy.begin(self.person.body.profile, self.person.assessment(), self.person.date)
        self._note_finding()
        return self

    def live(self, days: int, *, until_back: bool = False) -> Outcome:
        """Live up to a number of days and return what happened."""
        for _ in range(days):
            if self.person.gone:
                self.outcome.left_on = self.person.body.day
            if self.person.gone or (until_back and self.outcome.returned_on is not None):
                break
            self._day()
            self.person.body.wake()
        self.outcome.days = self.person.body.day
        self._note_silence()
        return self.outcome

    def _day(self) -> None:
        person, policy, on = self.person, self.policy, self.person.date
        looks = person.today.goes or person.due_flag() is not None
        planned = policy.training(on) if looks else None  # as shown when the day began
        self._check_in()
        self._clear_when_due()
        self._assess_when_due()
        self._note_flag(planned)
        if planned is not None and person.today.goes and not self._withheld():
            self._train(planned)
        points = person.body.peak
        problem = points >= self.catalogue.population.bodies.response.problem_points
        self.outcome.problem_days += problem
        self.outcome.flares += problem and not self.problem_before
        self.problem_before = problem
        self._note_decisions()

    def _withheld(self) -> bool:
        """Return whether the red flag of a person keeps them from training, as the plan tells them."""
        return isinstance(self.policy, Planned) and self.policy.stopped()

    def _check_in(self) -> None:
        told = self.person.check_in()
        if told is not None:
            self.policy.checked_in(self.person.date, told)

    def _clear_when_due(self) -> None:
        """Let a professional clear a person some weeks after the red flag was told."""
        person, habits = self.person, self.person.traits.habits
        if person.told_flag and not person.flag_cleared and person.body.day >= habits.flag_on + habits.cleared_after:
            person.flag_cleared = True
            self.policy.cleared(person.date)

    def _assess_when_due(self) -> None:
        due = self.policy.wants_assessment(self.person.date)
        if due is None:
            return
        whole = due == ()
        if whole:
            self._change_goal_when_stuck()
        self.policy.assessed(self.person.date, self.person.assessment(only=due or None))

    def _change_goal_when_stuck(self) -> None:
        """Agree on a stance, shoes or a depth the joints can give, once range has stopped growing.

        A bony stop is answered with another target, not with force.
        """
        body = self.person.body
        for measure, lacking in (
            ("hip_flexion", limits_now(body, "hip")),
            ("ankle_knee_to_wall", limits_now(body, "ankle")),
        ):
            before = self.range_before.get(measure)
            now = body.passive(measure)
            self.range_before[measure] = now
            stuck = before is not None and now - before < self.catalogue.measures[measure].mdc / 2
            if lacking and stuck:
                changed = easier_goal(body.profile.preferred_squat, measure)
                self.outcome.retargeted = True
                self.person.agree(replace(body.profile, preferred_squat=changed))
                self.policy.agreed(self.person.date, body.profile)

    def _train(self, planned: Training) -> None:
        if self.foresees and planned.squat is not None:
            planned = self._held_back(planned)
        answer, log = self.person.train(planned)
        if planned.squat is not None and answer is not None:
            self._note_return(planned.squat, answer)
        if self.person.today.logs:
            self.policy.logged(self.person.date, log)

    def _held_back(self, planned: Training) -> Training:
        """Return the training without a squat that is known to be too much."""
        assert planned.squat is not None
        limit = self.catalogue.population.bodies.response.problem_points
        too_much = self.person.body.overload(planned.squat).points >= limit
        return replace(planned, squat=None) if too_much else planned

    def _note_return(self, work: SquatWork, answer: Answer) -> None:
        squat = self.person.body.profile.preferred_squat
        there = work.variation.id == squat.variation and work.depth >= depth_index(squat.depth)
        calm = answer.points < self.catalogue.population.bodies.response.problem_points
        if not there or work.modifiers:
            return
        self.calm_run = self.calm_run + 1 if calm else 0
        if self.calm_run >= CALM_RUN and self.outcome.returned_on is None:
            self.outcome.returned_on = self.person.body.day

    def _note_finding(self) -> None:
        if isinstance(self.policy, Planned):
            finding = self.policy.state.client.finding
            self.outcome.found = finding.limiting_factor
            self.outcome.second_found = finding.second_factor

    def _note_flag(self, planned: Training | None) -> None:
        """Count a red flag as caught when from this very day on nothing loaded is left to do."""
        if self.person.due_flag() is None or not self.person.told_flag:
            return
        self.outcome.flag = True
        if not self._withheld() and planned is not None and planned.squat is not None:
            self.outcome.flag_caught = False

    def _note_decisions(self) -> None:
        if not isinstance(self.policy, Planned):
            return
        for decision in self.policy.decisions[self.heard :]:
            self._note_verdict(decision.verdict)
        self.heard = len(self.policy.decisions)
        if self.policy.asked_on is not None or self.policy.stopped() or self.outcome.returned_on is not None:
            self._note_silence()

    def _note_verdict(self, verdict: Verdict) -> None:
        if verdict == "step_back":
            self.outcome.step_backs += 1
            if self.outcome.first_step_back is None:
                self.outcome.first_step_back = self.person.body.day
        if verdict in {"up", "rerank", "refer", "stop"}:
            self._note_silence()

    def _note_silence(self) -> None:
        day = self.person.body.day
        self.outcome.longest_silence = max(self.outcome.longest_silence, day - self.silent_since)
        self.silent_since = day


def easier_goal(squat: PreferredSquat, measure: str) -> PreferredSquat:
    """Return the squat with a wider stance or higher heels, then with less depth."""
    if measure == "hip_flexion" and squat.stance != "wide":
        return replace(squat, stance="wide")
    if measure == "ankle_knee_to_wall" and squat.heel_cm < 2.5:
        return replace(squat, heel_cm=2.5)
    return replace(squat, depth=DEPTHS[max(1, depth_index(squat.depth) - 2)])


def draw_person(seed: int, number: int, days: int, catalogue: Catalogue) -> tuple[Traits, tuple[LifeDay, ...]]:
    """Return a numbered client of a population and the days of their life, the same for every policy."""
    traits = draw_traits(Random(f"{seed}/{number}/traits"), catalogue)
    return traits, draw_life(Random(f"{seed}/{number}/life"), traits, days + 1, catalogue.population)


def run_trial(name: PolicyName, seed: int, number: int, weeks: int, catalogue: Catalogue) -> Outcome:
    """Return what becomes of a numbered client of a population under a policy."""
    traits, life = draw_person(seed, number, WEEK * weeks, catalogue)
    exact = name == "oracle"
    if exact:
        life = tuple(replace(day, noise=0.0, flare=0.0) for day in life)
    person = Person(traits, life, catalogue, FIRST_DAY, seed * SEEDS_APART + number, exact=exact)
    outcome = Outcome(policy=name, limiter=traits.limiter, mixed=traits.second is not None)
    return Trial(person, policy_of(name, catalogue), outcome, catalogue, foresees=exact).begin().live(WEEK * weeks)


__all__ = ["FIRST_DAY", "Outcome", "PolicyName", "Trial", "draw_person", "run_trial"]
