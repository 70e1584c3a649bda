"""The second factor: what it takes to set one up, to sign in with it and to get rid of it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr
from sqlmodel import SQLModel, select

from app.audit_table import AuditEvent
from app.db import ANY_ORGANIZATION
from app.factor_tables import RecoveryCode, SecondFactor
from app.main import create_app
from app.people import factor_secrets, factors
from app.people.factor_secrets import Whose
from app.people.throttle import Judged
from app.secrets import new_secret
from app.settings import Settings
from tests.app.kit import Api, Json
from tests.app.second_factors import SECRET, code_at, give_factor, sign_in_with
from tests.app.twins import beside_a_twin
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym

ON_ONE = pytest.mark.sqlite_only
_OWN = "/v1/me/second-factor"
_LOGIN_FAILED = (401, "second_factor_needed")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _start(client: TestClient, headers: dict[str, str], **body: object) -> Response:
    return client.post(_OWN, headers=headers, json={"current_password": PASSWORD} | body)


def _confirm(client: TestClient, headers: dict[str, str], code: str) -> Response:
    return client.post(f"{_OWN}/confirmation", headers=headers, json={"code": code})


def _enrolled(client: TestClient, headers: dict[str, str], now: datetime) -> tuple[str, Json]:
    """Set a second factor up as an app does; return its secret and what was answered at last."""
    secret = _start(client, headers).json()["secret"]
    confirmed = _confirm(client, headers, code_at(now, secret=secret))
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()


def _told(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@contextmanager
def beside(settings: Settings, clock: Clock, **changes: object) -> Iterator[TestClient]:
    """Serve the same database with other settings."""
    app = create_app(settings.model_copy(update=changes))
    app.state.clock = lambda: clock.now
    with TestClient(app) as other:
        yield other


@pytest.fixture
def member(app: FastAPI, gym: Gym, clock: Clock) -> Account:
    """Return the member, who has set up a second factor."""
    give_factor(app.state.database, app.state.settings, gym.member, clock.now)
    return gym.member


# --- signing in ---------------------------------------------------------------------------------------------------


def test_a_code_is_asked_for_after_the_right_password_alone(client: TestClient, member: Account, clock: Clock) -> None:
    """A wrong password is answered as ever, whatever code comes with it; the right one needs a code of the app."""
    code = code_at(clock.now)

    assert _told(sign_in_with(client, member, None)) == _LOGIN_FAILED
    assert _told(sign_in_with(client, member, code, "wrong")) == (401, "invalid_credentials")
    assert _told(sign_in_with(client, member, None, "wrong")) == (401, "invalid_credentials")
    answer = sign_in_with(client, member, f"{code[:3]} {code[3:]}")
    assert answer.status_code == 200
    pair = client.post("/v1/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]})
    assert pair.status_code == 200


def test_a_code_is_good_once(client: TestClient, member: Account, clock: Clock) -> None:
    """Overheard and sent again it opens nothing, nor does the one before it."""
    assert sign_in_with(client, member, code_at(clock.now)).status_code == 200

    assert _told(sign_in_with(client, member, code_at(clock.now))) == _LOGIN_FAILED
    assert _told(sign_in_with(client, member, code_at(clock.now, steps=-1))) == _LOGIN_FAILED
    clock.forward(seconds=30)
    assert sign_in_with(client, member, code_at(clock.now)).status_code == 200


@ON_ONE
@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_clocks_may_differ_by_one_step(
    client: TestClient, member: Account, clock: Clock, steps: int, status: int
) -> None:
    """Thirty seconds either way; a code of a minute ago is too old."""
    assert sign_in_with(client, member, code_at(clock.now, steps=steps)).status_code == status


def test_of_two_who_send_one_code_at_once_one_is_let_in(
    client: TestClient, member: Account, clock: Clock, settings: Settings
) -> None:
    """On one worker or on two: the step is taken in the database."""
    with beside(settings, clock) as other, ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(sign_in_with, each, member, code_at(clock.now)) for each in (client, other) * 2]
        statuses = sorted(one.result().status_code for one in senders)

    assert statuses == [200, 401, 401, 401]


def test_codes_are_guessed_no_oftener_than_passwords(client: TestClient, member: Account, clock: Clock) -> None:
    """Five wrong ones, then even a good one has to wait; a right password without a code neither counts nor resets."""
    for _ in range(2):
        assert [_told(sign_in_with(client, member, "000000")) for _ in range(2)] == [_LOGIN_FAILED] * 2
        assert [_told(sign_in_with(client, member, None)) for _ in range(3)] == [_LOGIN_FAILED] * 3
    assert _told(sign_in_with(client, member, "000000")) == _LOGIN_FAILED
    assert sign_in_with(client, member, code_at(clock.now)).status_code == 429
    assert sign_in_with(client, member, None).status_code == 429
    clock.forward(minutes=5)
    assert sign_in_with(client, member, code_at(clock.now)).status_code == 200


@ON_ONE
def test_nothing_that_takes_the_password_alone_gives_new_guesses(
    client: TestClient, gym: Gym, member: Account, clock: Clock
) -> None:
    """Neither ending sign-ins nor a reset code starts the count of wrong codes again."""
    for _ in range(4):
        sign_in_with(client, member, "000000")
    ended = client.post("/v1/me/sign-ins/end", headers=member.headers, json={"current_password": PASSWORD})
    assert ended.status_code == 204
    code = Api(client, gym.admin).post(f"/v1/people/{member.person_id}/password-reset", None, 200)["code"]
    reset = client.post("/v1/auth/password-resets", json={"code": code, "new_password": "four words are plenty"})
    assert reset.status_code == 204
    assert _told(sign_in_with(client, member, "000000", "four words are plenty")) == _LOGIN_FAILED
    assert sign_in_with(client, member, code_at(clock.now), "four words are plenty").status_code == 429


def test_a_reset_of_the_password_does_not_go_around_the_factor(
    client: TestClient, gym: Gym, member: Account, clock: Clock
) -> None:
    """Whoever was handed a code sets a password; the sign-in asks for the app all the same."""
    code = Api(client, gym.coach).post(f"/v1/people/{member.person_id}/password-reset", None, 200)["code"]
    reset = client.post("/v1/auth/password-resets", json={"code": code, "new_password": "four words are plenty"})

    assert reset.status_code == 204
    assert _told(sign_in_with(client, member, None, "four words are plenty")) == _LOGIN_FAILED
    assert sign_in_with(client, member, code_at(clock.now), "four words are plenty").status_code == 200


@ON_ONE
def test_a_new_password_needs_the_factor_too(client: TestClient, member: Account, clock: Clock) -> None:
    """A stolen token and the password do not take an account over."""
    change = {"current_password": PASSWORD, "new_password": "four words are plenty"}
    refused = client.post("/v1/me/password", headers=member.headers, json=change)
    assert _told(refused) == _LOGIN_FAILED
    taken = client.post("/v1/me/password", headers=member.headers, json=change | {"code": code_at(clock.now)})
    assert taken.status_code == 200


@ON_ONE
def test_the_factor_is_looked_at_after_a_right_password_alone(
    client: TestClient, gym: Gym, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password costs the same work with a factor, without one, and for an unknown account."""
    looked: list[Whose] = []
    usual = factors.judged

    def judged(session: object, who: Whose, *given: object, **more: object) -> Judged:
        looked.append(who)
        return usual(session, who, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(factors, "judged", judged)
    answers = [sign_in_with(client, who, "000000", "wrong") for who in (member, gym.coach)]
    unknown = {"email": "nobody@home.example", "password": "wrong", "code": "000000"}
    answers.append(client.post("/v1/auth/login", json=unknown))
    assert {_told(answer) for answer in answers} == {(401, "invalid_credentials")}
    assert looked == []
    sign_in_with(client, member, None)
    assert looked == [Whose(member.organization_id, member.person_id)]


# --- setting one up -----------------------------------------------------------------------------------------------


def test_a_factor_counts_once_a_code_of_it_is_confirmed(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Until then the password does; then every other sign-in ends, and the code that confirmed is used up."""
    other = sign_in_with(client, gym.coach, None).json()
    begun = _start(client, gym.coach.headers).json()
    assert begun["otpauth_url"].startswith("otpauth://totp/squatback:coach%40home.example?secret=")
    assert sign_in_with(client, gym.coach, None).status_code == 200
    assert _told(_confirm(client, gym.coach.headers, "000000")) == (422, "invalid_code")
    confirmed = _confirm(client, gym.coach.headers, code_at(clock.now, secret=begun["secret"])).json()

    assert client.get("/v1/me", headers=_bearer(other["access_token"])).status_code == 401
    standing = client.get(_OWN, headers=_bearer(confirmed["tokens"]["access_token"])).json()
    assert (standing["on"], standing["recovery_codes_left"], standing["demanded"]) == (True, 10, False)
    assert _told(sign_in_with(client, gym.coach, code_at(clock.now, secret=begun["secret"]))) == _LOGIN_FAILED
    clock.forward(seconds=30)
    assert sign_in_with(client, gym.coach, code_at(clock.now, secret=begun["secret"])).status_code == 200


@ON_ONE
def test_setting_up_takes_the_password_and_ends_after_a_quarter_of_an_hour(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Who holds a token alone locks nobody out; guesses at the new code count like passwords."""
    assert _start(client, gym.coach.headers, current_password="wrong").status_code == 401
    secret = _start(client, gym.coach.headers).json()["secret"]
    answers = [_confirm(client, gym.coach.headers, "000000") for _ in range(6)]
    assert [one.status_code for one in answers] == [422] * 5 + [429]
    clock.forward(minutes=14)
    again = Api(client, gym.coach)
    again.get("/v1/me")
    clock.forward(minutes=1)
    headers = _bearer(sign_in_with(client, gym.coach, None).json()["access_token"])
    assert _told(_confirm(client, headers, code_at(clock.now, secret=secret))) == (422, "invalid_code")


def test_another_phone_takes_over_with_password_and_code(client: TestClient, member: Account, clock: Clock) -> None:
    """The old one is good until the new one is confirmed, and worth nothing afterwards."""
    assert _told(_start(client, member.headers)) == _LOGIN_FAILED
    secret = _start(client, member.headers, code=code_at(clock.now)).json()["secret"]
    clock.forward(seconds=60)
    assert sign_in_with(client, member, code_at(clock.now)).status_code == 200
    clock.forward(seconds=60)
    assert _confirm(client, member.headers, code_at(clock.now, secret=secret)).status_code == 200
    clock.forward(seconds=60)
    assert _told(sign_in_with(client, member, code_at(clock.now))) == _LOGIN_FAILED
    assert sign_in_with(client, member, code_at(clock.now, secret=secret)).status_code == 200


def test_a_recovery_code_is_good_once(client: TestClient, gym: Gym, clock: Clock) -> None:
    """However it is typed; ten at a time, kept as hashes, replaced all at once for password and code."""
    _, confirmed = _enrolled(client, gym.coach.headers, clock.now)
    first, second, third, *_ = confirmed["recovery_codes"]
    assert len(set(confirmed["recovery_codes"])) == 10
    assert sign_in_with(client, gym.coach, first.lower().replace("-", " ")).status_code == 200
    assert _told(sign_in_with(client, gym.coach, first)) == _LOGIN_FAILED

    signed_in = _bearer(sign_in_with(client, gym.coach, second).json()["access_token"])
    assert client.get(_OWN, headers=signed_in).json()["recovery_codes_left"] == 8
    body = {"current_password": PASSWORD, "code": third}
    fresh = client.post(f"{_OWN}/recovery-codes", headers=signed_in, json=body).json()["recovery_codes"]
    assert _told(sign_in_with(client, gym.coach, confirmed["recovery_codes"][4])) == _LOGIN_FAILED
    assert sign_in_with(client, gym.coach, fresh[0]).status_code == 200


def test_of_two_who_send_one_recovery_code_at_once_one_is_let_in(client: TestClient, gym: Gym, clock: Clock) -> None:
    code = _enrolled(client, gym.coach.headers, clock.now)[1]["recovery_codes"][0]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: sign_in_with(client, gym.coach, code).status_code, range(4)))

    assert statuses == [200, 401, 401, 401]


def test_taking_it_away_needs_password_and_code(client: TestClient, member: Account, clock: Clock) -> None:
    """Then the password does again; whoever has none has none to take away."""
    for proof in (
        {"current_password": "wrong", "code": code_at(clock.now)},
        {"current_password": PASSWORD, "code": "0"},
    ):
        assert client.post(f"{_OWN}/removal", headers=member.headers, json=proof).status_code == 401
    proof = {"current_password": PASSWORD, "code": code_at(clock.now)}
    pair = client.post(f"{_OWN}/removal", headers=member.headers, json=proof).json()
    headers = _bearer(pair["access_token"])

    assert client.get("/v1/me", headers=member.headers).status_code == 401
    assert client.get(_OWN, headers=headers).json() == {"on": False, "recovery_codes_left": 0, "demanded": False} | {
        "confirmed_at": None
    }
    assert sign_in_with(client, member, None).status_code == 200
    assert _told(client.post(f"{_OWN}/removal", headers=headers, json=proof)) == (409, "conflict")


@ON_ONE
def test_everybody_has_a_factor_of_their_own(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Codes of a colleague open nothing; what one does with one's own leaves theirs as it is."""
    mine, theirs = (_enrolled(client, who.headers, clock.now) for who in (gym.member, gym.other_member))
    assert _told(sign_in_with(client, gym.member, theirs[1]["recovery_codes"][0])) == _LOGIN_FAILED
    clock.forward(seconds=30)
    assert _told(sign_in_with(client, gym.member, code_at(clock.now, secret=theirs[0]))) == _LOGIN_FAILED
    pair = sign_in_with(client, gym.member, mine[1]["recovery_codes"][0]).json()
    assert client.get(_OWN, headers=_bearer(pair["access_token"])).json()["recovery_codes_left"] == 9

    proof = {"current_password": PASSWORD, "code": code_at(clock.now, secret=mine[0])}
    assert client.post(f"{_OWN}/removal", headers=_bearer(pair["access_token"]), json=proof).status_code == 200
    assert _told(sign_in_with(client, gym.other_member, None)) == _LOGIN_FAILED
    assert sign_in_with(client, gym.other_member, theirs[1]["recovery_codes"][0]).status_code == 200


# --- where it is demanded -----------------------------------------------------------------------------------------


@ON_ONE
@pytest.mark.parametrize(
    ("policy", "coach", "member"), [("offered", 200, 200), ("staff", 403, 200), ("everybody", 403, 403)]
)
def test_a_policy_says_who_signs_in_with_a_second_factor_only(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock, policy: str, coach: int, member: int
) -> None:
    """Nobody has to, staff have to, everybody has to."""
    with beside(settings, clock, second_factor=policy) as strict:
        assert sign_in_with(strict, gym.coach, None).status_code == coach
        assert sign_in_with(strict, gym.member, None).status_code == member


def test_where_a_factor_is_demanded_a_sign_in_without_one_opens_its_set_up_and_nothing_else(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock
) -> None:
    """No way of reading takes its token, no renewal; with it the factor is set up, and signs in."""
    client_path = f"/v1/clients/{gym.member.client_id}"
    reads = ("/v1/me", "/v1/me/week", f"{client_path}/week", client_path, "/week", _OWN, "/v1/me/sign-ins")
    with beside(settings, clock, second_factor="everybody") as strict:
        refused = sign_in_with(strict, gym.member, None)
        assert _told(refused) == (403, "second_factor_demanded")
        assert refused.json()["expires_in"] == 900
        token = refused.json()["enrolment_token"]
        headers = _bearer(token)
        assert {strict.get(read, headers=headers).status_code for read in reads} == {401}
        assert strict.get(f"/week/{token}").status_code == 404
        writes = ("/v1/me/password", "/v1/me/sign-ins/end", f"{_OWN}/removal", f"{client_path}/check-ins")
        assert {strict.post(write, headers=headers, json={}).status_code for write in writes} == {401}
        assert strict.post("/v1/auth/refresh", json={"refresh_token": token}).status_code == 401

        secret, confirmed = _enrolled(strict, headers, clock.now)
        assert strict.get("/v1/me", headers=_bearer(confirmed["tokens"]["access_token"])).status_code == 200
        assert _start(strict, headers).status_code == 401
        clock.forward(seconds=30)
        assert sign_in_with(strict, gym.member, code_at(clock.now, secret=secret)).status_code == 200


@ON_ONE
def test_the_token_that_sets_up_ends_like_any_other(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock
) -> None:
    """After a quarter of an hour, with another sign-in, with the end of access."""
    with beside(settings, clock, second_factor="everybody") as strict:

        def token() -> dict[str, str]:
            return _bearer(sign_in_with(strict, gym.member, None).json()["enrolment_token"])

        first, second = token(), token()
        assert _start(strict, first).status_code == 401
        assert sign_in_with(strict, gym.other_member, None).status_code == 403
        begun = _start(strict, second).json()
        assert "member%40home.example" in begun["otpauth_url"]
        assert "other_member" not in begun["otpauth_url"]
        clock.forward(minutes=15)
        assert _start(strict, second).status_code == 401
        third = token()
        admin = Api(client, gym.admin)
        admin.patch(f"/v1/people/{gym.member.person_id}", {"disabled": True})
        assert _start(strict, third).status_code == 401


@ON_ONE
def test_what_is_demanded_is_not_taken_away(
    client: TestClient, member: Account, settings: Settings, clock: Clock
) -> None:
    with beside(settings, clock, second_factor="everybody") as strict:
        proof = {"current_password": PASSWORD, "code": code_at(clock.now)}
        assert _told(strict.post(f"{_OWN}/removal", headers=member.headers, json=proof)) == (409, "conflict")
        assert strict.get(_OWN, headers=member.headers).json()["demanded"] is True


# --- lost, erased, told -------------------------------------------------------------------------------------------


def test_an_admin_resets_the_factor_of_who_has_lost_it(
    client: TestClient, gym: Gym, app: FastAPI, member: Account
) -> None:
    """Their sign-ins end, the password signs in again, and is on record; no coach may, no admin for themselves."""
    path = f"/v1/people/{member.person_id}/second-factor-reset"
    assert client.post(path, headers=gym.coach.headers).status_code == 403
    assert client.post(path, headers=gym.foreign_admin.headers).status_code == 404
    own = f"/v1/people/{gym.admin.person_id}/second-factor-reset"
    assert _told(client.post(own, headers=gym.admin.headers)) == (409, "conflict")
    assert client.get("/v1/me", headers=member.headers).status_code == 200
    assert client.post(path, headers=gym.admin.headers).status_code == 204

    assert client.get("/v1/me", headers=member.headers).status_code == 401
    assert sign_in_with(client, member, None).status_code == 200
    with app.state.database.read() as session:
        mine = AuditEvent.organization_id == member.organization_id
        told = session.exec(select(AuditEvent).where(mine, AuditEvent.action == "reset_second_factor")).one()
    assert (told.event, told.actor_id, told.object_id) == ("authz_change", gym.admin.person_id, member.person_id)


@ON_ONE
def test_an_erased_person_leaves_nothing_of_a_factor(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """Neither the secret nor the recovery codes; an export holds none of either."""
    secret, confirmed = _enrolled(client, gym.member.headers, clock.now)
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    export = coach.send("GET", f"{path}/export").text
    with app.state.database.read() as session:
        stored = session.exec(select(SecondFactor), execution_options=ANY_ORGANIZATION).one()
        hashes = session.exec(select(RecoveryCode.code_hash), execution_options=ANY_ORGANIZATION).all()
    assert len(hashes) == 10
    hidden = (secret, stored.secret, *confirmed["recovery_codes"], *hashes)
    assert [one for one in hidden if str(one) in export] == []
    coach.post(f"{path}/erasure", {"confirm": "member"}, 204)
    with app.state.database.read() as session:
        for table in (SecondFactor, RecoveryCode):
            assert session.exec(select(table), execution_options=ANY_ORGANIZATION).all() == []


@ON_ONE
def test_secrets_and_codes_are_in_no_log_and_in_no_table(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads the database, or the lines of a server, makes no code and has none."""
    with caplog.at_level(logging.DEBUG):
        secret, confirmed = _enrolled(client, gym.coach.headers, clock.now)
        clock.forward(seconds=30)
        used = code_at(clock.now, secret=secret)
        assert sign_in_with(client, gym.coach, used).status_code == 200
        sign_in_with(client, gym.coach, "192837")
    with app.state.database.engine.connect() as connection:
        rows = [
            repr(row)
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(select(table), execution_options=ANY_ORGANIZATION)
        ]
    hidden = [secret, *confirmed["recovery_codes"], *(one.replace("-", "") for one in confirmed["recovery_codes"])]

    assert rows
    assert [one for one in hidden if one in "".join(rows)] == []
    assert [one for one in [*hidden, used, "192837"] if one in caplog.text] == []


@ON_ONE
def test_a_secret_opens_for_its_own_person_and_key_alone() -> None:
    """Moved to another row, or without the operator's key, it is nothing; each time it is written otherwise."""
    keys = (new_secret(), new_secret())
    mine, other = (Whose(UUID(int=1), UUID(int=person)) for person in (2, 3))
    sealed = factor_secrets.encrypted(SECRET, mine, keys)

    assert factor_secrets.decrypted(sealed, mine, keys) == SECRET
    assert factor_secrets.decrypted(sealed, mine, (new_secret(), keys[0])) == SECRET
    assert factor_secrets.decrypted(sealed, other, keys) is None
    assert factor_secrets.decrypted(sealed, mine, keys[1:]) is None
    assert factor_secrets.encrypted(SECRET, mine, keys) != sealed


def test_a_new_key_reaches_a_secret_at_the_next_sign_in(
    client: TestClient, member: Account, settings: Settings, clock: Clock, app: FastAPI
) -> None:
    """While the one before it is named; with a key that opens nothing no code is good, and recovery codes are."""
    old, new = (SecretStr(new_secret()) for _ in range(2))
    with app.state.database.write() as session:
        row = session.get_one(SecondFactor, (member.organization_id, member.person_id))
        row.secret = factor_secrets.encrypted(
            SECRET, Whose(member.organization_id, member.person_id), (old.get_secret_value(),)
        )
        session.add(row)
    assert _told(sign_in_with(client, member, code_at(clock.now))) == _LOGIN_FAILED
    with beside(settings, clock, factor_key=new, factor_key_previous=old) as turning:
        assert sign_in_with(turning, member, code_at(clock.now)).status_code == 200
    clock.forward(seconds=30)
    with beside(settings, clock, factor_key=new) as turned:
        assert sign_in_with(turned, member, code_at(clock.now)).status_code == 200


@ON_ONE
def test_beside_a_twin_ones_own_factor_counts_alone(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """Another organization with the same ids is neither asked nor changed by any of it."""
    secret, confirmed = _enrolled(client, gym.member.headers, clock.now)
    codes = confirmed["recovery_codes"]
    with beside_a_twin(app.state.database.engine, gym.member.organization_id):
        clock.forward(seconds=30)
        assert sign_in_with(client, gym.member, code_at(clock.now, secret=secret)).status_code == 200
        pair = sign_in_with(client, gym.member, codes[0]).json()
        headers = _bearer(pair["access_token"])
        assert client.get(_OWN, headers=headers).json()["recovery_codes_left"] == 9
        again = _start(client, headers, code=codes[1]).json()["secret"]
        assert _confirm(client, headers, code_at(clock.now, secret=again)).status_code == 200
        admin = Api(client, gym.admin)
        admin.post(f"/v1/people/{gym.member.person_id}/second-factor-reset", None, 204)
