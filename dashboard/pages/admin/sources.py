"""数据源: every source that is declared, of all funds, and how far each is; declared by import with a second person."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.master import change_section, change_table, waiting_note, way_in
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.data.sources import due_words, rhythm_words
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.intake.sources.status import SourceStatus, source_statuses

TARGET = "source"


def show(reading: Reading) -> Component:
    found = _sources(reading)
    late = [one for one in found if one.late(reading.now)]
    said = sentence(
        N_("登记数据来源{count}个，涉及{schemes}个险种；{late}个逾期未报。"),
        count=Strong(str(len(found))),
        schemes=str(len({one.scheme for one in found})),
        late=Strong(str(len(late))),
    )
    second = _("来源的增加和更改按模板导入，经第二人复核后生效；取数的库连接写在服务器的映射文件里，不在页面上。")
    table = source_table(reading)
    body = parts.section(
        _("已登记的数据来源"),
        html.Div(html_table(table), className="scroll"),
        note=_("逾期在前"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("逾期天数、退回率和各批次在“数据接入”查看。"),
    )
    nothing = _("系统启用以来，来源没有改动过。")
    return html.Div(
        [
            parts.conclusion(said, second, way_in(reading, TARGET)),
            *waiting_note(reading, TARGET),
            body,
            change_section(reading, TARGET, nothing),
        ]
    )


def _sources(reading: Reading) -> list[SourceStatus]:
    """Those of schemes that the reader may see, the late ones first."""
    shown = {
        entry.scheme.code
        for entry in reading.published.schemes
        if reading.scope.covers(tree := reading.published.tree(entry.scheme), tree.root)
    }
    found = [one for one in reading.ask(source_statuses, reading.now) if not shown or one.scheme in shown]
    return sorted(found, key=lambda one: (not one.late(reading.now), one.scheme, one.department, one.code))


def source_table(reading: Reading) -> Table:
    """One row a source: what it is, what was agreed, and since when nothing came."""
    columns = (
        Column("name", _("来源")),
        Column("code", _("代码")),
        Column("department", _("部门")),
        Column("scheme", _("险种")),
        Column("rhythm", _("报送约定")),
        Column("newest", _("最新记账时间")),
        Column("due", _("下次应报")),
    )
    names = {entry.scheme.code: name_of(entry.scheme) for entry in reading.published.schemes}
    rows = [
        Row(
            {
                "name": name_of(one),
                "code": one.code,
                "department": department_name(one.department),
                "scheme": names.get(one.scheme, one.scheme),
                "rhythm": rhythm_words(one),
                "newest": None if one.newest_booked_at is None else display.moment(one.newest_booked_at),
                "due": due_words(one),
            },
            extra={"name": html.Span(_("逾期"), className="tag strong")} if one.late(reading.now) else {},
        )
        for one in _sources(reading)
    ]
    return Table("declared", _("已登记的数据来源"), columns, rows, of_now=True)


TAB = Tab(
    "sources",
    N_("数据源"),
    show,
    tables={"declared": source_table, "source-changes": lambda reading: change_table(reading, TARGET)},
)
