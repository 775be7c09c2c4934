"""The engine that reads the lake: DuckDB in this process, or a Spark cluster; one expression serves both.

duckdb://                                   # every core, four fifths of the memory
duckdb://?threads=2&memory_limit=4GB
spark://master.example:7077                 # what else Spark needs stands in its own spark-defaults.conf
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import ibis
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from rules.errors import PoolwatchError

EMBEDDED = "duckdb://"
ROWS = "person_entry"
SPARK = {
    "spark.sql.ansi.enabled": "true",  # a sum beyond 64 bits is an error and never wraps round
    "spark.ui.enabled": "false",  # a page of its own, open to the network
    "spark.ui.showConsoleProgress": "false",
}


class EngineError(PoolwatchError):
    """The engine cannot be used or failed; the message says at what."""

    code = "engine"


@contextmanager
def engine_of(url: str, scratch: Path) -> Iterator[BaseBackend]:
    """The engine that a URL names, closed at the end. ``scratch``: where an embedded one puts what its memory cannot hold.
    Raises EngineError."""
    parts = urlsplit(url)
    if parts.scheme == "duckdb":
        engine = ibis.duckdb.connect(temp_directory=str(scratch), **dict(parse_qsl(parts.query)))
        try:
            yield engine
        finally:
            engine.disconnect()
        return
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineError(f"{url} needs the packages of requirements-cluster.txt: pip install -r them") from None
    # It says so at every result, which is whole numbers and texts alone, compared with the manifest's.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        session = SparkSession.builder.master(url).appName("poolwatch").config(map=SPARK).getOrCreate()
    except (PySparkException, Exception) as problem:
        raise EngineError(
            f"{url}: no session could be opened ({type(problem).__name__}); is the master running?"
        ) from problem
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()


def rows_of(engine: BaseBackend, paths: Sequence[str], name: str = ROWS) -> Table:
    """The rows of these files of the lake, as a table of the engine by this name."""
    if engine.name == "duckdb":
        # The partition is said in the rows as well.
        return engine.read_parquet(paths, table_name=name, hive_partitioning=False)
    from pyspark.sql import SparkSession

    SparkSession.builder.getOrCreate().read.parquet(*paths).createOrReplaceTempView(name)
    return engine.table(name)
