"""What Alembic does for the service: loaded only where a schema is not current, for it takes a worker 10 MiB."""

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alembic import command
from app.resources import resource_directory


def alembic_config() -> Config:
    """Return Alembic's configuration, wherever the migrations are installed."""
    config = Config()
    config.set_main_option("script_location", str(resource_directory("alembic")).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision, each migration in a transaction of its own."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revisions() -> list[str]:
    """Return every revision there is a migration to, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
