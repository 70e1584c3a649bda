"""Every operation x every role: who may, who must not, and that what belongs to others looks like nothing at all."""

from collections.abc import Iterator
from itertools import chain, combinations

import pytest
from httpx2 import Response

from app.main import create_app
from tests.app.access import OPERATIONS, ROLES, TAKEN_LIKE_A_MISSING_ID, UNDESCRIBED, Access
from tests.app.requests import Call, Operation, call, with_other_id
from tests.app.stage import CASES, DESCRIBED, WITHIN, WITHOUT, Stage, look, stage
from tests.app.twins import MARK
from tests.app.world import Ids, World
from tests.conftest import settings_for

__all__ = ["stage"]

_REFUSALS = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}


# --- nobody forgets a line ----------------------------------------------------------------------------------------


def test_every_operation_has_a_line_in_the_table() -> None:
    """A new operation fails here until tests/app/access.py says who may call it; a line without one fails too."""
    assert {name.partition("/")[0] for name in OPERATIONS} == set(DESCRIBED)
    assert set(DESCRIBED) <= set(OPERATIONS)


def test_every_route_is_described_or_a_known_page() -> None:
    """Nothing is served that the table cannot know of."""
    app = create_app(settings_for("sqlite:///unused.db"))
    routes = chain.from_iterable(getattr(getattr(one, "original_router", one), "routes", [one]) for one in app.routes)
    paths = {route.path for route in routes}

    assert paths - {operation.path for operation in DESCRIBED.values()} == UNDESCRIBED


# --- every role ---------------------------------------------------------------------------------------------------


def test_each_role_may_do_what_the_table_says(stage: Stage) -> None:
    """401 without access, 403 for a function one lacks, 404 for what others own, success for everybody else."""
    wrong = []
    for name, operation, access in CASES:
        for role in ROLES:
            ids = stage.world.mine if access.has_object else stage.world.own(role)
            answer = stage.send(role, call(operation, access, stage.world, role, ids))
            hidden = _not_for(stage.world, role, access) | _of_bystanders(stage.world, access)
            faults = list(_faults(answer, access.expected(role), hidden))
            wrong += [f"{name} as {role}: {fault}" for fault in faults]
    assert wrong == []


def _faults(answer: Response, expected: int, hidden: set[str]) -> Iterator[str]:
    status = 200 if answer.is_success else answer.status_code
    if status != expected:
        yield f"{answer.status_code}, not {expected}: {answer.text[:200]}"
    elif status != 200 and answer.json()["code"] != _REFUSALS[status]:
        yield f"{status} with {answer.json()['code']}"
    if (answer.headers.get("WWW-Authenticate") == "Bearer") != (answer.status_code == 401):
        yield "401 and WWW-Authenticate go together"
    if answer.is_success:
        yield from (f"tells {thing}" for thing in sorted(hidden) if thing in answer.text)


def _not_for(world: World, role: str, access: Access) -> set[str]:
    """Return what no successful answer to a role may hold."""
    if access.who == "everybody" or role not in WITHOUT:
        return set()
    mine = {world.mine[name] for name in world.mine if name != "coach_id"} | {f'"{world.gym.member.email}"'}
    if role == "other_member":
        return mine
    staff = {f'"{who.email}"' for who in (world.gym.coach, world.gym.admin)}
    return mine | set(world.neighbours.values()) | staff


def _of_bystanders(world: World, access: Access) -> set[str]:
    """Return what no answer may hold: what twins have, and of a client's things those of another of the same gym."""
    return {MARK} | ({world.bystander_id} if access.who in {"client", "clients_staff"} else set())


# --- foreign is missing -------------------------------------------------------------------------------------------


def test_what_others_own_looks_missing_in_paths(stage: Stage) -> None:
    """Whichever id of the path is somebody else's, the answer is that for an id nobody has."""
    different = []
    for name, operation, access in CASES:
        for role in WITHIN if access.has_object else ():
            for some, source in _others(stage.world, role, operation):
                theirs, nobodys = (
                    stage.send(role, _call_with(operation, access, stage.world, role, some, ids))
                    for ids in (source, stage.world.missing)
                )
                if look(theirs) != look(nobodys) or theirs.status_code not in (403, 404):
                    different.append(f"{name} as {role}, other {some}: {look(theirs)} against {look(nobodys)}")
    assert different == []


def _some_of(names: list[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


def _others(world: World, role: str, operation: Operation) -> Iterator[tuple[tuple[str, ...], Ids]]:
    """Yield which ids of the path to take from which set of things that are not the role's."""
    names = operation.path_ids
    yield from ((some, world.foreign) for some in _some_of(names))
    if role == "member":
        yield from ((some, world.neighbours) for some in _some_of(names))
    elif "client_id" in names:
        yield from ((some, world.neighbours) for some in _some_of(names) if "client_id" not in some)


def _call_with(
    operation: Operation, access: Access, world: World, role: str, some: tuple[str, ...], source: Ids
) -> Call:
    """Return a request for my things, some ids of its path taken from another set."""
    taken = {access.ids.get(name, name) for name in some}
    ids = {name: source[name] if name in taken else value for name, value in world.mine.items()}
    return call(operation, access, world, role, ids, world.mine)


@pytest.mark.sqlite_only
def test_everything_of_mine_looks_missing_to_others(stage: Stage) -> None:
    """With a whole address of real ids a stranger learns what an invented one answers."""
    different = []
    for name, operation, access in CASES:
        for role in WITHOUT if access.has_object else ():
            mine, nobodys = (
                stage.send(role, call(operation, access, stage.world, role, ids, stage.world.mine))
                for ids in (stage.world.mine, stage.world.missing)
            )
            if look(mine) != look(nobodys):
                different.append(f"{name} as {role}: {look(mine)} against {look(nobodys)}")
    assert different == []


@pytest.mark.sqlite_only
def test_what_others_own_looks_missing_in_bodies_and_queries(stage: Stage) -> None:
    """Each id a body or query may hold, nested ones too, is refused like an id nobody has, if it is somebody else's."""
    different, tried = [], set[str]()
    for name, operation, access in CASES:
        for role in (*WITHIN, "foreign_admin"):
            for place, theirs, nobodys in _answers_to_others(stage, operation, access, role):
                tried.add(f"{name} {place}")
                if look(theirs) != look(nobodys):
                    different.append(f"{name} {place} as {role}: {look(theirs)} against {look(nobodys)}")
                elif theirs.status_code not in _taken(place):
                    different.append(f"{name} {place} as {role}: {theirs.status_code}")
    assert different == []
    assert {
        "invite/member body/client_id",
        "add_session_log/items body/items/item_id",
        "list_clients query/coach_id",
    } <= tried


def _taken(place: str) -> tuple[int, ...]:
    """Return how somebody else's id may be answered: refused in words, or taken where a missing one is."""
    return (200, 201, 403, 404, 422) if place in TAKEN_LIKE_A_MISSING_ID else (403, 404, 422)


def _answers_to_others(
    stage: Stage, operation: Operation, access: Access, role: str
) -> Iterator[tuple[str, Response, Response]]:
    """Yield where an id stood, the answer to somebody else's and the answer to nobody's."""
    world = stage.world
    made = call(operation, access, world, role, world.own(role))
    foreign = world.mine if role == "foreign_admin" else world.foreign
    theirs, nobodys = (with_other_id(made, operation, access, ids) for ids in (foreign, world.missing))
    for (place, with_theirs), (_, with_nobodys) in zip(theirs, nobodys, strict=True):
        yield place, stage.send(role, with_theirs), stage.send(role, with_nobodys)
