"""Pulling from a source database: a YAML mapping says what to read and under which names it comes in.

    target: ledger_entry
    source: js-tax
    url_env: TAX_DATABASE_URL        # the address stays in the environment, never in the file
    query: select no, county, paid_on, changed_at, fen from payments where changed_at >= :watermark order by changed_at
    columns: {no: source_ref, county: region, paid_on: business_date, changed_at: booked_at, fen: amount_fen}
    constants: {scheme: jiangsu-pension, movement: collect, item: premium_current}
    watermark: {column: changed_at, start: "2021-01-01"}

``>=`` in the query is right: rows that came before are recognised and counted as known.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, create_engine, desc, event, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from data_access.intake.importers import BatchResult, import_rows
from data_access.intake.importers.batch import Progress
from data_access.intake.importers.delivery import MAX_ROWS, plain_text
from data_access.intake.importers.tables import TABLES
from data_access.store import schema
from rules.errors import PoolwatchError

KEYS = ("target", "source", "url_env", "query", "columns", "constants", "watermark")
REQUIRED = ("target", "url_env", "query", "columns")


class SourceError(PoolwatchError):
    """A source database could not be read. ``parameters``: mapping, problem, remedy."""

    code = "source"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What to read from a source database. ``columns``: their name → ours; ``watermark``: their column, first value."""

    name: str
    target: str
    source: str | None
    url_env: str
    query: str
    columns: dict[str, str]
    constants: dict[str, str]
    watermark_column: str | None
    watermark_start: str | None


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises SourceError with what to mend."""
    try:
        # Every scalar stays the text it is: YAML would read a column called `no` as False, and round numbers.
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise _problem(path.name, f"cannot be read: {problem}", "mend the YAML") from problem
    if not isinstance(raw, dict):
        raise _problem(path.name, "is not a mapping", f"write the keys {', '.join(REQUIRED)}")
    if unknown := set(raw) - set(KEYS):
        raise _problem(path.name, f"unknown keys {sorted(map(str, unknown))}", f"known are {', '.join(KEYS)}")
    if missing := [key for key in REQUIRED if not raw.get(key)]:
        raise _problem(path.name, f"missing {', '.join(missing)}", "add them")
    if raw["target"] not in TABLES:
        raise _problem(path.name, f"unknown target {raw['target']}", f"one of {', '.join(TABLES)}")
    mark = raw.get("watermark") or {}
    if not isinstance(raw["columns"], dict) or not isinstance(mark, dict):
        raise _problem(path.name, "columns and watermark must be mappings", "write `columns: {theirs: ours}`")
    if mark and not {"column", "start"} <= set(mark):
        raise _problem(path.name, "the watermark is incomplete", "give its column and start")
    if bool(mark) != (":watermark" in raw["query"]):
        raise _problem(path.name, "query and watermark do not fit", "use :watermark in the query and declare it")
    return Mapping(
        name=path.name,
        target=str(raw["target"]),
        source=raw.get("source"),
        url_env=str(raw["url_env"]),
        query=str(raw["query"]),
        columns={str(theirs): str(ours) for theirs, ours in raw["columns"].items()},
        constants={str(name): plain_text(value) for name, value in (raw.get("constants") or {}).items()},
        watermark_column=mark.get("column"),
        watermark_start=plain_text(mark["start"]) if mark else None,
    )


def pull(
    engine: Engine,
    mapping_path: Path | str,
    *,
    accept_good_rows: bool = False,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> BatchResult | None:
    """Read what is new in a source database and import it; None when there is nothing new.

    The source is only read. After a loaded batch the next pull goes on from the last value of the watermark column;
    after a refused one it reads the same rows again. Raises SourceError when the source cannot be read.
    """
    mapping = read_mapping(Path(mapping_path))
    address = os.environ.get(mapping.url_env)
    if not address:
        raise _problem(mapping.name, f"{mapping.url_env} is not set", f"put the database URL into {mapping.url_env}")
    mark = _last_mark(engine, mapping)
    names, rows = _read(mapping, address, mark)
    if lost := [name for name in mapping.columns if name not in names]:
        raise _problem(mapping.name, f"the query does not return {', '.join(lost)}", f"it returns {', '.join(names)}")
    if not rows:
        return None
    columns: dict[str, Sequence[Any]] = {
        ours: [row[names.index(theirs)] for row in rows] for theirs, ours in mapping.columns.items()
    }
    columns |= {name: [value] * len(rows) for name, value in mapping.constants.items()}
    return import_rows(
        engine,
        mapping.target,
        columns,
        source=mapping.source,
        origin=mapping.name,
        accept_good_rows=accept_good_rows,
        progress=progress,
        now=now,
        watermark=_next_mark(mapping, names, rows),
    )


def _last_mark(engine: Engine, mapping: Mapping) -> str | None:
    batch = schema.import_batch
    last = (
        select(batch.c.watermark)
        .where(batch.c.origin == mapping.name, batch.c.target == mapping.target, batch.c.state == "loaded")
        .where(batch.c.watermark.is_not(None))
        .order_by(desc(batch.c.id))
        .limit(1)
    )
    with engine.connect() as connection:
        return connection.execute(last).scalar() or mapping.watermark_start


def _next_mark(mapping: Mapping, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str | None:
    if mapping.watermark_column is None:
        return None
    if mapping.watermark_column not in names:
        raise _problem(mapping.name, f"the query does not return {mapping.watermark_column}", "select that column too")
    place = names.index(mapping.watermark_column)
    last = max((row[place] for row in rows if row[place] is not None), default=None)
    return None if last is None else plain_text(last)


def _read(mapping: Mapping, address: str, mark: str | None) -> tuple[list[str], list[Sequence[Any]]]:
    try:
        source = _open_read_only(address)
    except (SQLAlchemyError, ImportError) as problem:
        raise _problem(mapping.name, f"the URL is not usable: {problem}", f"check {mapping.url_env}") from problem
    try:
        with source.connect() as connection:
            result = connection.execute(text(mapping.query), {"watermark": mark} if mark is not None else {})
            rows = result.fetchmany(MAX_ROWS + 1)
            names = list(result.keys())
            connection.rollback()
    except SQLAlchemyError as problem:
        # The driver's message may repeat the address, but never the password: SQLAlchemy hides it.
        remedy = "check that the database is reachable and that the query runs there with read rights"
        raise _problem(mapping.name, str(problem.__cause__ or problem), remedy) from problem
    finally:
        source.dispose()
    if len(rows) > MAX_ROWS:
        raise _problem(mapping.name, f"more than {MAX_ROWS} rows at once", "let the query stop after fewer rows")
    return names, [tuple(row) for row in rows]


def _open_read_only(address: str) -> Engine:
    """An engine that cannot change its database: SQLite and PostgreSQL refuse writes, others are rolled back."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        return create_engine(url.set(drivername="postgresql+psycopg"), execution_options=options)
    source = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(source, "begin", _forbid_writing)
    return source


def _forbid_writing(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")


def _problem(name: str, problem: str, remedy: str) -> SourceError:
    return SourceError(f"{name}: {problem}; {remedy}", mapping=name, problem=problem, remedy=remedy)
