"""changes for phones, and erasures that are answered again.

Revision ID: c41f7e90ab26
Revises: 6b41d0e83c5a
"""

from functools import reduce

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "c41f7e90ab26"
down_revision = "6b41d0e83c5a"
branch_labels = None
depends_on = None

_COLUMNS = (
    "organization_id", "client_id", "kind", "thing_id", "number", "mark", "revision", "deleted", "at"
)  # fmt: skip
_PARTS_OF_AN_ID = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
_KINDS = "'profile', 'block', 'week', 'adjustment', 'session_log', 'check_in'"


def upgrade() -> None:
    op.add_column("clients", sa.Column("change_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("erasures", sa.Column("key_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_table(
        "client_changes",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("thing_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_client_changes_kind")),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_changes_organization_id_clients"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "kind", "thing_id", name=op.f("pk_client_changes")),
    )
    op.create_index(
        "uq_client_changes_number", "client_changes", ["organization_id", "client_id", "number"], unique=True
    )
    op.create_index(
        op.f("ix_facts_organization_id_client_id_replaces"), "facts", ["organization_id", "client_id", "replaces"]
    )
    _number_what_is_stored()


def _number_what_is_stored() -> None:
    """Give the logs and check-ins of earlier versions their numbers, in the order they were received."""
    facts = sa.table("facts", *map(sa.column, ("organization_id", "client_id", "id", "kind", "received_at")))
    changes = sa.table("client_changes", *map(sa.column, _COLUMNS))
    clients = sa.table("clients", *map(sa.column, ("organization_id", "id", "change_number")))
    whose = (facts.c.organization_id, facts.c.client_id)
    number = sa.func.row_number().over(partition_by=whose, order_by=(facts.c.received_at, facts.c.id))
    constants = (sa.literal_column("''"), sa.literal_column("1"), sa.false())
    stored = sa.select(*whose, facts.c.kind, _with_hyphens(facts.c.id), number, *constants, facts.c.received_at)
    op.execute(changes.insert().from_select(_COLUMNS, stored.where(facts.c.kind.in_(("session_log", "check_in")))))
    counted = sa.select(sa.func.count()).where(
        changes.c.organization_id == clients.c.organization_id, changes.c.client_id == clients.c.id
    )
    op.execute(clients.update().values(change_number=counted.scalar_subquery()))


def _with_hyphens(fact_id: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return an id as text; SQLite keeps ids without their hyphens."""
    if op.get_bind().dialect.name != "sqlite":
        return sa.cast(fact_id, sa.Text)
    first, *rest = (sa.func.substr(fact_id, start, length) for start, length in _PARTS_OF_AN_ID)
    return reduce(lambda text, part: text.concat("-").concat(part), rest, sa.cast(first, sa.Text))


def downgrade() -> None:
    op.drop_index(op.f("ix_facts_organization_id_client_id_replaces"), table_name="facts")
    op.drop_table("client_changes")
    op.drop_column("erasures", "key_hash")
    op.drop_column("clients", "change_number")
