"""How a database says that it is away, and what is logged of a fault: its kind and its line, never its text."""

import json
import logging
import traceback
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.schema import WrongSchema

LOG = logging.getLogger("squatback.delivery")

AWAY: Final = (OperationalError, InterfaceError, PoolTimeout, WrongSchema)
"""How a database says that it is away, busy or of another version."""


def report_fault(event: str, error: Exception, **about: str) -> None:
    """Log the kind of an error and its line of code; its text may hold what is nobody's business."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"
    LOG.error(json.dumps({"event": event, **about, "error": type(error).__qualname__, "at": at}))
