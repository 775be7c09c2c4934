"""threshold proposals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "threshold_proposal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("threshold_set", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retroactive", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("made_set", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_set"], ["threshold_set.id"], name=op.f("fk_threshold_proposal_made_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_proposal")),
        sa.UniqueConstraint("token", name=op.f("uq_threshold_proposal_token")),
    )


def downgrade() -> None:
    op.drop_table("threshold_proposal")
