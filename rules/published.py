"""Units and measures of published yearly tables: a unit is meaning, so every figure is converted exactly or refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class PublishedUnit:
    """A unit of one kind (money, persons, share …). ``factor``: how many of the kind's smallest unit it holds;
    ``currency``: of money, which never becomes that of another."""

    code: str
    kind: str
    factor: int
    names: tuple[str, ...]
    currency: str = "CNY"


UNITS: dict[str, PublishedUnit] = {
    unit.code: unit
    for unit in (
        PublishedUnit("yuan", "money", 1, ("元", "人民币元", "rmb", "cny")),
        PublishedUnit("100 yuan", "money", 10**2, ("百元",)),
        PublishedUnit("1k yuan", "money", 10**3, ("千元", "1000 yuan", "thousand yuan")),
        PublishedUnit("10k yuan", "money", 10**4, ("万元", "10000 yuan")),
        PublishedUnit("million yuan", "money", 10**6, ("百万元", "1m yuan", "1 million yuan")),
        PublishedUnit("10m yuan", "money", 10**7, ("千万元", "10 million yuan")),
        PublishedUnit("100m yuan", "money", 10**8, ("亿元", "100 million yuan", "100000000 yuan")),
        PublishedUnit("bn yuan", "money", 10**9, ("十亿元", "billion yuan")),
        PublishedUnit("dollars", "money", 1, ("美元", "$", "us$", "usd"), "USD"),
        PublishedUnit("1k dollars", "money", 10**3, ("千美元", "thousand dollars", "thousands of dollars"), "USD"),
        PublishedUnit(
            "million dollars", "money", 10**6, ("百万美元", "millions of dollars", "$ million", "in millions"), "USD"
        ),
        PublishedUnit("100m dollars", "money", 10**8, ("亿美元",), "USD"),
        PublishedUnit(
            "billion dollars", "money", 10**9, ("十亿美元", "billions of dollars", "$ billion", "in billions"), "USD"
        ),
        PublishedUnit("yen", "money", 1, ("日元", "円", "jpy"), "JPY"),
        PublishedUnit("10k yen", "money", 10**4, ("万日元", "万円"), "JPY"),
        PublishedUnit("million yen", "money", 10**6, ("百万日元", "百万円"), "JPY"),
        PublishedUnit("100m yen", "money", 10**8, ("亿日元", "亿円"), "JPY"),
        PublishedUnit("trillion yen", "money", 10**12, ("万亿日元", "兆日元", "兆円"), "JPY"),
        PublishedUnit("euros", "money", 1, ("欧元", "€", "euro", "eur"), "EUR"),
        PublishedUnit(
            "million euros", "money", 10**6, ("百万欧元", "million euro", "mio €", "mio. €", "mio euro"), "EUR"
        ),
        PublishedUnit("100m euros", "money", 10**8, ("亿欧元",), "EUR"),
        PublishedUnit("billion euros", "money", 10**9, ("十亿欧元", "billion euro", "mrd €", "mrd. €"), "EUR"),
        PublishedUnit("persons", "persons", 1, ("人", "person", "人次")),
        PublishedUnit("1k persons", "persons", 10**3, ("千人", "1000 persons")),
        PublishedUnit("10k persons", "persons", 10**4, ("万人", "万人次", "10000 persons")),
        PublishedUnit("100m persons", "persons", 10**8, ("亿人", "100 million persons")),
        PublishedUnit("percent", "share", 1, ("%", "百分比", "百分数")),
        PublishedUnit("yuan/month", "money a month", 1, ("元/月", "元/人月", "元/人·月", "yuan per month")),
        PublishedUnit("yuan/year", "money a year", 1, ("元/年", "元/人年", "元/人·年", "yuan per year")),
        PublishedUnit("months", "months", 1, ("个月", "月", "month")),
    )
}
# Measure → the unit it is shown in, and the other names tables have for it.
MEASURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "income": ("100m yuan", ("基金收入", "收入", "本年收入", "总收入", "基金总收入", "fund income", "revenue")),
    "expenditure": (
        "100m yuan",
        ("基金支出", "支出", "本年支出", "总支出", "基金总支出", "fund expenditure", "expenses"),
    ),
    "balance": ("100m yuan", ("累计结余", "基金累计结余", "年末累计结余", "结余", "滚存结余", "accumulated balance")),
    "net": ("100m yuan", ("当期结余", "本年收支结余", "当年结余")),
    "participants": (
        "10k persons",
        (
            "参保人数",
            "年末参保人数",
            "年末参保职工",
            "参加人数",
            "参保人员",
            "参加养老保险人数",
            "contributors and retirees",
        ),
    ),
    "contributors": (
        "10k persons",
        ("缴费人数", "在职职工", "参保职工", "在职参保人数", "在职人员", "职工", "staff and workers"),
    ),
    "retirees": ("10k persons", ("离退休人数", "离退休人员", "参保离退休人员", "离退人员", "离退休、退职人员")),
    "beneficiaries": ("10k persons", ("享受待遇人数", "领取待遇人数", "待遇领取人数")),
    "residents": ("10k persons", ("常住人口",)),
    "coverage": ("percent", ("覆盖率", "参保率")),
}
# In which unit other measures of a kind are shown.
SHOWN = {"money": "100m yuan", "persons": "10k persons"}
SHOWN_IN = {"USD": "million dollars", "JPY": "100m yen", "EUR": "million euros"}  # money of other currencies


_TRADITIONAL = str.maketrans("億萬個", "亿万个")


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_TRADITIONAL).casefold().strip("()")


_UNITS = {_plain(name): unit for unit in UNITS.values() for name in (unit.code, *unit.names)}
_NAMES = {_plain(name): code for code, (_unit, names) in MEASURES.items() for name in (code, *names)}


# Other words for periods than 一季度, 3月 and 1—9月: yearly totals have none.
PERIODS = {"上半年": "01-06", "下半年": "07-12", "前三季度": "01-09", "h1": "01-06", "h2": "07-12"}
_QUARTER = re.compile(r"(?:第?([一二三四1-4])季度?|q([1-4]))")
_MONTHS = re.compile(r"(?:(0?[1-9]|1[0-2])月?[-–—―~～至到])?(0?[1-9]|1[0-2])月?(?:份|累计)?")
_YEAR_THEN = re.compile(r"((?:19|20)[0-9]{2})(年度?|[-./]|)(.+)")


def period_of(text: str) -> str | None:
    """The part of a year that a text names: Q1, 03, 01-09 (months counted from the first named); None for no such part."""
    plain = _plain(text)
    if plain in PERIODS:
        return PERIODS[plain]
    if match := _QUARTER.fullmatch(plain):
        return f"Q{'一二三四'.index(match[1]) + 1 if match[1] in ('一', '二', '三', '四') else match[1] or match[2]}"
    if match := _MONTHS.fullmatch(plain):
        first, last = int(match[1] or match[2]), int(match[2])
        return None if first > last else f"{last:02d}" if first == last else f"{first:02d}-{last:02d}"
    return None


def year_and_period(text: str) -> tuple[int, str] | None:
    """2026年一季度, 2016-03, 2026年1—9月, 2026Q1, 201603 as the year and its part; None for anything else: a year alone, and
    2011-12, which is a month or a year that ends in the next."""
    match = _YEAR_THEN.fullmatch(_plain(text))
    if match is None or (not match[2] and match[3].isdigit() and len(match[3]) != 2):
        return None
    year, period = int(match[1]), period_of(match[3])
    if period is None or (match[2] == "-" and match[3] == f"{(year + 1) % 100:02d}"):
        return None
    return year, period


_FISCAL = re.compile(
    r"(?P<begins>(?:19|20)[0-9]{2})[-–—/](?P<ends>(?:(?:19|20)?[0-9]{2}))|FY\s*(?P<named>(?:19|20)[0-9]{2})"
    r"|(?P<era>昭和|平成|令和)(?P<count>元|[0-9]{1,2})年度?|(?P<of>(?:19|20)[0-9]{2})年度",
    re.IGNORECASE,
)
ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018}


def fiscal_year(text: str) -> tuple[int, str] | None:
    """The fiscal year of another country as the year it is named by and as it is printed: 2016-17 (of 2016), FY2018,
    平成30年度; None for what is none, as 2016-19."""
    printed = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = _FISCAL.fullmatch(printed)
    if match is None:
        return None
    if match["era"]:
        return ERAS[match["era"]] + (1 if match["count"] == "元" else int(match["count"])), printed
    if match["begins"] and int(match["ends"]) % 100 != (int(match["begins"]) + 1) % 100:
        return None
    return int(match["begins"] or match["named"] or match["of"]), printed


def months_in(period: str) -> int:
    """How many months a period has; of one that is none of ours, a fiscal year, twelve."""
    if period.startswith("Q"):
        return 3
    first, _, last = period.partition("-")
    if not re.fullmatch("[0-9]{2}", first):
        return 12
    return int(last) - int(first) + 1 if last else 1


def first_month(period: str) -> int:
    """The first month of a period, 1 of a year."""
    if period.startswith("Q"):
        return int(period[1]) * 3 - 2
    return int(period[:2]) if re.fullmatch("[0-9]{2}(-[0-9]{2})?", period) else 1


@lru_cache(maxsize=1024)
def unit_of(text: str) -> PublishedUnit | None:
    """The unit that a table's word for it means; None for a word that is none."""
    return _UNITS.get(_plain(text))


def measure_of(text: str) -> str:
    """The code of a measure by code or name; a text that names no known measure stays as it is."""
    return _NAMES.get(_plain(text), text)


def measure_told(text: str) -> tuple[str, bool] | None:
    """The code of the measure that a text names, and whether by its code or first name; None where it names none."""
    plain = _plain(text)
    code = _NAMES.get(plain)
    return None if code is None else (code, plain in (code, _plain(MEASURES[code][1][0])))


def fits(measure: str, unit: PublishedUnit) -> bool:
    """Whether a measure can be in a unit; of measures that are not declared every unit is believed."""
    return measure not in MEASURES or UNITS[MEASURES[measure][0]].kind == unit.kind


def shown_unit(measure: str, unit: PublishedUnit) -> PublishedUnit:
    """The unit in which all figures of a measure are shown that came in units of this kind and currency."""
    if unit.currency in SHOWN_IN:
        return UNITS[SHOWN_IN[unit.currency]]
    return UNITS[MEASURES[measure][0] if measure in MEASURES else SHOWN.get(unit.kind, unit.code)]


def converted(value: Decimal, unit: PublishedUnit, shown: PublishedUnit) -> Fraction:
    """A figure in another unit of its kind, exact."""
    return Fraction(value) * unit.factor / shown.factor
