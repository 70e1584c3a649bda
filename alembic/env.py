"""Alembic's entry: `app.db.migrate` hands over its locked connection, the command line opens one here."""

from sqlalchemy import Connection
from sqlmodel import SQLModel

from alembic import context
from app import tables
from app.db import migration_connection
from app.settings import Settings

assert tables.TENANT_TABLES  # importing the tables fills the metadata


def run(connection: Connection) -> None:
    """Run what was asked for, each migration in its own transaction on both databases."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is None:
    with migration_connection(Settings()) as own:
        run(own)
else:
    run(handed_over)
