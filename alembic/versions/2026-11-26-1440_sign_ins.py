"""sign ins.

Revision ID: 3c9d51e08f62
Revises: 5b8e20c4d7f1
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "3c9d51e08f62"
down_revision = "5b8e20c4d7f1"
branch_labels = None
depends_on = None

_INDEX = "ix_sign_ins_organization_id_person_id_made_at_id"
_LIVING = """
    INSERT INTO sign_ins (organization_id, id, person_id, app, system, made_at, used_at, ends_at)
    SELECT r.organization_id, r.family_id, r.person_id, '', '', min(r.issued_at), max(r.issued_at),
        max(r.idle_expires_at)
    FROM refresh_tokens r
    JOIN people p ON p.organization_id = r.organization_id AND p.id = r.person_id
    WHERE r.session_version = p.session_version
    GROUP BY r.organization_id, r.family_id, r.person_id
    HAVING sum(CASE WHEN r.used_at IS NULL AND r.revoked_at IS NULL THEN 1 ELSE 0 END) > 0
"""
"""Whoever is signed in stays so: a sign-in is what can still be renewed."""


def upgrade() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("app", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("system", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_sign_ins_organization_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f(_INDEX), "sign_ins", ["organization_id", "person_id", "made_at", "id"])
    op.execute(_LIVING)


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), table_name="sign_ins")
    op.drop_table("sign_ins")
