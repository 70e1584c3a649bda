"""weeks by day.

Revision ID: 5b8e02d7a6f4
Revises: 7d20b5f3c9e1
"""

import sqlalchemy as sa

from alembic import op

revision = "5b8e02d7a6f4"
down_revision = "7d20b5f3c9e1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_block_weeks_days",
        "block_weeks",
        ["organization_id", "block_id", "starts_on", "ends_on"],
        unique=False,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )


def downgrade() -> None:
    op.drop_index("ix_block_weeks_days", table_name="block_weeks")
