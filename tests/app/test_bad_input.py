"""Bad input: always a 4xx that names the field, and nothing is stored."""

import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import func, select

from app import tables
from tests.app.kit import CALM_MORNING, HIP, SAM, Api, Json, pointers
from tests.gym import Gym

HUGE = 2**63


def _stored(app: FastAPI, gym: Gym) -> int:
    """Return how many rows there are of what people send."""
    with app.state.database.read() as session:
        return sum(
            session.exec(
                select(func.count()).select_from(table).where(table.organization_id == gym.coach.organization_id)
            ).one()
            for table in (tables.Client, tables.Fact, tables.Block)
        )


def _with(body: Json, pointer: str, value: object) -> Json:
    """Return a copy of a body with one field replaced."""
    copy: Json = json.loads(json.dumps(body))
    *parents, last = pointer.strip("/").split("/")
    place = copy
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return copy


CLIENT_FAULTS = [
    ("/display_name", 3),
    ("/display_name", ""),
    ("/display_name", "x" * 201),
    ("/birth_year", True),
    ("/birth_year", "1992"),
    ("/birth_year", 1992.0),
    ("/birth_year", HUGE),
    ("/time_zone", "Mars/Base"),
    ("/time_zone", "../etc/passwd"),
    ("/equipment", ["barbell", "barbell"]),
    ("/equipment", ["forklift"]),
    ("/equipment", "barbell"),
    ("/training_days", []),
    ("/training_days", ["monday"]),
    ("/session_minutes", 9),
    ("/session_minutes", 60.5),
    ("/preferred_squat/variation", "leg_press"),
    ("/preferred_squat/one_rep_max_kg", 0),
    ("/preferred_squat/one_rep_max_kg", "150"),
    ("/preferred_squat/last_heavy_on", "9999-12-31"),
    ("/preferred_squat/last_heavy_on", 1699920000),
    ("/preferred_squat/last_heavy_on", "2026-02-30"),
    ("/weights/kettlebells_kg", [True]),
    ("/weights/bar_kg", 10**400),
    ("/height_cm", 18),
    ("/surname", "Smith"),
]
ASSESSMENT_FAULTS = [
    ("/measurements/0/passive", "96"),
    ("/measurements/0/passive", True),
    ("/measurements/0/side", "front"),
    ("/measurements/0/unit", "inch"),
    ("/measurements/0/degrees", 96),
    ("/performed_on", "9999-12-31"),
    ("/performed_on", 0),
    ("/setting", "garage"),
    ("/signs", ["depth_blocked"] * 2),
    ("/signs/0", "feels_bad"),
    ("/back_pain/usual", 3.0),
    ("/back_pain/usual", -1),
    ("/red_flags/numbness", "maybe"),
    ("/red_flags/headache", "yes"),
    ("/replaces", "not an id"),
]
CHECK_IN_FAULTS = [
    ("/back_pain/now", 11),
    ("/back_pain/now", 1.0),
    ("/back_pain/now", "1"),
    ("/back_pain/now", True),
    ("/back_pain/now", HUGE),
    ("/hours_to_settle", -1),
    ("/at", "2026-11-02T12:00:00"),
    ("/at", "9999-12-31T00:00:00Z"),
    ("/at", 1699920000),
    ("/words", ["ouch"]),
    ("/id", 7),
    ("/affects_week", "no"),
    ("/mood", 5),
]


@pytest.mark.parametrize(("pointer", "value"), CLIENT_FAULTS)
def test_a_client_is_refused_by_field(client: TestClient, gym: Gym, app: FastAPI, pointer: str, value: object) -> None:
    """Wrong types, ranges, words and unknown fields of a client."""
    _refused(client, gym, app, "/v1/clients", SAM, pointer, value)


@pytest.mark.parametrize(("pointer", "value"), ASSESSMENT_FAULTS)
def test_an_assessment_is_refused_by_field(
    client: TestClient, gym: Gym, app: FastAPI, pointer: str, value: object
) -> None:
    """Wrong types, ranges, words and unknown fields of an assessment."""
    _refused(client, gym, app, f"/v1/clients/{gym.member.client_id}/assessments", HIP, pointer, value)


@pytest.mark.parametrize(("pointer", "value"), CHECK_IN_FAULTS)
def test_a_check_in_is_refused_by_field(
    client: TestClient, gym: Gym, app: FastAPI, pointer: str, value: object
) -> None:
    """Wrong types, ranges, words and unknown fields of a check-in."""
    _refused(client, gym, app, f"/v1/clients/{gym.member.client_id}/check-ins", CALM_MORNING, pointer, value)


def _refused(client: TestClient, gym: Gym, app: FastAPI, path: str, body: Json, pointer: str, value: object) -> None:
    before = _stored(app, gym)
    content = json.dumps(_with(body, pointer, value))
    headers = gym.coach.headers | {"Content-Type": "application/json"}
    answer = client.post(path, content=content, headers=headers)

    assert 400 <= answer.status_code < 500, answer.text
    assert any(found.startswith(pointer) for found in pointers(answer.json())) or answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert _stored(app, gym) == before


@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ('"note": NaN', 400),
        ('"note": Infinity', 400),
        ('"note": "\\ud800"', 422),
        ('"note": "\\u0000"', 422),
        ('"leg_soreness": 1e400', 422),
        ('"leg_soreness": 1, "leg_soreness": 2', 422),
    ],
)
def test_json_that_cannot_be_kept_is_refused(
    client: TestClient, gym: Gym, app: FastAPI, fragment: str, status: int
) -> None:
    """Not a number, lone surrogates, NUL, endless numbers and doubled keys never reach the database."""
    before = _stored(app, gym)
    headers = gym.coach.headers | {"Content-Type": "application/json"}
    path = f"/v1/clients/{gym.member.client_id}/session-logs"
    answer = client.post(path, content=f'{{"back_pain": {{"during": 1, "after": 1}}, {fragment}}}', headers=headers)
    assert answer.status_code == status, answer.text
    assert _stored(app, gym) == before


def test_what_was_sent_is_never_echoed(client: TestClient, gym: Gym) -> None:
    """A refusal names the field, not the value."""
    secret = "my private pain note"
    problem = client.post(
        f"/v1/clients/{gym.member.client_id}/check-ins",
        json=CALM_MORNING | {"words": [secret], "mood": secret},
        headers=gym.coach.headers,
    )
    assert problem.status_code == 422
    assert secret not in problem.text


@pytest.mark.parametrize(
    "path",
    ["/v1/clients/", "/v1/clients/{own}/assessments/", "/v1/library/exercises/", "/v1/me/week/"],
)
def test_a_trailing_slash_is_another_path(client: TestClient, gym: Gym, path: str) -> None:
    """404, no redirect."""
    answer = client.get(path.format(own=gym.member.client_id), headers=gym.coach.headers, follow_redirects=False)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/clients?limit=0", "/query/limit"),
        ("/v1/clients?limit=101", "/query/limit"),
        ("/v1/clients/{own}/week?date=9999-12-31", "/query/date"),
        ("/v1/clients/{own}/week?date=yesterday", "/query/date"),
        ("/v1/clients/nobody", "/path/client_id"),
    ],
)
def test_paths_and_queries_are_checked(client: TestClient, gym: Gym, path: str, pointer: str) -> None:
    """A query or an id of the wrong form is 422 and named."""
    api = Api(client, gym.coach)
    assert pointers(api.get(path.format(own=gym.member.client_id), 422)) == {pointer}
