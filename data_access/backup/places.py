"""Where a store is put together beside the one that stands, and how it takes its place in one step."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect

from data_access.backup import postgres
from data_access.backup.alone import demand_alone
from data_access.backup.snapshot import CHUNK
from data_access.store.engine import create_store, file_of
from data_access.whole_files import settle
from rules.month import SHANGHAI


@dataclass(frozen=True, slots=True)
class Beside:
    """A store beside the one that stands: its engine; and the engine of that one."""

    engine: Engine
    present: Engine

    def take_its_place(self, now: datetime) -> str:
        """Put it where the present one stands; returns what that one is called from now on, "" where there was none."""
        self.engine.dispose()
        stamp = f"{now.astimezone(SHANGHAI):%Y%m%d_%H%M%S}"
        path, made = file_of(self.present), file_of(self.engine)
        if path is None or made is None:
            demand_alone(self.present, now)
            return _swap_schemas(self.present, f"{postgres.BEFORE}{stamp}")
        before = path.with_name(f"{path.name}.before-{stamp}")
        was = path.exists() and bool(inspect(self.present).get_table_names())
        for engine in (self.present, self.engine):
            demand_alone(engine, now)
        if was:
            os.link(path, before)
        settle(made, path)
        return str(before) if was else ""


def _swap_schemas(engine: Engine, before: str) -> str:
    with engine.begin() as connection:
        was = bool(inspect(connection).get_table_names(schema=postgres.PUBLIC))
        public = postgres.PUBLIC
        connection.exec_driver_sql(f"ALTER SCHEMA {public} RENAME TO {before}" if was else f"DROP SCHEMA {public}")
        connection.exec_driver_sql(f"ALTER SCHEMA {postgres.RESTORING} RENAME TO {public}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {public} TO PUBLIC")
    return f"the schema {before}" if was else ""


@contextmanager
def beside(present: Engine, copy: Path, key: bytes) -> Iterator[Beside]:
    """The store of an archive's copy, put together beside the present one and gone at the end unless it took its place.
    Raises BackupError or OSError."""
    path = file_of(present)
    if path is None:
        with present.connect() as connection:
            postgres.load(connection, copy)
        url = present.url.update_query_dict({"options": f"-csearch_path={postgres.RESTORING}"})
        engine = create_store(url.render_as_string(hide_password=False), key)
        try:
            yield Beside(engine, present)
        finally:
            engine.dispose()
            with present.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {postgres.RESTORING} CASCADE")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.restoring")
    engine = create_store(f"sqlite:///{made.absolute()}", key)
    try:
        _remove(made)
        made.touch(0o600)
        _unpack(copy, made)
        yield Beside(engine, present)
    finally:
        engine.dispose()
        _remove(made)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _unpack(copy: Path, made: Path) -> None:
    with gzip.GzipFile(copy) as packed, made.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        shutil.copyfileobj(packed, file, CHUNK)
