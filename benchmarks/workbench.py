"""A large workbook on the workbench beside the same rows through the template door: ``python -m benchmarks.workbench``.

50,000 payments stand in one sheet under a title and heads that are not ours, and in a workbook of our template. Both are
read in the limited process and taken into copies of one store, in one run, so that only the ratio matters.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import xlsxwriter

from benchmarks.import_ledger import NOW, prepare, regions
from benchmarks.measured import Measured, table
from data_access.intake.files.process import read_book
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.load import import_file
from data_access.intake.workbench.examine import examine
from data_access.intake.workbench.mapping import Mapping
from data_access.store.engine import create_store

ROWS = 50_000
COLUMNS = {
    "入账日": "business_date",
    "统筹区": "region",
    "业务": "item",
    "发生额（元）": "amount_fen",
    "单据号": "source_ref",
}
SAME = {"scheme": "jiangsu-pension", "movement": "pay", "source": "tax"}
MAPPING = Mapping(target="ledger_entry", constants=SAME, names={"column": COLUMNS})
T = TypeVar("T")


def _payment(number: int) -> tuple[str, str, str, str, str]:
    places = regions()
    day = f"2026-{number % 10 + 1:02d}-{number % 28 + 1:02d}"
    return day, places[number % len(places)], "pension", f"{number % 9_973 + 1}.{number % 100:02d}", f"P-{number:06d}"


def write(folder: Path, rows: int) -> tuple[Path, Path]:
    """The same payments as an office keeps them, and in our template."""
    office, template = folder / "payments.xlsx", folder / "template.xlsx"
    with xlsxwriter.Workbook(office, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("支付明细")
        sheet.write_row(0, 0, ["企业职工基本养老保险基金支付明细"])
        sheet.write_row(1, 0, COLUMNS)
        for number in range(rows):
            sheet.write_row(number + 2, 0, _payment(number))
    with xlsxwriter.Workbook(template, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("ledger_entry")
        heads = ["business_date", "region", "item", "amount_yuan", "source_ref", *SAME]
        sheet.write_row(0, 0, heads)
        for number in range(rows):
            sheet.write_row(number + 1, 0, (*_payment(number), *SAME.values()))
    return office, template


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    return run(), time.perf_counter() - begun


def records(rows: int = ROWS) -> list[Measured]:
    """The preview, and taking by the mapping beside taking by the template."""
    with tempfile.TemporaryDirectory() as folder:
        office, template = write(Path(folder), rows)
        stores = [create_store(f"sqlite:///{folder}/{name}.db") for name in ("workbench", "template")]
        for store in stores:
            prepare(store)
        with stores[0].connect() as connection:
            codes = load_codes(connection, NOW)
        book, reading = _timed(lambda: read_book(office))
        seen, comparing = _timed(lambda: examine(stores[0], book, MAPPING, codes, lambda _table: Allowance()))
        result, by_mapping = _timed(lambda: import_file(stores[0], office, mapping=MAPPING, now=NOW))
        same, by_template = _timed(lambda: import_file(stores[1], template, target="ledger_entry", now=NOW))
        assert seen.count("new") == result.inserted == same.inserted == rows, (seen, result, same)
    what = f"workbook of {rows:,} rows that is no template"
    return [
        Measured(f"{what}, read", None, reading, "s"),
        Measured(f"{what}, previewed", None, reading + comparing, "s"),
        Measured(f"{what}, taken, beside the template", by_template, by_mapping, "s"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    print(table(records(options.parse_args().rows)))


if __name__ == "__main__":
    main()
