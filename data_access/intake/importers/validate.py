"""Checking a whole table at once: each column by its declaration, then the values against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.intake.importers.checks.declared import CHECKS, the_senders_own
from data_access.intake.importers.codes import Codes
from data_access.intake.importers.reasons import Rejection, Unacceptable
from data_access.intake.importers.sheet import Ints, Mask, Sheet
from data_access.intake.importers.tables import ImportTable


@dataclass(frozen=True)
class Validated:
    """``frame``: good rows in storage form; ``lines``: their lines in the file; ``rejected``: why others are not;
    ``good``: which rows of the delivery they are."""

    frame: pa.Table
    lines: Ints
    rejected: list[Rejection]
    bad_rows: int
    good: Mask


def validate(table: ImportTable, texts: Mapping[str, pa.StringArray], lines: Ints, codes: Codes) -> Validated:
    """Check every row. ``texts`` holds one array of strings per delivered column, blank = ""."""
    sheet = Sheet(table, texts, lines, codes)
    sheet.read()
    if codes.allowance is not None:
        the_senders_own(sheet, codes.allowance)
    for check in CHECKS.get(table.name, ()):
        check(sheet)
    _refuse_examples(sheet)
    values = _with_derived(sheet)
    rejected = sorted(sheet.rejected, key=lambda rejection: rejection.line)
    if sheet.good.all():
        return Validated(pa.table(values), lines, rejected, 0, sheet.good)
    good = pa.table(values).filter(pa.array(sheet.good))
    return Validated(good, lines[sheet.good], rejected, int((~sheet.good).sum()), sheet.good)


def _refuse_examples(sheet: Sheet) -> None:
    """A row that is the template's example to the letter was never filled in."""
    if sheet.table.policy == "replace":
        return  # master data: the example may be the very row that is meant
    same = np.ones(len(sheet.lines), dtype=bool)
    last = ""
    for column in sheet.table.columns:
        if column.code in sheet.texts:
            last = column.code
            equal = pc.equal(pc.utf8_trim_whitespace(sheet.texts[column.code]), column.example)
            same &= np.asarray(equal.to_numpy(zero_copy_only=False), dtype=bool)
        elif column.required:
            return
    sheet.refuse_where(last, same, lambda _: Unacceptable("example_row"))


def _with_derived(sheet: Sheet) -> dict[str, pa.Array]:
    """The values with what the store keeps beside them."""
    values = dict(sheet.values)
    if sheet.table.name == "ledger_entry":
        days = values["business_date"]
        values["item"] = values["item"].fill_null("")
        values["month"] = pc.add(pc.multiply(pc.year(days), 100), pc.month(days)).cast(pa.int64())
        imported = pa.scalar(sheet.codes.now.astimezone(UTC).replace(tzinfo=None), pa.timestamp("us"))
        values["booked_at"] = values["booked_at"].fill_null(imported)
    if sheet.table.name == "published_total":
        values["period"] = values["period"].fill_null("")
    if sheet.table.name == "scheme":
        values["demo"] = pc.equal(values["demo"], "true")
    return values
