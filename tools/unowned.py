"""What mutants of `tools.ownership` put in the place of something that asks whose a row is."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import inspect
from sqlmodel import Session, select

from app import tables
from app.db import ANY_ORGANIZATION
from app.deps import SessionDep
from app.errors import NotFound
from app.visible import BlockId, ClientId


def get_without(session: Session, table: type[Any], key: Sequence[Any], position: int) -> Any:
    """Return the row of a key whatever one part of it is; somebody else's where there is one."""
    columns = inspect(table).primary_key
    known = [column == part for at, (column, part) in enumerate(zip(columns, key, strict=True)) if at != position]
    rows = session.exec(select(table).where(*known), execution_options=ANY_ORGANIZATION).all()
    theirs = [row for row in rows if getattr(row, columns[position].name) != key[position]]
    return next(iter([*theirs, *rows]), None)


def _any_client(client_id: ClientId, session: SessionDep) -> Any:
    return _found(session, tables.Client, client_id)


def _any_block(block_id: BlockId, session: SessionDep) -> Any:
    return _found(session, tables.Block, block_id)


def _found(session: Session, table: type[Any], key: object) -> Any:
    """Return the row of an id, that of the organization with the lowest one where several have it: a twin's."""
    rows = select(table).where(table.id == key).order_by(table.organization_id)
    row = session.exec(rows, execution_options=ANY_ORGANIZATION).first()
    if row is None:
        raise NotFound
    return row


AnyClient = Annotated[tables.Client, Depends(_any_client)]
AnyBlock = Annotated[tables.Block, Depends(_any_block)]
