"""what readers saw at each revision.

Revision ID: 5d1f0c7a92be
Revises: b184200c13b8
"""

import sqlalchemy as sa

from alembic import op

revision = "5d1f0c7a92be"
down_revision = "b184200c13b8"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("block_revisions", sa.Column("shown", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("block_revisions", "shown")
