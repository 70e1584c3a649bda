"""What has happened with one client of the demo gym: screened, assessed, planned and trained up to now."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from app import demo_ids, tables
from app.adjustments import service as adjustments
from app.adjustments.schemas import AdjustmentCreate
from app.assessments import service as assessments
from app.assessments.schemas import AssessmentCreate
from app.block_days import DAYS
from app.block_weeks import current_weeks, stored_weeks
from app.blocks import service as blocks
from app.blocks.schemas import BlockCreate
from app.clients import screening_service as screenings
from app.clients.screening_schemas import ClearanceCreate, ScreeningCreate
from app.demo_ids import demo_id
from app.local_time import zone
from app.logs import service as logs
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.planning import Desk
from app.red_flags import RedFlags
from app.signed_in import SignedIn
from planner.catalogue import Catalogue
from planner.plan import Item, PlannedSession, Week

History = Literal["none", "calm", "flare"]
_MORNING, _EVENING = time(7), time(18, 10)
_LOGGED_KINDS = ("squat", "joint", "retest")
_FLARED_FOR_DAYS = 3

COACH = SignedIn(
    organization_id=demo_ids.ORGANIZATION,
    person_id=demo_ids.COACH,
    role="coach",
    client_id=None,
    family_id=demo_ids.COACH,
)


class Strict(BaseModel):
    """A part of the demo gym's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DemoBlock(Strict):
    """A running block and when it began."""

    days_ago: int
    weeks: int


class DemoAssessment(Strict):
    """An assessment from before the one a client's file describes."""

    days_ago: int
    body: AssessmentCreate


class DemoClient(Strict):
    """A client, named after the file that describes them, and what has happened."""

    name: str
    block: DemoBlock | None = None
    history: History = "none"
    note: str = ""
    screened_days_ago: int | None = None
    first_assessment: DemoAssessment | None = None
    assessed_days_ago: int = 0
    cleared_days_ago: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What loading needs at every step."""

    session: Session
    catalogue: Catalogue
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What has happened with one client up to now."""

    loading: Loading
    client: tables.Client
    demo: DemoClient
    today: date

    def screen_and_clear(self) -> None:
        """Record an old clearance, for the client who has one."""
        if self.demo.cleared_days_ago is None:
            return
        at = self._at(self.demo.cleared_days_ago, _EVENING)
        cleared = ClearanceCreate(cleared_by="Dr. Amara Osei, sports medicine", note="Back strain last year, healed.")
        screenings.add_clearance(self._desk(at), cleared, clearance_id=self._id("clearance"))

    def assess_first(self) -> None:
        """Record the assessment that the later one is compared with, for the client who has one."""
        first = self.demo.first_assessment
        if first is not None:
            desk = self._desk(self._at(first.days_ago, _MORNING))
            assessments.add_assessment(desk, first.body, assessment_id=self._id("assessment", "first"))

    def assess(self, body: AssessmentCreate) -> None:
        """Screen and assess the client the evening before the block, or some days ago."""
        days_ago = self.demo.assessed_days_ago if self.demo.block is None else self.demo.block.days_ago + 1
        at = min(self._at(days_ago, _MORNING), self.loading.now)
        checklist = ScreeningCreate(red_flags=body.red_flags)
        screenings.add_screening(self._desk(at), checklist, screening_id=self._id("screening"))
        assessments.add_assessment(self._desk(at), body, assessment_id=self._id("assessment"))

    def plan(self) -> None:
        """Plan the block on the evening of the assessment."""
        block = self.demo.block
        if block is None:
            return
        desk = self._desk(self._at(block.days_ago + 1, _EVENING))
        starts_on = self.today - timedelta(days=block.days_ago)
        asked = BlockCreate(assessment_id=self._id("assessment"), starts_on=starts_on, weeks=block.weeks)
        blocks.plan_block(desk, COACH, asked, finish_current=False, block_id=self._id("block"))

    def train(self) -> None:
        """Log every planned session of the days behind, and the mornings after squats."""
        if self.demo.block is None or self.demo.history == "none":
            return
        sessions = mornings = 0
        squatted = False
        for days_ago in range(self.demo.block.days_ago, 0, -1):
            if squatted:
                self._check_in(days_ago, mornings)
                mornings += 1
            planned = [one for one in self._shown(days_ago) if one.kind in _LOGGED_KINDS]
            for one in planned:
                self._log(days_ago, one, sessions)
                sessions += 1
            squatted = any(one.kind == "squat" for one in planned)

    def screen_again(self, answers: RedFlags) -> None:
        """Record the checklist of the last days, so that a next block can be planned, for the client who has one."""
        if self.demo.screened_days_ago is not None:
            desk = self._desk(self._at(self.demo.screened_days_ago, _EVENING))
            checklist = ScreeningCreate(red_flags=answers)
            screenings.add_screening(desk, checklist, screening_id=self._id("screening", "again"))

    def adjust(self) -> None:
        """Leave the coach's note with the squat session of today, for the client who has one."""
        if not self.demo.note:
            return
        row = self.loading.session.get_one(tables.Block, (self.client.organization_id, self._id("block")))
        squats = next(one for one in self._shown(0) if one.kind == "squat")
        body = AdjustmentCreate(kind="note", session_id=UUID(squats.id), reason="To keep in mind.", note=self.demo.note)
        desk = self._desk(self.loading.now)
        asked = adjustments.Asked(desk=desk, who=COACH, block=row, if_match=row.etag, dry_run=False)
        adjustments.adjust(asked, body, adjustment_id=self._id("adjustment", 0))

    def _log(self, days_ago: int, planned: PlannedSession, number: int) -> None:
        at = self._at(days_ago, _EVENING)
        flared = self._flares(days_ago)
        pain = 6 if flared else 1
        body = SessionLogCreate.model_validate(
            {
                "id": str(self._id("session_log", number)),
                "session_id": planned.id,
                "performed_at": at.isoformat(),
                "items": [_as_done(item) for item in planned.items],
                "back_pain": {"before": 1, "during": pain, "after": pain},
                "words": ["sharp"] if flared else ["worked"],
                "warm_up_helped": not flared,
                "leg_soreness": 2,
                "context": {"sleep_h": 5 if flared else 7.5, "sitting_h": 5, "stress": 6 if flared else 3},
            }
        )
        logs.add_session_log(self._desk(at + timedelta(minutes=10)), body)

    def _check_in(self, days_ago: int, number: int) -> None:
        at = self._at(days_ago, _MORNING)
        flared = self._flares(days_ago + 1)
        body = CheckInCreate.model_validate(
            {
                "id": str(self._id("check_in", number)),
                "at": at.isoformat(),
                "back_pain": {"now": 4, "worst_24h": 6} if flared else {"now": 1, "worst_24h": 2},
                "hours_to_settle": None if flared else 8,
                "words": ["sharp"] if flared else ["worked"],
                "leg_soreness": 2,
            }
        )
        logs.add_check_in(self._desk(at), body)

    def _flares(self, days_ago: int) -> bool:
        """Tell whether a day is one of the latest squats of a history that ends in a flare."""
        return self.demo.history == "flare" and days_ago <= _FLARED_FOR_DAYS

    def _shown(self, days_ago: int) -> tuple[PlannedSession, ...]:
        """Return the sessions of a day as they stand in the stored plan."""
        day = self.today - timedelta(days=days_ago)
        row = self.loading.session.get_one(tables.Block, (self.client.organization_id, self._id("block")))
        number = (day - row.starts_on).days // DAYS + 1
        session = self.loading.session
        week: Week = stored_weeks(session, row, current_weeks(session, row), [number])[number]
        return next(planned.sessions for planned in week.days if planned.date == day)

    def _desk(self, at: datetime) -> Desk:
        return Desk(
            session=self.loading.session,
            client=self.client,
            author_id=demo_ids.COACH,
            catalogue=self.loading.catalogue,
            now=at,
        )

    def _at(self, days_ago: int, hour: time) -> datetime:
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, hour, tzinfo=zone(self.client.time_zone)).astimezone(UTC)

    def _id(self, kind: str, which: int | str | None = None) -> UUID:
        return demo_id(f"{kind}/{self.demo.name}" if which is None else f"{kind}/{self.demo.name}/{which}")


def _as_done(item: Item) -> dict[str, object]:
    """Return an item logged exactly as prescribed, one point of effort below its ceiling."""
    done: dict[str, object] = {"item_id": item.id}
    one_set = {"reps": item.reps, "hold_s": item.hold_s, "load_kg": item.load_kg}
    if item.rpe_max is not None:
        one_set["rpe"] = max(item.rpe_max - 1, 1)
    said = {name: value for name, value in one_set.items() if value is not None}
    if said:
        done["sets"] = [said] * item.sets
    if item.category == "squat":
        done |= {"tempo_kept": True, "position_lost": False, "breath_ok": True, "unrack_calm": True}
        done |= {"depth_reached": item.depth} if item.depth else {}
    return done
