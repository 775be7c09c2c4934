"""The full roll-up: every change and fact made anew from the ledger, by other means than the imports used.

An import groups its own rows before it inserts them; here the store groups the whole ledger. Both must give the same
rows, which the tests and ``flask check`` compare.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from data_access import schema
from data_access.versions import FACTS, rebuild_facts
from rules.movements import legs
from rules.scheme import load_scheme, movements_of

# One SELECT per roll-up: the batch, its keys, then fen and number of entries.
MONTHLY_SQL = (
    "SELECT batch, scheme, region, month, item, movement, SUM(amount_fen) AS amount_fen, COUNT(*) AS entries "
    "FROM ledger_entry GROUP BY batch, scheme, region, month, item, movement"
)
DAILY_SQL = (
    "SELECT batch, scheme, region, business_date AS day, movement, SUM(amount_fen) AS amount_fen, "
    "COUNT(*) AS entries FROM ledger_entry WHERE movement IN ('collect', 'pool') "
    "GROUP BY batch, scheme, region, business_date, movement"
)
ACCOUNT_SQL = (
    "WITH leg (scheme, movement, account, sign) AS (VALUES {legs}), moved AS ("
    "SELECT batch, scheme, region, month, movement, SUM(amount_fen) AS amount_fen, COUNT(*) AS entries "
    "FROM ledger_entry GROUP BY batch, scheme, region, month, movement) "
    "SELECT moved.batch, moved.scheme, moved.region, moved.month, leg.account, "
    "SUM(leg.sign * moved.amount_fen) AS amount_fen, SUM(moved.entries) AS entries "
    "FROM moved JOIN leg ON leg.scheme = moved.scheme AND leg.movement = moved.movement "
    "GROUP BY moved.batch, moved.scheme, moved.region, moved.month, leg.account"
)
NO_LEGS = "('', '', '', 0)"


def rollup_queries(connection: Connection) -> tuple[str, str, str]:
    """SELECTs of the monthly, account and daily changes over the whole ledger, in the order of ``versions.FACTS``."""
    return MONTHLY_SQL, ACCOUNT_SQL.format(legs=_leg_values(connection)), DAILY_SQL


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
    """Make all ``*_change`` and ``*_fact`` rows anew, within the caller's transaction. Versions stay as they are."""
    for (_, change), query in zip(FACTS, rollup_queries(connection), strict=True):
        names = ", ".join(column.name for column in change.columns)
        connection.execute(text(f"DELETE FROM {change.name}"))
        if connection.dialect.name == "postgresql":
            # PostgreSQL groups on several cores for CREATE TABLE AS, on one for INSERT … SELECT.
            connection.execute(text(f"CREATE TEMPORARY TABLE rebuilt ON COMMIT DROP AS {query}"))
            connection.execute(text(f"INSERT INTO {change.name} ({names}) SELECT {names} FROM rebuilt"))
            connection.execute(text("DROP TABLE rebuilt"))
        else:
            connection.execute(text(f"INSERT INTO {change.name} ({names}) {query}"))
    rebuild_facts(connection)
