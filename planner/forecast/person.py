"""A virtual person: a body, a life, and what they write down of a day.

Knows no planner. `exact` leaves out every error: what an observer who sees everything would
write down.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from statistics import fmean

from planner.catalogue import Catalogue
from planner.facts import (
    Assessment,
    CheckIn,
    Context,
    LoggedItem,
    LoggedSet,
    MorningPain,
    Profile,
    SessionLog,
    SessionPain,
)
from planner.forecast.body import Answer, Body
from planner.forecast.examination import examine
from planner.forecast.life import LifeDay
from planner.forecast.training import SquatWork, Training
from planner.forecast.traits import Traits
from planner.words import DEPTHS, PainWord, RedFlag

SETTLED = 0.5
"""Points of pain that count as settled."""

NOTICED, STRONG = 1.5, 3.0
"""Points from which one spot stands out, and from which words, technique and plans change."""

OFTEN, SOMETIMES = 0.6, 0.3
UNLOADED_EFFORT = 5.0
EASY_SHARE = 0.55
"""Share of the maximum that feels easy when nobody says what to load."""


@dataclass(slots=True)
class Person:
    """One virtual client: a body, a life, and a hand that writes things down."""

    traits: Traits
    life: tuple[LifeDay, ...]
    catalogue: Catalogue
    first_day: date
    seed: int
    exact: bool = False
    body: Body = field(init=False)
    told_flag: bool = False
    flag_cleared: bool = False

    def __post_init__(self) -> None:
        self.body = Body(self.traits, self.catalogue)

    @property
    def today(self) -> LifeDay:
        """Return the luck of the current day."""
        return self.life[self.body.day]

    @property
    def date(self) -> date:
        """Return the current day."""
        return self.first_day + timedelta(days=self.body.day)

    @property
    def gone(self) -> bool:
        """Return whether this person has dropped out."""
        last = self.traits.habits.drops_out_on
        return last is not None and self.body.day >= last

    # --- assessments ---

    def assessment(self, *, only: Iterable[str] | None = None) -> Assessment:
        """Return a whole assessment of today, or a re-test of some measures."""
        rng = Random(f"{self.seed}/assessment/{self.body.day}")
        return examine(self.body, self.date, rng, usual_pain=self._usual_told(), exact=self.exact, only=only)

    def _usual_told(self) -> float:
        """Return the pain of a usual day as people remember it: the mean of two weeks, ups and downs included."""
        usual, day = self.body.usual_now(), self.body.day
        noises = [one.noise for one in self.life[max(0, day - 13) : max(14, day + 1)]]
        return usual if self.exact else fmean(max(0.0, usual + noise) for noise in noises)

    # --- days ---

    def due_flag(self) -> RedFlag | None:
        """Return the red flag this person has had since a day and not been cleared of."""
        habits = self.traits.habits
        return habits.flag if self.body.day >= habits.flag_on and not self.flag_cleared else None

    def check_in(self) -> CheckIn | None:
        """Return this morning's check-in, None on a morning without one; a red flag is always told."""
        flag = self.due_flag()
        first = flag is not None and not self.told_flag
        if not (self.today.checks_in or first):
            return None
        self.told_flag = self.told_flag or flag is not None
        now = self._told(self.body.pain(self.today))
        carried = self.body.carried
        settled = carried < SETTLED
        return CheckIn(
            back_pain=MorningPain(
                now=now, worst_24h=max(now, self._told(self.body.pain(self.today, more=carried / 2)))
            ),
            hours_to_settle=12.0 if settled else None,
            same_spot=carried >= NOTICED and self.today.chance[0] < OFTEN,
            words=self._words(carried, now),
            affects_week=carried >= STRONG and self.today.chance[1] < SOMETIMES,
            red_flags={flag: "yes"} if flag is not None else {},
        )

    def _told(self, pain: float) -> int:
        """Return pain as written down: a whole number, less by some."""
        if self.exact:
            pain = self.body.usual_now() + self.body.carried
        less = self.catalogue.population.clients.under_report_points if self.traits.habits.under_reports else 0
        return max(0, min(10, round(pain)) - (0 if self.exact else less))

    def _words(self, points: float, score: int) -> tuple[PainWord, ...]:
        if points >= STRONG and self.today.chance[2] < SOMETIMES:
            return ("sharp",) if self.today.chance[3] < 0.5 else ("protective",)
        return ("tight",) if score >= 2 else ("worked",)

    def train(self, training: Training) -> tuple[Answer | None, SessionLog]:
        """Do a session and return how it truly went and what this person would write down of it."""
        work = training.squat
        if work is not None and work.load_kg is None and not work.variation.unloaded:
            work = replace(work, load_kg=self._by_feel(work))
        deeper = work is not None and self.traits.habits.over_deepens
        done = replace(work, depth=min(work.depth + 1, len(DEPTHS))) if work is not None and deeper else work
        answer = self.body.train(replace(training, squat=done))
        return answer, self._log(training, work, answer)

    def _by_feel(self, work: SquatWork) -> float | None:
        """Return a load that feels easy, on real bells."""
        midpoint = work.variation.load.midpoint
        if midpoint is None:
            return None
        easy = EASY_SHARE * midpoint * self.traits.back_max_kg
        bells = self.traits.profile.weights.kettlebells_kg or ()
        return max((bell for bell in bells if bell <= easy), default=None)

    def _log(self, training: Training, work: SquatWork | None, answer: Answer | None) -> SessionLog:
        session = training.session
        points = 0.0 if answer is None else answer.points
        felt = self._told_during()
        items = tuple(self._logged(item.id, item.exercise, work, answer) for item in session.items) if session else ()
        return SessionLog(
            session_id=session.id if session else None,
            items=items,
            back_pain=SessionPain(before=self._told(self.body.pain(self.today)), during=felt, after=felt),
            same_spot=points >= NOTICED and self.today.chance[4] < OFTEN,
            words=self._words(self.body.fresh, felt),
            changed_technique_to_survive=points >= STRONG and self.today.chance[5] < SOMETIMES,
            leg_soreness=round(self.traits.leg_soreness),
            context=Context(sleep_h=5.5 if self.today.bad_sleep else 7.5),
            answers=training.answers,
        )

    def _told_during(self) -> int:
        if self.exact:
            return round(self.body.usual_now() + self.body.carried + self.body.fresh)
        return self._told(self.body.pain(self.today, more=self.body.fresh))

    def _logged(self, item_id: str, exercise: str, work: SquatWork | None, answer: Answer | None) -> LoggedItem:
        if work is None or answer is None or exercise != work.variation.id:
            return LoggedItem(item_id=item_id)
        chance, over = self.today.chance, answer.overload
        done = LoggedSet(reps=work.reps, load_kg=work.load_kg, rpe=self._effort(work, answer))
        missed = [self._missed(chance[6], over["control"]), self._missed(chance[7], over["trunk"])]
        return LoggedItem(
            item_id=item_id,
            sets=(done,) * work.sets,
            depth_reached=DEPTHS[work.depth - 1],
            tempo_kept=not missed[0],
            position_lost=missed[0],
            breath_ok=not missed[1],
            unrack_calm=not missed[1],
        )

    def _missed(self, chance: float, units: float) -> bool:
        gates = self.catalogue.population.bodies.gates
        return not (self.exact and units < 1) and chance < gates.missed_at_rest + gates.missed_per_unit * units

    def _effort(self, work: SquatWork, answer: Answer) -> float:
        """Return the effort as this person judges it: with fewer repetitions in reserve than there are."""
        effort = self.catalogue.population.bodies.effort
        if not answer.load_share:
            return UNLOADED_EFFORT
        percent = 100 * answer.load_share
        curve = self.catalogue.rpe_percent
        to_failure = next((reps for reps, part in enumerate(curve, start=1) if part <= percent), len(curve))
        reserve = max(0, to_failure - work.reps)
        judged = reserve + (0 if self.exact else effort.reserve_bias + effort.reserve_sd * self.today.judged)
        return min(10.0, max(5.0, round(2 * (10 - judged)) / 2))

    def agree(self, profile: Profile) -> None:
        """Take over a changed profile: another stance, shoes or depth."""
        self.body.profile = profile
