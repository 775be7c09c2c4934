"""the newest change on record is found however many rows that change nothing came since"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
CHANGING = (
    "action NOT IN ('export', 'token_use', 'checked') AND action NOT LIKE 'refused:%' AND action NOT LIKE 'account:%'"
)


def upgrade() -> None:
    where = sa.text(CHANGING)
    op.create_index("ix_audit_event_changing", "audit_event", ["id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_audit_event_changing", table_name="audit_event")
