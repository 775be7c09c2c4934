"""Pulling from a source database: a YAML mapping says what to read and under which names it comes in.

    target: ledger_entry
    source: js-tax
    url_env: TAX_DATABASE_URL        # the address stays in the environment, never in the file
    query: select no, county, paid_on, changed_at, fen from payments where changed_at >= :watermark order by changed_at
    columns: {no: source_ref, county: region, paid_on: business_date, changed_at: booked_at, fen: amount_fen}
    constants: {scheme: jiangsu-pension, movement: collect, item: premium_current}
    watermark: {column: changed_at, start: "2021-01-01", overlap: "3 days"}
    mapping: tax                     # optional: a saved mapping, whose names, unit and constants the values are read by

``>=`` in the query is right: each pull begins an overlap before the last value (:mod:`watermark`), and rows that came
before are recognised and counted as known. Good rows are taken; bad ones are kept as rejected and told once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, create_engine, desc, event, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from data_access.intake.files.limits import MAX_ROWS
from data_access.intake.files.texts import plain_text
from data_access.intake.importers import BatchResult, Rejection, import_rows
from data_access.intake.importers.batch import Progress
from data_access.intake.importers.tables import TABLES
from data_access.intake.sources.values import translated
from data_access.intake.sources.watermark import Watermark
from data_access.intake.workbench import mapping as workbench
from data_access.intake.workbench.saved import FOLDER, saved as saved_mapping
from data_access.store import schema
from rules.errors import PoolwatchError

KEYS = ("target", "source", "url_env", "query", "columns", "constants", "watermark", "mapping")
REQUIRED = ("target", "url_env", "query", "columns")
# Rows read once a day from the oldest bad one on; of more, only the overlap is read.
MOST_READ_AGAIN = 200_000
# A source that hangs must not hold the others up.
POSTGRES = {"connect_timeout": 15, "options": "-c statement_timeout=600000"}


class SourceError(PoolwatchError):
    """A source database could not be read. ``parameters``: mapping, problem, remedy."""

    code = "source"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What to read from a source database. ``columns``: their name → ours; ``saved``: the name of a saved mapping, by whose
    names, constants and unit its values are read."""

    name: str
    target: str
    source: str | None
    url_env: str
    query: str
    columns: dict[str, str]
    constants: dict[str, str]
    watermark: Watermark | None
    saved: str | None = None


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises SourceError with what to mend."""
    try:
        # Every scalar stays the text it is: YAML would read a column called `no` as False, and round numbers.
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # texts alone
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
    if mark and not {"column", "start"} <= set(mark) <= {"column", "start", "overlap"}:
        raise _problem(path.name, "the watermark is not understood", "give its column, start and, if need be, overlap")
    try:
        watermark = mark and Watermark(
            *(plain_text(mark[key]) for key in ("column", "start", "overlap") if key in mark)
        )
    except ValueError as problem:
        raise _problem(path.name, f"the watermark: {problem}", "write it like overlap: '3 days'") from problem
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
        watermark=watermark or None,
        saved=raw.get("mapping") or None,
    )


def pull(
    engine: Engine,
    mapping_path: Path | str,
    *,
    saved: Path | None = None,
    again: bool = False,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> BatchResult | None:
    """Read what is new in a source database and import it; None when it offers nothing but what it had offered.

    The source is only read. Each pull begins an overlap before the last value of the watermark column; ``again`` has it
    begin with the oldest row that was refused, so that a row is not lost for being mended late. Raises SourceError when the
    source cannot be read.
    """
    mapping = read_mapping(Path(mapping_path))
    address = os.environ.get(mapping.url_env)
    if not address:
        raise _problem(mapping.name, f"{mapping.url_env} is not set", f"put the database URL into {mapping.url_env}")
    kept = _kept(engine, mapping)
    begin = None if mapping.watermark is None else mapping.watermark.begin(kept.mark)
    found = None
    if again and mapping.watermark is not None and kept.held is not None:
        early = mapping.watermark.begin(kept.mark, kept.held)
        found = _read(mapping, address, early, MOST_READ_AGAIN)
        begin = early if found is not None else begin
    if found is None:
        found = _read(mapping, address, begin, MAX_ROWS)
    if found is None:
        raise _problem(mapping.name, f"more than {MAX_ROWS} rows at once", "let the query stop after fewer rows")
    names, rows = found
    if lost := [name for name in mapping.columns if name not in names]:
        raise _problem(mapping.name, f"the query does not return {', '.join(lost)}", f"it returns {', '.join(names)}")
    if not rows:
        return None
    columns: dict[str, Sequence[Any]] = {
        ours: _column([row[names.index(theirs)] for row in rows]) for theirs, ours in mapping.columns.items()
    }
    columns |= {name: [value] * len(rows) for name, value in mapping.constants.items()}
    if mapping.saved is not None:
        columns = translated(_saved(mapping, saved), mapping.target, columns, len(rows))
    marks = _marks(mapping, names, rows)
    result = import_rows(
        engine,
        mapping.target,
        columns,
        source=mapping.source,
        origin=mapping.name,
        accept_good_rows=True,
        progress=progress,
        now=now,
        watermark=None if mapping.watermark is None else mapping.watermark.newest([*marks, kept.mark or ""], now),
        recurring=lambda lines: _held(
            mapping.watermark, kept, begin, [marks[line - 2] for line in lines if marks and line > 1]
        ),
    )
    return None if result.state == "idle" else result


def _saved(mapping: Mapping, folder: Path | None) -> workbench.Mapping:
    """The saved mapping that a source names. Raises SourceError."""
    try:
        return saved_mapping(folder or Path(FOLDER), mapping.saved or "")
    except (PoolwatchError, OSError, UnicodeDecodeError) as problem:
        raise _problem(mapping.name, str(problem), "save it with flask import --guess --save") from problem


def _column(values: list[Any]) -> list[Any]:
    """One float among whole numbers is its own row's affair; a column that is all floats is refused for money."""
    floats = sum(isinstance(value, float) for value in values)
    whole = sum(value is not None for value in values)
    return [plain_text(value) for value in values] if 0 < floats < whole else values


@dataclass(frozen=True, slots=True)
class _Kept:
    """How far a source was read, and the mark of the oldest row that was refused and may still be mended."""

    mark: str | None
    held: str | None


def _kept(engine: Engine, mapping: Mapping) -> _Kept:
    batch, refused = schema.import_batch, schema.rejected_row
    ours = (batch.c.origin == mapping.name, batch.c.target == mapping.target)
    last = select(batch.c.watermark).where(*ours, batch.c.state == "loaded", batch.c.watermark.is_not(None))
    newest = select(batch.c.id).where(*ours, batch.c.state.in_(("loaded", "refused")))
    held = select(refused.c.parameters).where(
        refused.c.batch == newest.order_by(desc(batch.c.id)).limit(1).scalar_subquery(),
        refused.c.reason == "offered_again",
    )
    with engine.connect() as connection:
        mark = connection.execute(last.order_by(desc(batch.c.id)).limit(1)).scalar()
        found = connection.execute(held).scalar()
    return _Kept(mark or None, None if found is None else str(json.loads(found)["since"]))


def _held(watermark: Watermark | None, kept: _Kept, begin: str | None, bad: Sequence[str]) -> list[Rejection]:
    """From where rows are offered again: the oldest that is bad now, or one refused before that this pull did not reach."""
    if watermark is None or begin is None:
        return []
    passed = [kept.held] if kept.held is not None and watermark.precedes(kept.held, begin) else []
    oldest = watermark.newest([*passed, *bad], None, largest=False)
    return [] if oldest is None else [Rejection(0, "", "", "offered_again", {"since": oldest})]


def _marks(mapping: Mapping, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """The value of the watermark column of each row; none without a watermark."""
    if mapping.watermark is None:
        return []
    if mapping.watermark.column not in names:
        raise _problem(mapping.name, f"the query does not return {mapping.watermark.column}", "select that column too")
    place = names.index(mapping.watermark.column)
    return [plain_text(row[place]) for row in rows]


def _read(mapping: Mapping, address: str, mark: str | None, most: int) -> tuple[list[str], list[Sequence[Any]]] | None:
    """What the query returns, None where that is more than ``most`` rows."""
    try:
        source = _open_read_only(address)
    except (SQLAlchemyError, ImportError) as problem:
        raise _problem(mapping.name, f"the URL is not usable: {problem}", f"check {mapping.url_env}") from problem
    try:
        with source.connect() as connection:
            result = connection.execute(text(mapping.query), {"watermark": mark} if mark is not None else {})
            rows = result.fetchmany(most + 1)
            names = list(result.keys())
            connection.rollback()
    except SQLAlchemyError as problem:
        # The driver's message may repeat the address, but never the password: SQLAlchemy hides it.
        remedy = "check that the database is reachable and that the query runs there with read rights"
        raise _problem(mapping.name, str(problem.__cause__ or problem), remedy) from problem
    finally:
        source.dispose()
    return None if len(rows) > most else (names, [tuple(row) for row in rows])


def _open_read_only(address: str) -> Engine:
    """An engine that cannot change its database: SQLite and PostgreSQL refuse writes, others are rolled back."""
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        return create_engine(url.set(drivername="postgresql+psycopg"), execution_options=options, connect_args=POSTGRES)
    source = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(source, "begin", _forbid_writing)
    return source


def _forbid_writing(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")


def _problem(name: str, problem: str, remedy: str) -> SourceError:
    return SourceError(f"{name}: {problem}; {remedy}", mapping=name, problem=problem, remedy=remedy)
