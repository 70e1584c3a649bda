"""Statements that go to the driver as they are: they read, refuse and fail like those of SQLAlchemy's."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session

from app import tables
from app.audit_changes import has_changed
from app.db import Database, nothing_kept
from app.statements import Statement, send
from app.table_kit import table_of
from app.tenancy import ForgottenOrganization
from tests.app.kit import Api
from tests.gym import Gym

FACTS, CLIENTS = table_of(tables.Fact), table_of(tables.Client)
OF_CLIENT = select(*FACTS.c).where(
    FACTS.c.organization_id == bindparam("organization"), FACTS.c.client_id == bindparam("client")
)
ADD = Statement(insert(FACTS), sets=[column.name for column in FACTS.c])
RENAME = Statement(
    update(CLIENTS)
    .where(CLIENTS.c.organization_id == bindparam("organization"), CLIENTS.c.id == bindparam("client"))
    .returning(CLIENTS.c.display_name, CLIENTS.c.created_at),
    sets=["display_name"],
)

OF_ID = (CLIENTS.c.organization_id == bindparam("organization"), CLIENTS.c.id == bindparam("client"))
SET_NAME = Statement(update(CLIENTS).where(*OF_ID), sets=["display_name"])


@pytest.fixture
def database(app: FastAPI, client: TestClient) -> Database:
    """Return the database of the running app."""
    found: Database = app.state.database
    return found


@pytest.fixture
def named(client: TestClient, gym: Gym) -> dict[str, UUID]:
    """Return a client who has facts, as statements name them."""
    path, _ = Api(client, gym.coach).planned_client()
    return {"organization": gym.coach.organization_id, "client": UUID(path.rsplit("/", 1)[1])}


def test_rows_are_read_as_sqlalchemy_reads_them(database: Database, named: dict[str, UUID]) -> None:
    """Ids, instants, days and what is absent come in the types of their columns, by name and by place."""
    with database.read() as session:
        told = Statement(OF_CLIENT).all(session, named)
        expected = session.execute(OF_CLIENT, named).all()

    assert len(told) > 1
    assert sorted(map(tuple, told)) == sorted(map(tuple, expected))
    assert {row.client_id for row in told} == {named["client"]}


def test_what_follows_in_a_transaction_is_read_and_written_alike(database: Database, named: dict[str, UUID]) -> None:
    """PostgreSQL is asked past the driver's cursors from the second statement on."""
    with database.write() as session:
        row = next(one for one in Statement(OF_CLIENT).all(session, named) if one.replaces is None)
        again = row._asdict() | {"id": uuid4(), "body": "naïve 深蹲 %(x)s $1", "answer": None}
        ADD.run(session, again)
        told = {one.id: one for one in Statement(OF_CLIENT).all(session, named)}
        assert told[again["id"]]._asdict() == again
        assert told[row.id] == row
        assert session.execute(OF_CLIENT, named).all() == list(told.values())
        session.rollback()


@pytest.mark.postgresql_only
def test_a_text_is_never_cut_short(database: Database, named: dict[str, UUID]) -> None:
    """What cannot be stored whole is refused."""
    with database.write() as session, pytest.raises(DataError):
        RENAME.run(session, named | {"display_name": "cut\x00short"})


def test_a_change_is_heard_and_answers_what_it_returns(database: Database, named: dict[str, UUID]) -> None:
    """The audit trail learns of it, and it is undone with its transaction."""
    with database.write() as session:
        assert not has_changed(session.connection())
        row = RENAME.first(session, named | {"display_name": "Renamed"})
        assert has_changed(session.connection())
        assert (row.display_name, row.created_at.tzinfo is not None) == ("Renamed", True)
        session.rollback()
    with database.read() as session:
        client = session.get_one(tables.Client, (named["organization"], named["client"]))
        assert client.display_name != "Renamed"


def test_a_statement_without_its_organization_is_refused(database: Database) -> None:
    """Whoever forgets it is told before anything is sent."""
    with database.write() as session, pytest.raises(ForgottenOrganization):
        Statement(select(FACTS.c.id)).all(session, {})


def test_a_value_that_is_left_out_is_never_made_up(database: Database, named: dict[str, UUID]) -> None:
    """What a statement takes has to be told, be it None."""
    with database.write() as session, pytest.raises(KeyError, match="display_name"):
        RENAME.run(session, named)


def _add(session: Session, row: Any, named: dict[str, UUID]) -> None:
    """Add a row and read, which is when PostgreSQL is asked for both."""
    ADD.run(session, row._asdict())
    Statement(OF_CLIENT).all(session, named)


def test_errors_are_those_of_sqlalchemy(database: Database, named: dict[str, UUID]) -> None:
    """A fact that is there already breaks the key, without a word of what it says."""
    with database.write() as session:
        (stored, *_) = Statement(OF_CLIENT).all(session, named)
        with pytest.raises(IntegrityError) as refused:
            _add(session, stored, named)
        session.rollback()

    assert stored.body not in str(refused.value)


def test_after_a_statement_that_failed_its_connection_goes_on(database: Database, named: dict[str, UUID]) -> None:
    """Whatever the driver made of what it was sent is closed with the error, and made anew."""
    with database.read() as session:
        connection = session.connection()
        driver = connection.connection.dbapi_connection
        with pytest.raises(DBAPIError):
            send(connection, "SELECT nothing FROM nowhere")
    with database.read() as session:
        assert session.connection().connection.dbapi_connection is driver
        assert Statement(OF_CLIENT).all(session, named)


def test_what_is_tried_in_a_savepoint_is_undone(database: Database, named: dict[str, UUID]) -> None:
    """Also by a session whose connection was asked before, and after it has asked again."""
    with database.write() as session:
        (before,) = RENAME.all(session, named | {"display_name": "Before"})
        with nothing_kept(session):
            RENAME.run(session, named | {"display_name": "Tried"})
        with nothing_kept(session):
            RENAME.run(session, named | {"display_name": "Tried again"})
        kept = session.get_one(tables.Client, (named["organization"], named["client"]))

    assert (before.display_name, kept.display_name) == ("Before", "Before")


def _name(database: Database, named: dict[str, UUID]) -> str:
    with database.read() as session:
        return session.get_one(tables.Client, (named["organization"], named["client"])).display_name


def test_what_waits_is_stored_with_the_commit(database: Database, named: dict[str, UUID]) -> None:
    """Nothing has to be read after it."""
    with database.write() as session:
        SET_NAME.run(session, named | {"display_name": "Last of all"})

    assert _name(database, named) == "Last of all"


def test_what_is_refused_with_the_commit_leaves_nothing(database: Database, named: dict[str, UUID]) -> None:
    """All of the transaction is undone, and the error is the one it would be at once."""
    with database.read() as session:
        (stored, *_) = Statement(OF_CLIENT).all(session, named)

    with pytest.raises(IntegrityError):
        _add_last(database, stored, named)

    assert _name(database, named) != "Never"


def _add_last(database: Database, row: Any, named: dict[str, UUID]) -> None:
    with database.write() as session:
        SET_NAME.run(session, named | {"display_name": "Never"})
        ADD.run(session, row._asdict())


def test_what_waits_is_gone_with_its_transaction(database: Database, named: dict[str, UUID]) -> None:
    """The next one on the same connection does not send it."""
    with database.write() as session:
        SET_NAME.run(session, named | {"display_name": "Given up"})
        driver = session.connection().connection.dbapi_connection
        session.rollback()
    with database.write() as session:
        assert session.connection().connection.dbapi_connection is driver
        assert Statement(OF_CLIENT).all(session, named)

    assert _name(database, named) != "Given up"


def test_what_waits_goes_before_what_sqlalchemy_sends(database: Database, named: dict[str, UUID]) -> None:
    """An ordinary query reads what was written before it."""
    with database.write() as session:
        SET_NAME.run(session, named | {"display_name": "Seen"})
        seen = session.scalars(select(CLIENTS.c.display_name).where(*OF_ID), named).one()
        session.rollback()

    assert seen == "Seen"


def test_rows_that_were_asked_for_ahead_are_those_of_that_moment(database: Database, named: dict[str, UUID]) -> None:
    """What is written after the question is not in the answer, however late that is read."""
    with database.write() as session:
        read = Statement(select(CLIENTS.c.display_name).where(*OF_ID)).ahead(session, named)
        SET_NAME.run(session, named | {"display_name": "Later"})
        (row,) = read()
        session.rollback()

    assert row.display_name != "Later"


def test_a_statement_first_sent_beside_one_that_failed_is_prepared_again(
    database: Database, named: dict[str, UUID]
) -> None:
    """PostgreSQL passed it over, so that it is not known on the connection; one before the failure is."""
    before, after = Statement(select(CLIENTS.c.id).where(*OF_ID)), Statement(select(CLIENTS.c.locale).where(*OF_ID))
    with database.write() as session:
        (stored, *_) = Statement(OF_CLIENT).all(session, named)
        before.ahead(session, named)
        with pytest.raises(IntegrityError):
            _add_beside(session, stored, after, named)
        driver = session.connection().connection.dbapi_connection
        session.rollback()
    with database.write() as session:
        assert session.connection().connection.dbapi_connection is driver
        assert len(before.all(session, named)) == len(after.all(session, named)) == 1


def _add_beside(session: Session, row: Any, beside: Statement, named: dict[str, UUID]) -> None:
    ADD.run(session, row._asdict())
    beside.all(session, named)


@pytest.mark.postgresql_only
def test_a_connection_that_is_lost_is_replaced(database: Database, named: dict[str, UUID]) -> None:
    """Whoever was on it is told, nothing is kept, and the next one is served."""
    with pytest.raises(OperationalError):
        _lose(database, named)

    assert _name(database, named) != "Lost"


def _lose(database: Database, named: dict[str, UUID]) -> None:
    """Write something, and lose the connection before the commit."""
    with database.write() as session:
        SET_NAME.run(session, named | {"display_name": "Lost"})
        driver: Any = session.connection().connection.dbapi_connection
        with database.read() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": driver.info.backend_pid})
