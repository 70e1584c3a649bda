"""A story over HTTP: a coach plans a vignette's block, days pass, and the client logs what the served week asks.

Whatever a test lets happen, the story checks what every reader is promised: days that have begun keep what they
showed, every change of the next squat comes with a decision, and every decision names a rule of the library.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from httpx2 import Response

from app.red_flags import ALL_NO
from tests.app.kit import Api, Json, sessions_of
from tests.conftest import Clock
from tests.gym import PASSWORD, Account
from tests.support.http_bodies import as_json, done, morning_of, rule_ids, squat_of
from tests.support.story import MONDAY, load_vignette

VIGNETTES = ("V1", "V2", "V3", "V4", "V7", "V8", "V9", "V10", "V14")
TRAINABLE = ("V1", "V2", "V3", "V4", "V7", "V8", "V14")
"""The vignettes that are not locked on their first day."""

_ASKED = ("exercise", "sets", "reps", "load_kg", "depth", "tempo", "modifiers", "rung")


@dataclass(slots=True)
class HttpStory:
    """One client of one coach, and one block. Its days move only forward; everything is sent when it happens.

    Stories of one test share the clock: it turns to whoever acts.
    """

    api: Api
    clock: Clock
    path: str
    zone: ZoneInfo
    rules: frozenset[str]
    last: datetime
    starts_on: date = MONDAY
    screening: Json = field(default_factory=dict)
    assessment: Json = field(default_factory=dict)
    created: Json = field(default_factory=dict)
    decisions: list[Json] = field(default_factory=list)
    begun: dict[str, Json] = field(default_factory=dict)

    # --- the beginning ---

    @classmethod
    def of(cls, api: Api, clock: Clock, name: str, *, weeks: int = 8) -> "HttpStory":
        """Add the client of a vignette, screen and assess them and plan their block early on its first day."""
        body = load_vignette(name)
        person, assessment = as_json(body["client"]), as_json(body["assessment"])
        zone = ZoneInfo(person["time_zone"])
        early = datetime.combine(MONDAY, time(6), tzinfo=zone)
        clock.now = early.astimezone(UTC)
        path = f"/v1/clients/{api.post('/v1/clients', person)['id']}"
        story = cls(api, clock, path, zone, rule_ids(api), early)
        story.screening = api.post(f"{path}/screenings", {"red_flags": assessment["red_flags"]})
        story.assessment = api.post(f"{path}/assessments", assessment)
        wanted = {"assessment_id": story.assessment["id"], "starts_on": MONDAY.isoformat(), "weeks": weeks}
        story.created = api.post(f"{path}/blocks", wanted)
        return story

    @property
    def findings(self) -> Json:
        """Return what the first assessment found."""
        found: Json = self.assessment["findings"]
        return found

    def member(self) -> Api:
        """Invite the client, who joins and signs in; return the API as they use it."""
        email, client_id = f"{uuid4().hex}@home.example", self.path.rsplit("/", 1)[1]
        invited = self.api.post("/v1/invitations", {"email": email, "role": "member", "client_id": client_id})
        joining = {"code": invited["code"], "display_name": "Client", "password": PASSWORD}
        me = self.api.post("/v1/invitations/accept", joining)
        account = Account(
            email=email,
            organization_id=me["organization_id"],
            person_id=me["id"],
            client_id=me["client_id"],
            access_token="",
            refresh_token="",
        )
        return Api(self.api.http, account)

    # --- what is served ---

    @property
    def today(self) -> date:
        """Return the client's day."""
        return self.last.date()

    @property
    def block(self) -> Json:
        """Return the block as it stands."""
        return self.api.get(f"/v1/blocks/{self.created['id']}")

    @property
    def here(self) -> Json:
        """Return the current rung."""
        block = self.block
        rung: Json = block["ladder"][block["current_rung"]]
        return rung

    @property
    def variations(self) -> list[str]:
        """Return the squats of the ladder from the first day's rung on."""
        return [rung["variation"] for rung in self.created["ladder"][self.created["current_rung"] :]]

    def read(self, number: int, **headers: str) -> Response:
        """Read a week of the block by its number."""
        return self.api.send("GET", f"/v1/blocks/{self.created['id']}/weeks/{number}", headers=headers)

    def week(self, on: date) -> Json:
        """Read the week that holds a date."""
        return self.api.get(f"{self.path}/week", params={"date": on.isoformat()})

    def every_week(self) -> list[Json]:
        """Read all weeks of the block."""
        return [self.read(number).json() for number in range(1, self.created["weeks"] + 1)]

    def day(self, number: int, offset: int = 0) -> date:
        """Return a day of a block week."""
        return self.starts_on + timedelta(days=7 * (number - 1) + offset)

    def sessions(self, kind: str, on: date) -> list[Json]:
        """Read the sessions of a kind on a day."""
        return sessions_of(self.week(on), kind, on)

    def squat_item(self, on: date) -> Json | None:
        """Read the main squat of a day, None without one."""
        return squat_of(self.week(on), on)

    def squat_days(self, number: int) -> list[date]:
        """Return the days of a week that show a squat session."""
        week = self.week(self.day(number))
        days = (self.day(number, offset) for offset in range(7))
        return [day for day in days if sessions_of(week, "squat", day)]

    def next_squat(self, after: date) -> Json:
        """Return the first squat shown after a day."""
        days = (after + timedelta(days=offset) for offset in range(1, 15))
        return next(item for day in days if (item := self.squat_item(day)) is not None)

    # --- what happens ---

    def at(self, on: date, hour: int, minute: int = 0) -> datetime:
        """Let time pass until an hour of a day in the client's zone."""
        moment = datetime.combine(on, time(hour, minute), tzinfo=self.zone)
        assert moment >= self.last, "days move only forward"
        self.last, self.clock.now = moment, moment.astimezone(UTC)
        return moment

    def morning(self, on: date, now: int = 1, worst: int | None = None, **changes: object) -> Json:
        """Check in at seven; settled after 12 h unless told otherwise."""
        self.at(on, 7)
        return self.send("check-ins", morning_of(now, worst) | changes)

    def squat(self, on: date, *, during: int = 1, after: int = 1, **changes: object) -> Json:
        """Do the squat session of a day as served and log it in the evening."""
        self.at(on, 18, 10)
        (session,) = self.sessions("squat", on)
        return self.send("session-logs", done(session, during=during, after=after) | changes)

    def train(self, on: date) -> None:
        """Do the joint and re-test sessions of a day."""
        self.at(on, 18)
        week = self.week(on)
        for session in (*sessions_of(week, "joint", on), *sessions_of(week, "retest", on)):
            self.send("session-logs", done(session))

    def calm_day(self, on: date, **squat: object) -> None:
        """Live one day with normal responses: check in, then train what is served."""
        self.morning(on)
        self.train(on)
        if self.sessions("squat", on):
            self.squat(on, **squat)  # type: ignore[arg-type]

    def calm_weeks(self, *numbers: int) -> None:
        """Live whole weeks with normal responses; each is served as earned from its first morning."""
        for number in numbers:
            self.at(self.day(number), 6)
            assert self.read(number).json()["projected"] is False
            for offset in range(7):
                self.calm_day(self.day(number, offset))

    def assess(self, on: date, measurements: list[Json]) -> Json:
        """Record a re-test at noon."""
        self.at(on, 12)
        return self.api.post(f"{self.path}/assessments", {"setting": "clinic", "measurements": measurements})

    def clear(self, on: date) -> None:
        """Answer the questions anew and be cleared by a professional."""
        self.at(on, 10)
        self.api.post(f"{self.path}/screenings", {"red_flags": ALL_NO})
        self.at(on, 11)
        cleared = {"cleared_on": on.isoformat(), "cleared_by": "Dr Rivera"}
        self.api.post(f"{self.path}/clearances", cleared)
        self.begun.clear()  # what a lock held back is shown again

    def send(self, kind: str, body: Json) -> Json:
        """Send a log or check-in under an id of its own and check what the answer promises."""
        before = self._seen()
        answer = self.api.post(f"{self.path}/{kind}", {"id": str(uuid4())} | body)
        _check_answer(answer, before, self._seen(), self.rules)
        assert not {one["id"] for one in answer["decisions"]} & {one["id"] for one in self.decisions}
        self.decisions += answer["decisions"]
        return answer

    # --- what always holds ---

    def _seen(self) -> "_Seen":
        """Read block and running week; its begun days must show what they first showed, unless a lock holds back."""
        block, week = self.block, self.week(self.today)
        begun = [day for day in week["days"] if day["date"] <= self.today.isoformat()]
        for day in begun if block["lock"] is None else ():
            shown = {one["id"]: (one["kind"], one["items"]) for one in day["sessions"]}
            assert self.begun.setdefault(day["date"], shown) == shown, day["date"]
        days = (self.today + timedelta(days=offset) for offset in range(1, 7))
        item = next((found for one in days if (found := squat_of(week, one)) is not None), None)
        return _Seen(block, None if item is None else {name: item.get(name) for name in _ASKED})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a reader sees around a fact: the block, and the next squat of the running week, which is always earned."""

    block: Json
    next_squat: Json | None


def _check_answer(answer: Json, before: _Seen, after: _Seen, rules: frozenset[str]) -> None:
    """Check that the answer tells what is served from now on, and why it changed."""
    decisions, old, new = answer["decisions"], before.block, after.block
    assert answer["block_revision"] == new["revision"] >= old["revision"]
    assert answer["lock"] == new["lock"]
    assert {one["rule"] for one in decisions} <= rules
    assert all(one["because"] for one in decisions)
    moves = [(one["rung_before"], one["rung_after"]) for one in decisions if one["rung_before"] != one["rung_after"]]
    if new["current_rung"] != old["current_rung"] and new["lock"] is None:
        assert moves == [(old["current_rung"], new["current_rung"])]
    if before.next_squat is not None and after.next_squat != before.next_squat:
        assert decisions, (before.next_squat, after.next_squat)
