"""what banks state of an account, beside the ledger"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("in_fen", sa.BigInteger(), nullable=False),
        sa.Column("out_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_bank_statement_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f("fk_bank_statement_ended_by")),
        sa.PrimaryKeyConstraint(
            "scheme", "account", "region", "number", "day", "place", "batch", name=op.f("pk_bank_statement")
        ),
    )
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bank_statement_ended",
            ["ended_by"],
            unique=False,
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_bank_statement_standing",
            ["scheme", "account", "region", "number", "day", "place"],
            unique=True,
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bank_statement_standing",
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )
        batch_op.drop_index(
            "ix_bank_statement_ended",
            sqlite_where=sa.text("ended_by IS NOT NULL"),
            postgresql_where=sa.text("ended_by IS NOT NULL"),
        )

    op.drop_table("bank_statement")
