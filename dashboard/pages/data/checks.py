"""校验与版本: month close 月度定稿, both sides of the balance, what was corrected afterwards, refresh runs and versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table, raw, rest
from dashboard.pages.data import close as data_close
from dashboard.pages.data.sources import run_state
from dashboard.site.reading import LIVE, Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _, name_of
from data_access.books.runs import recent_runs, recent_versions
from data_access.books.snapshot import Snapshot
from data_access.books.versions import Restatement, restatements
from workflows.people.rights import sends_for

PATH = "/data"
SHOWN_CLOSES = 6
# Movements whose entries name no item, and the one that takes back what another paid.
MOVED = {
    "pool": N_("归集"),
    "local_pool": N_("地方上划"),
    "legacy_transfer": N_("历年结余上解"),
    "disburse": N_("拨付"),
    "local_disburse": N_("拨付到支出户"),
    "return": N_("支出户结余退回"),
    "reserve_in": N_("转入储备金"),
    "reserve_out": N_("动用储备金"),
    "deposit": N_("转存定期"),
    "mature": N_("定期到期"),
    "legacy_deposit": N_("历年结余转存定期"),
    "legacy_mature": N_("历年结余定期到期"),
    "entrust": N_("委托投资"),
    "redeem": N_("委托投资赎回"),
    "recover": N_("追回"),
}
SHOWN_RUNS = 8
SHOWN_CORRECTIONS = 12


def show(reading: Reading) -> Component:
    if not _readable(reading):
        said = parts.message(_("没有可校验的账目。"), _("公布的年度数不定稿、不校验；有账目的险种在首次刷新后显示。"))
        return html.Div([said, *_running(reading)])
    balance = balance_table(reading)
    left = [
        data_close.section(reading, SHOWN_CLOSES),
        parts.section(
            _("以前月份数据更正"),
            _corrections(reading),
            note=_("定稿后到账的更正 · 万元"),
            actions=[frame.exports(PATH, "restatements", reading.view)],
        ),
    ]
    right = parts.section(
        _("收支平衡校验"),
        html.Div(html_table(balance), className="scroll"),
        note=_("至{month} · 元", month=display.month_name(_newest(reading).month or 0)),
        actions=[
            html.A(_("计算依据"), href=reading.view.href(item="balance_identity")),
            frame.exports(PATH, balance.code, reading.view),
        ],
        foot=_("期初＋累计收入−累计支出，与各账户余额合计分别计算，应分毫不差。"),
    )
    body = html.Div([html.Div(left), right], className="split even")
    return html.Div([parts.conclusion(_conclusion(reading), _second(reading)), body, *_running(reading)])


def _readable(reading: Reading) -> bool:
    return (
        reading.scheme.kind == "ledger" and reading.published.version is not None and _newest(reading).month is not None
    )


def _newest(reading: Reading) -> Snapshot:
    """The running state of the newest version, whatever period the reader looks at."""
    return reading.published.snapshot(reading.scheme.code, LIVE)


# --- balance identity


def _unbalanced(reading: Reading) -> list[tuple[str, int]]:
    """(region, month) pairs below the region looked at whose two sides differ."""
    facts = _newest(reading).facts
    found = []
    for code in reading.tree.subtree(reading.region):
        difference = facts.identity_difference(code)
        if difference.any():
            found += [(code, month) for month, fen in zip(facts.months, difference, strict=True) if fen]
    return found


def _conclusion(reading: Reading) -> list[Child]:
    facts = _newest(reading).facts
    wrong = _unbalanced(reading)
    regions, months = len(reading.tree.subtree(reading.region)), len(facts.months)
    about = reading.running.about
    checked = display.printed(about.figure("checks.made", regions * months))
    if not regions * months:
        return [_("还没有账目，没有可以校验的数。")]
    if not wrong:
        return sentence(
            N_("{regions}个地区、{months}个月，共{checked}次收支平衡校验全部一致。"),
            regions=str(regions),
            months=display.printed(about.figure("checks.months", months)),
            checked=Strong(checked),
        )
    code, month = wrong[-1]
    return sentence(
        N_("{checked}次收支平衡校验有{wrong}次不一致，最近为{region}{month}。"),
        checked=checked,
        wrong=Strong(display.printed(about.figure("checks.wrong", len(wrong)))),
        region=name_of(reading.tree.region(code)),
        month=display.month_name(month),
    )


def _second(reading: Reading) -> str:
    corrected = _restated(reading)
    if not corrected:
        return _("定稿以后没有以前月份的数据更正。")
    months = len({one.month for one in corrected})
    return _(
        "定稿以后有{count}处数据更正，涉及{months}个月；已定稿的数不变，更正计入实时数。",
        count=len(corrected),
        months=months,
    )


def balance_table(reading: Reading) -> Table:
    """Both sides for the region and those below it, at the newest month."""
    columns = (
        Column("region", _("地区")),
        Column("result", _("期初＋收入−支出"), "money"),
        Column("accounts", _("账户余额合计"), "money"),
        Column("difference", _("差额"), "money"),
    )
    rows = [_balance_row(reading, code, href=reading.view.href(region=code)) for code in reading.children()]
    rows.sort(key=lambda row: raw(row.values["difference"]) == 0)
    whole = _balance_row(reading, reading.region)
    rows += rest(columns, rows, whole.values, *figures.below_no_region(reading))
    foot = [Row({**whole.values, "region": _("合计") if rows else name_of(reading.node)}, style="sum")]
    return Table("balance", _("收支平衡校验"), columns, rows, unit="yuan", foot=foot, of_now=True)


def _balance_row(reading: Reading, code: str, href: str = "") -> Row:
    facts = _newest(reading).facts
    result, accounts = (
        int(facts.result_balance(code)[_newest(reading).at]),
        int(facts.account_total(code)[_newest(reading).at]),
    )
    about = replace(reading.running.about, place=code)
    return Row(
        {
            "region": name_of(reading.tree.region(code)),
            "result": about.figure("balance_total", result),
            "accounts": about.figure("accounts.total", accounts),
            "difference": about.figure("accounts.difference", accounts - result),
        },
        href=href,
    )


# --- corrections


def _restated(reading: Reading) -> list[Restatement]:
    found = reading.ask(restatements, reading.scheme.code)
    inside = set(reading.tree.subtree(reading.region))
    return [one for one in found if one.region in inside]


def restatement_table(reading: Reading, most: int | None = None) -> Table:
    """Figures of signed months that later entries changed, newest month first; own entries of each region."""
    columns = (
        Column("month", _("月份")),
        Column("region", _("地区")),
        Column("item", _("项目")),
        Column("signed", _("定稿数"), "money", what="restated.signed"),
        Column("current", _("现数"), "money", what="restated.now"),
        Column("change", _("更正"), "money", signed=True, what="restated.change"),
    )
    rows = [
        Row(
            {
                "month": display.month_name(one.month),
                "region": name_of(reading.tree.region(one.region)),
                "item": _item_name(reading, one.item, one.movement),
                "signed": one.signed_fen,
                "current": one.current_fen,
                "change": one.current_fen - one.signed_fen,
            },
            part="+".join(part for part in (one.item, one.movement if one.movement in MOVED else "") if part),
            place=one.region,
            period=display.period_month(one.month),
        )
        for one in _restated(reading)[:most]
    ]
    about = reading.running.about
    return Table("restatements", _("以前月份数据更正"), columns, rows, unit="wan", of_now=True, about=about)


def _item_name(reading: Reading, item: str, movement: str) -> str:
    known = {one.code: name_of(one) for one in reading.scheme.items}
    moved = _(MOVED[movement]) if movement in MOVED else ""
    return " · ".join(part for part in (known.get(item, item), moved) if part)


def _corrections(reading: Reading) -> Component:
    table = restatement_table(reading, SHOWN_CORRECTIONS)
    if not table.rows:
        return html.Div(_("没有更正。"), className="foot")
    total = len(_restated(reading))
    more = (
        html.Div(_("共{count}处，其余见导出。", count=total), className="foot") if total > SHOWN_CORRECTIONS else None
    )
    return html.Div([html.Div(html_table(table), className="scroll"), more])


# --- runs and versions


def _running(reading: Reading) -> list[Component]:
    runs, versions = run_table(reading), version_table(reading)
    left = parts.section(
        _("刷新记录"),
        html.Div(html_table(runs), className="scroll")
        if runs.rows
        else html.Div(_("还没有刷新过。"), className="foot"),
        actions=[frame.exports(PATH, runs.code, reading.view)] if runs.rows else (),
    )
    right = parts.section(
        _("数据版本"),
        html.Div(html_table(versions), className="scroll")
        if versions.rows
        else html.Div(_("还没有发布过。"), className="foot"),
        actions=[frame.exports(PATH, versions.code, reading.view)] if versions.rows else (),
    )
    return [html.Div([left, right], className="split halves")]


def run_table(reading: Reading) -> Table:
    """The latest refreshes; what went wrong in one is shown to those who look after the data of the whole province."""
    columns = [
        Column("at", _("开始")),
        Column("took", _("用时（秒）"), "count"),
        Column("state", _("结果")),
        Column("version", _("版本")),
    ]
    if sends_for(reading.scope) is None:
        columns.append(Column("error", _("问题（原文）")))
    found = reading.ask(recent_runs, SHOWN_RUNS)
    rows = []
    for run in found:
        took = None if run.finished_at is None else round((run.finished_at - run.started_at).total_seconds())
        state = run_state(run) + (_("（全量）") if run.full else "")
        error = " · ".join(part for part in (run.step, run.error) if part)
        rows.append(
            Row(
                {
                    "at": display.moment(run.started_at),
                    "took": took,
                    "state": state,
                    "version": run.version and str(run.version),
                    "error": (error[:117] + "…" if len(error) > 118 else error) or None,
                }
            )
        )
    return Table("runs", _("刷新记录"), columns, rows, of_now=True)


def version_table(reading: Reading) -> Table:
    """The latest versions and what came in with each."""
    columns = (
        Column("id", _("版本")),
        Column("published", _("发布")),
        Column("as_of", _("数据截至")),
        Column("batches", _("新批次"), "count"),
        Column("rows", _("新增行数"), "count"),
    )
    found = reading.ask(recent_versions, SHOWN_RUNS)
    rows = [
        Row(
            {
                "id": str(v.id),
                "published": display.moment(v.published_at),
                "as_of": display.moment(v.as_of),
                "batches": v.batches,
                "rows": v.rows,
            }
        )
        for v in found
    ]
    return Table("versions", _("数据版本"), columns, rows, of_now=True)


def _where_readable(build: Callable[[Reading], Table]) -> Callable[[Reading], Table | None]:
    return lambda reading: build(reading) if _readable(reading) else None


# The tables as files, by code.
TABLES = {
    "runs": run_table,
    "versions": version_table,
    "balance": _where_readable(balance_table),
    "restatements": _where_readable(restatement_table),
    "closes": _where_readable(data_close.close_table),
}
