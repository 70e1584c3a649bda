"""exercise videos.

Revision ID: 6b41d0e83c5a
Revises: 3f6a9d2c81e7
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "6b41d0e83c5a"
down_revision = "3f6a9d2c81e7"
branch_labels = None
depends_on = None

_AUTHOR = "fk_exercise_videos_organization_id_author_id_people"


def upgrade() -> None:
    op.create_table(
        "exercise_videos",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("exercise_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "author_id"], ["people.organization_id", "people.id"], name=op.f(_AUTHOR)
        ),
        sa.PrimaryKeyConstraint("organization_id", "exercise_id", name=op.f("pk_exercise_videos")),
    )


def downgrade() -> None:
    op.drop_table("exercise_videos")
