"""参数: every dated value that the rules of a fund rest on, with the article it comes from, the assumed ones first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.gap.parameters import value_words
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from data_access.books.parameters import Setting, settings
from rules.errors import NotInForce
from rules.scheme import Parameter, ParameterValue

STATES = {
    "enacted": N_("文件规定"),
    "planned": N_("文件计划"),
    "assumed": N_("暂定"),
    "adopted": N_("省定"),
}
ORDER = ("assumed", "adopted", "planned", "enacted")
UNITS = {
    "date": N_("日期"),
    "day": N_("日"),
    "days": N_("天"),
    "fen": N_("分（金额）"),
    "months": N_("个月"),
    "points": N_("分值"),
    "ratio": N_("比例"),
    "years": N_("年"),
    "yuan": N_("元"),
}


# Words of the profiles that name a rule or an account.
CODES: dict[str, str] = {
    "days_after_collection": N_("入库后按天数"),
    "month_end": N_("按月"),
    **{code.value: name for code, name in display.ACCOUNT_NAMES.items()},
}


@dataclass(frozen=True, slots=True)
class Dated:
    """One value from one day on. ``holds``: it is the one in force today; ``set`` is how the province set it, None where
    it is the document's or the profile's own."""

    parameter: Parameter
    value: ParameterValue
    holds: bool
    set: Setting | None


def show(reading: Reading) -> Component:
    every = list(_every(reading))
    holding = [one for one in every if one.holds]
    assumed = [one for one in holding if one.value.assumed]
    verified = reading.scheme.verified_through
    said = sentence(
        N_("{scheme}现行参数{count}项，其中文件未明确、暂定的{assumed}项。"),
        scheme=name_of(reading.scheme),
        count=Strong(str(len(holding))),
        assumed=Strong(str(len(assumed))),
    )
    second = _("参数文件依据{document}；", document=reading.scheme.document)
    second += _("核对至{day}。", day=display.day_name(verified)) if verified else _("未注明核对日期。")
    there = View("/gap", reading.view.scheme, item="parameters").href()
    actions = [html.A(_("设定暂定参数"), href=there, className="button main")]
    table, everything = parameter_table(reading), reading.view.show == "all"
    looks = [
        (_("现行"), reading.view.href(show=""), not everything),
        (_("全部"), reading.view.href(show="all"), everything),
    ]
    body = parts.section(
        _("政策参数"),
        html.Div(html_table(table), className="scroll"),
        note=_("暂定的在前；每个值都有起始日期"),
        actions=[parts.segment(looks, label=_("看哪些"), small=True), frame.exports(PATH, table.code, reading.view)],
        foot=_(
            "文件已规定的不能更改；发放日、用款申请日等日期也是参数。暂定的由系统管理员设定，写明日期和理由，前后都有记录。"
        ),
    )
    return html.Div([parts.conclusion(said, second, actions), body])


def _every(reading: Reading) -> Iterator[Dated]:
    """Every value there is, as the province has it, of each parameter the newest first."""
    given: Mapping[tuple[str, date], Setting] = {
        (one.code, one.starts_on): one for one in reading.ask(settings, reading.scheme.code)
    }
    for code, parameter in reading.scheme.parameters.items():
        for value in sorted(parameter.values, key=lambda one: one.starts_on, reverse=True):
            yield Dated(parameter, value, _holds(reading, code, value), given.get((code, value.starts_on)))


def _holds(reading: Reading, code: str, value: ParameterValue) -> bool:
    try:
        chosen = reading.scheme.parameter(code, reading.today, value.region)
    except NotInForce:
        return False
    return (chosen.starts_on, chosen.region, chosen.value) == (value.starts_on, value.region, value.value)


def parameter_table(reading: Reading) -> Table:
    """The values in force, or all, those that no document lays down first."""
    columns = (
        Column("name", _("参数")),
        Column("value", _("取值"), className="norm wrap"),
        Column("unit", _("单位")),
        Column("from", _("起始日期"), "day"),
        Column("region", _("适用地区")),
        Column("state", _("性质")),
        Column("source", _("依据或理由"), className="written wrap"),
        Column("by", _("设定人")),
        Column("at", _("设定时间")),
    )
    shown = [one for one in _every(reading) if one.holds or reading.view.show == "all"]
    shown.sort(key=lambda one: (ORDER.index(one.value.status), not one.holds))
    return Table("parameters", _("政策参数"), columns, [_row(reading, one) for one in shown], of_now=True)


def _row(reading: Reading, one: Dated) -> Row:
    value, unit = one.value, one.parameter.unit
    place = value.region
    known = place is not None and place in reading.tree
    values: dict[str, object] = {
        "name": name_of(one.parameter),
        "value": None if value.value is None else _words(reading, value.value),
        "unit": _(UNITS[unit]) if unit in UNITS else "",
        "from": value.starts_on,
        "region": name_of(reading.tree.region(place)) if known and place else place or _("全省"),
        "state": _(STATES[value.status]),
        "source": value.source or value.reason or "",
        "by": one.set.set_by if one.set else "",
        "at": display.moment(one.set.set_at) if one.set else "",
    }
    tag = {} if one.holds else {"state": html.Span(_("非现行"), className="tag")}
    return Row(values, extra=tag)


def _words(reading: Reading, value: object) -> str:
    """A value on one line: items and accounts by name, parts of a list by name and number."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return "；".join(filter(None, map(_part, value)))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        items = {item.code: name_of(item) for item in reading.scheme.items}
        return _("、").join(items.get(str(one), str(one)) for one in value)
    if isinstance(value, str) and value in CODES:
        return _(CODES[value])
    return value_words(value)


def _part(one: Mapping[str, object]) -> str:
    """One part of a list: its name or from where on, and the first number or word that it is given."""
    name = one.get("label") or one.get("name") or one.get("item") or one.get("step")
    said = [name, *(one.get(key) for key in ("from", "weight", "points", "share", "consequence", "method"))]
    return " ".join(str(part) for part in said if part not in (None, ""))


TAB = Tab("parameters", N_("政策参数"), show, tables={"parameters": parameter_table})
