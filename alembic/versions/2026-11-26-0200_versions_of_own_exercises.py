"""versions of own exercises.

Revision ID: 8c27e15b4d90
Revises: 5d1f0c7a92be
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "8c27e15b4d90"
down_revision = "5d1f0c7a92be"
branch_labels = None
depends_on = None

_AUTHOR = "fk_own_exercises_organization_id_author_id_people"


def upgrade() -> None:
    # Nothing has ever written to the table of this name.
    op.drop_table("own_exercises")
    op.create_table(
        "own_exercises",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_rest(),
        sa.PrimaryKeyConstraint("organization_id", "id", "version", name=op.f("pk_own_exercises")),
    )


def downgrade() -> None:
    op.drop_table("own_exercises")
    op.create_table(
        "own_exercises",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_rest(),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_own_exercises")),
    )


def _rest() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"], ["people.organization_id", "people.id"], name=op.f(_AUTHOR)
        ),
    )
