"""SY: how the back answered one squat exposure: problem, pending, normal or watch.

Listed most protective first; the first rule that is not silent names the colour. Every
condition is upward closed: a worse score, word or answer can only move the colour up.
Limits are relative to the client's own baseline (0-10 scale); method: pain-monitoring
model, with the article's words for normal and problem.
"""

from math import ceil

from planner.decision import Rule, Value
from planner.limits.response import ResponseLimits
from planner.values import dataclass
from planner.words import Colour


def whole(baseline: float) -> int:
    """Return the whole score next to a baseline, halves down: scores are whole numbers."""
    return ceil(baseline - 0.5)


def normal_morning(baseline: float, limits: ResponseLimits) -> int:
    """Return the highest score (0-10) of a normal morning of somebody with this baseline."""
    return whole(baseline) + limits.green_rise


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureCase:
    """One exposure as known now, and what the exposures and weeks before it showed.

    `settled_h` None with `unsettled_h` = hours after which it was still not settled.
    Counts with `before` are of the exposures right before this one.
    """

    limits: ResponseLimits
    baseline: float = 0
    pain_logged: bool = True
    during: int = 0
    after: int = 0
    worst: int | None = None
    morning: int | None = None
    settled_h: float | None = None
    unsettled_h: float = 0
    hours_since: float = 0
    sharp: bool = False
    protective: bool = False
    compressed: bool = False
    technique_changed: bool = False
    affects_week: bool = False
    same_spot: bool = False
    high_peaks_before: int = 0
    sharp_before: int = 0
    same_spot_run_before: int = 0
    escalating: bool = False

    @property
    def peak(self) -> int:
        """Return the highest score tied to the exposure."""
        return max(self.during, self.after, self.worst or 0)

    @property
    def whole_baseline(self) -> int:
        """Return the baseline as the whole number next to it."""
        return whole(self.baseline)

    @property
    def irritated(self) -> bool:
        """Return whether the worst score stands out from the baseline."""
        limit = max(self.limits.irritated_floor, self.baseline + self.limits.irritated_rise)
        return self.peak >= limit

    @property
    def mornings_rise(self) -> float:
        """Return how far the next morning stood above the baseline (below zero: better)."""
        return -self.baseline if self.morning is None else self.morning - self.baseline

    def not_settled_at(self, hours: int) -> bool:
        """Return whether the back is known to have needed longer than these hours."""
        return (self.settled_h or 0) > hours or self.unsettled_h >= hours

    @property
    def nothing_to_settle(self) -> bool:
        """Return whether no score rose above the baseline, so that nothing had to settle."""
        return max(self.peak, self.morning or 0) <= self.baseline


@dataclass(frozen=True, slots=True)
class Colouring:
    """A colour, the sentence to use and the numbers compared."""

    colour: Colour
    facts: dict[str, Value]
    say: str = "default"


def lingers(case: ExposureCase) -> Colouring | None:
    """Problem: the morning was up and it had still not settled after three days."""
    limits = case.limits
    if case.mornings_rise < limits.red_rise or not case.not_settled_at(limits.lingers_h):
        return None
    return Colouring("problem", {"rise": case.mornings_rise, "hours": limits.lingers_h})


def high_peak(case: ExposureCase) -> Colouring | None:
    """Problem: a high peak with a bad morning, or high peaks that repeat."""
    limits = case.limits
    if case.peak < limits.high_peak:
        return None
    facts: dict[str, Value] = {"peak": case.peak, "limit": limits.high_peak}
    if case.mornings_rise >= limits.red_rise:
        return Colouring("problem", facts | {"rise": case.mornings_rise}, "morning")
    if case.high_peaks_before + 1 >= limits.repeats:
        facts |= {"times": case.high_peaks_before + 1, "window": limits.repeat_window}
        return Colouring("problem", facts, "repeats")
    return None


def sharp_or_protective(case: ExposureCase) -> Colouring | None:
    """Problem: sharp or protective with a real score, or in two of the last three."""
    limits = case.limits
    if not (case.sharp or case.protective):
        return None
    word = "sharp" if case.sharp else "protective"
    if case.peak >= limits.quality_peak:
        facts: dict[str, Value] = {"word": word, "peak": case.peak, "limit": limits.quality_peak}
        return Colouring("problem", facts, "peak")
    if case.sharp_before + 1 >= limits.repeats:
        times = case.sharp_before + 1
        return Colouring("problem", {"word": word, "times": times, "window": limits.repeat_window}, "repeats")
    return None


def technique_changed(case: ExposureCase) -> Colouring | None:
    """Problem: the squat was changed only to get through it."""
    return Colouring("problem", {"technique_changed": True}) if case.technique_changed else None


def shapes_the_week(case: ExposureCase) -> Colouring | None:
    """Problem: it affects the training week and took longer than a day to settle."""
    if not case.affects_week or not case.not_settled_at(case.limits.settle_h):
        return None
    return Colouring("problem", {"hours": case.limits.settle_h})


def same_spot_every_time(case: ExposureCase) -> Colouring | None:
    """Problem: the same spot stood out three exposures in a row."""
    run = case.same_spot_run_before + 1
    if not (case.same_spot and case.irritated) or run < case.limits.same_spot_run:
        return None
    return Colouring("problem", {"times": run, "limit": case.limits.same_spot_run})


def escalates(case: ExposureCase) -> Colouring | None:
    """Problem: the weekly mean of the mornings is rising."""
    return Colouring("problem", {"escalating": True}) if case.escalating else None


def pending(case: ExposureCase) -> Colouring | None:
    """Pending: the next morning is not known yet and may still come."""
    limit = case.limits.pending_h
    if case.morning is not None or case.hours_since > limit:
        return None
    return Colouring("pending", {"hours": limit})


def normal(case: ExposureCase) -> Colouring | None:
    """Normal: low peak, calm morning, settled within a day, words only worked or tight."""
    limits, usual = case.limits, case.whole_baseline
    peak_limit = min(max(limits.green_peak, usual + limits.green_rise), limits.green_peak_cap)
    settled = case.nothing_to_settle or (case.settled_h is not None and case.settled_h <= limits.settle_h)
    words = not (case.sharp or case.protective or case.compressed)
    if case.morning is None or not (case.pain_logged and settled and words):
        return None
    if case.peak > peak_limit or case.morning > normal_morning(case.baseline, limits):
        return None
    return Colouring("normal", {"peak": case.peak, "peak_limit": peak_limit, "morning": case.morning})


def watch(case: ExposureCase) -> Colouring:
    """Watch: neither clearly normal nor a problem."""
    if case.morning is None:
        return Colouring("watch", {"hours": case.limits.pending_h}, "no_morning")
    return Colouring("watch", {"peak": case.peak, "morning": case.morning})


RESPONSE_RULES: tuple[Rule[ExposureCase, Colouring], ...] = (
    Rule(
        id="SY01",
        name="response.lingers",
        summary="A next morning two points above baseline that has not settled after 72 hours is a problem.",
        sources=("method-article", "ostelo-2008"),
        numbers=("limits/response.red_rise", "limits/response.lingers_h"),
        decide=lingers,
    ),
    Rule(
        id="SY02",
        name="response.high_peak",
        summary="A peak of six or more is a problem with a bad morning, or twice in three exposures.",
        sources=("silbernagel-2007", "house-judgement"),
        numbers=(
            "limits/response.high_peak",
            "limits/response.red_rise",
            "limits/response.repeats",
            "limits/response.repeat_window",
        ),
        decide=high_peak,
    ),
    Rule(
        id="SY03",
        name="response.sharp_or_protective",
        summary="Sharp or protective symptoms with a peak of four or more, or repeated, are a problem.",
        sources=("method-article", "house-judgement"),
        numbers=(
            "limits/response.quality_peak",
            "limits/response.repeats",
            "limits/response.repeat_window",
        ),
        decide=sharp_or_protective,
    ),
    Rule(
        id="SY04",
        name="response.technique_changed",
        summary="Changing the squat only to get through it is a problem.",
        sources=("method-article",),
        decide=technique_changed,
    ),
    Rule(
        id="SY05",
        name="response.shapes_the_week",
        summary="Symptoms that affect the week and last longer than 24 hours are a problem.",
        sources=("method-article",),
        numbers=("limits/response.settle_h",),
        decide=shapes_the_week,
    ),
    Rule(
        id="SY06",
        name="response.same_spot",
        summary="The same spot irritated three exposures in a row is a problem.",
        sources=("method-article", "house-judgement"),
        numbers=(
            "limits/response.same_spot_run",
            "limits/response.irritated_floor",
            "limits/response.irritated_rise",
        ),
        decide=same_spot_every_time,
    ),
    Rule(
        id="SY07",
        name="response.escalates",
        summary="Mornings that rise week over week are a problem.",
        sources=("simulation", "method-article"),
        numbers=(
            "limits/response.week_rise",
            "limits/response.week_jump",
            "limits/response.week_scores",
            "limits/response.more_frequent",
        ),
        decide=escalates,
    ),
    Rule(
        id="SY08",
        name="response.pending",
        summary="Until the next morning is known a response is pending and never normal.",
        sources=("house-judgement",),
        numbers=("limits/response.pending_h",),
        decide=pending,
    ),
    Rule(
        id="SY09",
        name="response.normal",
        summary="A low peak, a calm morning and settling within a day are normal.",
        sources=("method-article", "silbernagel-2007", "simulation"),
        numbers=(
            "limits/response.green_peak",
            "limits/response.green_peak_cap",
            "limits/response.green_rise",
            "limits/response.settle_h",
        ),
        decide=normal,
    ),
    Rule(
        id="SY99",
        name="response.watch",
        summary="Everything else is watched.",
        sources=("house-judgement",),
        decide=watch,
    ),
)
