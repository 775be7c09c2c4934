"""The full roll-up: every change and fact made anew from the ledger, by other means than the imports used.

An import groups its own rows before it inserts them; here the store groups the whole ledger. Both must give the same
rows, which the tests and ``flask check`` compare.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, select, text

from data_access.books.versions import FACTS, fact_query
from data_access.store import schema
from rules.movements import DAILY_MOVEMENTS, legs
from rules.scheme import load_scheme, movements_of

# One SELECT per roll-up: the batch, its keys, then fen and number of entries. ``{entered}`` is the ledger, or a
# table of sums that has the keys asked for.
SUMS = "CAST(SUM(amount_fen) AS BIGINT) AS amount_fen, CAST(SUM(entries) AS BIGINT) AS entries"
MONTHLY_SQL = (
    f"SELECT batch, scheme, region, month, item, movement, {SUMS} FROM {{entered}} "
    "GROUP BY batch, scheme, region, month, item, movement"
)
DAILY_SQL = (
    f"SELECT batch, scheme, region, business_date AS day, movement, {SUMS} FROM {{entered}} "
    f"WHERE movement IN {DAILY_MOVEMENTS} GROUP BY batch, scheme, region, business_date, movement"
)
ACCOUNT_SQL = (
    "WITH leg (scheme, movement, account, sign) AS (VALUES {legs}), moved AS ("
    f"SELECT batch, scheme, region, month, movement, {SUMS} FROM {{entered}} "
    "GROUP BY batch, scheme, region, month, movement) "
    "SELECT moved.batch, moved.scheme, moved.region, moved.month, leg.account, "
    "CAST(SUM(leg.sign * moved.amount_fen) AS BIGINT) AS amount_fen, CAST(SUM(moved.entries) AS BIGINT) AS entries "
    "FROM moved JOIN leg ON leg.scheme = moved.scheme AND leg.movement = moved.movement "
    "GROUP BY moved.batch, moved.scheme, moved.region, moved.month, leg.account"
)
# Every entry as its batch brought it, and once more, taken away, as the withdrawal ended it.
LEDGER = (
    "(SELECT batch, scheme, region, month, business_date, item, movement, amount_fen, 1 AS entries FROM ledger_entry "
    "UNION ALL SELECT ended_by, scheme, region, month, business_date, item, movement, -amount_fen, -1 FROM ledger_entry "
    "WHERE ended_by IS NOT NULL) AS e"
)
NO_LEGS = "('', '', '', 0)"


def rollup_queries(connection: Connection, moved: str = LEDGER) -> tuple[str, str, str]:
    """SELECTs of the monthly, account and daily changes over the whole ledger, in the order of ``versions.FACTS``.

    The account changes are summed over ``moved``: the ledger itself, or the monthly changes.
    """
    account = ACCOUNT_SQL.format(legs=_leg_values(connection), entered=moved)
    return MONTHLY_SQL.format(entered=LEDGER), account, DAILY_SQL.format(entered=LEDGER)


def _leg_values(connection: Connection) -> str:
    """Every movement's account legs as SQL values; the names are the profiles' own, not anything that came in."""
    table = schema.scheme
    values = []
    for code in connection.execute(
        select(table.c.code).where(table.c.kind == "ledger").order_by(table.c.code)
    ).scalars():
        scheme = load_scheme(code)
        for movement in movements_of(scheme):
            values += [
                f"('{code}', '{movement}', '{a}', {sign})" for a, sign in legs(movement, scheme.disburse_account)
            ]
    return ", ".join(values) or NO_LEGS


def rebuild(connection: Connection) -> None:
    """Make all ``*_change`` and ``*_fact`` rows anew, within the caller's transaction. Versions stay as they are.

    Rows that are right already are left alone, so that a sound store costs the reading only.
    """
    if connection.dialect.name == "postgresql":
        # Enough to group by hashing; with the default it sorts on disk.
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
    # The monthly changes are made first and spare the accounts another reading of the ledger.
    queries = rollup_queries(connection, schema.monthly_change.name)
    for (fact, change), query in zip(FACTS, queries, strict=True):
        _replace(connection, change, query)
        _replace(connection, fact, fact_query(fact, change))


def _replace(connection: Connection, table: Table, query: str) -> None:
    """Give a table exactly the rows of a query that returns its columns."""
    names = ", ".join(column.name for column in table.columns)
    keys = ", ".join(column.name for column in table.primary_key)
    # PostgreSQL groups on several cores for CREATE TABLE AS, on one for INSERT … SELECT.
    connection.execute(text(f"CREATE TEMPORARY TABLE rebuilt AS SELECT {names} FROM ({query}) AS made"))
    wrong = f"SELECT {keys} FROM (SELECT {names} FROM {table.name} EXCEPT SELECT {names} FROM rebuilt) AS wrong"
    connection.execute(text(f"DELETE FROM {table.name} WHERE ({keys}) IN ({wrong})"))
    connection.execute(
        text(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM rebuilt EXCEPT SELECT {names} FROM {table.name}")
    )
    connection.execute(text("DROP TABLE rebuilt"))
