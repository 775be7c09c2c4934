"""Fast paths into the store: many rows at once, and what becomes of rows that are there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Table
from sqlalchemy.dialects import postgresql, sqlite

from data_access.store.schema import Instant

CHUNK_ROWS = 50_000
Progress = Callable[[int], None]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert tuples of ``columns``, in order, within the connection's transaction: executemany or COPY.

    Values are what the schema's types take in Python (dates, aware instants, int, str, None).
    """
    prepared = _stored(connection, table, columns, rows)
    cursor = driver_cursor(connection)
    if connection.dialect.name == "sqlite":
        cursor.executemany(insert_statement(table.name, columns), prepared)
        return
    with cursor.copy(copy_statement(table.name, columns)) as copy:
        for row in prepared:
            copy.write_row(row)


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], add: Sequence[str] = ()) -> None:
    """Insert rows; where the primary key exists, replace the other columns, or add to those named in ``add``."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changes = {
        name: table.c[name] + statement.excluded[name] if name in add else statement.excluded[name]
        for name in rows[0]
        if name not in keys
    }
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), list(rows))


def insert_if_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The statement that inserts rows and leaves alone those that are there already, by whatever is unique of them."""
    return _insert(connection, table).on_conflict_do_nothing()


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def driver_cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def insert_statement(table_name: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table_name}" ({names}) VALUES ({", ".join("?" * len(columns))})'


def copy_statement(table_name: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'COPY "{table_name}" ({names}) FROM STDIN'


def _stored(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterable[Sequence[object]]:
    """Rows as the driver takes them: the drivers know nothing of Instant, and SQLite nothing of dates."""
    on_sqlite = connection.dialect.name == "sqlite"
    changed: list[tuple[int, Callable[[Any], object]]] = []
    for place, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, Instant):
            changed.append((place, _instant_text if on_sqlite else _naive))
        elif isinstance(kind, Date) and on_sqlite:
            changed.append((place, date.isoformat))
    return _converted(rows, changed) if changed else rows


def _converted(
    rows: Iterable[Sequence[object]], changed: Sequence[tuple[int, Callable[[Any], object]]]
) -> Iterator[Sequence[object]]:
    for row in rows:
        values = list(row)
        for place, convert in changed:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield tuple(values)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _instant_text(instant: datetime) -> str:
    # The form in which SQLAlchemy keeps timestamps in SQLite.
    return _naive(instant).strftime("%Y-%m-%d %H:%M:%S.%f")
