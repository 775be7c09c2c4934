"""One delivery 导入批次 in its drawer: how it ended, what it changes, every reason in words, and what may be decided on it."""

from __future__ import annotations

import json
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import drawer as docked, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.data.acts import UPLOAD, cancel_delivery, confirm_delivery, decline_delivery, withdraw_delivery
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.problems import column_name, note_text, table_name
from dashboard.words.wording import N_, _, name_of
from data_access.intake.importers import TABLES, Rejection
from data_access.intake.importers.changes import Change, Texts, changes_of
from data_access.intake.importers.history import BatchRecord, batch, offered_changes, rejections
from workflows.people.rights import decides, sees_delivery

SHOWN_REASONS = 50
SHOWN_CHANGES = 40


def state_name(record: BatchRecord) -> str:
    """How a batch stands, in a word; one that takes another back is no import."""
    return _("撤回") if record.withdraws is not None else _(STATES[record.state])


STATES = {
    "queued": N_("排队中"),
    "cancelled": N_("已取消排队"),
    "running": N_("正在导入"),
    "pending": N_("待复核"),
    "confirmed": N_("已复核，待入库"),
    "declined": N_("复核未通过"),
    "withdrawn": N_("已撤回"),
    "loaded": N_("已导入"),
    "duplicate": N_("重复文件"),
    "refused": N_("已退回"),
    "interrupted": N_("中断，未入库"),
}


def outcome(record: BatchRecord) -> list[Child]:
    """How a delivery ended, in one sentence."""
    name = Strong(record.origin or table_name(record.target))
    rows = {
        "inserted": Strong(display.number(record.rows_inserted, 0)),
        "known": display.number(record.rows_known, 0),
        "rejected": Strong(display.number(record.rows_rejected, 0)),
        "offered": display.number(record.rows_offered, 0),
    }
    if record.withdraws is not None:
        return sentence(N_("第{number}批{name}已撤回，数据恢复原样。"), number=str(record.withdraws), name=name)
    if record.state == "loaded":
        said = sentence(N_("{name}已导入{inserted}行"), name=name, inserted=rows["inserted"])
        if record.rows_known:
            said += sentence(N_("，{known}行此前已有"), known=rows["known"])
        if record.rows_rejected:
            said += sentence(N_("，{rejected}行退回待更正"), rejected=rows["rejected"])
        return [*said, _("。")]
    texts = {
        "queued": N_("{name}排队等待导入。"),
        "cancelled": N_("{name}已取消排队，数据没有变动。"),
        "running": N_("{name}正在导入。"),
        "pending": N_("{name}已读懂{inserted}行，待第二人复核后入库。"),
        "confirmed": N_("{name}复核通过，正在入库。"),
        "declined": N_("{name}复核未通过，数据没有变动。"),
        "withdrawn": N_("{name}已撤回，数据恢复到没有这一批的样子。"),
        "duplicate": N_("{name}与以前导入的文件完全相同，数据没有变动。"),
        "interrupted": N_("{name}导入中断，没有入库，请重新上传。"),
        "refused": N_("{name}没有收下：{rejected}行不合格，整批退回，数据没有变动。")
        if record.rows_rejected
        else N_("{name}没有收下，数据没有变动。"),
    }
    return sentence(texts[record.state], name=name, rejected=rows["rejected"], inserted=rows["inserted"])


def mend_link(record: BatchRecord) -> Component:
    return html.A(_("下载退回表"), href=f"/rejected/{record.id}.xlsx", className="button", download="")


def drawer(reading: Reading, number: int) -> Component | None:
    """One batch: how it ended, every reason in words, the sheet to mend."""
    record = reading.ask(batch, number)
    if record is None or not sees_delivery(reading.scope, g.account.login, record):
        return None
    reasons = reading.ask(rejections, number, SHOWN_REASONS)
    leading = [
        docked.Trio(_("报送"), _rows(record, record.rows_offered), _("行")),
        docked.Trio(
            _("待入库") if record.state in ("pending", "confirmed") else _("入库"),
            _rows(record, 0 if record.state == "declined" else record.rows_inserted),
            _("行"),
        ),
        docked.Trio(_("退回"), _rows(record, record.rows_rejected), _("行")),
    ]
    blocks = [docked.block(_("结果"), html.P(outcome(record)))]
    blocks += _decision(record, decides(reading.scope, g.account.login, record), reading)
    blocks += _changes(reading, record)
    if reasons:
        note = _("前{count}条", count=SHOWN_REASONS) if len(reasons) == SHOWN_REASONS else ""
        blocks.append(docked.block(_("退回原因"), _reasons(reasons, record.target), note=note))
    blocks.append(docked.block(_("批次"), html.Dl(_facts(record))))
    foot: list[Child] = [mend_link(record)] if record.rows_rejected else []
    if UPLOAD.open_to(reading) and record.target in TABLES:
        again = reading.view.href(tab="imports", measure=record.target, item="")
        foot.append(html.A(_("更正后重新上传"), href=again, className="button"))
    crumb = f"{_('导入批次')} {record.id} · {state_name(record)}"
    title = record.origin or table_name(record.target)
    return docked.drawer(reading, crumb=crumb, title=title, leading=leading, blocks=blocks, foot=foot)


def _rows(record: BatchRecord, count: int) -> str:
    """A count of a batch's rows, none while nobody has looked into the file."""
    return display.NO_VALUE if record.unread else display.number(count, 0)


def _reasons(reasons: tuple[Rejection, ...], target: str) -> Component:
    return html.Ul([html.Li(display.rejection_line(reason, target)) for reason in reasons], className="reasons")


def _facts(record: BatchRecord) -> list[Component]:
    pairs: list[tuple[str, str]] = [
        (_("表"), table_name(record.target) or display.NO_VALUE),
        (_("来源"), record.source or display.NO_VALUE),
        (_("上传人"), record.uploaded_by or _("系统")),
        (_("开始"), display.moment(record.started_at)),
        (_("结束"), display.NO_VALUE if record.finished_at is None else display.moment(record.finished_at)),
        (
            _("此前已有"),
            display.NO_VALUE if record.unread else _("{count}行", count=display.number(record.rows_known, 0)),
        ),
    ]
    if record.state == "loaded":
        published = (
            _("已发布（版本 {number}）", number=record.data_version)
            if record.data_version
            else _("待发布，下次刷新后可见")
        )
        pairs.append((_("状态"), published))
    if record.reason:
        pairs.append((_("撤回理由") if record.withdraws else _("更正理由"), record.reason))
    if record.decided_by and record.decided_at:
        said = _("{name}，{time}", name=record.decided_by, time=display.moment(record.decided_at))
        pairs.append((_("复核人"), said))
    if record.decision:
        pairs.append((_("退回理由"), record.decision))
    pairs += [(_("读取说明"), note_text(note)) for note in json.loads(record.notes or "[]")]
    shown: list[Component] = []
    for term, text in pairs:
        shown += [html.Dt(term), html.Dd(text)]
    if record.sha256:
        original = html.A(_("打开原件"), href=f"/original/{record.id}", download="")
        shown += [html.Dt(_("原件")), html.Dd([original, " ", html.Small(f"SHA-256 {record.sha256}")])]
    return shown


def _decision(record: BatchRecord, may: bool, reading: Reading) -> list[Component]:
    """What may be decided on it; who gave it in reads that another person does."""
    if record.state == "queued" and record.uploaded_by == g.account.login:
        return [docked.block(_("排队"), cancel_delivery.form(reading, main=False), note=_("轮到后自动导入"))]
    if record.state == "pending":
        if not may:
            return [parts.message(_("等待第二人复核。"), _("报送人不能复核自己的数据；省级监测岗和财政岗可以复核。"))]
        forms = [confirm_delivery.form(reading), decline_delivery.form(reading, main=False)]
        return [docked.block(_("复核"), forms, note=_("请先看下面的改动"))]
    if record.state == "loaded" and record.withdraws is None and may:
        note = _("已定稿月份所依据的批次不能撤回，请用红字冲销或更正")
        form = html.Details([html.Summary(_("撤回本批")), withdraw_delivery.form(reading, main=False)])
        return [docked.block(_("撤回"), form, note=note)]
    return []


def _changes(reading: Reading, record: BatchRecord) -> list[Component]:
    """What it changes, before and after: of a delivery that waits, or that came in."""
    if record.target not in TABLES:
        return []
    if record.state in ("pending", "confirmed", "declined"):
        changes = reading.ask(offered_changes, record.id)
    elif record.state in ("loaded", "withdrawn"):
        changes = reading.ask(changes_of, record.id, record.target, SHOWN_CHANGES + 1)
    else:
        return []
    if not changes:
        return []
    lines = [_change_line(reading, record.target, change) for change in changes[:SHOWN_CHANGES]]
    note = _("前{count}行", count=SHOWN_CHANGES) if len(changes) > SHOWN_CHANGES else ""
    return [docked.block(_("改动"), html.Ul(lines, className="reasons written"), note=note)]


def _change_line(reading: Reading, target: str, change: Change) -> Component:
    """A row by its key, with what differs as it was and as it becomes; all of it is seen, however narrow the screen."""
    key = " · ".join(_key(reading, name, text) for name, text in change.key.items() if text != reading.scheme.code)
    was, became = change.was or {}, change.became or {}
    names = [name for name in dict.fromkeys((*became, *was)) if was.get(name, "") != became.get(name, "")]

    def said(texts: Texts) -> str:
        given = [_value(target, name, texts[name]) for name in names if texts.get(name)]
        return _("，").join(given) or display.NO_VALUE

    return html.Li([html.B(key), html.Br(), _("原为：{was}；改为：{became}", was=said(was), became=said(became))])


def _key(reading: Reading, name: str, text: str) -> str:
    """A part of a row's key as it is called: regions, items and movements by name."""
    if name == "region" and text in reading.tree:
        return name_of(reading.tree.region(text))
    if name == "item" and text in {item.code for item in reading.scheme.items}:
        return name_of(reading.scheme.item(text))
    if name == "month" and text.isdigit():
        return display.month_name(int(text))
    if name == "version":
        return _("版本{number}", number=text)
    return text


def _value(target: str, name: str, text: str) -> str:
    """One value with its column's name; amounts in yuan to the fen."""
    if name == "entries":
        return _("{count}笔", count=display.number(int(text), 0))
    if name.endswith("_fen"):
        amount = display.number(Fraction(int(text), 100))
        return f"{column_name(target, name.removesuffix('fen') + 'yuan')} {amount}"
    return f"{column_name(target, name)} {text}"
