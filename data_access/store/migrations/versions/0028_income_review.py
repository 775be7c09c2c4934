"""the monthly comparison of the income plan: who compared, what was analysed, who took note"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "income_review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("due_fen", sa.BigInteger(), nullable=True),
        sa.Column("actual_fen", sa.BigInteger(), nullable=True),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["data_version"], ["data_version.id"], name=op.f("fk_income_review_data_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income_review")),
    )
    op.create_index("ix_income_review_month", "income_review", ["scheme", "month"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_income_review_month", table_name="income_review")
    op.drop_table("income_review")
