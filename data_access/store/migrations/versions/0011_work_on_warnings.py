"""the work on warnings: cases, requests, silences, instructions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_case",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("work_group", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_case")),
        sa.UniqueConstraint("number", name=op.f("uq_work_case_number")),
    )
    op.create_index(
        "uq_work_case_live",
        "work_case",
        ["scheme", "place", "work_group"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "case_member",
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("work_case", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["episode"], ["alert_episode.id"], name=op.f("fk_case_member_episode")),
        sa.ForeignKeyConstraint(["work_case"], ["work_case.id"], name=op.f("fk_case_member_work_case")),
        sa.PrimaryKeyConstraint("episode", name=op.f("pk_case_member")),
    )
    op.create_index("ix_case_member_work_case", "case_member", ["work_case"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("work_case", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_case"], ["work_case.id"], name=op.f("fk_case_step_work_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index("ix_case_step_work_case", "case_step", ["work_case"], unique=False)
    op.create_table(
        "case_request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("work_case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["work_case"], ["work_case.id"], name=op.f("fk_case_request_work_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_request")),
    )
    op.create_index("ix_case_request_work_case", "case_request", ["work_case"], unique=False)
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("max_level", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_table(
        "instruction",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("work_case", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_to", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_by_name", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(), nullable=True),
        sa.Column("finished_by", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["work_case"], ["work_case.id"], name=op.f("fk_instruction_work_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
        sa.UniqueConstraint("number", name=op.f("uq_instruction_number")),
    )


def downgrade() -> None:
    op.drop_table("instruction")
    op.drop_table("silence")
    op.drop_table("case_request")
    op.drop_table("case_step")
    op.drop_table("case_member")
    op.drop_table("work_case")
