"""月度定稿: the signed months, the checklist of the next one, and the steps by which it is signed or a signature taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import frame, parts
from dashboard.components.parts import Children, sentence
from dashboard.components.table import Cell, Column, Row, Table, html_table
from dashboard.pages.data import close_points
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Area, blank
from dashboard.site.reading import LIVE, Reading
from dashboard.site.view import View, number_in
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.books.versions import MonthClose
from rules.errors import PoolwatchError
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.month import Month
from workflows.closing import register as closing
from workflows.closing.checklist import Point, State, checklist
from workflows.closing.register import MonthStep, asked, load_steps
from workflows.people.rights import DECIDING, MONITORS

PATH = "/data"
STEP, REOPENING = "sign", "reopen"
EXPLAINED = Area("why", N_("对未满足各项的说明"), rows=2)
REASON = Area("why", N_("理由"), rows=2)


class MonthSigned(PoolwatchError):
    """The month is signed already, or is not the next one due."""

    code = "month_signed"


def due_month(reading: Reading) -> int | None:
    """The next month to sign: the one after the last signed, once it has ended; None while none is due."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    signed, months = snapshot.closes, snapshot.facts.months
    if not months:
        return None
    due = Month(signed[-1].month).plus(1) if signed else months[0]
    running = Month.of(reading.today)
    return due if due < running and due <= months[-1] else None


def points_of(reading: Reading, month: int, version: int) -> tuple[Point, ...]:
    """The checklist of a month at a version, as of now."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE, version)
    books = reading.published.reconciliation(reading.scheme.code, version, Month(month).year)
    return reading.ask(checklist, snapshot.facts, snapshot.plans, books, month, reading.now)


# --- acts


@act("close_month", N_("月度定稿"), MONITORS, (blank(EXPLAINED),), whole=True)
def close_month(deed: Deed) -> Done:
    """Sign the month that is due at the version the reader was shown. Raises NotAllowed, MonthSigned, MonthRefused."""
    reading = deed.reading
    month, version = due_month(reading), number_in(reading.view.version)
    if month is None or version is None:
        raise MonthSigned("no month is due", month=reading.snapshot.month)
    points = points_of(reading, month, version)
    closing.sign(deed.connection, reading.scheme.code, month, version, points, deed[blank(EXPLAINED)] or "", deed.by)
    return _done(deed, _("{month}已定稿。", month=display.month_name(month)), month, version=version)


@act("ask_reopening", N_("申请重开"), MONITORS, (REASON,), whole=True)
def ask_reopening(deed: Deed) -> Done:
    """Ask that the last signature be taken back. Raises MonthRefused."""
    month = _asked_about(deed)
    closing.ask_reopening(deed.connection, deed.reading.scheme.code, month, deed[REASON], deed.by)
    return _done(deed, _("已申请，由另一人决定；决定前仍按定稿。"), month)


@act("withdraw_reopening", N_("撤回申请"), MONITORS, (blank(REASON),), whole=True)
def withdraw_reopening(deed: Deed) -> Done:
    """Ask no longer. Raises MonthRefused."""
    month = _asked_about(deed)
    why = deed[blank(REASON)] or ""
    closing.withdraw_reopening(deed.connection, deed.reading.scheme.code, month, why, deed.by)
    return _done(deed, _("申请已撤回，定稿照旧。"), month)


@act("reopen_month", N_("同意重开"), DECIDING, (REASON,), whole=True)
def reopen_month(deed: Deed) -> Done:
    """The second person's yes. Raises MonthRefused."""
    month = _asked_about(deed)
    closing.decide_reopening(deed.connection, deed.reading.scheme.code, month, True, deed[REASON], deed.by)
    return _done(deed, _("{month}已重开，更正入账后请重新定稿。", month=display.month_name(month)), month)


@act("decline_reopening", N_("不同意"), DECIDING, (REASON,), whole=True)
def decline_reopening(deed: Deed) -> Done:
    """The second person's no. Raises MonthRefused."""
    month = _asked_about(deed)
    closing.decide_reopening(deed.connection, deed.reading.scheme.code, month, False, deed[REASON], deed.by)
    return _done(deed, _("已答复不同意，定稿照旧。"), month)


ACTS: tuple[Act, ...] = (close_month, ask_reopening, withdraw_reopening, reopen_month, decline_reopening)


def _asked_about(deed: Deed) -> int:
    """The month that the form was about: the last one signed when it was shown. Raises MonthRefused by the register."""
    return number_in(deed.reading.view.number) or 0


def _done(deed: Deed, message: str, month: int, **details: object) -> Done:
    scheme = deed.reading.scheme.code
    href = deed.reading.view.href(show="", version="", number="", item="")
    told = {"scheme": scheme, "month": month, **details}
    return Done(message, f"{scheme} {month}", told, href=href, refresh=True)


# --- on the page


def section(reading: Reading, most: int) -> Component:
    """The last signed months, and for those who may the step to sign the next one or to reopen the last."""
    table = close_table(reading, most)
    listed: Component = (
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.Div(_("还没有定稿的月份。"), className="foot")
    )
    return parts.section(
        _("月度定稿"),
        [_step(reading), *_reopening(reading), listed],
        note=_("正式材料一律用定稿数"),
        actions=[frame.exports(PATH, "closes", reading.view)],
    )


def _step(reading: Reading) -> Component:
    month, newest = due_month(reading), reading.published.version
    assert newest is not None
    if month is None:
        return html.Div(_("没有待定稿的月份。"), className="foot")
    waits = html.Div(_("待定稿：{month}，由省级监测岗签署。", month=display.month_name(month)), className="foot")
    if not reading.sees_siblings:
        return waits  # the list names other regions and what they sent
    chosen = number_in(reading.view.version) if reading.view.show == STEP else None
    version = chosen or newest.id
    points = points_of(reading, month, version)
    listed = close_points.listed(reading, month, points)
    if not close_month.open_to(reading):
        return html.Div([waits, listed], className="next")
    if chosen is not None:
        return html.Div([listed, _confirm(reading, month, version, points)], className="next")
    unmet = any(point.binding and point.state is not State.MET for point in points)
    said = _("定稿{month}", month=display.month_name(month))
    href = reading.view.href(show=STEP, version=str(newest.id), item="", number="")
    button: Component = (
        html.Button(said, className="button", disabled=True)
        if unmet
        else html.A(said, href=href, className="button main")
    )
    return html.Div([listed, button], className="next")


def _confirm(reading: Reading, month: int, version: int, points: tuple[Point, ...]) -> Component:
    """What is about to be signed, at which state of the data, by whom."""
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE, version)
    facts, root = snapshot.facts, reading.tree.root
    at = facts.index(month)
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
        _("签署后，撤销须另一人同意并写明理由。"),
    ]
    explained = (EXPLAINED,) if any(point.to_explain for point in points) else ()
    back = html.A(_("取消"), href=reading.view.href(show="", version=""), className="button")
    return html.Div(
        [
            html.B(_("请确认：签署{month}为定稿。", month=display.month_name(month))),
            *(html.P(line) for line in lines),
            close_month.form(reading, shown=explained, button=_("确认定稿")),
            html.Div([back], className="actions"),
        ],
        className="panel next",
    )


def _reopening(reading: Reading) -> list[Component]:
    """A request that waits and who may decide on it; else, for a monitor, the way to ask."""
    signed = reading.published.snapshot(reading.scheme.code, LIVE).closes
    if not signed or not reading.sees_siblings:
        return []
    last, steps = signed[-1].month, reading.ask(load_steps, reading.scheme.code)
    name, view = display.month_name(last), reading.view
    about = replace(view, number=str(last), show="", item="", version="")
    request = asked(steps, last)
    if request is None:
        if not ask_reopening.open_to(reading):
            return []
        if view.show != REOPENING:
            href = view.href(show=REOPENING, item="", version="")
            return [html.Div(html.A(_("申请重开{month}", month=name), href=href), className="next")]
        said = _("{month}重开后不再是定稿：简报、考核、预警改用上一个定稿月，更正入账后须重新签署。", month=name)
        back = html.A(_("取消"), href=view.href(show=""), className="button")
        form = ask_reopening.form(reading, view=about)
        return [html.Div([html.P(said), form, html.Div([back], className="actions")], className="panel next")]
    told = sentence(
        N_("{name}{moment}申请重开{month}：{why}。决定前仍按定稿。"),
        name=request.name,
        moment=display.moment(request.happened_at),
        month=name,
        why=request.text,
    )
    return [html.Div([html.P(told), *_decision(reading, request, about)], className="panel next")]


def _decision(reading: Reading, request: MonthStep, about: View) -> list[Component]:
    if request.login == g.account.login:
        return [withdraw_reopening.form(reading, shown=(), view=about, main=False)]
    if not reopen_month.open_to(reading):
        return []
    return [reopen_month.form(reading, view=about), decline_reopening.form(reading, view=about, main=False)]


def close_table(reading: Reading, most: int | None = None) -> Table:
    """Signed months, newest first; for the province also with which list, and the signatures that were taken back and why."""
    columns = [
        Column("month", _("月份")),
        Column("by", _("签署人")),
        Column("at", _("签署时间")),
        Column("as_of", _("数据版本")),
    ]
    signed = reading.published.snapshot(reading.scheme.code, LIVE).closes
    steps = reading.ask(load_steps, reading.scheme.code)
    rows = [_row(close, steps) for close in reversed(signed[-most:] if most else signed)]
    if reading.sees_siblings:
        columns += [Column("points", _("清单")), Column("state", _("状态"))]
        rows += [_taken_back(one, steps) for one in reversed(steps) if one.step == closing.REOPEN]
    return Table("closes", _("月度定稿"), columns, rows, of_now=True)


def _row(close: MonthClose, steps: Sequence[MonthStep]) -> Row:
    with_list = [one for one in steps if one.step == closing.SIGN and one.version == close.version]
    of_month = [one for one in with_list if one.month == close.month]
    waits = asked(steps, close.month)
    return Row(
        {
            **_signed(close.month, close.signed_by, close.signed_at, close.version, of_month),
            "state": _("申请重开") if waits else _("定稿"),
        }
    )


def _taken_back(reopened: MonthStep, steps: Sequence[MonthStep]) -> Row:
    """The signature that a decision took back, with who asked, who decided and why."""
    of_month = [one for one in steps if one.month == reopened.month and one.version == reopened.version]
    signed = [one for one in of_month if one.step == closing.SIGN]
    request = next(one for one in reversed(of_month) if one.step == closing.ASK and one.id < reopened.id)
    said = _(
        "{moment}撤销：{asked}申请（{why}），{name}同意（{granted}）",
        moment=display.moment(reopened.happened_at),
        asked=request.name,
        why=request.text,
        name=reopened.name,
        granted=reopened.text,
    )
    last = signed[-1]
    kept = _signed(reopened.month, last.name, last.happened_at, reopened.version, signed)
    return Row({**kept, "state": said}, style="muted")


def _signed(month: int, name: str, at: datetime, version: int, signed: Sequence[MonthStep]) -> dict[str, Cell]:
    when = display.local(at)
    points = signed[-1].points if signed else None
    return {
        "month": display.month_name(month),
        "by": name,
        "at": f"{display.day_name(when.date())} {when:%H:%M}",
        "as_of": str(version),
        "points": _("无清单") if points is None else close_points.summary(points, signed[-1].text),
    }
