"""The case and the outcome shared by the rules that fill a day (LD30 to LD69)."""

from collections.abc import Callable, Mapping

from planner.catalogue import Catalogue
from planner.decision import Reason, Value
from planner.limits import Doses
from planner.position import Restriction
from planner.values import dataclass, replace
from planner.words import LimitingFactor, Side, Stage


@dataclass(slots=True, kw_only=True)
class DoseCase:
    """What one choice of a day depends on; each rule reads the few fields it is about.

    Not frozen only for speed, like `planner.plan.Item`: no rule changes its case.
    """

    limits: Doses
    restriction: Restriction = "none"
    pain_now: int | None = None
    session_minutes: int = 45
    training_day: bool = False
    squat_day: bool = False
    easily_provoked: bool = False  # high irritability or a high score
    irritable: bool = False  # moderate or high irritability
    operated_hip: bool = False
    measured: float | None = None  # worst side, passive
    needed: float | None = None  # what the preferred squat asks
    gap: float | None = None  # passive minus active, larger side
    large_gap: float | None = None
    limiting: bool = False  # the measure belongs to what limits the squat
    control: bool = False  # hip finding of subtype control
    hypermobile: bool = False
    factor: LimitingFactor = "none"
    second: LimitingFactor = "none"
    role: str = ""
    limiting_seconds: int = 0
    hard: bool = False
    week_step: int = 0  # weeks of end-range work tolerated
    effort_cap: int | None = None  # percent
    rpe_cap: float | None = None
    under_load: bool = False
    breath_hold: bool = False
    difference: float | None = None  # between left and right
    act: float | None = None
    short_side: Side | None = None
    training_days: tuple[int, ...] = ()  # weekdays, Monday 0
    squat_days: tuple[int, ...] = ()
    hard_on: tuple[int, ...] = ()  # weekday of each hard target already placed
    wanted: str = ""
    chosen: str = ""
    against: str = ""  # code or need that rules the wanted exercise out
    needs_thing: bool = False  # what rules it out is missing equipment, not a limit
    bar: bool = False
    sets: int = 0
    kept_sets: int = 0
    deload: bool = False
    ease: float = 1.0
    week: int = 0
    weeks: int = 0
    stage: Stage = "P2"
    stage_rpe: float | None = None
    first_rpe: float | None = None  # while a rung is new
    no_limiter_rpe: float | None = None  # while no limiting factor was found


@dataclass(frozen=True, slots=True)
class Dosing:
    """What was decided, the numbers compared, and which sentence of the rule says it."""

    value: Value | tuple[int, ...]
    facts: Mapping[str, Value]
    say: str = "default"


Decide = Callable[[DoseCase], Dosing | None]


class Asker:
    """Asks rules about one case, varied a little, and remembers the answers.

    A case has many fields and a block asks the same few questions hundreds of times.
    """

    def __init__(self, case: DoseCase) -> None:
        self.case = case
        self._varied = replace(case)
        self._answers: dict[object, Dosing | None] = {}

    def __call__(self, decide: Decide, **changes: object) -> Dosing | None:
        """Return a rule's outcome for the case with these changes."""
        key = (decide, *changes, *changes.values())
        try:
            return self._answers[key]
        except KeyError:
            answer = self._answers[key] = self._decided(decide, changes)
            return answer

    def _decided(self, decide: Decide, changes: Mapping[str, object]) -> Dosing | None:
        """Return the outcome for a changed case: one is changed and changed back, as most fields stay as they are."""
        case = self._varied
        for name, value in changes.items():
            setattr(case, name, value)
        try:
            return decide(case)
        finally:
            for name in changes:
                setattr(case, name, getattr(self.case, name))


def told(rule: str, dosing: Dosing, catalogue: Catalogue) -> Reason:
    """Return an outcome as a sentence."""
    return catalogue.reason(rule, dosing.say, **dosing.facts)
