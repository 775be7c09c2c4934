"""来源与更新: what each department owes, what it delivered, who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.acts import REFRESH
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.passport import About, Figure
from dashboard.words.wording import N_, _, name_of
from data_access.books.runs import Run, recent_runs
from data_access.intake.sources.status import SourceStatus, source_statuses
from rules.indicators import INDICATORS

PATH = "/data"
RUN_STATES = {
    "running": N_("正在进行"),
    "published": N_("已发布新版本"),
    "unchanged": N_("无新数据"),
    "failed": N_("失败，仍显示上一版本"),
}


def show(reading: Reading, before: Sequence[Component] = ()) -> Component:
    """One sentence on who is late, what comes ``before`` the sources, and the table of them, the late ones first."""
    table = source_table(reading)
    if not table.rows:
        said = _("本险种没有登记数据来源。")
        what = (
            _("公布的年度数按文件导入，没有报送时限。")
            if reading.scheme.kind == "published"
            else _("请在“导入”上传数据来源表。")
        )
        return html.Div([parts.message(said, what), _refresh_line(reading)])
    chosen = reading.view.measure
    every = [html.A(_("全部部门"), href=reading.view.href(measure=""))] if chosen else []
    body = parts.section(
        _("各部门数据来源"),
        html.Div(html_table(table), className="scroll"),
        note=as_of.noted(reading, _("逾期在前")),
        actions=[*every, frame.exports(PATH, table.code, reading.view)],
        foot=_("逾期按来源约定的时限计算，只算工作日；退回率＝最近一批退回行数÷报送行数。"),
    )
    return html.Div(
        [
            parts.conclusion(_conclusion(reading), _second(reading), _actions(reading)),
            *before,
            body,
            _refresh_line(reading),
        ]
    )


def _sources(reading: Reading) -> list[SourceStatus]:
    """Late ones first, the latest of all in front; those never delivered before those in time."""
    found = reading.ask(source_statuses, reading.now, reading.scheme.code)
    return sorted(
        found,
        key=lambda s: (
            not s.late(reading.now),
            not s.never_delivered,
            -(s.working_days_late or 0),
            s.department,
            s.code,
        ),
    )


def _conclusion(reading: Reading) -> list[Child]:
    sources = _sources(reading)
    late = [source for source in sources if source.late(reading.now)]
    never = [source for source in sources if source.never_delivered]
    if not late and not never:
        return sentence(N_("{count}个来源均按时报送。"), count=Strong(str(len(sources))))
    said = sentence(N_("{count}个来源中，"), count=Strong(str(len(sources))))
    clauses: list[list[Child]] = []
    if late:
        worst = late[0]
        text = (
            N_("{late}个逾期未报，其中{name}逾期{days}个工作日")
            if worst.working_days_late
            else N_("{late}个逾期未报，其中{name}今日逾期")
        )
        clauses.append(
            sentence(
                text,
                late=Strong(str(len(late))),
                name=name_of(worst),
                days=Strong(display.printed(late_figure(about_of(reading), worst))),
            )
        )
    if never:
        clauses.append(sentence(N_("{never}个尚未报送过"), never=Strong(str(len(never)))))
    for number, clause in enumerate(clauses):
        said += [*([_("，")] if number else []), *clause]
    return [*said, _("。")]


def _second(reading: Reading) -> Children:
    sources = _sources(reading)
    refused = [s for s in sources if s.rejected]
    if all(s.offered is None for s in sources):
        return _("各来源都还没有报送过。")
    if not refused:
        return _("各来源最近一批均无退回行。")
    worst = max(refused, key=lambda s: s.rejected or 0)
    return sentence(
        N_("{count}个来源最近一批有退回行，最多为{name}，退回{rows}行。"),
        count=str(len(refused)),
        name=name_of(worst),
        rows=display.printed(about_of(reading).figure("rejected_share.rejected_rows", worst.rejected, part=worst.code)),
    )


def _actions(reading: Reading) -> list[Component]:
    if not REFRESH.open_to(reading):
        return []
    return [
        html.Button(_("立即刷新"), id="refresh-now", className="button", type="button"),
        html.Span(id="refresh-answer", className="checked-note", role="status"),
    ]


def _refresh_line(reading: Reading) -> Component:
    """The latest run and the version readers see."""
    runs = reading.ask(recent_runs, 1)
    version = reading.published.version
    said = [] if version is None else [_("数据截至{moment}", moment=display.moment(version.as_of))]
    if runs:
        said.append(
            _("最近一次刷新{moment}：{state}", moment=display.moment(runs[0].started_at), state=run_state(runs[0]))
        )
    return frame.ribbon(said or [_("还没有刷新过。")])


def run_state(run: Run) -> str:
    return _(RUN_STATES[run.state])


def source_table(reading: Reading) -> Table:
    """One row per source of the scheme, or of the department that the address names: rhythm, newest entry, due, how late,
    and its latest batch."""
    columns = (
        Column("name", _("来源")),
        Column("department", _("部门")),
        Column("rhythm", _("报送约定")),
        Column("newest", _("最新记账时间")),
        Column("due", _("下次应报")),
        Column("late", _("逾期（工作日）"), "count"),
        Column("last", _("最近一批")),
        Column("offered", _("报送行数"), "count", what="rejected_share.offered_rows"),
        Column("rejected", _("退回行数"), "count", what="rejected_share.rejected_rows"),
        Column("share", _("退回率%"), "percent", what="rejected_share"),
    )
    about = about_of(reading)
    rows = [
        _row(reading, source, about) for source in _sources(reading) if reading.view.measure in ("", source.department)
    ]
    return Table("sources", _("各部门数据来源"), columns, rows, of_now=True, about=about)


def about_of(reading: Reading) -> About:
    """What the figures of sources have in common: they are of the minute at which they are looked at."""
    now = f"{display.local(reading.now):%Y-%m-%dT%H:%M}"
    return replace(reading.about_now, place=reading.tree.root, period=now, known=now)


def late_figure(about: About, source: SourceStatus) -> Figure:
    return about.figure("data_age", source.working_days_late, part=source.code, reason="never_delivered")


def _row(reading: Reading, source: SourceStatus, about: About) -> Row:
    late = source.late(reading.now)
    share = INDICATORS["rejected_share"].value(rejected_rows=source.rejected, offered_rows=source.offered)
    values: dict[str, object] = {
        "name": name_of(source),
        "department": department_name(source.department),
        "rhythm": rhythm_words(source),
        "newest": None if source.newest_booked_at is None else display.moment(source.newest_booked_at),
        "due": due_words(source),
        "late": late_figure(about, source),
        "last": None if source.last_batch_at is None else display.moment(source.last_batch_at),
        "offered": source.offered,
        "rejected": source.rejected,
        "share": share.value,
    }
    extra: dict[str, Child] = {}
    if late or source.never_delivered:
        extra["name"] = html.Span(_("逾期") if late else _("未报过"), className="tag strong" if late else "tag")
    return Row(values, extra=extra, style="late" if late else "", part=source.code)


def rhythm_words(source: SourceStatus) -> str:
    if source.rhythm == "daily":
        return _("每日，次一工作日{time}前", time=source.due)
    return _("每月，次月{day}日前", day=source.due)


def due_words(source: SourceStatus) -> str | None:
    """When the next data are owed: an instant, or the last day on which they are still in time."""
    if source.due_at is None:
        return None
    if source.rhythm == "daily":
        return display.moment(source.due_at)
    return display.short_day((display.local(source.due_at) - timedelta(seconds=1)).date())
