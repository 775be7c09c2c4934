"""briefings are written"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _basket_item()
    _briefing()
    _briefing_section()
    _briefing_step()


def _basket_item() -> None:
    op.create_table(
        "basket_item",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_item")),
    )
    with op.batch_alter_table("basket_item", schema=None) as batch_op:
        batch_op.create_index("ix_basket_item_login", ["login"], unique=False)


def _briefing() -> None:
    op.create_table(
        "briefing",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("total", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("secrecy", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("copies", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["briefing.id"], name=op.f("fk_briefing_based_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing")),
        sa.UniqueConstraint(
            "scheme", "region", "form", "year", "number", name=op.f("uq_briefing_scheme_region_form_year_number")
        ),
    )


def _briefing_section() -> None:
    op.create_table(
        "briefing_section",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("briefing", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing"], ["briefing.id"], name=op.f("fk_briefing_section_briefing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_section")),
    )
    with op.batch_alter_table("briefing_section", schema=None) as batch_op:
        batch_op.create_index("ix_briefing_section_briefing", ["briefing"], unique=False)


def _briefing_step() -> None:
    op.create_table(
        "briefing_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("briefing", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["briefing"], ["briefing.id"], name=op.f("fk_briefing_step_briefing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_step")),
    )
    with op.batch_alter_table("briefing_step", schema=None) as batch_op:
        batch_op.create_index("ix_briefing_step_briefing", ["briefing"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("briefing_step", schema=None) as batch_op:
        batch_op.drop_index("ix_briefing_step_briefing")

    op.drop_table("briefing_step")
    with op.batch_alter_table("briefing_section", schema=None) as batch_op:
        batch_op.drop_index("ix_briefing_section_briefing")

    op.drop_table("briefing_section")
    op.drop_table("briefing")
    with op.batch_alter_table("basket_item", schema=None) as batch_op:
        batch_op.drop_index("ix_basket_item_login")

    op.drop_table("basket_item")
