"""what regions with a balance advanced before pooling began"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STANDING, ENDED = sa.text("ended_by IS NULL"), sa.text("ended_by IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "pre_transfer",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_pre_transfer_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f("fk_pre_transfer_ended_by")),
        sa.PrimaryKeyConstraint("scheme", "region", "batch", name=op.f("pk_pre_transfer")),
    )
    for name, columns, unique, condition in (
        ("uq_pre_transfer_standing", ["scheme", "region"], True, STANDING),
        ("ix_pre_transfer_ended", ["ended_by"], False, ENDED),
    ):
        op.create_index(
            name, "pre_transfer", columns, unique=unique, sqlite_where=condition, postgresql_where=condition
        )


def downgrade() -> None:
    op.drop_table("pre_transfer")
