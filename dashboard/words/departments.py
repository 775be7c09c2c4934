"""What departments are called."""

from __future__ import annotations

from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import RegionTree
from rules.department import Department

NAMES: dict[str, str] = {
    Department.SOCIAL: N_("人社"),
    Department.FISCAL: N_("财政"),
    Department.TAX: N_("税务"),
    Department.AGENCY: N_("经办"),
    Department.TREASURY: N_("人行"),
    "source": N_("数据来源部门"),  # as indicators name the department a source belongs to
}
# As keepers of books; those of the central bank's department are 国库.
BOOKS: dict[str, str] = {
    Department.TAX: N_("税务"),
    Department.TREASURY: N_("国库"),
    Department.FISCAL: N_("财政"),
    Department.AGENCY: N_("经办"),
    "ledger": N_("基金账"),
}


def department_name(code: str | None) -> str:
    """``税务``; "" for none."""
    return _(NAMES[code]) if code else ""


def office_name(tree: RegionTree, office: str) -> str:
    """``320800/tax`` as 淮安市 税务, the government ``320800/`` as 淮安市政府; a login, or what was said in words, as it is."""
    region, mark, department = office.partition("/")
    if not mark or region not in tree:
        return office
    place = name_of(tree.region(region))
    return f"{place} {department_name(department)}" if department else _("{region}政府", region=place)
