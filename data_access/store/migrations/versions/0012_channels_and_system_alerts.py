"""channels that are on, and alerts of the system itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel")),
    )
    op.create_table(
        "system_alert",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("last_success_at", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_alert")),
    )
    op.create_index(
        "uq_system_alert_live",
        "system_alert",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "system_alert_reading",
        sa.Column("system_alert", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"], ["account.login"], name=op.f("fk_system_alert_reading_login"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["system_alert"], ["system_alert.id"], name=op.f("fk_system_alert_reading_system_alert")
        ),
        sa.PrimaryKeyConstraint("system_alert", "login", name=op.f("pk_system_alert_reading")),
    )


def downgrade() -> None:
    op.drop_table("system_alert_reading")
    op.drop_index("uq_system_alert_live", table_name="system_alert")
    op.drop_table("system_alert")
    op.drop_table("channel")
