"""a budget from its draft to the receipt of its plans, and its adjustments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budget_round",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("delivery", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["import_batch.id"], name=op.f("fk_budget_round_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_round")),
        sa.UniqueConstraint("scheme", "year", "version", name=op.f("uq_budget_round_scheme_year_version")),
    )
    op.create_table(
        "budget_figure",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("drivers", sa.Text(), nullable=True),
        sa.Column("proposed_fen", sa.BigInteger(), nullable=True),
        sa.Column("drafted_fen", sa.BigInteger(), nullable=True),
        sa.Column("second_fen", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_figure_round")),
        sa.PrimaryKeyConstraint("round", "region", "item", name=op.f("pk_budget_figure")),
    )
    op.create_table(
        "budget_driver",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_driver_round")),
        sa.PrimaryKeyConstraint("round", "region", "name", name=op.f("pk_budget_driver")),
    )
    op.create_table(
        "budget_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_step_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_step")),
    )
    op.create_index(op.f("ix_budget_step_round"), "budget_step", ["round"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_budget_step_round"), table_name="budget_step")
    op.drop_table("budget_step")
    op.drop_table("budget_driver")
    op.drop_table("budget_figure")
    op.drop_table("budget_round")
