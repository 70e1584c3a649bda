"""weekly delivery.

Revision ID: 41ba6109a108
Revises: e07b3f6c2a18
"""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "41ba6109a108"
down_revision = "e07b3f6c2a18"
branch_labels = None
depends_on = None

_KINDS = (
    "red_flag",
    "unanswered",
    "plan_held",
    "problem",
    "mornings_rising",
    "step_backs",
    "assessment_asked",
    "retest",
    "block_ended",
    "block_ending",
    "no_logs",
    "conflict",
)
_ACTIONS = (
    "clear",
    "change_client",
    "screen",
    "check_in",
    "log_session",
    "assess",
    "plan_block",
    "settle_conflict",
)


def upgrade() -> None:
    op.create_table(
        "mail_subscriptions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_mail_subscriptions_organization_id_client_id_clients"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_mail_subscriptions_organization_id_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "person_id", name=op.f("pk_mail_subscriptions")),
        sa.UniqueConstraint("token", name=op.f("uq_mail_subscriptions_token")),
    )
    with op.batch_alter_table("mail_subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mail_subscriptions_organization_id_client_id"),
            ["organization_id", "client_id"],
            unique=False,
        )

    op.create_table(
        "webhooks",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("events", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous_salt", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("previous_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("disabled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "created_by"],
            ["people.organization_id", "people.id"],
            name=op.f("fk_webhooks_organization_id_created_by_people"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_webhooks_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("week_number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'sending') = (claim_id IS NOT NULL)", name=op.f("ck_deliveries_sending_has_claim")
        ),
        sa.CheckConstraint("channel IN ('email', 'webhook')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint(
            "event IN ('week.ready', 'block.changed', 'block.locked')", name=op.f("ck_deliveries_event")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'dead', 'skipped')", name=op.f("ck_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "block_id"],
            ["blocks.organization_id", "blocks.id"],
            name=op.f("fk_deliveries_organization_id_block_id_blocks"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_deliveries_organization_id_client_id_clients"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_due",
            ["organization_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'failed')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'failed')"),
        )
        batch_op.create_index(
            batch_op.f("ix_deliveries_organization_id_state_id"), ["organization_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            "uq_deliveries_once",
            ["organization_id", "client_id", "block_id", "week_number", "event", "channel", "receiver_id", "revision"],
            unique=True,
        )

    op.create_table(
        "week_schedules",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.Column("week_number", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')", name=op.f("ck_week_schedules_weekday")
        ),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_week_schedules_hour")),
        sa.ForeignKeyConstraint(
            ["organization_id", "block_id"],
            ["blocks.organization_id", "blocks.id"],
            name=op.f("fk_week_schedules_organization_id_block_id_blocks"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_week_schedules_organization_id_client_id_clients"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", name=op.f("pk_week_schedules")),
    )
    with op.batch_alter_table("week_schedules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_week_schedules_due",
            ["organization_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
    _schedule_unfinished_blocks()
    _check("kind", (*_KINDS, "undelivered"))
    _check("action", (*_ACTIONS, "redeliver"))


def _schedule_unfinished_blocks() -> None:
    """Let the weeks of blocks that are there be told: the worker finds out which one is next, and when it is due."""
    blocks = sa.table("blocks", *map(sa.column, ("organization_id", "client_id", "id", "status")))
    schedules = sa.table(
        "week_schedules",
        *map(sa.column, ("organization_id", "client_id", "weekday", "hour", "block_id", "week_number")),
        sa.column("due_at", sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    now = sa.literal(datetime.now(UTC), sqlmodel.sql.sqltypes.UTCDateTime())
    usual = (sa.literal_column("'mon'"), sa.literal_column("6"), blocks.c.id, sa.literal_column("1"), now)
    unfinished = sa.select(blocks.c.organization_id, blocks.c.client_id, *usual).where(blocks.c.status != "finished")
    op.execute(schedules.insert().from_select([column.name for column in schedules.columns], unfinished))


def _check(column: str, choices: tuple[str, ...]) -> None:
    """Replace the closed list of a column of the inbox."""
    name, listed = op.f(f"ck_client_notices_{column}"), ", ".join(f"'{choice}'" for choice in choices)
    with op.batch_alter_table("client_notices") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({listed})")


def downgrade() -> None:
    op.execute("DELETE FROM client_notices WHERE kind = 'undelivered'")
    _check("action", _ACTIONS)
    _check("kind", _KINDS)
    for table in ("week_schedules", "deliveries", "webhooks", "mail_subscriptions"):
        op.drop_table(table)
