"""What the progression rules look at, and the moves they ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from planner.decision import Value
from planner.limits.progression import ProgressionLimits
from planner.values import dataclass
from planner.words import Colour, Verdict

Wait = Literal["none", "mornings", "flare"]
"""Squats go on; wait for calm mornings; calm content until calm mornings."""

WAITS: tuple[Wait, ...] = ("none", "mornings", "flare")


@dataclass(slots=True, kw_only=True)
class ProgressCase:
    """The latest exposure, what came before it, and what stands in the way of a move.

    Counts named `_before` do not include what this exposure itself causes; days_at_rung
    runs from the first exposure at the rung to the next squat day. Not frozen only for speed,
    like `planner.plan.Item`: no rule changes its case.
    """

    limits: ProgressionLimits
    colour: Colour = "normal"
    stage: int = 2
    morning_known: bool = True  # whether somebody told of the next morning
    peak: int = 0
    morning_rise: float = 0
    slow_to_settle: bool = False  # known not to be back to normal within flare.settle_h
    watches: int = 0  # told watch responses among the last `ease.window`, this one included
    same_spot_twice: bool = False  # watch twice in a row at the same spot
    sleep_h: float | None = None
    stress: int | None = None
    leg_soreness: int | None = None
    step_backs_at_rung: int = 0
    step_backs_recent: int = 0  # within step_back.again_days
    step_backs_rerank: int = 0  # within step_back.rerank_days
    step_backs_refer: int = 0  # within step_back.refer_days
    flares_before: int = 0  # within flare.rerank_days
    flare_days: int = 0  # days a flare has lasted without calm mornings
    stage_taken: bool = False  # this flare has already cost a stage
    weeks_trained: int = 0
    worst_mean: float = 0  # weekly mean of the worst 24 h scores
    worst_at_start: float = 0
    above_entry: bool = False
    gates_passed: bool = True
    rpe: float | None = 6
    rpe_target: float = 7
    exposures: int = 1
    greens: int = 1  # normal responses among the last `up.green_window` told of, none before a problem
    days_at_rung: int = 0
    days_unasked: int = 0  # since the last step up or question about it; 0 while one is open
    adherence: float = 1
    waits_for: str = ""
    at_top: bool = False
    depth_drop: int = 0
    deload_ahead: bool = False
    escalating: bool = False
    days_since_clearance: int | None = None
    held_by_hand: bool = False  # a coach holds the step
    rerank_due: bool = False
    refer_advised: bool = False
    sets_missing: int = 0  # working sets below the stage's low end
    load_now: float | None = None
    load_next: float | None = None  # one smallest step up, None when a ceiling or cap forbids it
    reps_room: bool = False
    eased: bool = False  # this exposure was done at an eased load

    @property
    def barbell(self) -> bool:
        """Return whether the rung is a barbell rung, which needs longer stays."""
        return self.stage >= self.limits.up.barbell_stage

    @property
    def arrived(self) -> bool:
        """Return whether the preferred squat itself is being trained, so that nothing is left to climb."""
        return self.at_top and not self.depth_drop and self.exposures >= self.limits.up.exposures

    @property
    def easy_enough(self) -> bool:
        """Return whether the effort leaves room for more: not while mornings rise or into a lighter week."""
        below = self.rpe_target - self.limits.load_up.rpe_below
        held = self.escalating or self.deload_ahead
        return self.rpe is not None and self.rpe <= below and not held


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a rule wants changed. Factors multiply, counts add; 1 and 0 change nothing."""

    verdict: Verdict
    say: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)
    load: float = 1.0
    sets: int = 0
    reps: int = 0
    depth: int = 0
    rung: int = 0
    stage_back: bool = False
    ease: float = 1.0
    wait: Wait = "none"
    rerank: bool = False
    refer: bool = False
    new_load: float | None = None
    end_ease: bool = False


def combined(moves: Iterable[Move]) -> Move:
    """Return one move that takes, per variable, the most protective of several; one alone is itself."""
    listed = tuple(moves)
    if len(listed) == 1:
        return listed[0]
    return Move(
        verdict=listed[0].verdict,
        load=min(move.load for move in listed),
        sets=min(move.sets for move in listed),
        depth=min(move.depth for move in listed),
        rung=min(move.rung for move in listed),
        stage_back=any(move.stage_back for move in listed),
        ease=min(move.ease for move in listed),
        wait=max((move.wait for move in listed), key=WAITS.index),
        rerank=any(move.rerank for move in listed),
        refer=any(move.refer for move in listed),
    )
