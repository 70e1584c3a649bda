"""A statement on a table of an organization that does not say which is refused, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from app.db import ANY_ORGANIZATION, Database, open_database
from app.ids import new_id
from app.tables import TENANT_TABLES, AccessToken, Client, Fact, Person
from app.tenancy import ForgottenOrganization
from tests.conftest import settings_for

WITHOUT_ORGANIZATION = {
    "organizations": "the organizations themselves",
    "login_attempts": "counted before it is known who tries, by a hash of the account or address",
}
"""Tables whose rows belong to no organization, and why."""

OPENED_BY_A_SECRET = {
    "access_tokens": "looked up by the hash of the token; whose it is follows from the row",
    "refresh_tokens": "likewise",
    "password_resets": "likewise, by the hash of the code",
    "enrolment_tokens": "as access tokens",
}
"""Tables whose organization is known only once the row is read, and why."""

HERE = new_id()
TABLES: dict[str, Table] = dict(SQLModel.metadata.tables)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open an empty database."""
    opened = open_database(settings_for(database_url))
    yield opened
    opened.engine.dispose()


def is_refused(database: Database, statement: Any) -> bool:
    """Send a statement; tell whether it was refused before the database saw it."""
    with database.engine.connect() as connection:
        try:
            connection.execute(statement)
        except ForgottenOrganization:
            return True
        finally:
            connection.rollback()
    return False


def test_every_table_is_an_organizations_or_has_a_reason_not_to_be() -> None:
    """A new table is guarded unless it is listed here; its key begins with the organization."""
    assert TABLES.keys() == TENANT_TABLES | WITHOUT_ORGANIZATION.keys() | OPENED_BY_A_SECRET.keys()
    assert all("organization_id" not in TABLES[name].columns for name in WITHOUT_ORGANIZATION)
    assert all("organization_id" in TABLES[name].columns for name in OPENED_BY_A_SECRET)
    assert {next(iter(TABLES[name].primary_key.columns)).name for name in TENANT_TABLES} == {"organization_id"}


def test_no_table_is_read_changed_or_emptied_without_its_organization(database: Database) -> None:
    """Of every tenant table: selecting, counting, updating and deleting need it; with it they all pass."""
    for name in sorted(TENANT_TABLES):
        table = TABLES[name]
        last = list(table.columns)[-1]
        for statement in (
            select(table).where(last.is_not(None)),
            select(func.count()).select_from(table).where(last.is_not(None)),
            update(table).values({last.name: last}).where(last.is_not(None)),
            delete(table).where(last.is_not(None)),
        ):
            assert is_refused(database, statement), str(statement)
            assert not is_refused(database, statement.where(table.c.organization_id == HERE)), str(statement)
        assert is_refused(database, update(table).values(organization_id=HERE)), "the new value is no condition"


_PERSON_HERE = col(Person.organization_id) == HERE
_SAME = col(Fact.organization_id) == Person.organization_id
_BY_THEM = col(Fact.author_id) == Person.id
_OTHER = aliased(Person, name="other")

FORGETFUL = {
    "join": select(Person.id).join(Fact, _BY_THEM).where(_PERSON_HERE),
    "join_tied_to_nobody": select(Person.id).join(Fact, _SAME & _BY_THEM),
    "outer_join": select(Person.id).outerjoin(Fact, _BY_THEM).where(_PERSON_HERE),
    "from_two": select(Person.id, Fact.id).where(_PERSON_HERE, _BY_THEM),
    "same_table_twice": select(Person.id).join(_OTHER, _OTHER.role == Person.role).where(_PERSON_HERE),
    "in_subquery": select(Person.id).where(_PERSON_HERE, col(Person.id).in_(select(Fact.author_id))),
    "in_subquery_of_the_same": select(Person.id).where(
        _PERSON_HERE, col(Person.client_id).in_(select(_OTHER.client_id).where(_OTHER.role == "member"))
    ),
    "exists": select(Person.id).where(_PERSON_HERE, exists().where(_BY_THEM)),
    "scalar_subquery": select(Client.id, select(func.count(Fact.id)).scalar_subquery()).where(
        col(Client.organization_id) == HERE
    ),
    "from_subquery": select(func.count()).select_from(select(Fact.id).subquery()),
    "with": select(select(Fact.id).cte("known").c.id),
    "union": select(Person.id).where(_PERSON_HERE).union(select(Fact.id)),
    "update_by_subquery": update(Person)
    .values(role="coach")
    .where(_PERSON_HERE, col(Person.id).in_(select(Fact.author_id))),
    "delete_by_subquery": delete(Person).where(_PERSON_HERE, col(Person.id).in_(select(Fact.author_id))),
    "insert_from": insert(AccessToken).from_select(["token_hash"], select(Fact.kind)),
    "words_alone": text("SELECT * FROM facts WHERE id = 'x'"),
    "quoted_words": text('SELECT * FROM "facts" f'),
}
TOLD = {
    "join": select(Person.id).join(Fact, _SAME & _BY_THEM).where(_PERSON_HERE),
    "join_the_other_way": select(Person.id).join(Fact, _SAME & _BY_THEM).where(col(Fact.organization_id) == HERE),
    "same_table_twice": select(Person.id)
    .join(_OTHER, _OTHER.organization_id == Person.organization_id)  # type: ignore[arg-type]
    .where(_PERSON_HERE),
    "in_subquery": select(Person.id).where(
        _PERSON_HERE, col(Person.id).in_(select(Fact.author_id).where(col(Fact.organization_id) == HERE))
    ),
    "exists": select(Person.id).where(_PERSON_HERE, exists().where(_SAME, _BY_THEM)),
    "by_a_token": select(Person.id).join(
        AccessToken, col(Person.organization_id) == AccessToken.organization_id
    ),
    "for_update": select(Client.id).where(col(Client.organization_id) == HERE).with_for_update(),
    "several": select(Fact.id).where(col(Fact.organization_id).in_([HERE, new_id()])),
    "words": text("SELECT * FROM facts WHERE organization_id = '00000000-0000-0000-0000-000000000000'"),
}  # fmt: skip


def test_joins_and_subqueries_need_it_for_each_of_their_tables(database: Database) -> None:
    """One table that is told does not vouch for another; one that is tied to it is."""
    assert [name for name, statement in FORGETFUL.items() if not is_refused(database, statement)] == []
    assert [name for name, statement in TOLD.items() if is_refused(database, statement)] == []


def test_sessions_are_guarded_and_a_look_up_by_a_secret_says_so(database: Database) -> None:
    """Reading and writing sessions refuse alike; the option for any organization is given statement by statement."""
    coaches = select(Person).where(col(Person.role) == "coach")
    for session_of in (database.read, database.write):
        with session_of() as session:
            with pytest.raises(ForgottenOrganization):
                session.execute(coaches)
            session.rollback()
    with database.read() as session:
        assert session.execute(coaches, execution_options=ANY_ORGANIZATION).all() == []
        with pytest.raises(ForgottenOrganization):
            session.execute(coaches)
