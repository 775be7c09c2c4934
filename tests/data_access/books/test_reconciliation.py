"""Reconciliation 对账: what has not arrived counts once, in the month in which it arose."""

from __future__ import annotations

from datetime import date

from data_access.books.reconciliation import Daily, Reconciliation, Unreached
from data_access.books.regions import Region, RegionTree

PROVINCE = "320000"
TREE = RegionTree(PROVINCE, [Region(PROVINCE, "江苏省", "Jiangsu", "province", None, "division")])


def unreached(fen: int, arose_on: date, cleared_on: date | None = None) -> Unreached:
    return Unreached("WD", PROVINCE, "tax", "treasury", fen, "次日到账", arose_on, cleared_on)


def test_an_item_that_arose_on_a_months_first_day_is_the_months_own() -> None:
    first = date(2026, 10, 1)
    totals: dict[str, Daily] = {PROVINCE: {"tax": {first: 100}, "treasury": {first: 70}}}
    own = {PROVINCE: {first: 100}}
    (month,) = Reconciliation(TREE, totals, own, [unreached(30, first)]).months(PROVINCE, 2026, date(2026, 10, 31))
    assert (month.booked["treasury"], month.adjusted["treasury"], month.difference_fen) == (70, 100, 0)


def test_what_arrives_in_the_month_after_is_taken_off_there() -> None:
    totals: dict[str, Daily] = {
        PROVINCE: {
            "tax": {date(2026, 9, 29): 100, date(2026, 10, 9): 40},
            "treasury": {date(2026, 9, 29): 70, date(2026, 10, 9): 40, date(2026, 10, 8): 30},
        }
    }
    own = {PROVINCE: totals[PROVINCE]["tax"]}
    books = Reconciliation(TREE, totals, own, [unreached(30, date(2026, 9, 29), date(2026, 10, 8))])
    months = books.months(PROVINCE, 2026, date(2026, 10, 31))
    assert [month.difference_fen for month in months] == [0, 0]
