"""which sources a delivery brought, and how new each was"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch_source",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("newest_booked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_batch_source_batch")),
        sa.PrimaryKeyConstraint("batch", "source", name=op.f("pk_batch_source")),
    )
    op.execute(
        "INSERT INTO batch_source (batch, source, newest_booked_at) SELECT batch, source, MAX(booked_at) "
        "FROM ledger_entry GROUP BY batch, source"
    )


def downgrade() -> None:
    op.drop_table("batch_source")
