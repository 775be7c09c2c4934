"""messages are the matters themselves: what of them was read or muted, what a meeting decided, what goes out by mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matter_mark",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("muted_at", sa.DateTime(), nullable=True),
        sa.Column("muted_level", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_matter_mark_login"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("login", "matter", name=op.f("pk_matter_mark")),
    )
    op.drop_table("inbox")
    op.execute(sa.text("DELETE FROM outbox WHERE channel = 'in_app'"))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.Text(), nullable=True))
        batch_op.alter_column("event", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meeting", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_instruction_meeting"), "meeting", ["meeting"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_instruction_meeting"), type_="foreignkey")
        batch_op.drop_column("meeting")
    op.execute(sa.text("DELETE FROM outbox WHERE event IS NULL"))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("event", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("about")
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event"], ["alert_event.id"], name=op.f("fk_inbox_event")),
        sa.ForeignKeyConstraint(["login"], ["account.login"], name=op.f("fk_inbox_login"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("key", name=op.f("uq_inbox_key")),
    )
    op.create_index("ix_inbox_login_read_at", "inbox", ["login", "read_at"], unique=False)
    op.drop_table("matter_mark")
