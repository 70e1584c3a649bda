"""What is asked of every operation as every role: each check yields what is wrong, one request after another."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, combinations
from typing import Final, NamedTuple

from httpx2 import Response

from tests.app.access import OPERATIONS, ROLES, TAKEN_LIKE_A_MISSING_ID, Access
from tests.app.requests import Call, Operation, call, operations, with_other_id, without_ids
from tests.app.stage import Stage
from tests.app.twins import MARK
from tests.app.world import Ids, World
from tests.kept import described

WITHIN: Final = ("member", "coach", "admin")
WITHOUT: Final = ("other_member", "foreign_coach", "foreign_admin")
"""Who may, and who may not, see the things of the world that are called mine."""
_REFUSALS: Final = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}


class Case(NamedTuple):
    """A line of the table with its operation."""

    name: str
    operation: Operation
    access: Access


DESCRIBED: Final = operations(described())
CASES: Final = [
    Case(name, DESCRIBED[name.partition("/")[0]], access)
    for name, access in OPERATIONS.items()
    if name.partition("/")[0] in DESCRIBED
]


# --- every role ---------------------------------------------------------------------------------------------------


def against_the_table(stage: Stage, case: Case, role: str) -> Iterator[str]:
    """401 without access, 403 for a function one lacks, 404 for what others own, success for everybody else."""
    access, world = case.access, stage.world
    answer = stage.send(role, call(*case[1:], world, role, world.mine if access.has_object else world.own(role)))
    yield from _faults(answer, access.expected(role), _not_for(world, role, access) | _of_bystanders(world, access))


def _faults(answer: Response, expected: int, hidden: set[str]) -> Iterator[str]:
    status = 200 if answer.is_success else answer.status_code
    if status != expected:
        yield f"{answer.status_code}, not {expected}: {answer.text[:200]}"
    elif status != 200 and answer.json()["code"] != _REFUSALS[status]:
        yield f"{status} with {answer.json()['code']}"
    if (answer.headers.get("WWW-Authenticate") == "Bearer") != (answer.status_code == 401):
        yield "401 and WWW-Authenticate go together"
    if answer.is_success:
        told = answer.text + repr(answer.headers)
        yield from (f"tells {thing}" for thing in sorted(hidden) if thing in told)


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
    return {MARK} | (set(world.bystanders) if access.who in {"client", "clients_staff"} else set())


# --- foreign is missing -------------------------------------------------------------------------------------------


def others_in_the_path(stage: Stage, case: Case, role: str) -> Iterator[str]:
    """Whichever id of the path is somebody else's, the answer is that for an id nobody has."""
    for some, source in _others(stage.world, role, case.operation) if case.access.has_object else ():
        theirs, nobodys = (
            stage.send(role, _call_with(*case[1:], stage.world, role, some, ids))
            for ids in (source, stage.world.missing)
        )
        if look(theirs) != look(nobodys) or theirs.status_code not in (403, 404):
            yield f"other {some}: {look(theirs)} against {look(nobodys)}"


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


def mine_to_strangers(stage: Stage, case: Case, role: str) -> Iterator[str]:
    """With a whole address of real ids a stranger learns what an invented one answers."""
    if not case.access.has_object:
        return
    mine, nobodys = (
        stage.send(role, call(*case[1:], stage.world, role, ids, stage.world.mine))
        for ids in (stage.world.mine, stage.world.missing)
    )
    if look(mine) != look(nobodys):
        yield f"{look(mine)} against {look(nobodys)}"


def others_inside(stage: Stage, case: Case, role: str) -> Iterator[str]:
    """Each id a body or query may hold, nested ones too, is refused like an id nobody has, if it is somebody else's."""
    for place, theirs, nobodys in _answers_to_others(stage, case, role):
        if look(theirs) != look(nobodys):
            yield f"{place}: {look(theirs)} against {look(nobodys)}"
        elif theirs.status_code not in _taken(place):
            yield f"{place}: {theirs.status_code}"


def _taken(place: str) -> tuple[int, ...]:
    """Return how somebody else's id may be answered: refused in words, or taken where a missing one is."""
    return (200, 201, 403, 404, 422) if place in TAKEN_LIKE_A_MISSING_ID else (403, 404, 422)


def _answers_to_others(stage: Stage, case: Case, role: str) -> Iterator[tuple[str, Response, Response]]:
    """Yield where an id stood, the answer to somebody else's and the answer to nobody's."""
    world = stage.world
    foreign = world.mine if role == "foreign_admin" else world.foreign
    theirs, nobodys = (requests_inside(world, case, role, ids) for ids in (foreign, world.missing))
    for (place, with_theirs), (_, with_nobodys) in zip(theirs, nobodys, strict=True):
        yield place, stage.send(role, with_theirs), stage.send(role, with_nobodys)


def requests_inside(world: World, case: Case, role: str, ids: Ids) -> Iterator[tuple[str, Call]]:
    """Yield a role's own request once for each id its query or body may hold, that one taken from another set."""
    return with_other_id(call(*case[1:], world, role, world.own(role)), case.operation, case.access, ids)


def look(answer: Response) -> tuple[object, ...]:
    """Return everything of an answer but what must differ."""
    kept = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "location", "etag")}
    return answer.status_code, without_ids(answer.text), tuple(sorted(kept.items()))


# --- all of it ----------------------------------------------------------------------------------------------------

Check = Callable[[Stage, Case, str], Iterator[str]]
CHECKS: Final[Mapping[Check, tuple[str, ...]]] = {
    against_the_table: ROLES,
    mine_to_strangers: WITHOUT,
    others_in_the_path: WITHIN,
    others_inside: (*WITHIN, "foreign_admin"),
}
"""What is asked, as which roles."""


def wrong(stage: Stage, check: Check) -> list[str]:
    """Return what a check finds, over every operation and role."""
    return [
        f"{case.name} as {role}: {fault}"
        for case in CASES
        for role in CHECKS[check]
        for fault in check(stage, case, role)
    ]
