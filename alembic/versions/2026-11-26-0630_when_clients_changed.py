"""when clients changed.

Revision ID: 7d20b5f3c9e1
Revises: c41f7e90ab26
"""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "7d20b5f3c9e1"
down_revision = "c41f7e90ab26"
branch_labels = None
depends_on = None

_INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.add_column("clients", sa.Column("changed_at", _INSTANT, nullable=True))
    # Earlier versions numbered what calendars were told by zones that nobody remembers: all entries count as changed.
    clients = sa.table("clients", sa.column("changed_at", _INSTANT))
    op.execute(clients.update().values(changed_at=datetime.now(UTC)))


def downgrade() -> None:
    op.drop_column("clients", "changed_at")
