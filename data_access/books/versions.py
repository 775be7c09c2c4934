"""Data versions 数据版本, month close 月度定稿 and what was corrected afterwards 以前月份数据更正.

Publishing makes everything loaded since the last version visible in one transaction: the waiting batches get the new
version's number and what they changed is added to the facts. A reader inside one transaction sees one version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, and_, delete, func, insert, literal, or_, select, text, update

from data_access.books.standing import standing
from data_access.store import schema
from rules.errors import InputError, PoolwatchError
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme, scheme_codes

FACTS: tuple[tuple[Table, Table], ...] = (
    (schema.monthly_fact, schema.monthly_change),
    (schema.account_fact, schema.account_change),
    (schema.daily_fact, schema.daily_change),
)
# A batch withdrawn before it was published is published with its withdrawal: together they change nothing.
CAME_IN = ("loaded", "withdrawn")
WITH_SCHEME = (
    schema.monthly_change,
    schema.opening_balance,
    schema.plan,
    schema.agency_total,
    schema.published_total,
)


class NoOpening(PoolwatchError):
    """A ledger without opening balances has no balance that could be signed."""

    code = "no_opening"


@dataclass(frozen=True, slots=True)
class Version:
    """One published state of the data. ``as_of`` is the instant its figures speak of (数据截至)."""

    id: int
    published_at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MonthClose:
    """A month signed as final by a named person, at the data version signed."""

    scheme: str
    month: int
    version: int
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Restatement:
    """A final month's figure that later entries changed: what it was when signed, and what it is now, in fen."""

    region: str
    month: int
    item: str
    movement: str
    signed_fen: int
    current_fen: int


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction in which every query sees the same published version, whatever is published meanwhile."""
    # SQLite's transactions see one state anyway; PostgreSQL's default would look anew at every statement.
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def current_version(connection: Connection) -> Version | None:
    """The newest published version; None before the first."""
    table = schema.data_version
    row = connection.execute(
        select(table.c.id, table.c.published_at, table.c.as_of).order_by(table.c.id.desc())
    ).first()
    return None if row is None else Version(row.id, row.published_at, row.as_of)


def version(connection: Connection, number: int) -> Version:
    """One published version. Raises InputError when there is none of that number."""
    table = schema.data_version
    row = connection.execute(
        select(table.c.id, table.c.published_at, table.c.as_of).where(table.c.id == number)
    ).one_or_none()
    if row is None:
        raise InputError(f"there is no data version {number}", path="version", got=number)
    return Version(row.id, row.published_at, row.as_of)


# --- publishing


def news(connection: Connection) -> tuple[int, ...]:
    """Batches since the last version that change what readers see: loaded with something new in them. One that was
    refused changes nothing; the share of rows refused is judged at the next version, of the day at the latest."""
    batch = schema.import_batch
    changed = or_(batch.c.rows_inserted > 0, batch.c.withdraws.is_not(None))
    waiting = and_(batch.c.state == "loaded", batch.c.data_version.is_(None), changed)
    return tuple(connection.execute(select(batch.c.id).where(waiting).order_by(batch.c.id)).scalars())


# Registers that people keep and figures rest on: rows are added, and changed only with their row version.
REGISTERS = (
    schema.gap_item,
    schema.settlement,
    schema.settlement_payment,
    schema.violation_step,
    schema.assessment_entry,
    schema.parameter,
)


def registers_standing(connection: Connection) -> str:
    """How the registers stand: rows and row versions of each. Any change of a register gives another text."""
    parts = []
    for table in REGISTERS:
        changes = func.coalesce(func.sum(table.c.row_version), 0) if "row_version" in table.c else literal(0)
        rows, changed = connection.execute(select(func.count(), changes).select_from(table)).one()
        parts.append(f"{table.name} {rows}/{changed}")
    return ", ".join(parts)


def registers_changed(connection: Connection) -> bool:
    """Whether a register changed since the newest version was published."""
    table = schema.data_version
    known = connection.execute(select(table.c.registers).order_by(table.c.id.desc()).limit(1)).scalar()
    return known != registers_standing(connection)


def registers_differ(connection: Connection, one: Version, other: Version) -> bool:
    """Whether the registers stood otherwise when two versions were published."""
    table = schema.data_version
    found = connection.execute(select(table.c.registers).where(table.c.id.in_((one.id, other.id)))).scalars().all()
    return len(set(found)) > 1


def publish(connection: Connection, *, run: int, published_at: datetime, as_of: datetime) -> Version:
    """Make every loaded batch visible as one new version, within the caller's transaction.

    Nothing is seen by others before the caller commits. Indicator values of the version are written by the caller.
    """
    table, batch = schema.data_version, schema.import_batch
    standing = registers_standing(connection)
    values = {"published_at": published_at, "as_of": as_of, "refresh_run": run, "registers": standing}
    number = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    connection.execute(
        update(batch).where(batch.c.state.in_(CAME_IN), batch.c.data_version.is_(None)).values(data_version=number)
    )
    _add_schemes(connection, number)
    for fact, change in FACTS:
        _add_changes(connection, fact, change, number)
    return Version(number, published_at, as_of)


def _add_schemes(connection: Connection, number: int) -> None:
    """A scheme that has a profile enters the store with its first data; topics of published tables are no schemes."""
    known = set(connection.execute(select(schema.scheme.c.code)).scalars())
    published = select(schema.import_batch.c.id).where(schema.import_batch.c.data_version == number)
    for table in WITH_SCHEME:
        brought = select(table.c.scheme).where(table.c.batch.in_(published)).distinct()
        for code in set(connection.execute(brought).scalars()).difference(known).intersection(scheme_codes()):
            scheme = load_scheme(code)
            described = {
                name: getattr(scheme, name) for name in ("code", "name", "name_en", "fund", "province", "kind")
            }
            connection.execute(insert(schema.scheme).values(**described, demo=False))
            known.add(code)


def _keys(fact: Table) -> str:
    return ", ".join(column.name for column in fact.primary_key)


def _add_changes(connection: Connection, fact: Table, change: Table, number: int) -> None:
    """Add what the version's batches changed to the facts. Plain SQL that SQLite and PostgreSQL share."""
    keys = _keys(fact)
    connection.execute(
        text(
            f"INSERT INTO {fact.name} ({keys}, amount_fen, entries, data_version) "
            f"SELECT {keys}, SUM(amount_fen), SUM(entries), :number FROM {change.name} "
            "WHERE batch IN (SELECT id FROM import_batch WHERE data_version = :number) "
            f"GROUP BY {keys} ON CONFLICT ({keys}) DO UPDATE SET "
            f"amount_fen = {fact.name}.amount_fen + excluded.amount_fen, "
            f"entries = {fact.name}.entries + excluded.entries, data_version = excluded.data_version"
        ),
        {"number": number},
    )
    # What was withdrawn altogether leaves nothing behind.
    connection.execute(
        text(f"DELETE FROM {fact.name} WHERE entries = 0 AND data_version = :number"), {"number": number}
    )


def fact_query(fact: Table, change: Table) -> str:
    """A SELECT of a fact table's columns, from what the published batches changed: the rows that publishing made."""
    keys = _keys(fact)
    return (
        f"SELECT {keys}, CAST(SUM(amount_fen) AS BIGINT) AS amount_fen, CAST(SUM(entries) AS BIGINT) AS entries, "
        "MAX(b.data_version) AS data_version "
        f"FROM {change.name} JOIN import_batch b ON b.id = batch AND b.data_version IS NOT NULL GROUP BY {keys} "
        "HAVING SUM(entries) <> 0"
    )


# --- month close


def close_month(
    connection: Connection, scheme: str, month: int, *, signed_by: str, signed_at: datetime, version: int
) -> MonthClose:
    """Sign a month as final at a version. A signature is never replaced; :mod:`workflows.closing` takes it back.

    Raises InputError when the month is signed already, has not ended, or the signer gave no name, NoOpening when the
    version knows no opening balance: what would be signed is a flow and no balance.
    """
    if not signed_by.strip():
        raise InputError("a signature needs a name", path="signed_by")
    if month in {close.month for close in closes(connection, scheme)}:
        raise InputError(f"{month} of {scheme} is signed already", path="month", scheme=scheme, month=month)
    signed_on = signed_at.astimezone(SHANGHAI)
    if month >= Month.of(signed_on):
        raise InputError(f"{month} has not ended", path="month", scheme=scheme, month=month)
    if not opened(connection, scheme, version):
        raise NoOpening(f"{scheme} has no opening balance", scheme=scheme, month=month)
    connection.execute(
        insert(schema.month_close).values(
            scheme=scheme, month=month, data_version=version, signed_by=signed_by, signed_at=signed_at
        )
    )
    return MonthClose(scheme, month, version, signed_by, signed_at)


def take_back(connection: Connection, close: MonthClose) -> bool:
    """Let a month's signature stand no longer; False where it stands no more as it was read."""
    table = schema.month_close
    same = (table.c.scheme == close.scheme, table.c.month == close.month, table.c.data_version == close.version)
    return connection.execute(delete(table).where(*same)).rowcount == 1


def opened(connection: Connection, scheme: str, version: int) -> bool:
    """Whether a version knows an opening balance 期初余额 of a scheme."""
    opening = schema.opening_balance
    known = select(opening.c.account).where(opening.c.scheme == scheme, standing(opening, version)).limit(1)
    return connection.execute(known).first() is not None


def closes(connection: Connection, scheme: str) -> tuple[MonthClose, ...]:
    """Signed months of a scheme, oldest first."""
    table = schema.month_close
    rows = connection.execute(select(table).where(table.c.scheme == scheme).order_by(table.c.month))
    return tuple(MonthClose(row.scheme, row.month, row.data_version, row.signed_by, row.signed_at) for row in rows)


def signed_versions(connection: Connection) -> dict[str, list[tuple[MonthClose, Version]]]:
    """Signed months of every scheme, oldest first, each with the version signed."""
    table, at = schema.month_close, schema.data_version
    signed = (table.c.scheme, table.c.month, table.c.data_version, table.c.signed_by, table.c.signed_at)
    wanted = select(*signed, at.c.published_at, at.c.as_of).join(at, at.c.id == table.c.data_version)
    found: dict[str, list[tuple[MonthClose, Version]]] = defaultdict(list)
    for *close, published_at, as_of in connection.execute(wanted.order_by(table.c.scheme, table.c.month)).all():
        signature = MonthClose(*close)
        found[signature.scheme].append((signature, Version(signature.version, published_at, as_of)))
    return found


def signed_since(connection: Connection, version: Version) -> bool:
    """Whether a month was signed, or its signature taken back, after a version was published."""
    close, step = schema.month_close, schema.month_step
    signed = select(close.c.month).where(close.c.signed_at > version.published_at).limit(1)
    reopened = select(step.c.month).where(step.c.step == "reopen", step.c.happened_at > version.published_at).limit(1)
    return any(connection.execute(later).first() is not None for later in (signed, reopened))


def restatements(connection: Connection, scheme: str, since_month: int = 0) -> tuple[Restatement, ...]:
    """Figures of final months that entries published after the signature changed, newest month first.

    One row per region (own entries, not its subtree), month, item and movement whose amount differs.
    """
    change, fact, batch, close = schema.monthly_change, schema.monthly_fact, schema.import_batch, schema.month_close
    keys = (change.c.region, change.c.month, change.c.item, change.c.movement)
    later = (
        select(*keys, func.sum(change.c.amount_fen).label("difference"))
        .join(batch, batch.c.id == change.c.batch)
        .join(close, and_(close.c.scheme == change.c.scheme, close.c.month == change.c.month))
        .where(change.c.scheme == scheme, change.c.month >= since_month, batch.c.data_version > close.c.data_version)
        .group_by(*keys)
        .having(func.sum(change.c.amount_fen) != 0)
        .subquery()
    )
    same = [fact.c[name] == later.c[name] for name in ("region", "month", "item", "movement")]
    rows = connection.execute(
        select(later, fact.c.amount_fen)
        .join(fact, and_(fact.c.scheme == scheme, *same))
        .order_by(later.c.month.desc(), later.c.region, later.c.item, later.c.movement)
    )
    return tuple(
        Restatement(
            row.region,
            row.month,
            row.item,
            row.movement,
            int(row.amount_fen) - int(row.difference),
            int(row.amount_fen),
        )
        for row in rows
    )
