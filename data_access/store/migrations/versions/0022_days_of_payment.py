"""days of what expenditure accounts are given, pay out, get back and give back are kept beside the months"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
ADDED = "('local_disburse', 'pay', 'recover', 'return')"
KEYS = "scheme, region, day, movement"


def upgrade() -> None:
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


def downgrade() -> None:
    for table in ("daily_change", "daily_fact"):
        op.execute(f"DELETE FROM {table} WHERE movement IN {ADDED}")
