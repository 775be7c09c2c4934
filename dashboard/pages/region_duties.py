"""What a region must do and what it owes, for 本地概况."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.components.table import Column, Table, html_table
from dashboard.reading import Reading
from dashboard.wording import _


def dues(reading: Reading) -> list[Child]:
    return [_("没有待办事项，没有逾期应缴。")]


def duties_section(reading: Reading) -> Component:
    return parts.section(_("本地需办事项"), html.Div(_("没有待办事项。"), className="foot"))


def dues_section(reading: Reading) -> Component:
    table = dues_table(reading)
    return parts.section(_("应缴与扣缴"), html_table(table))


def dues_table(reading: Reading) -> Table:
    return Table("dues", _("应缴与扣缴"), (Column("item", _("事项")), Column("due", _("应缴"), "money")), [])
