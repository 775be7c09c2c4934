"""What the regions of a delivery must satisfy together: parents that are known, and no circle."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet


def parent_is_known(sheet: Sheet) -> None:
    """A region's parent and successor are in the store or in the same delivery."""
    known = {*sheet.codes.regions, *sheet.values["code"].to_pylist()}
    for column in ("parent", "successor"):
        _refuse_lost(sheet, column, known)


def is_province(sheet: Sheet) -> None:
    """The row is a province's: neither the nation's nor that of a unit below or beside the provinces."""
    values, at = sheet.coded("region")
    known = sheet.codes.regions
    other = np.array([bool(code) and known[code].level != "province" for code in values], dtype=bool)
    sheet.refuse_where("region", other[at], lambda _: Unacceptable("bad_form", expected="NN0000"))


def no_circle(sheet: Sheet) -> None:
    """No region lies below itself, in the delivery together with what is stored; none succeeds itself."""
    parents = {code: region.parent for code, region in sheet.codes.regions.items()}
    codes, above = sheet.values["code"].to_pylist(), sheet.values["parent"].to_pylist()
    parents |= {code: parent for code, parent in zip(codes, above, strict=True) if code}
    for row, code in enumerate(codes):
        circle = _circle(code, parents)
        if circle:
            sheet.refuse("parent", [(row, Unacceptable("region_cycle", code=code, circle=" → ".join(circle)))])
    succeeds = [
        code is not None and code == after
        for code, after in zip(codes, sheet.values["successor"].to_pylist(), strict=True)
    ]
    itself = np.array(succeeds, dtype=bool)
    sheet.refuse_where(
        "successor",
        itself,
        lambda row: Unacceptable("region_cycle", code=codes[row], circle=f"{codes[row]} → {codes[row]}"),
    )


def _circle(code: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """The way from a region up to itself; empty where it ends, as it must."""
    path: list[str] = []
    at = code
    while at:
        path.append(at)
        at = parents.get(at)
        if at == code:
            return [*path, at] if at else []
        if at in path:
            return []  # a circle further up, told where it begins
    return []


def _refuse_lost(sheet: Sheet, column: str, known: set[str]) -> None:
    values, at = sheet.coded(column)
    lost = np.array([bool(value) and value not in known for value in values], dtype=bool)[at]
    sheet.refuse_where(column, lost, lambda row: Unacceptable("unknown_parent", parent=sheet.at(column, row)))
