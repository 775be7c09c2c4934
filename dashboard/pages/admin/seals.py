"""封存: the sealed days of the audit, and whether the store is as the program left it; verified on request."""

from __future__ import annotations

from pathlib import Path

from dash import html
from dash.development.base_component import Component
from flask import current_app

from dashboard.components import frame, parts
from dashboard.components.parts import Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.admin.trail import exact_moment
from dashboard.site.act import Deed, Done, act
from dashboard.site.page import SITE
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.books.checks.verdict import Verdict, is_running, last_verdict, verify_aside
from data_access.books.regions import NATION
from data_access.store.audit import seals
from data_access.store.integrity.verifying import Fault
from workflows.people.auditing import within
from workflows.people.rights import AUDITING

SHOWN = 31


@act("verify_seals", N_("立即核验"), AUDITING)
def verify(deed: Deed) -> Done:
    """Verify every seal in the background."""
    begun = verify_aside(deed.site.engine, deed.site.var, deed.account.login, deed.site.now)
    said = _("核验已开始，完成后刷新本页可见结果。") if begun else _("核验正在进行，请稍候。")
    return Done(said, "store")


def show(reading: Reading) -> Component:
    verdict, running = last_verdict(_var()), is_running(_var())
    table = seal_table(reading)
    shown = Table(table.code, table.title, table.columns, table.rows[:SHOWN], of_now=True)
    days = parts.section(
        _("每日封存"),
        html.Div(html_table(shown), className="scroll")
        if table.rows
        else html.Div(_("还没有封存过。"), className="foot"),
        note=_("共{count}日，显示最近{shown}日", count=len(table.rows), shown=min(SHOWN, len(table.rows))),
        actions=[frame.exports(PATH, table.code, reading.view)] if table.rows else (),
        foot=_("封存头同时写入服务器上的 seals.log，与此处逐日比对；能证明什么见 SECURITY.md。"),
    )
    elsewhere = 0 if verdict is None else len(verdict.faults) - len(_seen(reading, verdict))
    found = parts.section(
        _("核验发现的差异"),
        _faults(reading, verdict),
        foot=_("另有{count}处是其他地区的，由该地区和全国的审计查看。", count=elsewhere) if elsewhere else None,
        actions=[frame.exports(PATH, "faults", reading.view)] if verdict and verdict.faults else (),
    )
    actions = [verify.form(reading)] if verify.open_to(reading) and not running else []
    second = _("正在核验，完成后刷新本页可见结果。") if running else _second(verdict)
    body = html.Div([days, found], className="split halves")
    return html.Div([parts.conclusion(_said(verdict), second, actions), body])


def _var() -> Path:
    var: Path = current_app.extensions[SITE].var
    return var


def _said(verdict: Verdict | None) -> Children:
    if verdict is None:
        return _("还没有核验过。")
    if verdict.sound:
        return sentence(
            N_("{at}核验{rows}行，全部与封存一致。"),
            at=exact_moment(verdict.at),
            rows=Strong(display.number(verdict.compared, 0)),
        )
    return sentence(
        N_("{at}核验{rows}行，{days}个封存日和{count}处数据与封存不一致，请查明原因。"),
        at=exact_moment(verdict.at),
        rows=display.number(verdict.compared, 0),
        days=Strong(str(len(verdict.broken))),
        count=Strong(str(verdict.count)),
    )


def _second(verdict: Verdict | None) -> str:
    if verdict is None:
        return _("核验比对每日封存链、封存头文件、逐行封存的各表、每批数据和每个版本。")
    return _("核验人 {name}。每日定时核验用 flask check 和 flask audit verify。", name=verdict.by)


def _faults(reading: Reading, verdict: Verdict | None) -> Component:
    table = fault_table(reading)
    if verdict is None or not table.rows:
        sound = _("没有差异。") if verdict and verdict.sound else _("本地区没有差异。")
        return html.Div(sound if verdict else _("还没有核验过。"), className="foot")
    return html.Div(html_table(table), className="scroll")


def _seen(reading: Reading, verdict: Verdict) -> list[Fault]:
    """Faults of the reader's own region, and those that show nobody's rows: of days, seals and whole tables."""
    top = reading.scope.region
    return [one for one in verdict.faults if one.region == "" or within(one.region or NATION, top)]


def fault_table(reading: Reading) -> Table:
    """What the last verification found, days first, as far as the reader may see it."""
    verdict = last_verdict(_var())
    columns = (
        Column("where", _("位置"), className="wrap"),
        Column("expected", _("封存时"), className="wrap"),
        Column("found", _("现在"), className="wrap"),
    )
    rows: list[Row] = []
    if verdict is not None:
        rows = [Row({"where": day, "expected": _("当日封存"), "found": _("与当日记录不符")}) for day in verdict.broken]
        seen = _seen(reading, verdict)
        rows += [Row({"where": one.where, "expected": one.expected, "found": one.found}) for one in seen]
    return Table("faults", _("核验发现的差异"), columns, rows, of_now=True)


def seal_table(reading: Reading) -> Table:
    """Every sealed day, newest first."""
    verdict = last_verdict(_var())
    columns = (
        Column("day", _("日期")),
        Column("rows", _("记录数"), "count"),
        Column("state", _("核验")),
        Column("key", _("封存密钥")),
        Column("at", _("封存时间")),
        Column("digest", _("摘要"), hidden=True),
    )
    rows = []
    for one in sorted(reading.ask(seals), key=lambda seal: seal.day, reverse=True):
        known = verdict is not None and one.sealed_at <= verdict.at
        broken = verdict is not None and one.day.isoformat() in verdict.broken
        rows.append(
            Row(
                {
                    "day": one.day.isoformat(),
                    "rows": one.rows,
                    "state": _("不一致") if broken else _("一致") if known else _("未核验"),
                    "key": one.key or _("无密钥"),
                    "at": exact_moment(one.sealed_at),
                    "digest": one.digest,
                }
            )
        )
    return Table("seals", _("每日封存"), columns, rows, of_now=True)


TAB = Tab("seals", N_("封存"), show, tables={"seals": seal_table, "faults": fault_table}, acts=(verify,))
