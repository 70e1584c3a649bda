"""client notices.

Revision ID: b184200c13b8
Revises: 5b0c9a4e7d21
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "b184200c13b8"
down_revision = "5b0c9a4e7d21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_notices",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shows_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "action IN ('clear', 'change_client', 'screen', 'check_in', 'log_session', 'assess', 'plan_block', 'settle_conflict')",
            name=op.f("ck_client_notices_action"),
        ),
        sa.CheckConstraint(
            "kind IN ('red_flag', 'unanswered', 'plan_held', 'problem', 'mornings_rising', 'step_backs', 'assessment_asked', 'retest', 'block_ended', 'block_ending', 'no_logs', 'conflict')",
            name=op.f("ck_client_notices_kind"),
        ),
        sa.CheckConstraint("urgency BETWEEN 0 AND 4", name=op.f("ck_client_notices_urgency")),
        sa.ForeignKeyConstraint(
            ["organization_id", "block_id"],
            ["blocks.organization_id", "blocks.id"],
            name=op.f("fk_client_notices_organization_id_block_id_blocks"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_notices_organization_id_client_id_clients"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "kind", "shows_at", name=op.f("pk_client_notices")),
    )
    with op.batch_alter_table("client_notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_client_notices_inbox",
            ["organization_id", "urgency", "since", "client_id", "kind", "shows_at", "ends_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("client_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_client_notices_inbox")

    op.drop_table("client_notices")
