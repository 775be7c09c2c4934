"""a file on the workbench is kept while it is mapped; figures lead back to the files behind them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workbench_draft",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbench_draft")),
    )
    op.create_index("ix_workbench_draft_login", "workbench_draft", ["login"])
    in_file = sa.text("cell IS NOT NULL")
    op.create_index(
        "ix_ledger_entry_in_file",
        "ledger_entry",
        ["scheme", "month"],
        sqlite_where=in_file,
        postgresql_where=in_file,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_in_file", "ledger_entry")
    op.drop_table("workbench_draft")
