"""the course of a month's close: checklist, request to reopen it, decision"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["data_version"], ["data_version.id"], name=op.f("fk_month_step_data_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_step")),
    )
    op.create_index("ix_month_step_month", "month_step", ["scheme", "month"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_month_step_month", table_name="month_step")
    op.drop_table("month_step")
