"""published totals have parts of a year, notes, and units that a province's figure holds or not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = ("scheme", "year", "period", "region", "measure")


def upgrade() -> None:
    op.drop_index("uq_published_total_standing", "published_total")
    op.drop_index("ix_published_total_ended", "published_total")
    with op.batch_alter_table("published_total") as change:
        change.add_column(sa.Column("period", sa.Text(), nullable=False, server_default=""))
        change.add_column(sa.Column("counted", sa.Text(), nullable=True))
        change.add_column(sa.Column("note", sa.Text(), nullable=True))
        change.drop_constraint(op.f("pk_published_total"), type_="primary")
        change.create_primary_key(op.f("pk_published_total"), [*KEY, "batch"])
    with op.batch_alter_table("published_total") as change:
        change.alter_column("period", server_default=None)
    for name, columns, unique, condition in (
        ("uq_published_total_standing", [*KEY], True, "ended_by IS NULL"),
        ("ix_published_total_ended", ["ended_by"], False, "ended_by IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "published_total", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("months and quarters have no place in the schema before: restore a backup instead")
