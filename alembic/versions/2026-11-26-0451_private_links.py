"""private links.

Revision ID: c41d9e0b7a35
Revises: 8c27e15b4d90
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "c41d9e0b7a35"
down_revision = "8c27e15b4d90"
branch_labels = None
depends_on = None

_INDEX = "ix_private_links_organization_id_client_id_kind_created_at_id"


def upgrade() -> None:
    op.create_table(
        "private_links",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('page', 'calendar')", name=op.f("ck_private_links_kind")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_private_links_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_private_links_organization_id_client_id_clients"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_private_links_organization_id_created_by_people"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_private_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_private_links_token_hash")),
    )
    op.create_index(op.f(_INDEX), "private_links", ["organization_id", "client_id", "kind", "created_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), table_name="private_links")
    op.drop_table("private_links")
