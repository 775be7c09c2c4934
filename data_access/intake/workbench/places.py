"""The one region that what stands above a table names: 江苏省南京市, 填报单位：南京市社会保险管理中心."""

from __future__ import annotations

from collections.abc import Iterable

from data_access.intake.workbench.find import squeezed
from data_access.intake.workbench.names import Names

OWN = ("本级", "市直", "省直")


def region_in(texts: Iterable[str], names: Names) -> tuple[str, str] | None:
    """(the name, the region's code) of the lowest region that some texts name in full, of those below each other; None
    where they name none, or two beside each other."""
    said = "　".join(map(squeezed, texts))
    inside = names.inside if names.inside is not None else frozenset(names.regions)
    found = {code: name for code in inside if len(name := squeezed(names.regions[code].name)) > 1 and name in said}
    above = {parent for code in found if (parent := names.regions[code].parent)}
    while more := {up for code in above if (up := names.regions[code].parent) and up not in above}:
        above |= more
    # 鼓楼区 is in two cities: the one of the city that is named with it.
    lowest = {code: name for code, name in found.items() if code not in above}
    named_with = {code: name for code, name in lowest.items() if names.regions[code].parent in found}
    chosen = named_with or lowest
    if len(chosen) != 1:
        return None
    code, name = next(iter(chosen.items()))
    if any(f"{name}{own}" in said for own in OWN):
        return (name, f"{code}-0") if f"{code}-0" in names.regions else None
    return name, code
