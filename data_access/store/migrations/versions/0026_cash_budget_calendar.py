"""cash, the budget year and the statutory calendar: the registers of what departments do, days of payment, final accounts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0018"
branch_labels = None
depends_on = None

STANDING, ENDED = sa.text("ended_by IS NULL"), sa.text("ended_by IS NOT NULL")
ADDED = "('local_disburse', 'pay', 'recover', 'return')"
KEYS = "scheme, region, day, movement"


def upgrade() -> None:
    _budget()
    _month_steps()
    _statutory_marks()
    _days_of_payment()
    _fund_requests()
    _deposits()
    _reconciliation_steps()
    _final_accounts()


def downgrade() -> None:
    op.drop_table("national_pooling")
    op.drop_index("ix_final_step_year", table_name="final_step")
    op.drop_table("final_step")
    op.drop_index("ix_reconciliation_step_month", table_name="reconciliation_step")
    op.drop_table("reconciliation_step")
    op.drop_column("deposit", "kind")
    op.drop_table("deposit_decision")
    op.drop_table("fund_request")
    for table in ("daily_change", "daily_fact"):
        op.execute(f"DELETE FROM {table} WHERE movement IN {ADDED}")
    op.drop_table("deadline_mark")
    op.drop_index("ix_month_step_month", table_name="month_step")
    op.drop_table("month_step")
    op.drop_index(op.f("ix_budget_step_round"), table_name="budget_step")
    op.drop_table("budget_step")
    op.drop_table("budget_driver")
    op.drop_table("budget_figure")
    op.drop_table("budget_round")


def _budget() -> None:
    op.create_table(
        "budget_round",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("delivery", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["import_batch.id"], name=op.f("fk_budget_round_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_round")),
        sa.UniqueConstraint("scheme", "year", "version", name=op.f("uq_budget_round_scheme_year_version")),
    )
    op.create_table(
        "budget_figure",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("drivers", sa.Text(), nullable=True),
        sa.Column("proposed_fen", sa.BigInteger(), nullable=True),
        sa.Column("drafted_fen", sa.BigInteger(), nullable=True),
        sa.Column("second_fen", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_figure_round")),
        sa.PrimaryKeyConstraint("round", "region", "item", name=op.f("pk_budget_figure")),
    )
    op.create_table(
        "budget_driver",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_driver_round")),
        sa.PrimaryKeyConstraint("round", "region", "name", name=op.f("pk_budget_driver")),
    )
    op.create_table(
        "budget_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["round"], ["budget_round.id"], name=op.f("fk_budget_step_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_step")),
    )
    op.create_index(op.f("ix_budget_step_round"), "budget_step", ["round"], unique=False)


def _month_steps() -> None:
    op.create_table(
        "month_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["data_version"], ["data_version.id"], name=op.f("fk_month_step_data_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_step")),
    )
    op.create_index("ix_month_step_month", "month_step", ["scheme", "month"], unique=False)


def _statutory_marks() -> None:
    op.create_table(
        "deadline_mark",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_mark")),
        sa.UniqueConstraint(
            "scheme", "region", "deadline", "number", name=op.f("uq_deadline_mark_scheme_region_deadline_number")
        ),
    )


def _days_of_payment() -> None:
    # Of the ledger: each entry as its batch brought it, and once more, taken away, where a batch ended it.
    op.execute(
        f"INSERT INTO daily_change (batch, {KEYS}, amount_fen, entries) "
        f"SELECT batch, {KEYS}, CAST(SUM(fen) AS BIGINT), CAST(SUM(entries) AS INTEGER) FROM ("
        "SELECT batch, scheme, region, business_date AS day, movement, amount_fen AS fen, 1 AS entries "
        f"FROM ledger_entry WHERE movement IN {ADDED} "
        "UNION ALL SELECT ended_by, scheme, region, business_date, movement, -amount_fen, -1 "
        f"FROM ledger_entry WHERE movement IN {ADDED} AND ended_by IS NOT NULL) AS moved GROUP BY batch, {KEYS}"
    )
    op.execute(
        f"INSERT INTO daily_fact ({KEYS}, amount_fen, entries, data_version) "
        f"SELECT {KEYS}, CAST(SUM(amount_fen) AS BIGINT), CAST(SUM(entries) AS INTEGER), MAX(b.data_version) "
        "FROM daily_change JOIN import_batch b ON b.id = batch AND b.data_version IS NOT NULL "
        f"WHERE movement IN {ADDED} GROUP BY {KEYS} HAVING SUM(entries) <> 0"
    )


def _fund_requests() -> None:
    op.create_table(
        "fund_request",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_fund_request_batch")),
        sa.PrimaryKeyConstraint("scheme", "month", "region", "place", name=op.f("pk_fund_request")),
    )


def _deposits() -> None:
    op.create_table(
        "deposit_decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("deposit", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_decision")),
    )
    op.create_index("ix_deposit_decision_scheme", "deposit_decision", ["scheme", "deposit"], unique=False)
    op.add_column("deposit", sa.Column("kind", sa.Text(), nullable=True))


def _reconciliation_steps() -> None:
    op.create_table(
        "reconciliation_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("stated", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_version"], ["data_version.id"], name=op.f("fk_reconciliation_step_data_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_step")),
    )
    op.create_index("ix_reconciliation_step_month", "reconciliation_step", ["scheme", "month"], unique=False)


def _final_accounts() -> None:
    op.create_table(
        "final_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("differences", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_step")),
    )
    op.create_index("ix_final_step_year", "final_step", ["scheme", "year"], unique=False)
    op.create_table(
        "national_pooling",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_national_pooling_batch")),
        sa.ForeignKeyConstraint(["ended_by"], ["import_batch.id"], name=op.f("fk_national_pooling_ended_by")),
        sa.PrimaryKeyConstraint("scheme", "year", "flow", "stage", "number", "batch", name=op.f("pk_national_pooling")),
    )
    op.create_index(
        "uq_national_pooling_standing",
        "national_pooling",
        ["scheme", "year", "flow", "stage", "number"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index(
        "ix_national_pooling_ended",
        "national_pooling",
        ["ended_by"],
        unique=False,
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
