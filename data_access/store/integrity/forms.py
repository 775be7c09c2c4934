"""A row as one text, made by the database; and the triggers that keep this text of every row changed.

The text is JSON without the columns that are empty, or at its end are, so that a column added later changes no text.
"""

from __future__ import annotations

from sqlalchemy import Connection, LargeBinary, inspect

from data_access.store import schema
from data_access.store.integrity.vouched import VOUCHED, Means, by

ENDED_BY = "ended_by"  # belongs to the delivery that ended the row, not to the one that brought it
_KINDS = {"insert": ("NULL", "NEW"), "update": ("OLD", "NEW"), "delete": ("OLD", "NULL")}
_FUNCTION = """
CREATE OR REPLACE FUNCTION note_row_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was text; became text;
BEGIN
  IF TG_OP <> 'INSERT' THEN was := jsonb_strip_nulls(to_jsonb(OLD) - TG_ARGV[0])::text; END IF;
  IF TG_OP <> 'DELETE' THEN became := jsonb_strip_nulls(to_jsonb(NEW) - TG_ARGV[0])::text; END IF;
  IF to_regclass('pg_temp.own_change') IS NULL THEN
    INSERT INTO row_change (name, was, became) VALUES (TG_TABLE_NAME, was, became);
  ELSE
    INSERT INTO pg_temp.own_change (name, was, became) VALUES (TG_TABLE_NAME, was, became);
  END IF;
  RETURN NULL;
END $$
"""


def without(name: str) -> str:
    """The column that a table's rows are sealed without, "" for none: bytes beside their SHA-256, which is compared with
    them; and which delivery ended a row."""
    table = schema.metadata.tables[name]
    if VOUCHED[name] is Means.DELIVERY:
        return ENDED_BY
    binary = [one.name for one in table.columns if isinstance(one.type, LargeBinary)]
    return binary[0] if binary and "sha256" in table.c else ""


def text_of(connection: Connection, name: str, row: str) -> str:
    """The SQL expression of a row's text. ``row``: what stands before the columns, a table's name, NEW or OLD."""
    if connection.dialect.name != "sqlite":
        return f"jsonb_strip_nulls(to_jsonb({row}) - '{without(name)}')::text"
    columns = connection.exec_driver_sql(f'PRAGMA table_info("{name}")').all()
    values = {
        one.name: f'hex({row}."{one.name}")' if one.type == "BLOB" else f'{row}."{one.name}"'
        for one in columns
        if one.name != without(name)
    }
    if VOUCHED[name] is not Means.ROW_BY_ROW:
        # Without names, for those of which there are millions: a third of the time.
        return f"rtrim(json_array({', '.join(values.values())}), ',nul]')"
    named = ", ".join(f"'{column}', {value}" for column, value in values.items())
    return f"json_patch('{{}}', json_object({named}))"


def arm(connection: Connection) -> None:
    """Make the triggers of every table that is sealed row by row, within the caller's transaction."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.exec_driver_sql(_FUNCTION)
    for name in by(Means.ROW_BY_ROW):
        for kind, (was, became) in _KINDS.items():
            head = f'CREATE TRIGGER note_{name}_{kind} AFTER {kind.upper()} ON "{name}" FOR EACH ROW'
            if postgres:
                connection.exec_driver_sql(f"{head} EXECUTE FUNCTION note_row_change('{without(name)}')")
                continue
            texts = ["NULL" if row == "NULL" else text_of(connection, name, row) for row in (was, became)]
            values = f"('{name}', {texts[0]}, {texts[1]})"
            connection.exec_driver_sql(f"{head} BEGIN INSERT INTO row_change (name, was, became) VALUES {values}; END")


def disarm(connection: Connection) -> None:
    """Take the triggers away, for a migration that changes the tables."""
    for trigger, table in _triggers(connection):
        on = f' ON "{table}"' if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"{on}')


def unarmed(connection: Connection) -> tuple[str, ...]:
    """The tables that lack one of their triggers."""
    there = {trigger for trigger, _table in _triggers(connection)}
    return tuple(n for n in by(Means.ROW_BY_ROW) if not {f"note_{n}_{kind}" for kind in _KINDS} <= there)


def _triggers(connection: Connection) -> list[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'note\\_%' ESCAPE '\\'"
    else:
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'note_row_change' AND t.tgenabled = 'O' "
            "AND c.relnamespace = current_schema()::regnamespace"  # a store restored or moved aside lies in another
        )
    return [(row[0], row[1]) for row in connection.exec_driver_sql(query)]


def is_made(connection: Connection) -> bool:
    """Whether the store is at a revision that has seals."""
    return inspect(connection).has_table(schema.table_seal.name)
