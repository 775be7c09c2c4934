"""What exports can do on this machine, and what to install for the rest: a small list for 简报材料 and 数据接入."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.table import Column, Row, Table, html_table
from dashboard.exports.probe import FONT_PACKAGE, STYLE_PACKAGES, Environment, Kind
from dashboard.words.wording import N_, _

STYLES = {"song": N_("宋体"), "hei": N_("黑体"), "kai": N_("楷体"), "fang": N_("仿宋")}
FORMATS: dict[Kind, str] = {"pdf": N_("PDF"), "pdf-as-word": N_("与Word一致的PDF")}


def environment_list(found: Environment) -> Component:
    """One line for each format and each style of font."""
    rows = [_row(_("Word、幻灯片、Excel"), _("可用"), _("不需要其他软件"))]
    for kind, name in FORMATS.items():
        why_not = found.why_not(kind)
        rows.append(_row(_(name), _("不可用") if why_not else _("可用"), why_not))
    for style, name in STYLES.items():
        family = found.fonts.get(style, "")
        rows.append(_row(_(name), family or _("没有"), "" if family else _instead(found, style)))
    browser = _("有") if found.browser else _("没有")
    rows.append(_row(_("服务器上的浏览器"), browser, _("不影响导出：图由绘图组件画，图片由读者的浏览器存")))
    columns = (Column("part", _("部件")), Column("state", _("状况")), Column("said", _("说明")))
    return html.Div(html_table(Table("environment", _("导出环境"), columns, rows)), className="scroll")


def _instead(found: Environment, style: str) -> str:
    packages = STYLE_PACKAGES[style]
    if not found.fonts:
        return _("请安装 {packages}", packages=FONT_PACKAGE)
    family = found.fonts.get("song") or found.fonts["any"]
    return _("用 {family} 代替；可安装 {packages}", family=family, packages=packages)


def _row(part: str, state: str, said: str) -> Row:
    return Row({"part": part, "state": state, "said": said})
