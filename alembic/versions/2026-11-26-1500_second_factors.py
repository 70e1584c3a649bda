"""second factors.

Revision ID: 7e42a90c15bd
Revises: 3c9d51e08f62
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "7e42a90c15bd"
down_revision = "3c9d51e08f62"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", "person_id"],
        ["people.organization_id", "people.id"],
        name=op.f(f"fk_{table}_organization_id_person_id_people"),
    )


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", _TEXT(), nullable=True),
        sa.Column("confirmed_at", _INSTANT(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("pending", _TEXT(), nullable=True),
        sa.Column("pending_at", _INSTANT(), nullable=True),
        _of_a_person("second_factors"),
        sa.PrimaryKeyConstraint("organization_id", "person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", _TEXT(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _of_a_person("recovery_codes"),
        sa.PrimaryKeyConstraint("organization_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "enrolment_tokens",
        sa.Column("token_hash", _TEXT(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", _INSTANT(), nullable=False),
        _of_a_person("enrolment_tokens"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_enrolment_tokens")),
    )
    for table in ("recovery_codes", "enrolment_tokens"):
        op.create_index(op.f(f"ix_{table}_organization_id_person_id"), table, ["organization_id", "person_id"])


def downgrade() -> None:
    for table in ("enrolment_tokens", "recovery_codes"):
        op.drop_index(op.f(f"ix_{table}_organization_id_person_id"), table_name=table)
        op.drop_table(table)
    op.drop_table("second_factors")
