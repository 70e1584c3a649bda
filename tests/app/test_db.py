"""Migrations and the promises of the engine, on both databases."""

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from alembic import command
from app.db import ForgottenOrganization, migration_connection, open_database
from app.schema import alembic_config
from app.tables import TENANT_TABLES, Person
from tests.conftest import settings_for


def test_tables_and_migrations_agree(database_url: str) -> None:
    """Alembic finds nothing left to generate."""
    with migration_connection(settings_for(database_url)) as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.check(config)


@pytest.mark.sqlite_only
def test_sqlite_is_durable_and_checks_references(database_url: str) -> None:
    """Every pooled connection writes ahead, syncs fully, enforces foreign keys and waits for the writer."""
    database = open_database(settings_for(database_url))
    for _ in range(3):
        with database.engine.connect() as connection:
            pragmas = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert pragmas == ["wal", 2, 1, 5000]
    database.engine.dispose()


def test_a_statement_that_forgets_the_organization_is_refused(database_url: str) -> None:
    """Reading, changing or deleting tenant rows without organization_id is a programming error."""
    database = open_database(settings_for(database_url))
    forgetful = ("SELECT * FROM facts WHERE id = 'x'", "UPDATE clients SET version = 2", "DELETE FROM blocks")
    for statement in forgetful:
        with database.write() as session, pytest.raises(ForgottenOrganization):
            session.connection().execute(text(statement))
    with database.read() as session, pytest.raises(ForgottenOrganization):
        session.exec(select(Person).where(Person.role == "coach")).all()
    database.engine.dispose()


def test_every_table_with_an_organization_is_guarded_or_opened_by_a_secret() -> None:
    """A new table is a tenant table unless it is listed."""
    owned = {name for name, table in SQLModel.metadata.tables.items() if "organization_id" in table.columns}
    assert owned - TENANT_TABLES == {"access_tokens", "refresh_tokens", "password_resets"}


def test_a_reading_session_never_commits(database_url: str) -> None:
    """What a reading session does is gone afterwards, if the database allows it at all."""
    database = open_database(settings_for(database_url))
    with database.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM login_attempts")).scalar() == 0
    database.engine.dispose()
