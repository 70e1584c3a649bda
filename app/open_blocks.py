"""The block that a client trains by: the one that is not finished, of which there is one at most."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlmodel import Session

from app import tables
from app.block_weeks import PLACES, Stored, WeekKey, by_key
from app.statements import Statement
from app.table_kit import followed, table_of

_BLOCKS, _BLOCK_WEEKS = table_of(tables.Block), table_of(tables.BlockWeek)
_OPEN: Final = (
    _BLOCKS.c.organization_id == bindparam("organization"),
    _BLOCKS.c.client_id == bindparam("client"),
    text("blocks.status <> 'finished'"),  # in the index's words
)
BLOCK: Final = select(*(column for column in _BLOCKS.c if column.name != "state")).where(*_OPEN)
"""Without the state, which is long and mostly known: see `app.kept_states`."""
WEEKS: Final = PLACES.where(
    _BLOCK_WEEKS.c.organization_id == bindparam("organization"),
    _BLOCK_WEEKS.c.block_id == select(_BLOCKS.c.id).where(*_OPEN).scalar_subquery(),
    _BLOCK_WEEKS.c.is_current,
)
_BLOCK, _WEEKS = Statement(BLOCK), Statement(WEEKS)


def open_block(session: Session, client: tables.Client) -> tables.Block | None:
    """Return the client's unfinished block as it is now, None without one."""
    session.flush()  # what it knows of the block is replaced
    row = _BLOCK.first(session, {"organization": client.organization_id, "client": client.id})
    return None if row is None else followed(session, tables.Block, row._asdict())


def open_weeks(session: Session, client: tables.Client) -> Callable[[], dict[WeekKey, Stored]]:
    """Ask for the current week versions of the client's unfinished block, and return what returns them."""
    rows = _WEEKS.ahead(session, {"organization": client.organization_id, "client": client.id})
    return lambda: by_key(rows())
