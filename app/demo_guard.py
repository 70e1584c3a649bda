"""Keeps the demo gym, whose passwords and links everybody knows, out of production."""

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from app.bad_settings import BadSettings
from app.db import Database, open_database
from app.demo_ids import ORGANIZATION
from app.settings import Settings
from app.tables import Organization


def holds_demo_gym(connection: Connection) -> bool:
    """Tell whether the demo gym is in a database."""
    return connection.execute(select(Organization.id).where(Organization.id == ORGANIZATION)).first() is not None


def refuse_demo_gym(settings: Settings) -> None:
    """Raise BadSettings where a production database holds the demo gym; a database that is away is not known to."""
    if settings.environment != "production":
        return
    database = open_database(settings)
    try:
        if _is_in(database):
            fault = "SQUATBACK_DATABASE_URL: holds the demo gym, whose passwords everybody knows; use another database"
            raise BadSettings((fault,))
    finally:
        database.engine.dispose()


def _is_in(database: Database) -> bool:
    try:
        with database.reader.connect() as connection:
            return holds_demo_gym(connection)
    except SQLAlchemyError:
        return False
