"""What tabs of master data share: the way in by import with a second person, what waits, what was changed and by whom."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH
from dashboard.pages.data.imports import seen
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.problems import column_name, table_name
from dashboard.words.wording import _
from data_access.intake.importers.changes import Texts
from data_access.intake.master import Changed, changed_rows, waiting_batches


def way_in(reading: Reading, target: str) -> list[Component]:
    """The buttons by which master data are changed: the template and the import of its table."""
    there = View("/data", reading.view.scheme, tab="imports", measure=target).href()
    return [
        html.A(_("下载模板"), href=f"/template/{target}.xlsx", download="", className="button"),
        html.A(_("导入{table}", table=table_name(target)), href=there, className="button main"),
    ]


def waiting_note(reading: Reading, target: str) -> list[Component]:
    """What waits for a second person, each with the way to it; nothing where nothing does."""
    found = reading.ask(waiting_batches, target, seen(reading))
    return [
        parts.message(
            _("{name}等待第二人复核。", name=one.origin),
            _(
                "第{number}批，{who}于{moment}报送。复核后下次刷新时生效。",
                number=one.id,
                who=one.uploaded_by,
                moment=display.moment(one.started_at),
            ),
            [
                html.A(
                    _("看改动"),
                    href=View("/data", reading.view.scheme, tab="imports", item=f"batch-{one.id}").href(),
                    className="button",
                )
            ],
        )
        for one in found
    ]


def change_section(reading: Reading, target: str, said: str) -> Component:
    """What deliveries of people changed; ``said`` where nothing was."""
    table = change_table(reading, target)
    body = html.Div(html_table(table), className="scroll") if table.rows else html.Div(said, className="foot")
    out = [frame.exports(PATH, table.code, reading.view)] if table.rows else []
    return parts.section(_("变动记录"), body, note=_("新的在前；初始数据随系统带入"), actions=out)


def change_table(reading: Reading, target: str) -> Table:
    """Row by row what was changed, by which delivery, by whom and with whose consent."""
    columns = (
        Column("key", _("对象")),
        Column("was", _("原为"), className="wrap"),
        Column("became", _("改为"), className="wrap"),
        Column("batch", _("批次")),
        Column("by", _("报送人")),
        Column("second", _("复核人")),
        Column("at", _("时间")),
    )
    rows = [_row(target, one) for one in reading.ask(changed_rows, target, seen(reading))]
    return Table(f"{target.replace('_', '-')}-changes", _("变动记录"), columns, rows, of_now=True)


def _row(target: str, one: Changed) -> Row:
    was, became = one.change.was or {}, one.change.became or {}
    names = [name for name in dict.fromkeys((*became, *was)) if was.get(name, "") != became.get(name, "")]

    def said(texts: Texts) -> str | None:
        given = [f"{column_name(target, name)} {texts[name]}" for name in names if texts.get(name)]
        return _("，").join(given) or None

    return Row(
        {
            "key": " · ".join(one.change.key.values()),
            "was": said(was),
            "became": said(became),
            "batch": str(one.batch.id),
            "by": one.batch.uploaded_by,
            "second": one.batch.decided_by,
            "at": None if one.batch.finished_at is None else display.moment(one.batch.finished_at),
        }
    )
