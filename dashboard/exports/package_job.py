"""The process that writes a 取数包: ``python -m dashboard.exports.package_job FOLDER zip``, the order as JSON on its standard input.
It alone of the exports reads the store, whose address it is given there and nowhere else."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.exports.job import FAILED, MADE, OUT_OF_MEMORY, SURPRISE, bind, put
from data_access.books.versions import reading
from data_access.store.engine import create_store
from data_access.store.package import PackageOrder, write_package
from data_access.store.trail import Wanted


def order_json(store: str, order: PackageOrder) -> str:
    """The order as it is handed over."""
    record = order.record
    wanted = {
        "since": record.since and record.since.isoformat(),
        "until": record.until and record.until.isoformat(),
        "only": None if record.only is None else sorted(record.only),
        "never": sorted(record.never),
    }
    told = {"scheme": order.scheme, "region": order.region, "since": order.since, "until": order.until}
    return json.dumps(
        {**told, "store": store, "codes": sorted(order.codes), "province": order.province, "record": wanted}
    )


def read_order(text: str) -> tuple[str, PackageOrder]:
    given = json.loads(text)
    record = given.pop("record")
    since, until = (record[name] and date.fromisoformat(record[name]) for name in ("since", "until"))
    only = None if record["only"] is None else frozenset(record["only"])
    wanted = Wanted(since=since, until=until, only=only, never=frozenset(record["never"]))
    codes = frozenset(given.pop("codes"))
    return given.pop("store"), PackageOrder(**given, codes=codes, record=wanted)


def main(folder: Path) -> None:
    """Write the package and leave it in the folder, or the code of what went wrong."""
    problem = ""
    try:
        store, order = read_order(sys.stdin.read())
        engine, part = create_store(store), folder / "part"
        with reading(engine) as connection, part.open("wb") as target:
            write_package(connection, order, target, datetime.now(UTC))
        part.replace(folder / MADE)
    except MemoryError:
        problem = OUT_OF_MEMORY
    except Exception:
        logging.exception("the package could not be written")
        problem = SURPRISE
    if problem:
        put(folder / FAILED, json.dumps({"code": problem}).encode())


if __name__ == "__main__":
    bind()
    main(Path(sys.argv[1]))
