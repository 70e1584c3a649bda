"""One client between people, phones and red flags: what can happen to them, and what is known of their flags."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, get_args
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import col

from app.local_time import local_day
from app.people.people_service import found_organization
from app.people.schemas import Role
from app.tables import AccessToken, Person
from planner.screen import ARTICLE_FLAGS
from planner.words import RedFlag
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, Json, as_prescribed, flags, sessions_of
from tests.app.pages import Browser
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, sign_in
from tests.support.direct import Direct
from tests.support.loaded import loaded_in, loaded_in_rows

FLAGS: Final[tuple[RedFlag, ...]] = get_args(RedFlag)
UNCLEARED: Final = ({"code": "pregnancy"}, {"code": "hernia"})
_PLAN: Final = ("planning.replan", "planning.build")
FAILURES: Final = (_PLAN, (*_PLAN, "planning._upgraded"), ("planning.outlook",), (*_PLAN, "held_plans.standing"))
"""What fails when planning fails: a plan, an older plan made anew, what a coach is told, what the flags mean."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who looks after the clients of a gym that nobody else works in."""

    admin: Account
    coach: Account

    @classmethod
    def found(cls, http: Direct, clock: Clock) -> "Staff":
        """Found a gym and sign its staff in."""
        email, state = f"{uuid4().hex}@home.example", http.app.state
        with state.database.write() as session:
            owner = found_organization(
                session,
                name="Home",
                email=email,
                display_name="Ada",
                password_hash=state.hasher.hash(PASSWORD),
                now=clock.now,
            )
        admin = _to_stay(http, clock, sign_in(http, owner))
        return cls(admin, _signed_in(http, clock, role="coach", client_id=None, of=admin))


def _signed_in(http: Direct, clock: Clock, *, role: Role, client_id: UUID | None, of: Account) -> Account:
    """Add a person to an organization and sign them in."""
    with http.app.state.database.write() as session:
        person = Person(
            organization_id=of.organization_id,
            email=f"{uuid4().hex}@home.example",
            display_name="Sam",
            password_hash=http.app.state.hasher.hash(PASSWORD),
            role=role,
            client_id=client_id,
            created_at=clock.now,
        )
        session.add(person)
    return _to_stay(http, clock, sign_in(http, person))


def _to_stay(http: Direct, clock: Clock, who: Account) -> Account:
    """Let a sign-in last for a life, in which days go by between two steps: signing in anew proves nothing here."""
    with http.app.state.database.write() as session:
        session.execute(
            update(AccessToken)
            .where(col(AccessToken.organization_id) == who.organization_id, col(AccessToken.person_id) == who.person_id)
            .values(expires_at=clock.now + timedelta(days=3650))
        )
    return who


@dataclass(slots=True)
class Life:
    """A client with a block, a member's sign-in, two private links; and why training has to be held, if it has to."""

    http: Direct
    clock: Clock
    admin: Api
    coach: Api
    me: Api
    path: str
    assessments: list[str] = field(default_factory=list)
    blocks: list[Json] = field(default_factory=list)
    ended: dict[str, date] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    adjustments: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    told: dict[str, date] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)
    joined: bool = False  # a flag came late and joined a later telling of it: it waits for a look on the later day
    zone: str = "UTC"
    limited: bool = False
    away: bool = False
    failed: bool = False

    @classmethod
    def begin(cls, http: Direct, clock: Clock, staff: Staff) -> "Life":
        """Add a client who signs in and gets e-mail; plan a block of four weeks; make the links."""
        coach = Api(http, staff.coach)
        path = coach.new_client()
        me = _signed_in(http, clock, role="member", client_id=UUID(path.rsplit("/", 1)[1]), of=staff.coach)
        life = cls(http, clock, Api(http, staff.admin), coach, Api(http, me), path)
        life.assess({})
        life.plan()
        life.me.send("PUT", "/v1/me/delivery", json={"email": True, "weekday": "mon", "hour": 6})
        life.links = {kind: coach.post(f"{path}/{kind}-links", None)["token"] for kind in ("page", "calendar")}
        return life

    @property
    def held(self) -> bool:
        """Tell whether nothing loaded may be shown."""
        return bool(self.told or self.open or self.limited or self.failed)

    @property
    def member(self) -> Api:
        """Return the client as they use the app; their coach while they have no access."""
        return self.coach if self.away else self.me

    @property
    def today(self) -> date:
        """Return the client's day."""
        return local_day(self.clock.now, self.zone)

    @property
    def block(self) -> Json:
        """Return the newest block."""
        return self.blocks[-1]

    @property
    def browser(self) -> Browser:
        """Return whoever has the private link to the page."""
        return Browser(self.http)

    # --- what happens: each returns nothing and notes what has to hold from then on -------------------------------

    def morning(self, who: Api, answers: Json, *, late: int = 0, pain: int = 1) -> None:
        """Check in, hours late; the answers to the checklist go with it."""
        at = self.clock.now - timedelta(hours=late)
        body = CALM_MORNING | {"id": str(uuid4()), "at": at.isoformat(), "red_flags": answers}
        who.post(f"{self.path}/check-ins", body | {"back_pain": {"now": pain, "worst_24h": pain}})
        self._noted(answers, late=late)
        self.stored.append(body["id"])

    def spoilt_morning(self, flag: str) -> None:
        """Send a check-in that is refused; its flag is not."""
        self.member.post(f"{self.path}/check-ins", {"back_pain": 99, "red_flags": {flag: "yes"}}, 422)
        self._noted({flag: "yes"})

    def session(self, who: Api, pain: int) -> None:
        """Log a session of this week as it was shown, or goblet squats when none is."""
        week = self.admin.send("GET", f"{self.path}/week").json()
        planned = [one for one in sessions_of(week) if one["items"]] if "days" in week else []
        body: Json = {"items": [{"exercise": "goblet_squat", "sets": [{"reps": 6, "load_kg": 20}]}]}
        body = as_prescribed(planned[pain % len(planned)]) if planned else body
        who.post(f"{self.path}/session-logs", body | {"back_pain": {"during": pain, "after": pain}})
        self._noted({})

    def batch(self, flag: str | None, *, late: int, spoilt: bool) -> None:
        """Send mornings out of order, one with a flag perhaps, and perhaps as something that is refused."""
        at = [(self.clock.now - timedelta(hours=late + step)).isoformat() for step in (0, 5, 2)]
        items = [CALM_MORNING | {"id": str(uuid4()), "at": one} for one in at]
        self.stored += [one["id"] for one in items]
        if flag is not None:
            told = {"red_flags": {flag: "yes"}}
            items.insert(1, told | ({"id": str(uuid4()), "mood": 1} if spoilt else items.pop()))
        answer = self.member.post(f"{self.path}/sync", {"cursor": None, "session_logs": [], "check_ins": items}, 200)
        assert {one["status"] for one in answer["results"]} <= {"stored", "refused"}
        self._noted({} if flag is None else {flag: "yes"}, late=0 if spoilt else late + 2)

    def screen(self, who: Api, answers: Json, *, late: int = 0) -> None:
        """Answer the checklist."""
        at = self.clock.now - timedelta(hours=late)
        who.post(f"{self.path}/screenings", {"red_flags": answers, "performed_at": at.isoformat()})
        self._noted(answers, late=late)

    def safety(self, flag: str | None, how: str) -> None:
        """Answer the warning signs through the private link: one, none, or something that is not said."""
        pairs = [("how", how)] + ([("flag", flag)] if flag else [])
        self.browser.post(f"/week/{self.links['page']}/safety", pairs)
        if flag is None and how == "yes":
            self.open = set(ARTICLE_FLAGS) - set(self.told)
        if flag is not None or how == "yes":
            self._noted({flag: "yes"} if flag else {})

    def linked_morning(self) -> None:
        """Check in through the private link."""
        self.browser.post(f"/week/{self.links['page']}/check-in", [("id", str(uuid4())), ("now", "1")])
        self._noted({})

    def assess(self, answers: Json, *, at_home: bool = False, ahead: int = 0) -> None:
        """Assess; a date ahead is refused, flags are kept all the same."""
        day = {"performed_on": (self.today + timedelta(days=ahead)).isoformat()} if ahead else {}
        body = (HOME if at_home else HIP) | {"red_flags": flags() | answers} | day
        made = (self.member if at_home else self.coach).post(f"{self.path}/assessments", body, 422 if ahead else 201)
        if not ahead:
            self.assessments.append(made["id"])
        self._noted({flag: yes for flag, yes in answers.items() if yes == "yes"} if ahead else flags() | answers)

    def clear(self, who: Api, days_ago: int) -> None:
        """Clear; members may not, and a look before a flag was told ends none."""
        on = self.today - timedelta(days=days_ago)
        body = {"cleared_by": "Dr Rivera", "cleared_on": on.isoformat()}
        status = who.send("POST", f"{self.path}/clearances", json=body).status_code
        assert status == (403 if who is self.me else 201)
        if status == 201:
            self.told = {flag: told for flag, told in self.told.items() if told > on}
            self.joined = self.joined and days_ago > 0
            self._noted({})

    def plan(self) -> None:
        """Plan a block from the newest assessment, and finish the one that runs."""
        body = {"assessment_id": self.assessments[-1], "weeks": 4}
        if self.blocks:
            self.ended[self.block["id"]] = self.today
        self.blocks.append(self.coach.post(f"{self.path}/blocks?finish_current=true", body))
        self.failed = False
        assert not (self.held and loaded_in(self.block))
        self.adjustments.clear()

    def change(self, values: Json) -> None:
        """Change the client's record."""
        self.coach.patch(self.path, values)
        if "limits" in values:
            self.limited = bool(values["limits"])
        self.zone = values.get("time_zone", self.zone)
        self._noted({})

    def adjust(self, values: Json) -> None:
        """Change the plan as a coach, or be refused."""
        body = {"reason": "A test.", "acknowledges": ["AD10", "AD11", "AD12", "AD13", "AD14"], **values}
        address = f"/v1/blocks/{self.block['id']}/adjustments"
        made = self.coach.send("POST", address, json=body, headers={"If-Match": "*"})
        assert made.status_code in (201, 409, 422), made.text
        if made.status_code != 201:
            return
        self._noted({})
        answer: Json = made.json()
        self.adjustments.append(answer["adjustment"]["id"])
        assert not (self.held and loaded_in_rows(answer["difference"]))

    def revoke(self) -> None:
        """Take the newest change back."""
        if self.adjustments:
            address = f"/v1/adjustments/{self.adjustments.pop()}"
            undone = self.coach.send("DELETE", address, headers={"If-Match": "*"})
            if undone.status_code == 200:
                self._noted({})
                assert not (self.held and loaded_in_rows(undone.json()["difference"]))

    def hand_over(self, who: Api) -> None:
        """Let somebody else look after the client."""
        self.admin.post(f"{self.path}/transfer", {"coach_id": str(who.who.person_id)}, 200)

    def send_away(self) -> None:
        """Take the member's access away, or give it back."""
        self.away = not self.away
        self.admin.patch(f"/v1/people/{self.me.who.person_id}", {"disabled": self.away})

    @contextmanager
    def failing(self, names: Iterable[str]) -> Iterator[None]:
        """Let planning fail meanwhile; what is told is kept, and training is held until it works again."""
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(patch(f"app.{name}", side_effect=ValueError))
            yield
        self.failed = True

    def at_once(self, flag: str, other: Callable[[], object]) -> None:
        """Tell a flag while something else is being written."""
        self.http.together(other, lambda: self.morning(self.member, {flag: "yes"}))
        self._noted({flag: "yes"})

    def _noted(self, answers: Json, *, late: int = 0) -> None:
        """Note a fact that was stored: the plan could be made, and what was answered counts."""
        on = local_day(self.clock.now - timedelta(hours=late), self.zone)
        for flag, answer in answers.items():
            if answer == "yes":
                self.told[flag] = max(on, self.told.get(flag, on))
                self.joined = self.joined or (late > 0 and flag in self.ever)
                self.ever.add(flag)
        self.open -= set(answers)
        self.failed = False
