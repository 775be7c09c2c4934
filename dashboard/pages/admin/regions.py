"""地区: the tree as it is kept, what was merged or ended, and by which delivery it was changed."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.master import change_section, change_table, waiting_note, way_in
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import Region

TARGET = "region"
LEVELS = {
    "nation": N_("全国"),
    "province": N_("省"),
    "city": N_("市"),
    "county": N_("县（市、区）"),
    "district": N_("市辖区"),
}
KINDS = {
    "division": N_("行政区划"),
    "own": N_("本级"),
    "zone": N_("开发区"),
    "functional": N_("功能区"),
    "separate": N_("单列"),
    "foreign": N_("国外"),
}


def show(reading: Reading) -> Component:
    found = [reading.tree.region(code) for code in reading.tree.codes]
    ended = [one for one in found if not one.exists_on(reading.today)]
    said = sentence(
        N_("{province}登记地区{count}个，其中市级{cities}个；已停用或并入其他地区的{ended}个。"),
        province=name_of(reading.tree.region(reading.tree.root)),
        count=Strong(str(len(found))),
        cities=str(sum(one.level == "city" for one in found)),
        ended=Strong(str(len(ended))),
    )
    second = _("代码采用国家统计局统计用区划代码。撤并时不删除原地区：填停用日期和并入地区，历史数据随之归并。")
    table = region_table(reading)
    body = parts.section(
        _("地区名录"),
        html.Div(html_table(table), className="scroll"),
        note=_("按隶属关系"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )
    nothing = _("系统启用以来，地区没有改动过。")
    return html.Div(
        [
            parts.conclusion(said, second, way_in(reading, TARGET)),
            *waiting_note(reading, TARGET),
            change_section(reading, TARGET, nothing),
            body,
        ]
    )


def region_table(reading: Reading) -> Table:
    """Every region of the tree, parents before children."""
    columns = (
        Column("name", _("地区")),
        Column("code", _("代码")),
        Column("level", _("级别")),
        Column("kind", _("类型")),
        Column("from", _("启用日期"), "day"),
        Column("to", _("停用日期"), "day"),
        Column("successor", _("并入地区")),
    )
    rows = [_row(reading, reading.tree.region(code)) for code in reading.tree.codes]
    return Table("regions", _("地区名录"), columns, rows, of_now=True)


def _row(reading: Reading, one: Region) -> Row:
    gone = one.successor
    tags = {} if one.exists_on(reading.today) else {"name": html.Span(_("已停用"), className="tag")}
    values: dict[str, object] = {"name": name_of(one), "code": one.code}
    values |= {"level": _(LEVELS[one.level]), "kind": _(KINDS[one.kind])}
    # Without a day a region always was, and is.
    values |= {"from": one.valid_from or "", "to": one.valid_to or ""}
    values["successor"] = (
        name_of(reading.tree.region(gone)) if gone is not None and gone in reading.tree else gone or ""
    )
    return Row(values, indent=min(len(reading.tree.path(one.code)) - 1, 3), extra=tags)


TAB = Tab(
    "regions",
    N_("地区名录"),
    show,
    tables={"regions": region_table, "region-changes": lambda reading: change_table(reading, TARGET)},
)
