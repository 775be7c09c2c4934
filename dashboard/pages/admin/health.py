"""运行状况: on one page how the installation is, what needs somebody, and what could not be delivered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import cast

from dash import html
from dash.development.base_component import Component
from flask import current_app

from dashboard.components import frame, parts
from dashboard.components.environment import environment_list
from dashboard.components.parts import Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.exports.probe import environment
from dashboard.pages.admin.tab import PATH, Tab, tab_href
from dashboard.pages.data.sources import run_state
from dashboard.site.act import Deed, Done, act
from dashboard.site.page import SITE
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.words import display
from dashboard.words.notifications import expiry_title, expiry_words
from dashboard.words.wording import N_, _, name_of
from data_access.backup.taking import DEED as BACKUP
from data_access.books.runs import recent_runs
from data_access.intake.sources.expiry import load_expiries
from data_access.intake.sources.status import source_statuses
from data_access.store.audit import CHECKED, last_of
from data_access.store.health import leases, store_state
from rules.errors import ClockStepped
from workflows.people.outbox import DEAD, WAITING, letters_by_state, send_again, undelivered
from workflows.people.rights import SYSTEM
from workflows.warnings.watch import NOT_EVALUATED, last_success, raised

# Below so much of a disk, or so many bytes, a refresh may find no room.
SCARCE_SHARE, SCARCE_BYTES = 0.1, 2 << 30
LEASES = {"refresh": N_("刷新"), "work_clock": N_("督办时钟")}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SHOWN_LETTERS = 20
BACKUP_AGE = timedelta(days=7)  # beyond it the last one is too old


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is looked at: how it stands, what is to be said of it, whether somebody is needed."""

    part: str
    state: str
    said: str = ""
    needs: bool = False
    href: str = ""


@act("send_again", N_("全部重发"), SYSTEM)
def resend(deed: Deed) -> Done:
    """Have every message that could not be delivered tried again."""
    count = send_again(deed.connection, deed.now)
    return Done(_("{count}条通知重新排队，几分钟内再次发送。", count=count), "outbox", {"messages": count})


def show(reading: Reading) -> Component:
    lines = list(_lines(reading))
    needs = [line for line in lines if line.needs]
    said: Children = _("各项正常，没有需要处理的事项。")
    if needs:
        said = sentence(
            N_("{count}项需要处理：{parts}。"),
            count=Strong(str(len(needs))),
            parts=_("、").join(one.part for one in needs),
        )
    table = state_table(reading)
    second = _("数据、进程、存储和通知的现状，打开本页时现查；每次打开都是最新的。")
    left = parts.section(
        _("运行项目"),
        html.Div(html_table(table), className="scroll"),
        note=_("需处理的在前"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )
    right = [_letters(reading), _settings(), _exports(reading)]
    return html.Div([parts.conclusion(said, second), html.Div([left, html.Div(right)], className="split halves")])


def state_table(reading: Reading) -> Table:
    """Everything that is looked at, what needs somebody first."""
    columns = (
        Column("part", _("项目")),
        Column("state", _("状况"), className="wrap"),
        Column("said", _("说明"), className="wrap"),
    )
    rows = [
        Row(
            {"part": one.part, "state": one.state, "said": one.said},
            extra={"state": html.Span(_("需处理"), className="tag strong")} if one.needs else {},
            href=one.href,
        )
        for one in sorted(_lines(reading), key=lambda one: not one.needs)
    ]
    return Table("health", _("运行项目"), columns, rows, of_now=True)


def _lines(reading: Reading) -> Iterator[Line]:
    yield from _of_data(reading)
    yield from _of_processes(reading)
    yield from _of_clock()
    yield from _of_messages(reading)
    for one in reading.ask(load_expiries, reading.now):
        name = _("工作日历") if one.kind == "calendar" else _("政策参数")
        yield Line(name, expiry_title(one.code), expiry_words(one.code), needs=True)
    yield from _of_store(reading)


def _of_data(reading: Reading) -> Iterator[Line]:
    version = reading.published.version
    if version is None:
        yield Line(_("数据版本"), _("还没有发布过"), _("导入数据并刷新后发布第一个版本。"), needs=True)
    else:
        said = _("数据截至{moment}", moment=display.moment(version.as_of))
        yield Line(_("数据版本"), _("版本{number}", number=version.id), said)
    runs = reading.ask(recent_runs, 1)
    if runs:
        run = runs[0]
        state = f"{run_state(run)} · {display.moment(run.started_at)}"
        wrong = " · ".join(part for part in (run.step, run.error) if part)
        yield Line(_("最近一次刷新"), state, wrong, needs=run.state == "failed" or bool(run.step))
    sources = reading.ask(source_statuses, reading.now)
    late = [one for one in sources if one.late(reading.now)]
    state = _("{count}个来源，{late}个逾期", count=len(sources), late=len(late))
    yield Line(_("数据来源"), state, _("、").join(map(name_of, late)), bool(late), tab_href(reading.view, "sources"))


def _of_processes(reading: Reading) -> Iterator[Line]:
    well, alerts = reading.ask(last_success), {one.kind for one in reading.ask(raised)}
    since = display.NO_VALUE if well is None else display.moment(well)
    stopped = NOT_EVALUATED in alerts
    said = _("预警没有按时判定，请检查刷新进程。") if stopped else ""
    yield Line(_("预警判定"), _("最近一次成功：{moment}", moment=since), said, needs=stopped)
    for lease in reading.ask(leases):
        beat = _("最近心跳{moment}", moment=display.moment(lease.heartbeat_at))
        name = _("{work}进程", work=_(LEASES.get(lease.name, lease.name)))
        if lease.dead(reading.now):
            yield Line(name, _("心跳中断"), _("{beat}；下一个进程会接过去。", beat=beat), needs=True)
        else:
            yield Line(name, _("正在进行") if lease.holder else _("空闲，等待下一次"), lease.holder or beat)


def _of_clock() -> Iterator[Line]:
    try:
        state, said = display.moment(site().written_at()), ""
    except ClockStepped as stepped:
        told = {name: display.moment(cast("datetime", stepped.parameters[name])) for name in ("found", "expected")}
        state = _("有误：现为{found}，应在{expected}前后", **told)
        said = _("暂不受理任何办理，也不刷新。校准后如仍提示，请运行 flask clock --accept。")
        yield Line(_("服务器时钟"), state, said, needs=True)
    else:
        yield Line(_("服务器时钟"), state, said)


def _of_messages(reading: Reading) -> Iterator[Line]:
    counted = reading.ask(letters_by_state)
    dead, waiting = counted.get(DEAD, 0), counted.get(WAITING, 0)
    state = _("待发{waiting}条，未送达{dead}条", waiting=waiting, dead=dead)
    yield Line(_("通知"), state, _("可在右侧全部重发。") if dead else "", needs=bool(dead))


def _of_store(reading: Reading) -> Iterator[Line]:
    store, var = reading.ask(store_state), site().var
    yield Line(_("数据库"), f"{DATABASES[store.kind]} {store.release}", size_words(store.size))
    stands = (
        _("版本{number}，已是最新", number=store.revision)
        if store.current
        else _("版本{number}", number=store.revision)
    )
    remedy = "" if store.current else _("本程序需要{head}，请运行 flask upgrade。", head=store.head)
    yield Line(_("库结构"), stands, remedy, needs=not store.current)
    disk = shutil.disk_usage(var if var.is_dir() else Path.cwd())
    scarce = disk.free < max(SCARCE_BYTES, disk.total * SCARCE_SHARE)
    state = _("可用{free}，共{total}", free=size_words(disk.free), total=size_words(disk.total))
    said = _("数据目录{size}", size=size_words(folder_size(var)))
    yield Line(_("磁盘"), state, said, needs=scarce)
    checked = reading.ask(last_of, CHECKED)
    if checked is None:
        yield Line(_("数据校验"), _("没有校验记录"), _("请定时运行 flask check。"))
    else:
        at, told = checked
        faults = ", ".join(map(str, cast("list[str]", told["at_fault"])))
        state = _("发现问题") if faults else _("全部一致")
        yield Line(_("数据校验"), f"{state} · {display.moment(at)}", faults, needs=bool(faults))
    yield _of_backup(reading)


def _of_backup(reading: Reading) -> Line:
    last, href = reading.ask(last_of, BACKUP), tab_href(reading.view, "backup")
    if last is None:
        return Line(_("备份"), _("没有备份记录"), _("见“备份”。"), href=href, needs=not reading.demo)
    old = reading.now - last[0] > BACKUP_AGE
    said = _("距今已超过{days}天，请备份。", days=BACKUP_AGE.days) if old else ""
    return Line(_("备份"), _("最近{moment}", moment=display.moment(last[0])), said, href=href, needs=old)


def site() -> Site:
    """The site whose page is shown."""
    return current_app.extensions[SITE]  # type: ignore[no-any-return]


def folder_size(folder: Path) -> int:
    """The bytes of all files below a folder; of what vanishes meanwhile nothing."""
    total = 0
    for above, _folders, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(above) / name).stat().st_size
            except OSError:
                continue
    return total


def size_words(size: int) -> str:
    """``612.4 MB``: of bytes, in thousands."""
    for unit, step in (("GB", 10**9), ("MB", 10**6)):
        if size >= step:
            return f"{display.number(Fraction(size, step), 1)} {unit}"
    return f"{display.number(Fraction(size, 1000), 1)} kB"


def _letters(reading: Reading) -> Component:
    if not reading.ask(letters_by_state).get(DEAD):
        return parts.section(_("未送达的通知"), html.Div(_("没有未送达的通知。"), className="foot"))
    table = letter_table(reading)
    return parts.section(
        _("未送达的通知"),
        [html.Div(html_table(table), className="scroll"), resend.form(reading, main=False)],
        note=_("多次发送失败，已停止重试"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )


def letter_table(reading: Reading) -> Table:
    """The latest messages that were given up, with why."""
    columns = (
        Column("recipient", _("收件人")),
        Column("channel", _("渠道")),
        Column("attempts", _("次数"), "count"),
        Column("at", _("停止时间")),
        Column("error", _("问题（原文）"), className="wrap"),
    )
    rows = [
        Row(
            {
                "recipient": one.recipient,
                "channel": one.channel,
                "attempts": one.attempts,
                "at": None if one.finished_at is None else display.moment(one.finished_at),
                "error": one.error,
            }
        )
        for one in reading.ask(undelivered, SHOWN_LETTERS)
    ]
    return Table("undelivered", _("未送达的通知"), columns, rows, of_now=True)


def _exports(reading: Reading) -> Component:
    """What exports can do here: looked for in a process of its own, so only where it is known or was asked for."""
    if not environment.cache_info().currsize and reading.view.show != "exports":
        look = html.A(_("检查"), href=reading.view.href(show="exports"), className="button")
        return parts.section(
            _("导出环境"),
            html.Div(_("字体、PDF排版和LibreOffice是否可用，检查需要几秒。"), className="foot"),
            actions=[look],
        )
    return parts.section(_("导出环境"), environment_list(environment()))


def _settings() -> Component:
    columns = (Column("name", _("变量")), Column("value", _("取值"), className="wrap"))
    rows = [
        Row({"name": name, "value": _("已设置，不显示") if value is None else value or _("未设置")})
        for name, value in site().settings.items()
    ]
    table = html_table(Table("settings", _("设置"), columns, rows))
    return parts.section(_("设置"), html.Div(table, className="scroll"), note=_("取自环境变量；含口令的只说是否设置"))


TAB = Tab("health", N_("运行状况"), show, tables={"health": state_table, "undelivered": letter_table}, acts=(resend,))
