"""session time.

Revision ID: e07b3f6c2a18
Revises: c41d9e0b7a35
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "e07b3f6c2a18"
down_revision = "c41d9e0b7a35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Clients of earlier versions get the hour that new ones get when none is given.
    column = sa.Column("session_time", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="18:00")
    op.add_column("clients", column)


def downgrade() -> None:
    op.drop_column("clients", "session_time")
