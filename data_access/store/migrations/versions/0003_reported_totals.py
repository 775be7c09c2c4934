"""figures that departments report, beside the ledger"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_total",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_reported_total_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f("fk_reported_total_ended_by")),
        sa.PrimaryKeyConstraint(
            "scheme", "department", "form", "region", "item", "since", "until", "batch", name=op.f("pk_reported_total")
        ),
    )
    with op.batch_alter_table("reported_total", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reported_total_ended",
            ["ended_by"],
            unique=False,
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_reported_total_standing",
            ["scheme", "department", "form", "region", "item", "since", "until"],
            unique=True,
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("reported_total", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reported_total_standing",
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )
        batch_op.drop_index(
            "ix_reported_total_ended",
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )

    op.drop_table("reported_total")
