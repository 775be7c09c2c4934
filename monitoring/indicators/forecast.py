"""Indicators that rest on forecasts 预计, of the last signed month: completion, expected management gap, months ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.books.facts import Facts
from data_access.books.forecasts import LOCAL_INCOME, Forecast, Key
from data_access.books.indicators import IndicatorRow, month_period, write_changes
from data_access.books.plans import Plans
from data_access.books.versions import Version
from rules.calendar import month_end, year_to_date
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.indicators import INDICATORS, Value
from rules.month import Month
from rules.scheme import MANAGEMENT_GAP


@dataclass(frozen=True, slots=True)
class Expected:
    """A region's year: done to date, the expected rest with its interval, the plan; all in fen."""

    done_fen: int
    rest_fen: int
    rest_low_fen: int | None
    rest_high_fen: int | None
    plan_fen: int | None

    @property
    def gap_fen(self) -> int | None:
        return None if self.plan_fen is None else max(0, self.plan_fen - self.done_fen - self.rest_fen)


def write_indicators(
    connection: Connection, version: Version, facts: Facts, plans: Plans, last: int, forecasts: Mapping[Key, Forecast]
) -> int:
    """Write the indicators of the month ``last`` where they changed; returns how many values."""
    rows = [
        IndicatorRow(code, month_period(last), region, "", version.id, value)
        for region in facts.tree.codes
        for code, value in _values(facts, plans, last, forecasts, region)
        if facts.tree.region(region).level in INDICATORS[code].levels
    ]
    return write_changes(connection, facts.scheme.code, version.id, rows)


def _values(
    facts: Facts, plans: Plans, last: int, forecasts: Mapping[Key, Forecast], region: str
) -> Iterator[tuple[str, Value]]:
    root = region == facts.tree.root
    year = _expected(facts, plans, last, forecasts, region, INCOME_TOTAL if root else LOCAL_INCOME)
    if year is not None:
        yield (
            "completion_forecast",
            INDICATORS["completion_forecast"].value(
                done_fen=year.done_fen,
                rest_fen=year.rest_fen,
                income_plan_fen=year.plan_fen,
                rest_low_fen=year.rest_low_fen,
                rest_high_fen=year.rest_high_fen,
            ),
        )
    yield from _gap(facts, plans, last, forecasts, region)
    if root:
        yield from _ahead(facts, last, forecasts)


def _expected(
    facts: Facts, plans: Plans, last: int, forecasts: Mapping[Key, Forecast], region: str, item: str
) -> Expected | None:
    """The year of a region's income; None without a forecast that rests on the month."""
    forecast = forecasts.get((region, item))
    if forecast is None or forecast.last != last:
        return None
    amounts = facts.income(region) if item == INCOME_TOTAL else facts.items(region, facts.scheme.local_items)
    done = year_to_date(facts.months, amounts.tolist())[facts.index(last)]
    year, on = Month(last).year, month_end(last)
    plan = (
        plans.total(region, "income", year, on)
        if item == INCOME_TOTAL
        else plans.items(region, facts.scheme.local_items, year, on)
    )
    rest = forecast.year_end(year)
    if rest is None:
        return Expected(done, 0, 0, 0, plan)
    return Expected(done, rest.total_fen, rest.total_low_fen, rest.total_high_fen, plan)


def _gap(
    facts: Facts, plans: Plans, last: int, forecasts: Mapping[Key, Forecast], region: str
) -> Iterator[tuple[str, Value]]:
    """预计管理性缺口: each planned unit's own, then summed, so that no surplus fills another unit's gap."""
    if not facts.scheme.knows(MANAGEMENT_GAP, month_end(last)):
        return
    units = plans.units_of(region, Month(last).year)
    found = [_expected(facts, plans, last, forecasts, unit, LOCAL_INCOME) for unit in units]
    gaps = [one.gap_fen for one in found if one is not None and one.gap_fen is not None]
    if found:
        gap = sum(gaps) if gaps else None
        yield "management_gap_forecast", INDICATORS["management_gap_forecast"].value(gap_fen=gap)


def _ahead(facts: Facts, last: int, forecasts: Mapping[Key, Forecast]) -> Iterator[tuple[str, Value]]:
    root = facts.tree.root
    income, spent = forecasts.get((root, INCOME_TOTAL)), forecasts.get((root, EXPENDITURE_TOTAL))
    if income is not None and spent is not None:
        value = INDICATORS["months_payable_ahead"].value(
            balance_fen=int(facts.result_balance(root)[facts.index(last)]) if facts.opened else None,
            income_ahead_fen=income.months[-1].total_fen,
            expenditure_ahead_fen=spent.months[-1].total_fen,
        )
        yield "months_payable_ahead", value
