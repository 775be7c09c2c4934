"""delivered rows end instead of being unique for ever; batches wait for a second person, are corrected and withdrawn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "initial"
branch_labels = None
depends_on = None

KEYS = {
    "agency_total": ("scheme", "region", "day", "department", "measure"),
    "central_payment": ("year", "quarter", "region"),
    "central_year": ("year", "region"),
    "deposit": ("scheme", "ref"),
    "disbursement_request": ("scheme", "month", "region"),
    "ledger_entry": ("source", "source_ref"),
    "legacy_balance": ("scheme", "region"),
    "opening_balance": ("scheme", "account", "region"),
    "plan": ("scheme", "year", "region", "item", "version"),
    "published_total": ("scheme", "year", "region", "measure"),
    "statistic": ("scheme", "region", "month", "measure", "version"),
    "unreached_item": ("scheme", "ref"),
}


def upgrade() -> None:
    for table, key in KEYS.items():
        _let_rows_end(table, key)
    # Added as they are: copying the table would break what refers to it.
    for column in ("options", "notes", "reason", "decided_by", "decision", "province"):
        op.add_column("import_batch", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("import_batch", sa.Column("decided_at", sa.DateTime(), nullable=True))
    op.execute(
        "ALTER TABLE import_batch ADD COLUMN withdraws INTEGER "
        "CONSTRAINT fk_import_batch_withdraws REFERENCES import_batch (id)"
    )
    op.create_table(
        "replaced_row",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.id"], name=op.f("fk_replaced_row_batch")),
        sa.PrimaryKeyConstraint("batch", "number", name=op.f("pk_replaced_row")),
    )


def _let_rows_end(table: str, key: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as change:
        change.add_column(sa.Column("ended_by", sa.Integer(), nullable=True))
        change.add_column(sa.Column("cell", sa.Text(), nullable=True))
        change.create_foreign_key(op.f(f"fk_{table}_ended_by"), "import_batch", ["ended_by"], ["id"])
        if table == "ledger_entry":
            change.drop_constraint(op.f("uq_ledger_entry_source_source_ref"), type_="unique")
        else:
            change.drop_constraint(op.f(f"pk_{table}"), type_="primary")
            change.create_primary_key(op.f(f"pk_{table}"), [*key, "batch"])
    for name, columns, unique, condition in (
        (f"uq_{table}_standing", [*key], True, "ended_by IS NULL"),
        (f"ix_{table}_ended", ["ended_by"], False, "ended_by IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError(
        "what was corrected or withdrawn has no place in the schema before: restore a backup instead"
    )
