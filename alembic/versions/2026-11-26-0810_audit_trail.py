"""audit trail.

Revision ID: a3d91c7e5b40
Revises: 5b8e02d7a6f4
"""

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "a3d91c7e5b40"
down_revision = "5b8e02d7a6f4"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_KINDS = "'person', 'link', 'command', 'nobody'"
_READS = sa.text("day IS NOT NULL")
_REFUSAL = "audit_events takes new rows only"


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("event", _TEXT, nullable=False),
        sa.Column("action", _TEXT, nullable=False),
        sa.Column("actor_kind", _TEXT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", _TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hash", _TEXT, nullable=False),
        sa.CheckConstraint(f"actor_kind IN ({_KINDS})", name=op.f("ck_audit_events_actor_kind")),
        sa.PrimaryKeyConstraint("organization_id", "number", name=op.f("pk_audit_events")),
    )
    for column in ("client_id", "actor_id"):
        name = op.f(f"ix_audit_events_organization_id_{column}_number")
        op.create_index(name, "audit_events", ["organization_id", column, "number"])
    op.create_index(
        "uq_audit_events_once_a_day",
        "audit_events",
        ["organization_id", "day", "actor_id", "client_id", "event", "action"],
        unique=True,
        sqlite_where=_READS,
        postgresql_where=_READS,
    )
    op.create_table(
        "audit_heads",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_audit_heads")),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Let the database itself refuse whatever is no new row."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_events_no_{change.lower()} BEFORE {change} ON audit_events "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"audit_events_no_{change.split()[0].lower()}"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON audit_events "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_audit_change()"
        )


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
