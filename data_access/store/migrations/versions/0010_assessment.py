"""entries, scores and confirmations of the yearly assessment"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "assessment_entry",
        sa.Column("id", row_id, autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("attachment", row_id, nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.id"], name=op.f("fk_assessment_entry_attachment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_entry")),
    )
    op.create_index("ix_assessment_entry_scheme", "assessment_entry", ["scheme", "year"])
    op.create_table(
        "assessment_score",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("possible", sa.Text(), nullable=False),
        sa.Column("score_scaled", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("scheme", "month", "region", "data_version", name=op.f("pk_assessment_score")),
    )
    op.create_table(
        "assessment_confirmation",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "scheme", "year", "department", "data_version", name=op.f("pk_assessment_confirmation")
        ),
    )


def downgrade() -> None:
    op.drop_table("assessment_confirmation")
    op.drop_table("assessment_score")
    op.drop_index("ix_assessment_entry_scheme", "assessment_entry")
    op.drop_table("assessment_entry")
