"""The checklist of a month's close in words: what was looked at, what is not in order, and where it is worked."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.intake.sources.status import declared_sources
from workflows.closing import register as closing
from workflows.closing.checklist import Point, State

# What a step of a month's course is called.
STEP_NAMES = {
    closing.SIGN: N_("签署定稿"),
    closing.ASK: N_("申请重开"),
    closing.WITHDRAW: N_("撤回申请"),
    closing.DECLINE: N_("不同意重开"),
    closing.REOPEN: N_("同意重开，定稿撤销"),
}
# Point → its name, what is said when it is met, when not, and when there is nothing to judge it by.
WORDS = {
    "opening": (N_("期初余额"), N_("已导入"), N_("没有导入，结余不能计算，不能定稿"), ""),
    "balances": (N_("账户合计＝收支结余"), N_("{of}个地区逐一相等"), N_("{of}个地区中{open}个不等：{named}"), ""),
    "form": (N_("执行表勾稽"), N_("全省和各市{of}项全部通过"), N_("{of}项中{open}项不符：{named}"), ""),
    "sources": (
        N_("数据来源"),
        N_("{of}个来源当月均已报全"),
        N_("{of}个来源中{open}个未报全：{named}"),
        N_("没有登记数据来源"),
    ),
    "waiting": (N_("待入库文件"), N_("没有"), N_("{open}个尚未入库：{named}"), ""),
    "refused": (N_("校验退回"), N_("没有未重报的退回行"), N_("{open}批有退回行未重报：{named}"), ""),
    "books": (
        N_("对账差异"),
        N_("各方差异均已核对或说明"),
        N_("{open}项差异无人说明：{named}"),
        N_("没有部门报全当月对账数"),
    ),
    "signatures": (
        N_("对账签署"),
        N_("{of}个部门均已签署"),
        N_("{of}个部门中{open}个未签署：{named}"),
        N_("没有部门报全当月对账数"),
    ),
}
# Where a point is worked: page, tab and drawer.
WORKED = {
    "balances": ("/data", "checks", "balance_identity"),
    "sources": ("/data", "sources", ""),
    "waiting": ("/data", "imports", ""),
    "refused": ("/data", "imports", ""),
    "books": ("/funds", "reconcile", ""),
    "signatures": ("/funds", "reconcile", ""),
}
OF_REGIONS = frozenset({"balances", "form", "books"})


def listed(reading: Reading, month: int, points: Sequence[Point]) -> Component:
    """The points one below the other, each with its mark, and where to go for those that are not met."""
    lines = [html.Li(_line(reading, point, month), className=_mark(point)) for point in points]
    return html.Div([html.B(_("{month}定稿清单", month=display.month_name(month))), html.Ul(lines, className="points")])


def _mark(point: Point) -> str:
    return {State.MET: "met", State.NOT_MET: "unmet", State.UNKNOWN: "unknown"}[point.state]


def _line(reading: Reading, point: Point, month: int) -> list[Component | str]:
    name, met, unmet, unknown = WORDS[point.code]
    text = {State.MET: met, State.NOT_MET: unmet, State.UNKNOWN: unknown}[point.state]
    said = _(text, of=point.of, open=point.open, named=_named(reading, point)) if text else ""
    line: list[Component | str] = [html.B(_(name)), html.Span(said)]
    if point.state is State.MET:
        return line
    path, tab, item = WORKED.get(point.code, ("", "", ""))
    if path:
        number = str(int(month)) if tab == "reconcile" else ""
        href = reading.view.href(path=path, tab=tab, item=item, show="", version="", number=number)
        line.append(html.A(_("去看"), href=href))
    line.append(html.Small(_("必须满足") if point.binding else _("可说明后签署")))
    return line


def _named(reading: Reading, point: Point) -> str:
    """The first of what is not in order by their names, and that there are more."""
    if point.code in OF_REGIONS:
        names = [name_of(reading.tree.region(code)) for code in point.named]
    elif point.code == "sources":
        sources = reading.ask(declared_sources, reading.scheme.code)
        names = [name_of(sources[code]) if code in sources else code for code in point.named]
    elif point.code == "signatures":
        names = [department_name(one) for one in point.named]
    else:
        names = list(point.named)
    shown = _("、").join(dict.fromkeys(names))
    return _("{names}等", names=shown) if point.open > len(point.named) else shown


def summary(points: Sequence[Point], why: str) -> str:
    """A kept checklist in a line: all met, or which were explained and how."""
    open_points = [_(WORDS[point.code][0]) for point in points if point.state is not State.MET]
    if not open_points:
        return _("{count}项全部满足", count=len(points))
    return _("{points}未满足，说明：{why}", points=_("、").join(open_points), why=why)
