"""`squatback verify`: stored plans against their facts, and the audit trail against itself; it writes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import typer
from sqlalchemy import Connection, tuple_
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import tables
from app.audit_check import audit_heads, chain_faults
from app.catalogue import load_catalogue
from app.copying import snapshot
from app.db import ANY_ORGANIZATION, open_database
from app.plan_check import check_block
from app.schema import schema_is_current
from app.settings import Settings
from planner import PLANNER_VERSION
from planner.catalogue import Catalogue

_BATCH: Final = 100
_DIFFERENT, _REFUSED = 1, 2


def verify() -> int:
    """Check the database of the settings as it is at one instant, also while it is used; return the exit code."""
    database = open_database(Settings())
    try:
        with snapshot(database.engine) as connection:
            if not schema_is_current(connection):
                return _refused("its schema is not this version's: run `squatback migrate` first.")
            differences = _plans(connection, load_catalogue()) + _trails(connection)
    except DBAPIError as error:
        return _refused(f"it cannot be read: {error.orig}")
    finally:
        database.engine.dispose()
    typer.echo(f"{differences} differences." if differences else "No difference.")
    return _DIFFERENT if differences else 0


def _plans(connection: Connection, catalogue: Catalogue) -> int:
    """Check every block, one at a time; return how many differences were told."""
    counted: Counter[str] = Counter()
    differences = 0
    for block in _blocks(connection):
        with Session(connection, expire_on_commit=False) as session:
            checked = check_block(session, block, catalogue)
        counted[checked.verdict] += 1
        name = f"block {block.id} of client {block.client_id}"
        if checked.verdict == "older":
            typer.echo(f"older: {name}, planner {block.planner_version}, catalogue {block.catalogue_digest[:12]}")
        for fault in checked.faults:
            differences += 1
            _tell(f"{name}: {fault}")
    typer.echo(f"Planner {PLANNER_VERSION}: {counted['same']} blocks built again from their facts and compared.")
    typer.echo(
        f"{counted['older']} blocks of other versions and {counted['held']} that are held have no plan to compare."
    )
    return differences


def _blocks(connection: Connection) -> Iterator[tables.Block]:
    """Yield every block, read a batch at a time."""
    key = (col(tables.Block.organization_id), col(tables.Block.id))
    statement = select(tables.Block).order_by(*key).limit(_BATCH)
    batch = _read(connection, statement)
    while batch:
        yield from batch
        after = tuple_(*key) > tuple_(batch[-1].organization_id, batch[-1].id)
        batch = _read(connection, statement.where(after))


def _read(connection: Connection, statement: SelectOfScalar[tables.Block]) -> Sequence[tables.Block]:
    with Session(connection, expire_on_commit=False) as session:
        return session.exec(statement, execution_options=ANY_ORGANIZATION).all()


def _trails(connection: Connection) -> int:
    """Check every chain of the audit trail; return how many differences were told."""
    differences = 0
    for fault in chain_faults(connection):
        differences += 1
        _tell(fault)
    for organization_id, (number, digest) in audit_heads(connection).items():
        typer.echo(f"audit trail of {organization_id}: {number} rows, last hash {digest}")
    return differences


def _tell(difference: str) -> None:
    typer.echo(f"different: {difference}", err=True)


def _refused(reason: str) -> int:
    typer.echo(f"The database was not checked: {reason}", err=True)
    return _REFUSED
