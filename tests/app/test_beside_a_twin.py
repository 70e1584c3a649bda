"""What the matrix does not ask, asked beside another organization with the same ids whose rows are all marked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app import tables
from app.delivery_table import MailSubscription, WeekSchedule
from app.library.examples import HALO
from app.pages import clients
from app.plan_check import check_block
from planner.catalogue import Catalogue
from tests.app.kit import CALM_MORNING, HIP, Api, Json
from tests.app.pages import Browser, forms_of
from tests.app.twins import MARK, beside_a_twin
from tests.gym import Gym

pytestmark = pytest.mark.sqlite_only
_WEEKLY: Json = {"email": True, "weekday": "sun", "hour": 18}
_KEY = {"Idempotency-Key": "once"}
_VIDEO: Json = {"url": "https://videos.example/dead-bug"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """An organization beside its twin, and what its member has."""

    app: FastAPI
    http: TestClient
    gym: Gym
    block: Json
    erased: str
    links: Mapping[str, str]
    unsubscribe: str
    coach: Api
    member: Api

    @property
    def path(self) -> str:
        """Return the path of the member's record."""
        return f"/v1/clients/{self.gym.member.client_id}"


@pytest.fixture
def home(app: FastAPI, client: TestClient, gym: Gym) -> Iterator[Home]:
    """Let a German member train and be told every week; what they and their coach have exists once more."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    path = f"/v1/clients/{gym.member.client_id}"
    coach.patch(path, {"locale": "de-DE"})
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    coach.post(f"{path}/check-ins", CALM_MORNING)
    assert client.put("/v1/me/delivery", json=_WEEKLY, headers=gym.member.headers).status_code == 200
    for version, cue in ((1, "Ribs down."), (2, "Bell around.")):
        coach.post("/v1/library/exercises", HALO | {"version": version, "cue": cue})
    assert coach.send("PUT", "/v1/library/exercises/dead_bug/video", json=_VIDEO).status_code == 200
    links = {kind: coach.post(f"{path}/{kind}-links", None)["url"] for kind in ("page", "calendar")}
    erased = coach.new_client(display_name="Sam")
    assert coach.send("POST", f"{erased}/erasure", json={"confirm": "Sam"}, headers=_KEY).status_code == 204
    with app.state.database.read() as session:
        token = session.get_one(MailSubscription, (gym.member.organization_id, gym.member.person_id)).token
    with beside_a_twin(app.state.database.engine, gym.member.organization_id):
        yield Home(
            app=app,
            http=client,
            gym=gym,
            block=block,
            erased=erased,
            links=links,
            unsubscribe=token,
            coach=coach,
            member=member,
        )


def test_the_week_page_shows_and_takes_what_is_ones_own(home: Home) -> None:
    """A session that is logged as it was shown, and a morning that was told, are found again."""
    home.coach.post(f"{home.coach.new_client()}/check-ins", CALM_MORNING)
    browser = Browser(home.http, home.gym.member.headers)
    page = browser.open()
    shown = dict(forms_of(page, "/session")[0].fields)
    logged = browser.follow(
        browser.post("/week/session", [*shown.items(), ("how", "all"), ("during", "2"), ("after", "2")])
    )

    assert MARK not in page.text + logged.text
    assert f'value="{home.coach.get(f"{home.path}/session-logs")["items"][0]["id"]}"' in logged.text
    assert f'value="{home.coach.get(f"{home.path}/check-ins")["items"][0]["id"]}"' in logged.text


def test_the_clients_to_choose_from_are_ones_own(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """On every page of them, each once, in the order of their names."""
    home.coach.new_client(display_name="nora")  # by name before "of a twin"
    monkeypatch.setattr(clients, "_MOST", 1)
    browser, address, found = Browser(home.http, home.gym.coach.headers), "/week", []
    while address:
        page = browser.open(address).text
        found += re.findall(r"/week\?client=[^>]*>\s*([^<]+?)\s*<", page)
        address = next(iter(re.findall(r'href="(/week\?cursor=[^"]+)"', page)), "")

    assert found == ["member", "nora", "other_member"]


def test_a_private_link_opens_its_own_client_as_long_as_its_own_maker_is_there(home: Home) -> None:
    """Whoever has the same id elsewhere opens it neither after the maker has left nor for a client who is archived."""
    pages = [home.http.get(url) for url in home.links.values()]
    assert [page.status_code for page in pages] == [200, 200]
    assert all(MARK not in page.text for page in pages)
    admin, maker = Api(home.http, home.gym.admin), f"/v1/people/{home.gym.coach.person_id}"
    statuses = []
    for method, path, body in (
        ("PATCH", maker, {"disabled": True}),
        ("PATCH", maker, {"disabled": False}),
        ("DELETE", home.path, None),
    ):
        assert admin.send(method, path, json=body).is_success
        statuses.append([home.http.get(url).status_code for url in home.links.values()])
    assert statuses == [[404, 404], [200, 200], [404, 404]]


def test_who_is_disabled_reads_nothing_in_the_name_of_their_twin(home: Home) -> None:
    """Neither what is answered by one statement nor anything else; until then all reads are one's own."""
    reads = ("/v1/me/week", f"/v1/blocks/{home.block['id']}", f"{home.path}/week", "/v1/me")
    answers = [home.member.send("GET", read) for read in reads]
    Api(home.http, home.gym.admin).patch(f"/v1/people/{home.gym.member.person_id}", {"disabled": True})
    after = [home.http.get(read, headers=home.gym.member.headers).status_code for read in reads]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(MARK not in answer.text for answer in answers)
    assert after == [401] * 4


def test_a_sign_in_is_renewed_for_oneself(home: Home) -> None:
    renewed = home.http.post("/v1/auth/refresh", json={"refresh_token": home.gym.member.refresh_token})
    me = home.http.get("/v1/me", headers={"Authorization": f"Bearer {renewed.json()['access_token']}"})

    assert me.json()["organization_id"] == str(home.gym.member.organization_id)
    assert MARK not in me.text


def test_the_weekly_e_mail_is_chosen_for_ones_own_week(home: Home) -> None:
    """Whether it comes, and from which day on, does not follow somebody else's choice, block or day."""
    _, others = home.coach.planned_client()
    assert home.member.get("/v1/me/delivery")["email"] is True
    changed = home.member.send("PUT", "/v1/me/delivery", json=_WEEKLY | {"weekday": "wed"}).json()
    assert changed["next_at"] == "2026-11-04T18:00:00Z"
    with home.app.state.database.read() as session:
        theirs = select(WeekSchedule).where(WeekSchedule.organization_id == home.gym.member.organization_id)
        assert {(str(one.block_id), one.weekday) for one in session.exec(theirs)} == {
            (home.block["id"], "wed"),
            (others["id"], "mon"),
        }
    page = home.http.get(f"/unsubscribe/{home.unsubscribe}")
    assert (page.status_code, 'lang="de"' in page.text) == (200, True)


def test_the_library_is_in_ones_own_language_with_ones_own_versions_and_videos(home: Home) -> None:
    """An earlier version that is sent again is known; a video takes the place of one's own."""
    listed = home.member.send("GET", "/v1/library/squat-variations")
    again = home.coach.send("POST", "/v1/library/exercises", json=HALO | {"version": 1, "cue": "Ribs down."})
    other = _VIDEO | {"url": "https://videos.example/other"}

    assert listed.headers["Content-Language"].startswith("de")
    assert (again.status_code, again.json()["cue"]) == (200, "Ribs down.")
    assert home.coach.send("PUT", "/v1/library/exercises/dead_bug/video", json=other).status_code == 200


def test_the_page_of_sign_ins_speaks_ones_own_language(home: Home) -> None:
    """Not the twin's, who has the same id and another language."""
    page = Browser(home.http, home.gym.member.headers).open("/week/sign-ins")

    assert '<html lang="de' in page.text
    assert MARK not in page.text


def test_an_erasure_is_known_again_where_it_was_done(home: Home) -> None:
    again = home.coach.send("POST", f"{home.erased}/erasure", json={"confirm": "Sam"}, headers=_KEY)

    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (204, "true")


def test_a_block_is_verified_by_its_own_rows(home: Home, catalogue: Catalogue) -> None:
    """Neither the twin's nor those of another client's block are taken for it."""
    home.coach.planned_client()
    with Session(home.app.state.database.engine) as session:
        block = session.get_one(tables.Block, (home.gym.member.organization_id, UUID(home.block["id"])))
        checked = check_block(session, block, catalogue)

    assert (checked.verdict, checked.faults) == ("same", ())
