"""The words of published totals: what a measure is called, and the unit it was printed in."""

from __future__ import annotations

from dashboard.words import display
from dashboard.words.wording import N_, _, language
from data_access.books.published_totals import PublishedYear
from rules.month import Month
from rules.published import first_month

NAMES = {
    "months_payable": N_("可支付月数"),
    "staff_per_retiree": N_("抚养比（缴费人数÷离退休人数）"),
    "income": N_("收入"),
    "expenditure": N_("支出"),
    "balance": N_("累计结余"),
    "participants": N_("参保人数"),
    "contributors": N_("缴费人数"),
    "retirees": N_("离退休人数"),
    "beneficiaries": N_("享受待遇人数"),
    "net": N_("当期结余"),
    "residents": N_("常住人口"),
    "coverage": N_("参保覆盖率"),
}
UNITS = {
    "yuan": N_("元"),
    "10k yuan": N_("万元"),
    "100m yuan": N_("亿元"),
    "million dollars": N_("百万美元"),
    "100m yen": N_("亿日元"),
    "million euros": N_("百万欧元"),
    "persons": N_("人"),
    "10k persons": N_("万人"),
    "percent": N_("百分比"),
    "yuan/month": N_("元/月"),
    "yuan/year": N_("元/年"),
    "months": N_("个月"),
}

# What was published keeps the unit in which it was printed; tables of ours have another in its place in English.
AS_PRINTED = {"10k yuan": "10,000 yuan", "100m yuan": "100 million yuan", "100m yen": "100 million yen"}

QUARTERS = {
    "Q1": N_("{year}年一季度"),
    "Q2": N_("{year}年二季度"),
    "Q3": N_("{year}年三季度"),
    "Q4": N_("{year}年四季度"),
}


def period_name(year: PublishedYear) -> str:
    """The year, quarter, month or months that a published table is of."""
    if not year.period:
        return _("{year}年", year=year.year)
    if year.period in QUARTERS:
        return _(QUARTERS[year.period], year=year.year)
    if first_month(year.period) == 1 and year.months == 12:
        return year.period  # a fiscal year as it is printed
    first, _to, last = year.period.partition("-")
    if last:
        return _("{year}年{first}至{last}月", year=year.year, first=int(first), last=int(last))
    return display.month_name(Month(year.year * 100 + int(first)))


def measure_name(measure: str) -> str:
    return _(NAMES[measure]) if measure in NAMES else measure


def measure_unit(year: PublishedYear, measure: str) -> str:
    """In which a year's figures of a measure are shown, of what is divided from them its own."""
    if measure == "months_payable":
        return _("个月")
    if measure == "staff_per_retiree":
        return _("比")
    return unit_words(year.unit(measure))


def unit_words(unit: str) -> str:
    """The unit in which somebody printed figures, as it is named there."""
    if language() == "en" and unit in AS_PRINTED:
        return AS_PRINTED[unit]
    return _(UNITS[unit]) if unit in UNITS else unit
