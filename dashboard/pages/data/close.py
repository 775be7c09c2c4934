"""月度定稿: the signed months, and the step by which a monitor signs the next one."""

from __future__ import annotations

from dataclasses import replace

from dash import Dash, Input, Output, State, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import g

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Children, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.acts import CLOSE_MONTH
from dashboard.site.dispatch import surprise
from dashboard.site.reading import LIVE, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import number_in, parse_view
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.books.versions import MonthClose, close_month
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import PoolwatchError
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.month import Month

PATH = "/data"
STEP = "sign"


class MonthUnbalanced(PoolwatchError):
    """A month whose two sides differ cannot be signed."""

    code = "month_unbalanced"


class MonthSigned(PoolwatchError):
    """The month is signed already, or is not the next one due."""

    code = "month_signed"


def next_month(month: int) -> int:
    return Month(month).plus(1)


def due_month(reading: Reading) -> int | None:
    """The next month to sign: the one after the last signed, once it has ended; None while none is due."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    signed, months = snapshot.closes, snapshot.facts.months
    if not months:
        return None
    due = next_month(signed[-1].month) if signed else months[0]
    running = Month.of(reading.today)
    return due if due < running and due <= months[-1] else None


def balanced(reading: Reading, month: int, version: int) -> bool:
    """Whether both sides of every region agree at the month's end in a version."""
    facts = reading.published.snapshot(reading.scheme.code, LIVE, version).facts
    at = facts.index(month)
    return all(int(facts.identity_difference(code)[at]) == 0 for code in reading.tree.codes)


# --- on the page


def section(reading: Reading, most: int) -> Component:
    """The last signed months, and for those who may sign the next one the step to do it."""
    table = close_table(reading, most)
    listed: Component = (
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.Div(_("还没有定稿的月份。"), className="foot")
    )
    return parts.section(
        _("月度定稿"),
        [_step(reading), listed],
        note=_("定稿后的数不再改变"),
        actions=[frame.exports(PATH, "closes", reading.view)],
    )


def _step(reading: Reading) -> Component:
    month, newest = due_month(reading), reading.published.version
    assert newest is not None
    if month is None:
        return html.Div(_("没有待定稿的月份。"), className="foot")
    name = display.month_name(month)
    if not CLOSE_MONTH.open_to(reading):
        return html.Div(_("待定稿：{month}，由省级监测岗签署。", month=name), className="foot")
    if reading.view.show == STEP and (version := number_in(reading.view.version)) is not None:
        return _confirm(reading, month, version)
    opened = reading.published.snapshot(reading.scheme.code, LIVE).facts.opened
    if not opened or not balanced(reading, month, newest.id):
        why = (
            _("{month}账户合计与收支结余不一致，查明前不能定稿。", month=name)
            if opened
            else _(
                "没有导入期初余额，{month}的结余不能计算，不能定稿。请先导入期初余额表（opening_balance）。", month=name
            )
        )
        return html.Div(
            [
                html.Button(_("定稿{month}", month=name), className="button", disabled=True),
                html.P(why, className="why"),
            ],
            className="next",
        )
    href = reading.view.href(show=STEP, version=str(newest.id), item="")
    return html.Div([html.A(_("定稿{month}", month=name), href=href, className="button main")], className="next")


def _confirm(reading: Reading, month: int, version: int) -> Component:
    """What is about to be signed, at which state of the data, by whom."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE, version)
    facts, at, root = snapshot.facts, snapshot.facts.index(month), reading.tree.root
    at_version = replace(reading.running, view=replace(reading.view, version=str(version)))
    about = replace(at_version.about, place=root, period=display.period_month(month))
    lines: list[Children] = [
        sentence(
            N_("收入{income}亿元，支出{spent}亿元，月末结余{balance}亿元；账户合计与结余一致。"),
            income=display.printed(about.figure("month", int(facts.income(root)[at]), part=INCOME_TOTAL)),
            spent=display.printed(about.figure("month", int(facts.expenditure(root)[at]), part=EXPENDITURE_TOTAL)),
            balance=display.printed(about.figure("balance_total", int(facts.result_balance(root)[at]))),
        ),
        _(
            "依据数据截至{moment}（版本 {number}）。以后到账的更正计入实时数，并列入“以前月份数据更正”。",
            moment=display.moment(snapshot.version.as_of),
            number=version,
        ),
    ]
    return html.Div(
        [
            html.B(
                _(
                    "请确认：由{name}签署{month}为定稿，签署后不能撤销。",
                    name=g.account.name,
                    month=display.month_name(month),
                )
            ),
            *(html.P(line) for line in lines),
            html.Div(
                [
                    html.Button(_("确认定稿"), id="close-sign", className="button main", type="button"),
                    html.A(_("取消"), href=reading.view.href(show="", version=""), className="button"),
                ],
                className="actions",
            ),
            html.Div(id="close-answer", role="status", className="answer"),
        ],
        className="panel next",
    )


def close_table(reading: Reading, most: int | None = None) -> Table:
    """Signed months, newest first."""
    columns = (
        Column("month", _("月份")),
        Column("by", _("签署人")),
        Column("at", _("签署时间")),
        Column("as_of", _("数据版本")),
    )
    signed = reading.published.snapshot(reading.scheme.code, LIVE).closes
    rows = [_row(reading, close) for close in reversed(signed[-most:] if most else signed)]
    return Table("closes", _("月度定稿"), columns, rows, of_now=True)


def _row(reading: Reading, close: MonthClose) -> Row:
    signed = display.local(close.signed_at)
    return Row(
        {
            "month": display.month_name(close.month),
            "by": close.signed_by,
            "at": f"{display.day_name(signed.date())} {signed:%H:%M}",
            "as_of": str(close.version),
        }
    )


# --- signing


def register(app: Dash, site: Site) -> None:
    @app.callback(
        Output("close-answer", "children"),
        Input("close-sign", "n_clicks"),
        State("view", "data"),
        prevent_initial_call=True,
    )
    def sign_month(clicks: int | None, address: str | None) -> list[Child]:
        if not clicks:
            raise PreventUpdate
        path, _mark, query = (address or "").partition("?")
        try:
            return _signed(reading_of(site, parse_view(path, query)), site)
        except PoolwatchError as problem:
            return [html.P(display.problem_text(problem))]
        except Exception:
            return [surprise()]


def _signed(reading: Reading, site: Site) -> list[Child]:
    """Sign the month that is due at the version the reader was shown. Raises NotAllowed, MonthSigned, MonthUnbalanced."""
    CLOSE_MONTH.demand(reading.scope, reading)
    month = due_month(reading)
    version = number_in(reading.view.version)
    if month is None or version is None:
        raise MonthSigned("no month is due", month=reading.snapshot.month)
    if not balanced(reading, month, version):
        raise MonthUnbalanced(f"{month} does not balance", month=month)
    with writing(site.engine) as connection:
        close = close_month(
            connection, reading.scheme.code, month, signed_by=g.account.name, signed_at=reading.now, version=version
        )
        details = {"scheme": close.scheme, "month": month, "version": version}
        audit.record(connection, g.account.login, CLOSE_MONTH.name, f"{close.scheme} {month}", details, reading.now)
    done = html.A(_("完成"), href=reading.view.href(show="", version=""), className="button")
    return [html.P(_("{month}已定稿。", month=display.month_name(month))), done]
