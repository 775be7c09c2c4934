"""subjects of the accountants' books, beside the ledger"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trial_balance",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opening_debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("opening_credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("closing_credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_trial_balance_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f("fk_trial_balance_ended_by")),
        sa.PrimaryKeyConstraint("scheme", "region", "month", "subject", "batch", name=op.f("pk_trial_balance")),
    )
    with op.batch_alter_table("trial_balance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_trial_balance_ended",
            ["ended_by"],
            unique=False,
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_trial_balance_standing",
            ["scheme", "region", "month", "subject"],
            unique=True,
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("trial_balance", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_trial_balance_standing",
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )
        batch_op.drop_index(
            "ix_trial_balance_ended",
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )

    op.drop_table("trial_balance")
