"""statistics, disbursement requests, central payments, the register of problems, attachments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_subject", "attachment", ["kind", "scheme", "subject"], unique=False)
    op.create_table(
        "central_payment",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("contribution_fen", sa.BigInteger(), nullable=False),
        sa.Column("allocation_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_central_payment_batch")),
        sa.PrimaryKeyConstraint("year", "quarter", "region", name=op.f("pk_central_payment")),
    )
    op.create_table(
        "disbursement_request",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_disbursement_request_batch")),
        sa.PrimaryKeyConstraint("scheme", "month", "region", name=op.f("pk_disbursement_request")),
    )
    op.create_table(
        "statistic",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_statistic_batch")),
        sa.PrimaryKeyConstraint("scheme", "region", "month", "measure", "version", name=op.f("pk_statistic")),
    )
    op.create_table(
        "violation",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("comparison", sa.Text(), nullable=True),
        sa.Column("suspects", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("related", sa.Text(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_violation_batch")),
        sa.PrimaryKeyConstraint("scheme", "ref", name=op.f("pk_violation")),
    )
    op.create_table(
        "violation_step",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("attachment", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.id"], name=op.f("fk_violation_step_attachment")),
        sa.ForeignKeyConstraint(
            ["scheme", "ref"], ["violation.scheme", "violation.ref"], name=op.f("fk_violation_step_scheme_ref")
        ),
        sa.PrimaryKeyConstraint("scheme", "ref", "place", name=op.f("pk_violation_step")),
    )


def downgrade() -> None:
    op.drop_table("violation_step")
    op.drop_table("violation")
    op.drop_table("statistic")
    op.drop_table("disbursement_request")
    op.drop_table("central_payment")
    op.drop_index("ix_attachment_subject", table_name="attachment")
    op.drop_table("attachment")
