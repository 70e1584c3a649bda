"""Invitations, people, reset codes: who may do what, and that it takes effect at once."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.app.kit import Api
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym


def _invite(client: TestClient, who: Account, **body: object) -> Response:
    return client.post("/v1/invitations", headers=who.headers, json={"email": "new@home.example", **body})


def _accept(client: TestClient, code: str) -> Response:
    body = {"code": code, "display_name": "New", "password": "a fine password"}
    return client.post("/v1/invitations/accept", json=body)


def _patch(client: TestClient, who: Account, whom: Account, **change: object) -> Response:
    return client.patch(f"/v1/people/{whom.person_id}", headers=who.headers, json=change)


def _status(client: TestClient, who: Account) -> int:
    return client.get("/v1/me", headers=who.headers).status_code


def test_an_invited_coach_joins_and_signs_in(client: TestClient, gym: Gym) -> None:
    """The code makes one person in the inviting organization, once."""
    made = _invite(client, gym.admin, role="coach")
    assert made.status_code == 201
    assert "code" not in client.get(made.headers["Location"], headers=gym.admin.headers).json()
    joined = _accept(client, made.json()["code"])
    assert (joined.status_code, joined.json()["role"]) == (201, "coach")
    assert joined.json()["organization_id"] == str(gym.admin.organization_id)
    assert client.get(joined.headers["Location"], headers=gym.admin.headers).status_code == 200
    login = client.post("/v1/auth/login", json={"email": "new@home.example", "password": "a fine password"})
    assert login.status_code == 200
    assert _accept(client, made.json()["code"]).json()["code"] == "invalid_code"


def test_a_coach_invites_members_only(client: TestClient, gym: Gym) -> None:
    """A coach may link somebody to a client of the gym, and may not make staff."""
    assert _invite(client, gym.coach, role="member", client_id=str(gym.member.client_id)).status_code == 201
    assert _invite(client, gym.coach, role="coach").status_code == 403
    assert _invite(client, gym.member, role="coach").status_code == 403


def test_an_invitation_never_links_a_foreign_client(client: TestClient, gym: Gym) -> None:
    """Another organization's client is as missing as none."""
    foreign = _invite(client, gym.foreign_coach, role="member", client_id=str(gym.member.client_id))
    missing = _invite(client, gym.foreign_coach, role="member", client_id=str(uuid4()))
    assert (foreign.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("body", [{"role": "member"}, {"role": "coach", "client_id": str(uuid4())}, {"role": "owner"}])
def test_role_and_client_must_fit(client: TestClient, gym: Gym, body: dict[str, str]) -> None:
    """A member has a client, staff has none, and there is no fourth role."""
    assert _invite(client, gym.admin, **body).status_code == 422


def test_an_invitation_expires_after_a_week(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The code of an old invitation is no code."""
    code = _invite(client, gym.admin, role="coach").json()["code"]
    clock.forward(days=7)
    assert _accept(client, code).json()["code"] == "invalid_code"


def test_an_address_joins_once(client: TestClient, gym: Gym) -> None:
    """A second invitation to an address that signs in already is refused when it is used."""
    codes = [_invite(client, gym.admin, role="coach").json()["code"] for _ in range(2)]
    assert [_accept(client, code).status_code for code in codes] == [201, 409]


def test_people_of_other_organizations_are_missing(client: TestClient, gym: Gym) -> None:
    """Reading, changing and resetting a foreign person answers as for nobody."""
    path, headers = f"/v1/people/{gym.coach.person_id}", gym.foreign_coach.headers
    answers = (
        client.get(path, headers=headers),
        client.patch(path, headers=headers, json={"disabled": True}),
        client.post(f"{path}/password-reset", headers=headers),
    )
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    nobody = client.get(f"/v1/people/{uuid4()}", headers=headers).json()
    assert {**answers[0].json(), "request_id": "", "instance": ""} == {**nobody, "request_id": "", "instance": ""}


def test_members_do_not_see_people(client: TestClient, gym: Gym) -> None:
    """The function is not theirs, whoever is asked for."""
    for person_id in (gym.member.person_id, gym.coach.person_id):
        assert client.get(f"/v1/people/{person_id}", headers=gym.member.headers).status_code == 403


def test_the_people_of_an_organization_are_listed(client: TestClient, gym: Gym) -> None:
    """Staff read everybody of their own organization page by page, or one role; nobody else's people are there."""
    api, seen, cursor = Api(client, gym.coach), [], ""
    while cursor is not None:
        page = api.get("/v1/people", params={"limit": 2, "cursor": cursor})
        seen += [entry["email"] for entry in page["items"]]
        cursor = page["next_cursor"]

    assert sorted(seen) == sorted(who.email for who in (gym.admin, gym.coach, gym.member, gym.other_member))
    coaches = api.get("/v1/people", params={"role": "coach"})["items"]
    assert [entry["id"] for entry in coaches] == [str(gym.coach.person_id)]
    assert Api(client, gym.member).get("/v1/people", 403)["code"] == "forbidden"


def test_whose_access_ended_stays_in_the_list(client: TestClient, gym: Gym) -> None:
    """A disabled person is listed as disabled, so that access can be given back."""
    _patch(client, gym.coach, gym.member, disabled=True)
    listed = Api(client, gym.admin).get("/v1/people", params={"role": "member"})["items"]

    assert {entry["id"]: entry["disabled"] for entry in listed} == {
        str(gym.member.person_id): True,
        str(gym.other_member.person_id): False,
    }


def test_a_demoted_admin_is_no_admin_at_the_next_sign_in(client: TestClient, gym: Gym) -> None:
    """The old token is dead at once, and the new one may do what a coach may."""
    _patch(client, gym.admin, gym.coach, role="admin")
    assert _patch(client, gym.admin, gym.coach, role="coach").json()["role"] == "coach"
    demoted = Api(client, gym.coach)

    assert demoted.get("/v1/me")["role"] == "coach"
    assert demoted.post("/v1/invitations", {"email": "x@home.example", "role": "coach"}, 403)["code"] == "forbidden"


def test_disabling_ends_access_at_once_and_can_be_undone(client: TestClient, gym: Gym) -> None:
    """Tokens issued before stay dead after access returns."""
    assert _patch(client, gym.coach, gym.member, disabled=True).json()["disabled"] is True
    assert _status(client, gym.member) == 401
    assert client.post("/v1/auth/refresh", json={"refresh_token": gym.member.refresh_token}).status_code == 401
    assert _patch(client, gym.coach, gym.member, disabled=False).json()["disabled"] is False
    assert _status(client, gym.member) == 401
    login = client.post("/v1/auth/login", json={"email": gym.member.email, "password": PASSWORD})
    assert login.status_code == 200


def test_a_role_change_ends_sessions(client: TestClient, gym: Gym) -> None:
    """A coach who becomes admin signs in again."""
    assert _patch(client, gym.admin, gym.coach, role="admin").json()["role"] == "admin"
    assert _status(client, gym.coach) == 401


def test_coaches_manage_members_only(client: TestClient, gym: Gym) -> None:
    """A coach cannot touch staff or roles."""
    assert _patch(client, gym.coach, gym.admin, disabled=True).status_code == 403
    assert _patch(client, gym.coach, gym.member, role="coach").status_code == 403


def test_the_last_admin_stays(client: TestClient, gym: Gym) -> None:
    """Neither demoting nor disabling the only admin is possible."""
    assert _patch(client, gym.admin, gym.admin, role="coach").status_code == 409
    assert _patch(client, gym.admin, gym.admin, disabled=True).status_code == 409
    assert _status(client, gym.admin) == 200


def test_a_member_keeps_their_role(client: TestClient, gym: Gym) -> None:
    """A member is a client; another role is another invitation."""
    assert _patch(client, gym.admin, gym.member, role="coach").status_code == 409


def test_everybody_renames_themselves(client: TestClient, gym: Gym) -> None:
    """Only the display name is theirs to change."""
    changed = client.patch("/v1/me", headers=gym.member.headers, json={"display_name": "Sam"})
    assert changed.json()["display_name"] == "Sam"
    assert client.patch("/v1/me", headers=gym.member.headers, json={"role": "admin"}).status_code == 422


def test_a_reset_code_sets_one_new_password(client: TestClient, gym: Gym) -> None:
    """The code handed over works once and ends the sessions before it; older codes end with it, nobody else's."""
    older, newer, others = (
        client.post(f"/v1/people/{whose.person_id}/password-reset", headers=gym.coach.headers).json()["code"]
        for whose in (gym.member, gym.member, gym.other_member)
    )

    def use(code: str) -> Response:
        return client.post("/v1/auth/password-resets", json={"code": code, "new_password": "brand new words"})

    assert use(newer).status_code == 204
    assert _status(client, gym.member) == 401
    assert [use(older).json()["code"], use(newer).json()["code"]] == ["invalid_code", "invalid_code"]
    login = client.post("/v1/auth/login", json={"email": gym.member.email, "password": "brand new words"})
    assert login.status_code == 200
    assert use(others).status_code == 204


def test_a_reset_code_lasts_an_hour(client: TestClient, gym: Gym, clock: Clock) -> None:
    """After it the code is refused like a wrong one."""
    path = f"/v1/people/{gym.coach.person_id}/password-reset"
    code = client.post(path, headers=gym.admin.headers).json()["code"]
    assert client.post(path, headers=gym.coach.headers).status_code == 403
    clock.forward(hours=1)
    body = {"code": code, "new_password": "brand new words"}
    assert client.post("/v1/auth/password-resets", json=body).json()["code"] == "invalid_code"
