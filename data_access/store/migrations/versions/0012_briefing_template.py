"""an office's own templates of briefings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "briefing_template",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_template")),
    )
    with op.batch_alter_table("briefing_template", schema=None) as batch_op:
        batch_op.create_index("ix_briefing_template_region", ["region"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("briefing_template", schema=None) as batch_op:
        batch_op.drop_index("ix_briefing_template_region")

    op.drop_table("briefing_template")
