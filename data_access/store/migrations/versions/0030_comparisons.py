"""comparison of persons: runs, suspicions, what was judged of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparison_run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("run_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("lake_rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison_run")),
        sa.UniqueConstraint("label", name=op.f("uq_comparison_run_label")),
    )
    op.create_table(
        "suspicion",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["comparison_run.id"], name=op.f("fk_suspicion_run")),
        sa.ForeignKeyConstraint(
            ["scheme", "ref"], ["violation.scheme", "violation.ref"], name=op.f("fk_suspicion_scheme_ref")
        ),
        sa.PrimaryKeyConstraint("run", "number", name=op.f("pk_suspicion")),
        sa.UniqueConstraint(
            "run", "rule", "scheme", "region", "person", name=op.f("uq_suspicion_run_rule_scheme_region_person")
        ),
    )
    op.create_index("ix_suspicion_ref", "suspicion", ["scheme", "ref"], unique=False)
    _upgrade_of_suspicions()


def _upgrade_of_suspicions() -> None:
    op.create_table(
        "suspicion_month",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "number"], ["suspicion.run", "suspicion.number"], name=op.f("fk_suspicion_month_run_number")
        ),
        sa.PrimaryKeyConstraint("run", "number", "month", name=op.f("pk_suspicion_month")),
    )
    op.create_table(
        "suspicion_step",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "number"], ["suspicion.run", "suspicion.number"], name=op.f("fk_suspicion_step_run_number")
        ),
        sa.PrimaryKeyConstraint("run", "number", "place", name=op.f("pk_suspicion_step")),
    )


def downgrade() -> None:
    op.drop_table("suspicion_step")
    op.drop_table("suspicion_month")
    op.drop_index("ix_suspicion_ref", table_name="suspicion")
    op.drop_table("suspicion")
    op.drop_table("comparison_run")
