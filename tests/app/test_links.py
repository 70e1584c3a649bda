"""Private links: a secret shown once, stored as a hash, shut for good when it is revoked."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import HttpUrl
from sqlmodel import select

from app.errors import NotFound
from app.key_table import IdempotencyKey
from app.private_links import LinkKind, Opened, open_link
from app.secrets import hash_secret
from app.tables import Person
from tests.app.kit import Api
from tests.conftest import settings_for
from tests.gym import Gym

KINDS = ("calendar", "page")


def _open(app: FastAPI, token: str, kind: LinkKind) -> Opened | None:
    with app.state.database.read() as session:
        try:
            return open_link(session, token, kind)
        except NotFound:
            return None


@pytest.fixture
def path(client: TestClient, gym: Gym) -> str:
    """Return the path of the member who signs in."""
    return f"/v1/clients/{gym.member.client_id}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_link_opens_its_client_and_nothing_else(
    client: TestClient, gym: Gym, app: FastAPI, path: str, kind: LinkKind
) -> None:
    """Members make their own; it opens the kind it is for."""
    made = Api(client, gym.member).post(f"{path}/{kind}-links", None)
    opened = _open(app, made["token"], kind)

    assert opened is not None
    assert (str(opened.link.id), opened.client.id) == (made["id"], gym.member.client_id)
    assert made["url"].startswith("http://testserver/")
    assert made["token"] in made["url"]
    assert _open(app, made["token"], "page" if kind == "calendar" else "calendar") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_opens_nothing_while_its_maker_may_not_sign_in(
    client: TestClient, gym: Gym, app: FastAPI, path: str, kind: LinkKind
) -> None:
    """Whoever made it: the coach's and the member's own; others go on."""
    admin = Api(client, gym.admin)
    for gone, other in ((gym.coach, gym.member), (gym.member, gym.admin)):
        mine, theirs = (Api(client, who).post(f"{path}/{kind}-links", None)["token"] for who in (gone, other))
        admin.patch(f"/v1/people/{gone.person_id}", {"disabled": True})
        assert _open(app, mine, kind) is None
        assert _open(app, theirs, kind) is not None
        admin.patch(f"/v1/people/{gone.person_id}", {"disabled": False})
        assert _open(app, mine, kind) is not None


@pytest.mark.sqlite_only
def test_a_members_link_opens_only_whom_they_are(client: TestClient, gym: Gym, app: FastAPI, path: str) -> None:
    """Whoever is another client by now opens nothing of the first one with what they made then."""
    token = Api(client, gym.member).post(f"{path}/page-links", None)["token"]
    assert _open(app, token, "page") is not None
    with app.state.database.write() as session:
        person = session.get_one(Person, (gym.member.organization_id, gym.member.person_id))
        person.client_id = gym.other_member.client_id
        session.add(person)
    assert _open(app, token, "page") is None


def test_what_was_never_a_token_opens_nothing(app: FastAPI, client: TestClient) -> None:
    assert [_open(app, token, "calendar") for token in ("", "x", "ünïcode", "\ud800", "a" * 5000)] == [None] * 5


def test_a_list_names_links_without_their_secrets(client: TestClient, gym: Gym, path: str) -> None:
    """Newest first, page by page; coaches and the client read the same."""
    coach = Api(client, gym.coach)
    made = [coach.post(f"{path}/page-links", None) for _ in range(3)]
    coach.post(f"{path}/calendar-links", None)
    first = coach.get(f"{path}/page-links?limit=2")
    rest = Api(client, gym.member).get(f"{path}/page-links?limit=2&cursor={first['next_cursor']}")

    assert [link["id"] for link in first["items"] + rest["items"]] == [link["id"] for link in reversed(made)]
    assert not {"token", "url", "token_hash"} & set(first["items"][0])


def test_a_revoked_link_opens_nothing_and_stays_in_the_list(
    client: TestClient, gym: Gym, app: FastAPI, path: str
) -> None:
    """Revoking again changes nothing; the client's other links go on."""
    member = Api(client, gym.member)
    gone, kept = (member.post(f"{path}/calendar-links", None) for _ in range(2))
    statuses = [member.send("DELETE", f"/v1/calendar-links/{gone['id']}").status_code for _ in range(2)]
    listed = {link["id"]: link["revoked_at"] for link in member.get(f"{path}/calendar-links")["items"]}

    assert statuses == [204, 204]
    assert _open(app, gone["token"], "calendar") is None
    assert _open(app, kept["token"], "calendar") is not None
    assert (listed[gone["id"]] is None, listed[kept["id"]]) == (False, None)


def test_links_to_the_page_are_revoked_one_by_one_or_all(client: TestClient, gym: Gym, app: FastAPI, path: str) -> None:
    """All of them: of this client, of this kind."""
    coach, other = Api(client, gym.coach), f"/v1/clients/{gym.other_member.client_id}"
    one, two = (coach.post(f"{path}/page-links", None) for _ in range(2))
    calendar, theirs = coach.post(f"{path}/calendar-links", None), coach.post(f"{other}/page-links", None)

    assert coach.send("DELETE", f"{path}/page-links/{one['id']}").status_code == 204
    assert [_open(app, link["token"], "page") is None for link in (one, two)] == [True, False]
    assert coach.send("DELETE", f"{path}/page-links").status_code == 204
    assert _open(app, two["token"], "page") is None
    assert _open(app, calendar["token"], "calendar") is not None
    assert _open(app, theirs["token"], "page") is not None


def test_a_link_is_found_only_where_it_belongs(client: TestClient, gym: Gym, path: str) -> None:
    """A page link is no calendar link, and not one of another client."""
    coach, other = Api(client, gym.coach), f"/v1/clients/{gym.other_member.client_id}"
    page = coach.post(f"{path}/page-links", None)["id"]

    assert coach.send("DELETE", f"/v1/calendar-links/{page}").status_code == 404
    assert coach.send("DELETE", f"{other}/page-links/{page}").status_code == 404


def test_links_of_archived_clients_rest_and_of_erased_ones_are_gone(
    client: TestClient, gym: Gym, app: FastAPI, path: str
) -> None:
    """While the client is archived they open nothing and none are made."""
    coach = Api(client, gym.coach)
    link = coach.post(f"{path}/page-links", None)
    coach.send("DELETE", path)

    assert _open(app, link["token"], "page") is None
    assert coach.post(f"{path}/page-links", None, 409)["code"] == "conflict"
    coach.patch(path, {"archived": False})
    assert _open(app, link["token"], "page") is not None
    assert coach.send("POST", f"{path}/erasure", json={"confirm": "member"}).status_code == 204
    assert _open(app, link["token"], "page") is None


def test_a_repeated_request_makes_one_link_and_leaves_no_secret_to_read(
    client: TestClient, gym: Gym, app: FastAPI, path: str
) -> None:
    """The replay is the same to the byte; neither the stored answer nor the row of the link holds what opens it."""
    coach, key = Api(client, gym.coach), {"Idempotency-Key": "once"}
    first, again = (coach.send("POST", f"{path}/calendar-links", headers=key) for _ in range(2))
    token = first.json()["token"]

    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Location"] == again.headers["Location"]
    assert again.content == first.content
    assert len(coach.get(f"{path}/calendar-links")["items"]) == 1
    with app.state.database.read() as session:
        kept = session.exec(
            select(IdempotencyKey.body).where(IdempotencyKey.organization_id == gym.coach.organization_id)
        ).all()
        opened = open_link(session, token, "calendar")
    assert [token in body for body in kept] == [False]
    assert opened.link.token_hash == hash_secret(token)


@pytest.mark.parametrize("address", ["https://gym.example/squat", "https://gym.example/squat/"])
def test_links_begin_with_the_address_the_operator_sets(
    client: TestClient, gym: Gym, app: FastAPI, path: str, address: str
) -> None:
    """Whatever address the request came to."""
    app.state.settings = app.state.settings.model_copy(update={"public_url": HttpUrl(address)})
    page, calendar = (Api(client, gym.member).post(f"{path}/{kind}-links", None) for kind in ("page", "calendar"))

    assert page["url"] == f"https://gym.example/squat/week/{page['token']}"
    assert calendar["url"] == f"https://gym.example/squat/v1/calendars/{calendar['token']}.ics"


@pytest.mark.parametrize("address", ["gym.example", "ftp://gym.example", ""])
def test_an_address_that_is_none_does_not_start(address: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        settings_for("sqlite:///unused.db", public_url=address)
