"""state marks.

Revision ID: 5b8e20c4d7f1
Revises: c5e80f2b7d16
"""

import sqlalchemy as sa

from alembic import op

revision = "5b8e20c4d7f1"
down_revision = "c5e80f2b7d16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blocks", sa.Column("state_mark", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("blocks", "state_mark")
