"""The six figures of 中长期测算: until when, low and high, balanced rate, support, ten years ahead, what is missing in all."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from dashboard.components.parts import Cell, Child, Children, Strong, norm, pieces_of, sentence
from dashboard.components.table import Column, Row, Table
from dashboard.pages.outlook import pressures, reserve, years
from dashboard.pages.outlook.reading import MONTHS, PERSONS, TEN_YEARS, Course, Outlook, YearShown, months_of, sooner
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, within
from data_access.books.outlook.results import HIGH, LOW
from rules.alerts.threshold import Level, Scope
from workflows.outlook.runs import known_to, present_rate
from workflows.thresholds.register import load_register

MONTHS_PAYABLE = "months_payable"  # the indicator whose limits judge the balance


def cells(reading: Reading, found: Outlook) -> list[Cell]:
    of_reserve = reserve.reserve_years(reading, found, found.mid)
    middle = reserve.cells(found, of_reserve) if of_reserve else [_balanced(found), _support(found)]
    return [_lasts(found), _range(found), *middle, _in_ten_years(reading, found), _missing(found)]


def on_screen(reading: Reading, found: Outlook) -> list[Cell]:
    """The six as they are shown: a phone has room for every other one."""
    return [replace(one, only="not-phone") if at % 2 else one for at, one in enumerate(cells(reading, found))]


def figure_table(reading: Reading, found: Outlook) -> Table:
    """The six for files, each figure with its unit and the lines under it; and what the page says they are to be held to."""
    columns = (
        Column("name", _("指标")),
        Column("figure", _("数值"), right=True),
        Column("unit", _("单位")),
        Column("lines", _("说明")),
    )
    rows = []
    for one in cells(reading, found):
        lines = [pieces_of(line) for line in one.lines]
        said = [piece for at, line in enumerate(lines) for piece in ([_("；")] if at and line else []) + line]
        figure = one.figure.figure if isinstance(one.figure, Printed) else pieces_of(one.figure)
        unit = "" if one.figure == display.NO_VALUE else one.unit
        rows.append(Row({"name": one.label, "figure": figure, "unit": unit, "lines": said}))
    compared = {
        _("首年与账对照"): years.first_year(reading, found),
        _("回测"): years.backtest(found),
        _("反推"): pressures.reverse(found),
    }
    rows += [Row({"name": name, "lines": said}) for name, said in compared.items() if said]
    return Table("figures", _("主要数字"), columns, rows, of_now=True, about=found.about)


def _year() -> str:
    """What stands after a year: 年, in English nothing."""
    return _("{year}年", year="")


def until(found: Outlook, course: Course) -> str:
    """The year as it is printed, or 2055后 where the fund lasts longer than is projected."""
    return _("{year}后", year=found.last_year) if course.exhausted is None else found.exhausted(course)


def month_of(found: Outlook, course: Course) -> list[Child]:
    """2046年7月, or 2055年后."""
    at = course.exhausted
    if at is None:
        return [_("{year}年后", year=found.last_year)]
    return sentence(N_("{year}年{month}月"), year=found.exhausted(course), month=str(at.month))


def _lasts(found: Outlook) -> Cell:
    at, lines = found.mid.exhausted, list[Children]()
    if at is not None:
        left = months_of(at) - months_of_now(found)
        text = N_("{month}月用尽，还有{years}年")
        lines.append(sentence(text, month=str(at.month), years=Strong(found.apart("left", left))))
    else:
        lines.append(_("测算期内不用尽"))
    if found.other is not None:
        text = N_("不延迟退休 {month}") if found.reform else N_("延迟退休 {month}")
        lines.append(sentence(text, month=month_of(found, found.other)))
    return Cell(_("可支撑到（中方案）"), until(found, found.mid), "" if at is None else _year(), None, lines)


def months_of_now(found: Outlook) -> int:
    """The month that the version looked at speaks of, as :func:`months_of` counts."""
    year, month = found.about.known[:7].split("-")
    return int(year) * MONTHS + int(month)


def _range(found: Outlook) -> Cell:
    low, high = found.fan(LOW), found.fan(HIGH)
    ends = [until(found, low), until(found, high)]
    figure: list[Child] = [ends[0], "／", ends[1]] if ends[0] != ends[1] else [ends[0]]
    apart = []
    for course in (low, high):
        months = sooner(found.mid.exhausted, course.exhausted)
        if months is not None:
            apart.append(found.apart("from_mid", -months, course.part, signed=True))
    lines: list[Children] = []
    if len(apart) == len((low, high)):
        lines.append(sentence(N_("较中方案 {low} {high} 年"), low=Strong(apart[0]), high=Strong(apart[1])))
    names = [within(_(pressures.SHORT[one.on])) for one in known_to(found.mid.case, found.basis.settings.low)]
    if names:
        lines.append(_("{names}合并变动", names=_("、").join(names)))
    unit = "" if low.exhausted is None or high.exhausted is None else _year()
    return Cell(_("低方案／高方案"), figure, unit, None, lines)


def _balanced(found: Outlook) -> Cell:
    ratio, label = found.mid.balanced_rate, _("平衡费率")
    if ratio is None:
        return Cell(label, display.NO_VALUE, "", None, [_("没有缴费收入")])
    rate, balanced = Fraction(present_rate(found.mid.case)) * 100, ratio * 100
    present, gap = found.printed("rate", rate), balanced - rate
    lines: list[Children]
    if gap <= 0:
        lines = [sentence(N_("现行 {rate}%，不需提高"), rate=Strong(present))]
    else:
        text = N_("现行 {rate}%，须高 {gap} 个百分点")
        lines = [sentence(text, rate=Strong(present), gap=Strong(found.printed("rate_gap", gap)))]
    lines.append(_("使{year}年末结余为零", year=found.last_year))
    return Cell(label, found.printed("balanced_rate", balanced), "%", None, lines)


def _support(found: Outlook) -> Cell:
    first, later = found.mid.years[0], found.mid.year(found.in_ten_years)
    assert later is not None, "within the horizon"
    figure: list[Child] = [
        found.printed("support", first.support, year=first.year),
        " → ",
        found.printed("support", later.support, year=later.year),
    ]
    lines = [
        _moved(found, N_("缴费 {before} → {after} 万人"), "contributors", first, later),
        _moved(found, N_("领取 {before} → {after} 万人"), "retirees", first, later),
    ]
    return Cell(_("抚养比"), figure, _("{year}年", year=later.year), None, lines)


def _moved(found: Outlook, text: str, what: str, first: YearShown, later: YearShown) -> list[Child]:
    """Heads of the first year and of the later one."""
    before, after = (Strong(found.printed(what, getattr(one, what) / PERSONS, year=one.year)) for one in (first, later))
    return sentence(text, before=before, after=after)


def _in_ten_years(reading: Reading, found: Outlook) -> Cell:
    later = found.mid.year(found.in_ten_years)
    assert later is not None, "within the horizon"
    closing = found.printed("closing", later.closing_fen, year=later.year)
    lines = [sentence(N_("{year}年末结余 {amount} 亿元"), year=str(later.year), amount=Strong(closing))]
    if (short := _short_of_limit(reading, found)) is not None:
        lines.append(short)
    figure = found.printed("months_payable", later.months_payable, year=later.year)
    ten = later.year == found.first_year + TEN_YEARS
    label = _("十年后可支付") if ten else _("{year}年末可支付", year=later.year)
    return Cell(label, figure, _("个月"), None, lines)


def _short_of_limit(reading: Reading, found: Outlook) -> list[Child] | None:
    """2043年末起低于红色标准 3.0: from which year's end on the months payable are below the red limit of 可支付月数; None where
    they never are, or no such limit is in force."""
    root = reading.tree.region(reading.tree.root)
    subject = Scope(MONTHS_PAYABLE, reading.scheme.code, root.level, root.code)
    decides = reading.ask(load_register).deciding(subject, "low", f"{reading.today:%Y-%m}")
    limits = () if decides is None else decides.threshold.limits
    red = next((one.at for one in limits if one.level is Level.RED), None)
    if red is None:
        return None
    years = found.mid.years
    last_above = max((at for at, one in enumerate(years) if (one.months_payable or 0) >= red), default=-1)
    if last_above + 1 >= len(years):
        return None
    limit: list[Child] = [norm(display.as_set(red))]
    return sentence(N_("{year}年末起低于红色标准 {limit}"), year=str(years[last_above + 1].year), limit=limit)


def _missing(found: Outlook) -> Cell:
    label, at, missing = _("累计缺口现值"), found.mid.exhausted, found.mid.missing
    if at is None or missing is None:
        return Cell(label, display.NO_VALUE, "", None, [_("测算期内不用尽")])
    lines: list[Children] = [
        _("{first}—{last}年，折到{base}年末", first=at.year, last=found.last_year, base=found.first_year - 1),
        sentence(N_("按当年价 {amount}"), amount=Strong(found.printed("shortfall", missing.amount_fen))),
    ]
    return Cell(label, found.printed("shortfall_worth", missing.worth_fen), _("亿元"), None, lines)
