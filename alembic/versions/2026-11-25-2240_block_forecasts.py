"""block forecasts.

Revision ID: eef82fb334bd
Revises: c86562c8b402
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "eef82fb334bd"
down_revision = "c86562c8b402"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "block_forecasts",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.CheckConstraint("(status = 'ready') = (body IS NOT NULL)", name=op.f("ck_block_forecasts_ready_has_body")),
        sa.CheckConstraint("status IN ('running', 'ready', 'failed')", name=op.f("ck_block_forecasts_status")),
        sa.ForeignKeyConstraint(
            ["organization_id", "block_id"],
            ["blocks.organization_id", "blocks.id"],
            name=op.f("fk_block_forecasts_organization_id_block_id_blocks"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "block_id", "revision", name=op.f("pk_block_forecasts")),
    )


def downgrade() -> None:
    op.drop_table("block_forecasts")
