"""Yearly inputs of the central adjustment 中央调剂: what the provinces' contributions and allocations are computed from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from data_access.books.requests import CentralPayment
from data_access.books.standing import standing
from data_access.store import schema
from rules.central_adjustment import Case, Prepaid, Province
from rules.in_force import case
from rules.scheme import ParameterValue, load_scheme

# What rule central_adjustment reads of a province, as it is kept.
GIVEN = tuple(
    column.name for column in schema.central_year.columns if column.name not in ("year", "batch", "ended_by", "cell")
)
MECHANISM = "central-adjustment"
WAGES = ("nonprivate_wage_yuan", "private_wage_yuan")


def load_central_years(connection: Connection, version: int | None = None) -> Mapping[int, tuple[Province, ...]]:
    """By year the provinces' figures as rule central_adjustment reads them, published up to a version (None: all)."""
    table = schema.central_year
    wanted = select(*(table.c[name] for name in ("year", *GIVEN))).where(standing(table, version))
    found: dict[int, list[Province]] = defaultdict(list)
    for row in connection.execute(wanted.order_by(table.c.year, table.c.region)).mappings():
        given = {name: row[name] for name in GIVEN if name != "region"}
        found[row["year"]].append(Province(code=row["region"], **given))
    return {year: tuple(provinces) for year, provinces in found.items()}


def central_case(
    year: int, provinces: tuple[Province, ...], payments: tuple[CentralPayment, ...] = ()
) -> tuple[Case, tuple[ParameterValue, ...]]:
    """The rule's case of a year with the parameters in force at its end, and the year's payments where there are any."""
    paid: dict[str, list[CentralPayment]] = defaultdict(list)
    for payment in payments:
        if payment.year == year:
            paid[payment.region].append(payment)
    prepaid = tuple(
        Prepaid(code, sum(one.contribution_fen for one in of_year), sum(one.allocation_fen for one in of_year))
        for code, of_year in sorted(paid.items())
    )
    return case(Case, load_scheme(MECHANISM), date(year, 12, 31), provinces=provinces, prepaid=prepaid or None)
