"""packed weeks.

Revision ID: 3f6a9d2c81e7
Revises: 41ba6109a108
"""

import sqlalchemy as sa

from alembic import op

revision = "3f6a9d2c81e7"
down_revision = "41ba6109a108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows that are there stay without: a reader's request compresses them until their week changes.
    op.add_column("block_weeks", sa.Column("packed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("block_weeks", "packed")
