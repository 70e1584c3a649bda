"""Every operation x every role: who may, who must not, and that what belongs to others looks like nothing at all."""

from itertools import chain

import pytest

from app.main import create_app
from tests.app.access import OPERATIONS, UNDESCRIBED
from tests.app.matrix import (
    CASES,
    DESCRIBED,
    against_the_table,
    mine_to_strangers,
    others_in_the_path,
    others_inside,
    requests_inside,
    wrong,
)
from tests.app.stage import Stage, stage
from tests.conftest import settings_for
from tools.mutants import mutants_of
from tools.ownership import noticed_by
from tools.ownership_forms import FORMS
from tools.planting import ROOT, exchange, functions_of

__all__ = ["stage"]


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


def test_each_role_may_do_what_the_table_says(stage: Stage) -> None:
    """401 without access, 403 for a function one lacks, 404 for what others own, success for everybody else."""
    assert wrong(stage, against_the_table) == []


def test_what_others_own_looks_missing_in_paths(stage: Stage) -> None:
    """Whichever id of the path is somebody else's, the answer is that for an id nobody has."""
    assert wrong(stage, others_in_the_path) == []


@pytest.mark.sqlite_only
def test_everything_of_mine_looks_missing_to_others(stage: Stage) -> None:
    """With a whole address of real ids a stranger learns what an invented one answers."""
    assert wrong(stage, mine_to_strangers) == []


@pytest.mark.sqlite_only
def test_what_others_own_looks_missing_in_bodies_and_queries(stage: Stage) -> None:
    """Each id a body or query may hold, nested ones too, is refused like an id nobody has, if it is somebody else's."""
    assert wrong(stage, others_inside) == []


TAKEN_AWAY = {
    "app/visible.py find_client: if ": "get_client",
    "app/visible.py find_block: session.get": "get_ladder",
    "app/facts.py list_facts: select(tables.Fact).where(tables.Fact.or": "list_session_logs",
    "app/clients/service.py list_clients: select(tables.Client)": "list_clients",
    "app/links/service.py find_link: who.is_staff or": "revoke_calendar_link",
    "app/deps.py admin_person: if": "list_webhooks",
}
"""How some mutants of `make ownership` begin, and an operation that has to miss what each takes away."""


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("begins", "operation"), TAKEN_AWAY.items())
def test_a_filter_that_is_taken_away_is_missed(stage: Stage, begins: str, operation: str) -> None:
    """A condition, a part of a key or a guard; `make ownership` takes all of them away."""
    path = begins.partition(" ")[0]
    tried = [mutant for mutant in mutants_of(path, FORMS, ROOT) if mutant.name.startswith(begins)]
    known = functions_of({str(ROOT / path)})
    codes = {one: one.__code__ for functions in known.values() for one in functions}
    cases = [case for case in CASES if case.name == operation]
    assert list(noticed_by(stage, cases)) == []
    for mutant in tried:
        assert exchange(mutant, known)
        try:
            assert next(noticed_by(stage, cases), ""), mutant.name
        finally:
            for function, code in codes.items():
                function.__code__ = code
    assert tried


def test_ids_are_looked_for_everywhere_in_bodies_and_queries(stage: Stage) -> None:
    """In a body, in lists of lists of it, and in the query: the places are found from the description."""
    world = stage.world
    tried = {
        f"{case.name} {place}" for case in CASES for place, _ in requests_inside(world, case, "coach", world.missing)
    }
    assert {
        "invite/member body/client_id",
        "add_session_log/items body/items/item_id",
        "sync/items body/session_logs/items/item_id",
        "list_clients query/coach_id",
    } <= tried
