"""压力测试: what each shock does to the year until which the money lasts, the heaviest first; and, the other way round, how low
collection would have to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, cell
from dashboard.pages.outlook.reading import MONTHS, PATH, Outlook, months_of, sooner
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between
from rules.projection.flows import of_year
from rules.projection.fund_path import Exhausted
from rules.projection.stress import Outcome, Shock
from workflows.outlook.runs import POINT

CODE = "pressures"
ON = {
    "wage": N_("缴费基数增长"),
    "entrants": N_("新参保"),
    "collection": N_("征缴率"),
    "adjustment": N_("待遇调整"),
    "mortality": N_("死亡率"),
    "interest": N_("结余收益率"),
    "retirement": N_("退休年龄"),
    "subsidies": N_("财政补贴"),
}
# The same where there is little room.
SHORT = {
    "wage": N_("工资"),
    "entrants": N_("新参保"),
    "collection": N_("征缴"),
    "adjustment": N_("待遇"),
    "mortality": N_("死亡率"),
    "interest": N_("收益率"),
    "retirement": N_("退休年龄"),
    "subsidies": N_("补贴"),
}
# Those whose size is a share of what there is; others are in percentage points.
SHARES = frozenset({"entrants", "mortality", "subsidies"})


@dataclass(frozen=True, slots=True)
class Pressure:
    """A shock beside the base. ``months``: by how many the fund is used up sooner, below zero later, None where it is not
    used up under both."""

    shock: Shock
    outcome: Outcome
    months: int | None


def shock_name(shock: Shock) -> str:
    """What a shock is put on."""
    return ON[shock.on]


def shock_size(shock: Shock) -> str:
    """+1个百分点, −20%; "" where there is no size, and the years where it is of some alone."""
    if shock.on == "retirement":
        return ""
    percent = display.number(shock.size * 100, _places(shock.size * 100), signed=True)
    return f"{percent}%" if shock.on in SHARES else _("{points}个百分点", points=percent)


def _places(value: Decimal) -> int:
    return len(format(value.normalize(), "f").partition(".")[2])


def shock_words(shock: Shock) -> str:
    """待遇调整 +1个百分点, with the years where it is of some alone."""
    if shock.on == "retirement":
        return _("不延迟退休")
    said = f"{_(shock_name(shock))} {shock_size(shock)}"
    if shock.from_year is None and shock.to_year is None:
        return said
    if shock.to_year is None:
        return said + _("（{year}年起）", year=shock.from_year)
    if shock.from_year is None:
        return said + _("（至{year}年）", year=shock.to_year)
    return said + _("（{first}—{last}年）", first=shock.from_year, last=shock.to_year)


def pressures(found: Outlook) -> list[Pressure]:
    """The shocks of the stress test, those that use the fund up soonest first."""
    if found.test is None or found.asked is None:
        return []
    outcomes = {one.code: one for one in found.test.shocks}
    every = [
        Pressure(shock, outcomes[shock.code], sooner(found.mid.exhausted, outcomes[shock.code].exhausted))
        for shock in found.asked.shocks
        if shock.code != POINT.code and (found.reform or shock.on != "retirement")
    ]
    return sorted(every, key=lambda one: (_end(found, one.outcome.exhausted), one.shock.code))


def _end(found: Outlook, at: Exhausted | None) -> int:
    """The month of exhaustion, that after the horizon where there is none."""
    return (found.last_year + 1) * MONTHS if at is None else months_of(at)


def section(reading: Reading, found: Outlook) -> Component:
    every = pressures(found)
    if not every:
        return parts.section(_("压力测试"), html.Div(_("没有压力测试的结果。"), className="foot"))
    table = pressure_table(found)
    return parts.section(
        _("压力测试"),
        [_rows(reading, found, every, table), html.Div(reverse(found), className="foot reverse")],
        note=_("单项变动使用尽提前的年数"),
        actions=[html.A(_("改幅度"), href=reading.view.href(item="shocks")), frame.exports(PATH, CODE, reading.view)],
        className="pressures",
    )


def _rows(reading: Reading, found: Outlook, every: Sequence[Pressure], table: Table) -> Component:
    """One line a shock: its name leads to the page under it, and back."""
    base = _end(found, found.mid.exhausted)
    most = max(1, *(abs(base - _end(found, one.outcome.exhausted)) for one in every))
    heads = [_("压力"), "", _("提前"), _("支撑到")]
    head = html.Tr([html.Th(text, scope="col", className="r" if at > 1 else "") for at, text in enumerate(heads)])
    columns = {column.key: column for column in table.columns}
    rows = []
    for one, row in zip(every, table.rows, strict=True):
        on = found.shock is not None and found.shock.code == one.shock.code
        href = reading.view.href(shock="" if on else one.shock.code, item="")
        named = html.A(
            [parts.norm(shock_words(one.shock))],
            href=href,
            className="cover",
            **attributes(aria_current="true" if on else None, data_key="escape" if on else None),
        )
        months = base - _end(found, one.outcome.exhausted)
        bar = html.Span(
            html.Span(
                className="sooner" if months >= 0 else "later", style={"width": f"{abs(months) / most * 100:.2f}%"}
            ),
            className="sooner-bar",
            **attributes(aria_hidden="true"),
        )
        cells = [
            html.Td(named),
            html.Td(bar),
            html.Td(_sooner(one, cell(table, columns["sooner"], row)), className="r"),
            html.Td(_until(found, one, cell(table, columns["until"], row)), className="r"),
        ]
        rows.append(html.Tr(cells, **attributes(aria_selected="true" if on else None, data_href=href)))
    caption = html.Caption(_("压力测试"), className="vh")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="t pressure-rows")


def _sooner(one: Pressure, printed: str) -> list[Child]:
    return [printed] if one.months is None else [printed, between(), _("年")]


def _until(found: Outlook, one: Pressure, printed: str) -> list[Child]:
    if one.outcome.exhausted is None:
        return [_("{year}年后", year=found.last_year)]
    return sentence(N_("{year}年"), year=printed)


def pressure_table(found: Outlook) -> Table:
    """Each shock with what it comes to, for files."""
    base_year = found.base_year
    columns = (
        Column("name", _("压力")),
        Column("sooner", _("提前（年）"), "number", places=1, what="outlook.sooner"),
        Column("until", _("支撑到"), right=True, what="outlook.exhausted"),
        Column("balance_5", _("{year}年末结余", year=base_year + 5), "money", what="outlook.closing"),
        Column("balance_10", _("{year}年末结余", year=base_year + 10), "money", what="outlook.closing"),
        Column("lowest", _("最低可支付月数"), "number", places=1, what="outlook.months_payable"),
        Column("lowest_year", _("最低年份")),
    )
    rows = []
    for one in pressures(found):
        outcome, named = one.outcome, found.under(one.shock.code)
        at, lowest = outcome.exhausted, outcome.lowest
        values = {
            "name": shock_words(one.shock),
            "sooner": found.figure("sooner", None if one.months is None else Decimal(one.months) / MONTHS, named),
            "until": _("{year}年后", year=found.last_year) if at is None else found.figure("exhausted", at.year, named),
            "balance_5": found.figure("closing", outcome.balance_5_fen, named, base_year + 5),
            "balance_10": found.figure("closing", outcome.balance_10_fen, named, base_year + 10),
            "lowest": None
            if lowest is None
            else found.figure("months_payable", lowest.months_payable, named, lowest.year),
            "lowest_year": "" if lowest is None else str(lowest.year),
        }
        rows.append(Row(values, part=named))
    return Table(CODE, _("压力测试"), columns, rows, of_now=True, about=found.about)


def reverse(found: Outlook) -> list[Child]:
    """反推：征缴率降到91.5%，2041年用尽；降到84.4%，2036年用尽。"""
    if found.test is None or found.asked is None or not found.asked.reverse:
        return []
    sizes = {one.code: one.size for one in found.test.reverse}
    collection = found.mid.case.assumptions.collection
    constant = not isinstance(collection, tuple) or len(set(collection)) == 1
    clauses: list[Child] = [_("反推：")]
    for number, asked in enumerate(found.asked.reverse):
        size = sizes.get(asked.code)
        clauses += [_("；")] if number else []
        year = str(asked.exhausted_by)
        part = found.under(asked.code)
        if size is None:
            clauses += sentence(N_("征缴率降到零，{year}年末也不用尽"), year=year)
        elif constant:
            level = found.printed("collection", (of_year(collection, 0) + size) * 100, part)
            clauses += sentence(N_("征缴率降到{level}%，{year}年用尽"), level=Strong(level), year=year)
        else:
            level = display.printed(found.figure("collection_less", size * 100, part), absolute=True)
            clauses += sentence(N_("征缴率每年再低{level}个百分点，{year}年用尽"), level=Strong(level), year=year)
    return [*clauses, _("。")]
