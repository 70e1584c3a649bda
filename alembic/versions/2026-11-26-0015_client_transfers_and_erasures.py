"""client transfers and erasures.

Revision ID: 5b0c9a4e7d21
Revises: eef82fb334bd
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "5b0c9a4e7d21"
down_revision = "eef82fb334bd"
branch_labels = None
depends_on = None

# Whoever added a client has looked after them so far.
_ADDED_BY = """
UPDATE clients SET coach_id = (
    SELECT facts.author_id FROM facts
    JOIN people ON people.organization_id = facts.organization_id AND people.id = facts.author_id
    WHERE facts.organization_id = clients.organization_id AND facts.client_id = clients.id
      AND facts.kind = 'profile' AND people.role IN ('admin', 'coach')
    ORDER BY facts.received_at, facts.id LIMIT 1
)
"""


def upgrade() -> None:
    op.add_column("clients", sa.Column("coach_id", sa.Uuid(), nullable=True))
    op.execute(_ADDED_BY)
    op.create_table(
        "client_transfers",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("from_coach_id", sa.Uuid(), nullable=True),
        sa.Column("to_coach_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_transfers_organization_id_client_id_clients"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "from_coach_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_client_transfers_organization_id_from_coach_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "to_coach_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_client_transfers_organization_id_to_coach_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_client_transfers_organization_id_author_id_people"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_transfers")),
    )
    op.create_index(
        op.f("ix_client_transfers_organization_id_client_id_at_id"),
        "client_transfers",
        ["organization_id", "client_id", "at", "id"],
    )
    op.create_table(
        "erasures",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_erasures_organization_id_author_id_people"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_table("client_transfers")
    op.drop_column("clients", "coach_id")
