"""导入: a file to give in, what became of those given in, the rows sent back, and the templates to fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component
from flask import g

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.acts import BATCH, UPLOAD, cancel_delivery
from dashboard.pages.data.deliveries import mend_link, outcome, state_name
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.problems import column_name, table_name
from dashboard.words.wording import _, language
from data_access.books.regions import NATION
from data_access.intake.importers import TABLES
from data_access.intake.importers.history import BatchRecord, Seen, batches, count_batches, newest_batch, rejections
from workflows.people.rights import sends_for, uploadable

PATH = "/data"
PAGE_ROWS = 15
MOST_ROWS = 1000
SHOWN_REASONS = 50
SAID_REASONS = 5
LARGEST_MB = 64
MOST_REASON = 200
SHOWN_SECONDS = 600


def chosen_table(reading: Reading) -> str:
    offered = uploadable(reading.scope)
    return reading.view.measure if reading.view.measure in offered else offered[0]


def seen(reading: Reading) -> Seen:
    """Whose deliveries the reader sees, as rights.sees_delivery decides of one."""
    scope = reading.scope
    if sends_for(scope) is not None:
        return Seen(login=str(g.account.login))
    return Seen(province=None if scope.region == NATION else scope.region)


# --- the tab


def show(reading: Reading) -> Component:
    left = parts.section(_("上传文件"), _form(reading) if UPLOAD.open_to(reading) else _no_upload())
    right = parts.section(
        _("导入批次"),
        html.Div(batch_list(reading), id="batches"),
        note=_("新的在前") if seen(reading).login is None else _("只列您上传的"),
        actions=[frame.exports(PATH, "batches", reading.view)],
    )
    body = html.Div([left, right], className="split even")
    return html.Div([parts.conclusion(_conclusion(reading), _second(reading)), body, _templates()])


def _conclusion(reading: Reading) -> list[Child]:
    newest = reading.ask(batches, seen(reading), limit=1)
    if not newest:
        return [_("还没有导入过数据。")]
    return [_("最近一批："), *outcome(newest[0])]


def _second(reading: Reading) -> str:
    counted = reading.ask(count_batches, seen(reading))
    if not counted:
        return ""
    said = _(
        "共{count}批，已导入{loaded}批，退回{refused}批。",
        count=display.number(sum(counted.values()), 0),
        loaded=display.number(counted.get("loaded", 0), 0),
        refused=display.number(counted.get("refused", 0), 0),
    )
    if counted.get("queued"):
        said += _("{count}批排队等待导入。", count=counted["queued"])
    if counted.get("running"):
        said += _("{count}批正在导入。", count=counted["running"])
    return said


# --- upload


def _no_upload() -> Component:
    return parts.message(_("您的账户不能上传文件。"), _("数据由省级各部门按约定报送；需要更正时，请联系数据报送部门。"))


def _form(reading: Reading) -> Component:
    view, chosen, last = reading.view, chosen_table(reading), _last(reading)
    tables = parts.menu(
        table_name(chosen),
        [
            parts.option(table_name(name), view.href(measure=name, item=""), name == chosen)
            for name in uploadable(reading.scope)
        ],
        className="pick",
        title=_("选择表"),
    )
    good = view.show == "good"
    mode = parts.segment(
        [(_("整批退回"), view.href(show=""), not good), (_("只收合格的行"), view.href(show="good"), good)],
        label=_("遇到不合格的行"),
    )
    drop = dcc.Upload(
        html.Div(
            [
                html.B(_("选择文件，或拖到这里")),
                html.Br(),
                html.Small(_("CSV（UTF-8、GB18030）、XLSX、Parquet，不超过 {limit} MB", limit=LARGEST_MB)),
            ]
        ),
        id="upload",
        className="upload",
        accept=".csv,.xlsx,.parquet",
        max_size=LARGEST_MB << 20,
        multiple=False,
    )
    steps = [
        _step(_("填哪张表"), [tables, html.Span(_template_links(chosen), className="files")]),
        _step(_("不合格的行"), [mode]),
        _step(
            _("更正理由"),
            [
                dcc.Input(
                    id="upload-reason", className="field", maxLength=MOST_REASON, placeholder=_("更正已有数据时填写")
                )
            ],
        ),
        html.Div(drop, className="drop"),
        dcc.Store(id="upload-given", data=None if last is None else {"batch": last.id}),
        dcc.Interval(id="upload-clock", interval=1000, disabled=last is None or last.finished),
        html.Div(
            None if last is None else answer(reading, last),
            id="upload-answer",
            className="answer",
            role="status",
            **attributes(aria_live="polite"),
        ),
    ]
    return html.Div(steps, className="give")


def _step(label: str, body: list[Child]) -> Component:
    return html.Div([html.Span(label, className="term"), html.Div(body, className="choice")], className="step")


def _template_links(target: str) -> list[Child]:
    name = table_name(target)
    return [
        html.A(_("下载模板 XLSX"), href=f"/template/{target}.xlsx", download="", title=name),
        html.A("CSV", href=f"/template/{target}.csv", download="", title=_("{name}模板 CSV", name=name)),
    ]


def _last(reading: Reading) -> BatchRecord | None:
    """The reader's last upload: what became of it stays for a while when the page is shown anew, here or elsewhere."""
    record = reading.ask(newest_batch, g.account.login)
    if record is None or record.finished_at is None:
        return record
    return record if (reading.now - record.finished_at).total_seconds() <= SHOWN_SECONDS else None


def answer(reading: Reading, record: BatchRecord) -> Component:
    """An upload as it stands: where it waits, how far it is, or one sentence, the first reasons, what to do next."""
    if record.state == "running":
        return _progress(record)
    content: list[Child] = [html.B(outcome(record))]
    if record.state == "loaded" and record.data_version is None:
        content.append(html.P(_("刷新完成后，各页自动显示新数据。")))
    if record.state == "queued":
        content.append(html.P(_("轮到后自动导入，不必等候：关闭本页也不会丢失，结果见导入批次。")))
        content.append(
            cancel_delivery.form(reading, main=False, view=replace(reading.view, item=f"{BATCH}{record.id}"))
        )
    reasons = reading.ask(rejections, record.id, SAID_REASONS + 1)
    if reasons:
        lines = [html.Li(display.rejection_line(reason, record.target)) for reason in reasons[:SAID_REASONS]]
        if len(reasons) > SAID_REASONS:
            lines.append(html.Li(_("……其余见“查看退回的行”。")))
        actions: list[Child] = [html.A(_("查看退回的行"), href=batch_href(reading, record), className="button")]
        if record.rows_rejected:
            actions.append(mend_link(record))
        content += [html.Ul(lines, className="reasons"), html.Div(actions, className="actions")]
    return html.Div(content, className="panel")


def _progress(record: BatchRecord) -> Component:
    """A running import: what it does and how far it is."""
    done, total = record.rows_done, record.rows_offered
    if not total:
        said = _("读取文件")
    elif not done:
        said = _("逐行校验、写入，共{count}行", count=display.number(total, 0))
    else:
        said = _("写入 {done}/{total}行", done=display.number(done, 0), total=display.number(total, 0))
    share = f"{min(done / total, 1) * 100:.0f}%" if done else "4%"
    return html.Div(
        [
            html.B(_("正在导入{name}", name=record.origin)),
            html.P(said),
            html.Div(html.Span(style={"width": share}), className="progress"),
        ],
        className="panel",
    )


# --- batches


def batch_list(reading: Reading) -> Component:
    """One page of batches and the way to the others."""
    table = batch_table(reading)
    if not table.rows:
        return html.Div(_("还没有导入批次。"), className="foot")
    return html.Div([html.Div(html_table(table), className="scroll"), _pager(reading)])


def _page(reading: Reading) -> int:
    return number_in(reading.view.number) or 1


def _pager(reading: Reading) -> Component:
    total = sum(reading.ask(count_batches, seen(reading)).values())
    last, page = max(1, -(-total // PAGE_ROWS)), _page(reading)
    links: list[Child] = []
    if page > 1:
        links.append(html.A(_("上一页"), href=reading.view.href(number=str(page - 1) if page > 2 else "")))
    if page < last:
        links.append(html.A(_("下一页"), href=reading.view.href(number=str(page + 1))))
    said = _("第{page}页，共{last}页，{total}批", page=page, last=last, total=display.number(total, 0))
    return html.Div([html.Span(said), *links], className="pager")


def batch_table(reading: Reading, *, everything: bool = False) -> Table:
    """Batches, newest first; ``everything`` gives up to ``MOST_ROWS`` for a file instead of one page."""
    columns = (
        Column("number", _("批次")),
        Column("origin", _("文件或来源")),
        Column("target", _("表")),
        Column("state", _("结果")),
        Column("offered", _("报送"), "count"),
        Column("inserted", _("入库"), "count"),
        Column("known", _("已有"), "count"),
        Column("rejected", _("退回"), "count"),
        Column("by", _("上传人")),
        Column("at", _("时间")),
    )
    limit, offset = (MOST_ROWS, 0) if everything else (PAGE_ROWS, (_page(reading) - 1) * PAGE_ROWS)
    found = reading.ask(batches, seen(reading), limit=limit, offset=offset)
    return Table("batches", _("导入批次"), columns, [_batch_row(reading, record) for record in found], of_now=True)


def _batch_row(reading: Reading, record: BatchRecord) -> Row:
    values: Mapping[str, object] = {
        "number": str(record.id),
        "origin": record.origin,
        "target": table_name(record.target) if record.target else None,
        "state": state_name(record),
        "offered": None if record.unread else record.rows_offered,
        "inserted": None if record.unread else record.rows_inserted,
        "known": None if record.unread else record.rows_known,
        "rejected": None if record.unread else record.rows_rejected,
        "by": record.uploaded_by or _("系统"),
        "at": display.moment(record.started_at),
    }
    return Row(values, href=batch_href(reading, record), style="muted" if record.state == "duplicate" else "")


def batch_href(reading: Reading, record: BatchRecord) -> str:
    return reading.view.href(item=f"{BATCH}{record.id}")


# --- templates


def _templates() -> Component:
    """Every importable table: what it is told apart by, how many columns it must have, its templates."""
    head = html.Thead(
        html.Tr([html.Th(text, scope="col") for text in (_("表"), _("列"), _("同一行的标志"), _("说明"), _("模板"))])
    )
    body = []
    for table in TABLES.values():
        required = sum(column.required for column in table.columns)
        key = _("、").join(column_name(table.name, code) for code in table.key)
        links = html.Span(
            [html.A(kind.upper(), href=f"/template/{table.name}.{kind}", download="") for kind in ("xlsx", "csv")],
            className="files",
        )
        count = _("{count}列，必填{required}列", count=len(table.columns), required=required)
        note = table.note_en if language() == "en" else table.note
        body.append(
            html.Tr(
                [
                    html.Td(table_name(table.name)),
                    html.Td(count),
                    html.Td(key),
                    html.Td(note, className="dim"),
                    html.Td(links),
                ]
            )
        )
    caption = html.Caption(_("模板"), className="vh")
    table_ = html.Table([caption, head, html.Tbody(body)], className="t")
    return parts.section(
        _("模板"),
        html.Div(table_, className="scroll"),
        note=_("每张模板带一行示例；XLSX 另附填写说明"),
        foot=_("表头可用中文列名或列代码，列的次序不限；金额可按分或按元填写。"),
    )
