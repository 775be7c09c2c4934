"""The central adjustment 中央调剂 of a province: its net, and how far it has prepaid, by quarter of the years entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from data_access.books.central.years import central_case, load_central_years
from data_access.books.requests import load_central_payments
from monitoring.indicators.figures import ComputedValue, kept_share
from rules.calendar import month_end
from rules.central_adjustment import calculate
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import Scheme

QUARTERS = 4


def central(connection: Connection, scheme: Scheme, as_of: date) -> Iterator[ComputedValue]:
    """Of a pension scheme's province, at the end of every quarter of a year whose figures were entered."""
    if scheme.fund != "pension":
        return
    payments = load_central_payments(connection)
    for year, provinces in load_central_years(connection).items():
        if scheme.province not in {province.code for province in provinces}:
            continue
        result = calculate(central_case(year, provinces)[0])
        own = next(position for position in result.provinces if position.code == scheme.province)
        paid = [one for one in payments if one.year == year and one.region == scheme.province]
        for quarter in range(1, QUARTERS + 1):
            month = Month.at(year, 3 * quarter)
            if month_end(month) > as_of:
                return
            value = INDICATORS["central_net"].value(
                allocation_fen=own.allocation_fen, contribution_fen=own.contribution_fen
            )
            yield "central_net", "", month, value
            prepaid = sum(one.contribution_fen for one in paid if one.quarter <= quarter)
            value = INDICATORS["central_prepayment"].value(
                prepaid_fen=prepaid if paid else None,
                contribution_fen=own.contribution_fen,
                elapsed_share=kept_share(Fraction(quarter, QUARTERS)),
            )
            yield "central_prepayment", "", month, value
