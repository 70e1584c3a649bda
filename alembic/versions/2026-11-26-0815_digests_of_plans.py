"""digests of plans.

Revision ID: c5e80f2b7d16
Revises: a3d91c7e5b40
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "c5e80f2b7d16"
down_revision = "a3d91c7e5b40"
branch_labels = None
depends_on = None

# What earlier versions stored stays without: nobody can say any more that it is as it was written.
_COLUMNS = {
    "blocks": ("input_digest",),
    "block_revisions": ("planner_version", "catalogue_digest", "input_digest", "seal"),
}


def upgrade() -> None:
    for table, names in _COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    for table, names in _COLUMNS.items():
        for name in names:
            op.drop_column(table, name)
