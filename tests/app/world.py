"""Two organizations in which every kind of thing exists, thrice: a member's, another member's, a foreign client's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app import audit_chain
from app.audit_chain import Act
from app.db import Database
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, as_prescribed, flags, sessions_of
from tests.app.second_factors import code_at
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym

Ids = Mapping[str, str]
"""An id for each name that parameters and fields have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Who sends requests, and what there is to ask for."""

    gym: Gym
    tokens: Mapping[str, str | None]
    mine: Ids
    neighbours: Ids
    foreign: Ids
    bystanders: tuple[str, ...]
    invitation_code: str
    reset_code: str
    code: str
    """What an authenticator app shows to whoever was given a second factor."""

    @property
    def missing(self) -> Ids:
        """Return ids that nobody has."""
        return {name: str(uuid4()) for name in self.mine}

    def own(self, role: str) -> Ids:
        """Return what a role may work on when it works on its own."""
        return self.foreign if role.startswith("foreign") else self.neighbours if role == "other_member" else self.mine

    def headers(self, role: str) -> dict[str, str]:
        """Return the header that a role sends."""
        token = self.tokens[role]
        return {} if token is None else {"Authorization": f"Bearer {token}"}


def make_world(http: TestClient, gym: Gym, clock: Clock) -> World:
    """Let both organizations work for a while; sign everybody in anew, so that the first tokens are too old."""
    admin, coach, foreign = (Api(http, who) for who in (gym.admin, gym.coach, gym.foreign_coach))
    admins = (_webhook(admin), _webhook(admin), _webhook(Api(http, gym.foreign_admin)))
    bystanders = [_bystander(coach, gym)]
    mine = _things(coach, f"/v1/clients/{gym.member.client_id}", gym.member, gym.coach) | admins[0]
    neighbours = _things(coach, f"/v1/clients/{gym.other_member.client_id}", gym.other_member, gym.coach) | admins[1]
    bystanders.append(_bystander(coach, gym))  # before and after mine: whoever forgets whose a row is finds theirs
    away = _things(foreign, foreign.new_client(), gym.foreign_admin, gym.foreign_coach) | admins[2]
    leaver, demoted, predecessor = (_joined(http, admin, name) for name in ("leaver", "demoted", "predecessor"))
    for whom in (predecessor.person_id, gym.coach.person_id):
        admin.post(f"/v1/clients/{gym.member.client_id}/transfer", {"coach_id": str(whom)}, 200)
    code = admin.post("/v1/invitations", {"email": "late@home.example", "role": "coach"})["code"]
    clock.forward(minutes=16)
    for api in (admin, coach):
        api.get("/v1/me")
    names = ("member", "other_member", "coach", "admin", "foreign_coach", "foreign_admin")
    accounts = {name: getattr(gym, name) for name in names} | {
        "disabled": leaver,
        "demoted": demoted,
        "ex_coach": predecessor,
    }
    tokens = {name: _token(http, who) for name, who in accounts.items()}
    for gone in (leaver, predecessor):
        admin.patch(f"/v1/people/{gone.person_id}", {"disabled": True})
    admin.patch(f"/v1/people/{demoted.person_id}", {"role": "admin"})
    admin.patch(f"/v1/people/{demoted.person_id}", {"role": "coach"})
    mine, neighbours, away = (
        ids | {"sign_in_id": _sign_in(http, tokens[name])}
        for name, ids in (("member", mine), ("other_member", neighbours), ("foreign_coach", away))
    )
    return World(
        gym=gym,
        tokens=tokens | {"anonymous": None, "expired": gym.coach.access_token},
        mine=mine,
        neighbours=neighbours,
        foreign=away,
        bystanders=tuple(bystanders),
        invitation_code=code,
        code=code_at(clock.now),
        reset_code=admin.post(f"/v1/people/{gym.member.person_id}/password-reset", None, 200)["code"],
    )


def _bystander(coach: Api, gym: Gym) -> str:
    """Let a client of the same gym live like the others; return their id."""
    client = coach.new_client()
    coach.post(f"{client}/transfer", {"coach_id": str(gym.admin.person_id)}, 200)
    return _things(coach, client, gym.admin, gym.coach)["client_id"]


def _webhook(admin: Api) -> Ids:
    """Let an organization's own service be told what happens."""
    told = {"url": "https://hooks.example/squatback", "events": ["block.changed"]}
    return {"webhook_id": admin.post("/v1/webhooks", told)["id"]}


def _things(staff: Api, client: str, person: Account, coach: Account) -> Ids:
    """Screen, assess, plan and log a client; return the id of each thing."""
    screening = staff.post(f"{client}/screenings", {"red_flags": flags()})
    clearance = staff.post(f"{client}/clearances", {"cleared_by": "Dr. Osei"})
    home = staff.post(f"{client}/assessments", HOME)
    assessment = staff.post(f"{client}/assessments", HIP)
    block = staff.post(f"{client}/blocks", {"assessment_id": assessment["id"]})
    adjusted = staff.post(
        f"/v1/blocks/{block['id']}/adjustments",
        {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."},
        headers={"If-Match": staff.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]},
    )
    planned = sessions_of(staff.week(block, 1), "squat")[0]
    log = staff.post(f"{client}/session-logs", as_prescribed(planned))
    morning = staff.post(f"{client}/check-ins", CALM_MORNING)
    messages = staff.get("/v1/deliveries?state=pending&limit=100")["items"]
    client_id = client.rsplit("/", 1)[1]
    invited = {"email": f"{client_id}@home.example", "role": "member", "client_id": client_id}
    calendar = staff.post(f"{client}/calendar-links", None)
    return {
        "client_id": client_id,
        "screening_id": screening["id"],
        "clearance_id": clearance["id"],
        "assessment_id": assessment["id"],
        "home_assessment_id": home["id"],
        "block_id": block["id"],
        "adjustment_id": adjusted["adjustment"]["id"],
        "session_id": planned["id"],
        "item_id": planned["items"][0]["id"],
        "log_id": log["log"]["id"],
        "check_in_id": morning["log"]["id"],
        "invitation_id": staff.post("/v1/invitations", invited)["id"],
        "link_id": calendar["id"],
        "token": calendar["token"],
        "page_link_id": staff.post(f"{client}/page-links", None)["id"],
        "delivery_id": next(one["id"] for one in messages if one["block_id"] == block["id"]),
        "person_id": str(person.person_id),
        "coach_id": str(coach.person_id),
    }


def _joined(http: TestClient, admin: Api, name: str) -> Account:
    """Let a coach join by invitation."""
    email = f"{name}@home.example"
    code = admin.post("/v1/invitations", {"email": email, "role": "coach"})["code"]
    body = {"code": code, "display_name": name, "password": PASSWORD}
    joined = http.post("/v1/invitations/accept", json=body).json()
    return Account(
        email=email,
        organization_id=joined["organization_id"],
        person_id=joined["id"],
        client_id=None,
        access_token="",
        refresh_token="",
    )


def _token(http: TestClient, who: Account) -> str:
    answer = http.post("/v1/auth/login", json={"email": who.email, "password": PASSWORD})
    token: str = answer.json()["access_token"]
    return token


def _sign_in(http: TestClient, token: str) -> str:
    """Return the id of the sign-in that a token belongs to."""
    listed = http.get("/v1/me/sign-ins", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    return next(str(one["id"]) for one in listed if one["present"])


class Undone(Database):
    """A database that does everything it is asked for and takes it back: each request finds the same world."""

    @contextmanager
    def write(self, act: Act | None = None) -> Iterator[Session]:
        """Yield a session that is flushed and rolled back where others commit."""
        with Session(self.engine, expire_on_commit=False) as session:
            audit_chain.begin(session, act)
            yield session
            session.flush()
            session.rollback()


class _NoForecasts:
    """A queue that computes nothing."""

    def put(self, *_: object) -> None:
        """Take a run and forget it."""

    def close(self) -> None:
        """Have nothing to end."""


def freeze(app: FastAPI) -> None:
    """Let no request leave a trace from now on."""
    state = app.state
    state.database = Undone(engine=state.database.engine, reader=state.database.reader)
    state.forecasts.close()
    state.forecasts = _NoForecasts()
