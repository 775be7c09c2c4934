"""How figures are shown: the only place that rounds for show, converts 元 to 亿元 and words a date, status or reason.

Table style (cards, tables, charts): a unit written once, two decimals, thousands separators, U+2212 for minus.
Prose style is for documents. A figure is rounded once, from its exact value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from dashboard.words.passport import Figure, Number as Number, Printed
from dashboard.words.problems import (
    problem_text as problem_text,
    rejection_line as rejection_line,
    rejection_text as rejection_text,
)
from dashboard.words.wording import N_, NO_VALUE as NO_VALUE, _, language
from rules.money import rounded, trimmed
from rules.month import SHANGHAI, Month
from rules.movements import Account

MINUS, CURRENCY = "−", "¥"
YEAR = "year"  # the unit and the style of a calendar year, which has no thousands


@dataclass(frozen=True, slots=True)
class Unit:
    """A money unit of tables: its name, how many fen it holds, and how many of it the English unit in its place holds."""

    code: str
    name: str
    fen: int
    english: int = 1


UNITS = {
    "yi": Unit("yi", N_("亿元"), 10_000_000_000, 10),
    "wan": Unit("wan", N_("万元"), 1_000_000, 100),
    "yuan": Unit("yuan", N_("元"), 100),
}


def fen_in(unit: str) -> int:
    """How many fen the reader's unit holds: 亿元 and 万元, in English billions and millions of yuan."""
    one = UNITS[unit]
    return one.fen * (one.english if language() == "en" else 1)


def number(value: Number | None, places: int = 2, *, signed: bool = False) -> str:
    """``1,234.50``; with ``signed`` a plus too; ``—`` when there is no value. Half up, never ``−0.00``."""
    if value is None:
        return NO_VALUE
    return _shown(rounded(value, places), signed)


def as_set(value: Decimal) -> str:
    """A value that somebody laid down, with every digit of it and no trailing zeros: ``2.5``, ``1,000``."""
    return number(value, len(f"{value.normalize():f}".partition(".")[2]))


def _shown(value: Decimal, signed: bool) -> str:
    return f"{value:{'+' if signed and value else ''},f}".replace("-", MINUS)


def money(fen: int | None, unit: str = "yi", *, signed: bool = False) -> str:
    """An amount in a table's unit, two decimals, without the unit's name. What is not zero is not written as zero: an
    amount that two decimals would hide has as many as its first two digits need."""
    return NO_VALUE if fen is None else _shown(amount(fen, unit), signed)


def amount(fen: Number, unit: str) -> Decimal:
    """An amount as it is read in a table's unit. Billions below ten have three decimals, as the same in 亿元 has two."""
    return _amount(fen, fen_in(unit), unit == "yi" and language() == "en")


# A figure stands in a chart, in its table and in the text.
@lru_cache(maxsize=4096)
def _amount(fen: Number, held: int, billions: bool) -> Decimal:
    numerator, denominator = fen.as_integer_ratio()
    exact = Fraction(numerator, denominator * held)
    usual = 3 if billions and abs(exact) < 10 else 2
    places = usual
    while exact and abs(exact.numerator) * 2 * 10**places < exact.denominator:
        places += 1
    return rounded(exact, usual) if places == usual else trimmed(rounded(exact, places + 1))


def printed(
    figure: Figure, unit: str = "yi", *, places: int | None = None, signed: bool = False, absolute: bool = False
) -> Printed:
    """A figure in a table's style, without its unit's name: an amount in ``unit``, others with their usual decimals unless
    told; ``absolute`` leaves the sign to the words around it. ``—`` where there is none."""
    sign = "|" if absolute else "+" if signed else ""
    plain = YEAR if figure.unit == YEAR else str(figure.places if places is None else places)
    style = sign + (unit if figure.unit in ("fen", "fen_days") else plain)
    return Printed(in_style(figure.value, style), figure, style)


def in_style(value: Number | None, style: str) -> str:
    """An exact value printed in a style of :class:`Printed`."""
    signed, absolute = style.startswith("+"), style.startswith("|")
    kind = style.lstrip("+|")
    shown: Number | None = value if value is None or not absolute or value >= 0 else -value
    if kind in UNITS:
        return NO_VALUE if shown is None else _shown(amount(shown, kind), signed)
    if kind == YEAR:
        return NO_VALUE if shown is None else str(shown)
    return number(shown, int(kind), signed=signed)


def as_read(text: str) -> Decimal:
    """The number that a printed figure reads as."""
    return Decimal(text.replace(",", "").replace(MINUS, "-"))


def rounding_note(terms: Sequence[Printed], less: Sequence[Printed], result: Printed) -> str:
    """分项四舍五入，相差0.01: that terms as they are read, less others, do not make the result that is read; "" where they
    do, and where one of them is missing."""
    if NO_VALUE in (*terms, *less, result):
        return ""

    off = number(abs(sum(map(as_read, terms)) - sum(map(as_read, less)) - as_read(result)))
    return _("分项四舍五入，相差{off}", off=off) if off != number(0) else ""


def unit_name(unit: str) -> str:
    return _(UNITS[unit].name)


# What stands after a figure that is no amount.
UNIT_NAMES = {
    "yuan": N_("元"),
    "months": N_("个月"),
    "years": N_("年"),
    "percent": "%",
    "points": N_("百分点"),
    "days": N_("天"),
    "working_days": N_("个工作日"),
    "permille": "‰",
    "times": N_("倍"),
    "ratio": N_("比"),
    "score": N_("分"),
    "cases": N_("件"),
    "persons": N_("人"),
    "10k persons": N_("万人"),
    YEAR: "",
}


def before(figure: Figure) -> str:
    """What stands before a figure: the sign of the currency, where the language puts it there."""
    return CURRENCY if figure.unit == "fen" and figure.value is not None and _("元") == CURRENCY else ""


def after(figure: Figure, unit: str = "yi") -> str:
    """The unit as it follows a figure: ``%``, `` 百分点``, `` 亿元``; nothing after one that is missing."""
    if figure.value is None:
        return ""
    name = unit_name(unit) if figure.unit == "fen" else _(UNIT_NAMES[figure.unit])
    name = name.removeprefix(CURRENCY).strip()
    return name if name in ("%", "‰", "") else f" {name}"


def with_unit(shown: str, figure: Figure, unit: str = "yi") -> list[str]:
    """A figure as it was printed, between what stands before and after it."""
    return [part for part in (before(figure), shown, after(figure, unit)) if part]


def axis_value(fen: int, unit: str = "yi") -> float:
    """An amount as the float a chart needs, in the unit; for drawing only."""
    return float(Fraction(fen, fen_in(unit)))


# --- time


def local(instant: datetime) -> datetime:
    """An instant on the reader's clock, Asia/Shanghai."""
    return instant.astimezone(SHANGHAI)


MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_name(month: int) -> str:
    """``2026年10月`` / ``Oct 2026``."""
    year, number_ = Month(month).year, Month(month).number
    return (
        f"{MONTHS_EN[number_ - 1]} {year}" if language() == "en" else _("{year}年{month}月", year=year, month=number_)
    )


def short_month(month: int) -> str:
    """``10月`` / ``Oct``."""
    number_ = Month(month).number
    return MONTHS_EN[number_ - 1] if language() == "en" else _("{month}月", month=number_)


def span(first: str, last: str) -> str:
    """2023年11月—2026年10月: from one month, as it is named, to another."""
    return _("{first}—{last}", first=first, last=last)


def day_name(day: date) -> str:
    """``2026年11月20日`` / ``20 Nov 2026``."""
    if language() == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return _("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def short_day(day: date) -> str:
    """``11月20日`` / ``20 Nov``."""
    if language() == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]}"
    return _("{month}月{day}日", month=day.month, day=day.day)


def moment(instant: datetime) -> str:
    """``11月20日08:15`` / ``20 Nov 08:15``."""
    here = local(instant)
    return f"{short_day(here.date())}{' ' if language() == 'en' else ''}{here:%H:%M}"


def period_month(month: int) -> str:
    """The period code of a month: ``2026-10``."""
    return Month(month).iso


# --- names the data do not carry

ACCOUNT_NAMES = {
    Account.TREASURY: N_("国库待划转"),
    Account.PROVINCIAL: N_("省级财政专户活期"),
    Account.DEPOSIT: N_("定期存款与国债"),
    Account.ENTRUSTED: N_("委托投资"),
    Account.LOCAL_FISCAL: N_("市县财政专户"),
    Account.CITY_EXPENDITURE: N_("市级支出户"),
    Account.EXPENDITURE: N_("支出户"),
    Account.LOCAL_LEGACY: N_("地方历年结余"),
    Account.LEGACY_DEPOSIT: N_("地方历年结余定期"),
    Account.RESERVE: N_("储备金"),
}
