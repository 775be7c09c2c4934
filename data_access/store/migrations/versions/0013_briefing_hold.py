"""who is writing in a section of a briefing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("briefing_section", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("held_name", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("held_since", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("held_until", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("briefing_section", schema=None) as batch_op:
        batch_op.drop_column("held_until")
        batch_op.drop_column("held_since")
        batch_op.drop_column("held_name")
        batch_op.drop_column("held_by")
