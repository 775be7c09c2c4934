"""An installation works on its own store alone: another, an empty or a lost one is told apart before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.exc import OperationalError

from data_access.store.engine import UNREACHABLE, create_store, writing
from data_access.store.identity import NAME, identity_of, prepare, recognise, remembered
from data_access.store.schema import region, store_identity
from rules.errors import StoreError
from tests.cluster import Cluster

ROW = {"code": "000000", "name": "全国", "name_en": "China", "level": "nation", "kind": "division"}


def regions(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(region)).scalar_one()


def test_the_first_start_remembers_its_store_and_the_next_ones_know_it_again(store: Engine, tmp_path: Path) -> None:
    prepare(store, tmp_path)
    assert remembered(tmp_path) == identity_of(store)
    prepare(store, tmp_path)
    assert regions(store) == 0


@pytest.fixture
def var(sqlite_url: str, tmp_path: Path) -> Path:
    """The folder of an installation whose store is ``poolwatch.db`` in it, with one region."""
    Path(sqlite_url.removeprefix("sqlite:///")).rename(tmp_path / "poolwatch.db")
    engine = create_store(f"sqlite:///{tmp_path / 'poolwatch.db'}")
    prepare(engine, tmp_path)
    with writing(engine) as connection:
        connection.execute(region.insert().values(ROW))
    engine.dispose()
    return tmp_path


def test_a_store_that_is_gone_is_not_begun_anew(var: Path) -> None:
    (var / "poolwatch.db").rename(var / "elsewhere.db")
    with pytest.raises(StoreError, match=r"but .*poolwatch\.db.* is empty.*Put the right one back.*store-identity"):
        prepare(create_store(f"sqlite:///{var / 'poolwatch.db'}"), var)
    assert not (var / "poolwatch.db").exists()


def test_another_store_in_its_place_is_refused_until_the_note_is_taken_away(var: Path, tmp_path: Path) -> None:
    (var / "poolwatch.db").rename(var / "elsewhere.db")
    other = create_store(f"sqlite:///{var / 'poolwatch.db'}")
    (var / "elsewhere").mkdir()
    prepare(other, var / "elsewhere")
    with pytest.raises(StoreError, match="is the store"):
        prepare(other, var)
    (var / NAME).unlink()
    prepare(other, var)
    assert remembered(var) == identity_of(other)


def test_what_runs_writes_to_no_file_that_was_moved_away_and_makes_none(var: Path) -> None:
    engine = create_store(f"sqlite:///{var / 'poolwatch.db'}")
    recognise(engine, var)
    assert regions(engine) == 1
    (var / "poolwatch.db").rename(var / "moved.db")
    with pytest.raises(UNREACHABLE), writing(engine) as connection:
        connection.execute(region.delete())
    assert not (var / "poolwatch.db").exists()
    (var / "moved.db").rename(var / "poolwatch.db")
    assert regions(engine) == 1  # goes on by itself when the file is back


def test_what_runs_notices_another_file_in_the_place_of_its_own(var: Path) -> None:
    engine = create_store(f"sqlite:///{var / 'poolwatch.db'}")
    recognise(engine, var)
    assert regions(engine) == 1
    (var / "poolwatch.db").rename(var / "moved.db")
    (var / "elsewhere").mkdir()
    other = create_store(f"sqlite:///{var / 'poolwatch.db'}")
    prepare(other, var / "elsewhere")
    with pytest.raises(UNREACHABLE, match="has become the store"), writing(engine) as connection:
        connection.execute(region.insert().values(ROW))
    assert regions(other) == 0


def test_what_runs_notices_another_database_under_its_address(postgres_cluster: Cluster, tmp_path: Path) -> None:
    name = postgres_cluster.new_database()
    own = create_store(postgres_cluster.url(name))
    prepare(own, tmp_path)
    assert regions(own) == 0
    own.dispose()
    with create_engine(own.url).begin() as connection:  # the database of another installation
        connection.execute(store_identity.update().values(id="another"))
    with pytest.raises(UNREACHABLE, match="has become the store"):
        regions(own)
    with create_engine(own.url).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    with pytest.raises(StoreError, match="is empty"):
        prepare(create_store(own.url.render_as_string(hide_password=False)), tmp_path)
    with create_engine(own.url).connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_file_that_is_missing_is_an_error_and_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="unable to open"):
        regions(create_store(f"sqlite:///{tmp_path / 'none.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_be_written_again_is_written_by_who_opened_it_before(var: Path) -> None:
    """As on a file system that was read-only for a while: SQLite opens what it may not write for reading, without a word."""
    engine = create_store(f"sqlite:///{var / 'poolwatch.db'}")
    locked = True

    @event.listens_for(engine, "do_connect")
    def refused_by_the_system(_dialect: object, _record: object, names: list[str], _options: object) -> None:
        if locked:
            names[0] = names[0].replace("mode=rw", "mode=ro")

    with engine.connect(), engine.connect():
        pass  # two are kept
    with pytest.raises(OperationalError, match="readonly"), writing(engine) as connection:
        connection.execute(region.delete())
    locked = False
    for _ in range(2):
        with engine.connect(), writing(engine) as connection:
            connection.execute(region.delete())
    assert regions(engine) == 0
    engine.dispose()
