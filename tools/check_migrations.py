"""Fails when the tables in code and the migrations differ; PostgreSQL is checked by the tests."""

from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from app.db import migrate, migration_connection
from app.migrations import alembic_config
from app.settings import Settings


def main() -> None:
    """Migrate an empty SQLite file and compare."""
    with TemporaryDirectory() as directory:
        settings = Settings(_env_file=None, database_url=f"sqlite:///{Path(directory) / 'check.db'}")
        migrate(settings)
        config = alembic_config()
        with migration_connection(settings) as connection:
            config.attributes["connection"] = connection
            command.check(config)


if __name__ == "__main__":
    main()
