"""The workbench as files: every row as it was read, and 退回修改, the cells that the sender should mend."""

from __future__ import annotations

from dashboard.components.table import Column, Row, Table
from dashboard.pages.data.workbench import acts, rows
from dashboard.pages.data.workbench.bench import OnBench, bench
from dashboard.pages.data.workbench.checks import plain_number
from dashboard.site.reading import Reading
from dashboard.words.problems import rejection_line
from dashboard.words.wording import N_, _

WHY = {
    "unit": N_("金额没有单位，或单位不认识"),
    "period": N_("没有写是哪一年、哪一月"),
    "name": N_("名称不认识"),
    "form": N_("读不成一个数"),
    "formula": N_("公式没有算出结果，打开保存一次即可"),
    "day": N_("日期的写法有两种读法"),
    "encoding": N_("文字编码不能确定"),
}


def row_table(reading: Reading) -> Table | None:
    """Every row as it was read, with its cell and what it is beside the store."""
    on = on_bench(reading)
    if on is None:
        return None
    examined = on.examined
    names = [*examined.columns]
    columns = [Column("cell", _("出处")), *(Column(name, rows.title(examined, name)) for name in names)]
    columns.append(Column("state", _("与已有")))
    listed = []
    for at, cell in enumerate(examined.cells):
        values = {name: rows.said(examined, name, examined.columns[name][at]) for name in names}
        state = _(rows.STATES[examined.states[at]]) if examined.states else ""
        listed.append(Row({"cell": cell, **values, "state": state}))
    return Table("workbench", _("读成"), columns, listed, of_now=True)


def mend_table(reading: Reading) -> Table | None:
    """退回修改: every cell that the sender should mend, and why."""
    on = on_bench(reading)
    if on is None:
        return None
    columns = [Column("cell", _("单元格")), Column("text", _("原文")), Column("why", _("请改"))]
    listed: list[Row] = []
    for offer in on.examined.previewed.offers:
        for question in offer.questions:
            for cell in question.addresses or ("",):
                listed.append(Row({"cell": cell, "text": question.text, "why": _(WHY[question.about])}))
        for one in offer.sums:
            if not one.agrees:
                said = _("合计与各项相加差{difference}", difference=plain_number(one.difference))
                listed.append(Row({"cell": one.address, "text": plain_number(one.stated), "why": said}))
    for reason in on.examined.refused:
        cell = str(reason.parameters.get("cell", ""))
        listed.append(Row({"cell": cell, "text": reason.value, "why": rejection_line(reason, on.examined.target)}))
    return Table("mend", _("退回修改单"), columns, listed, of_now=True)


def on_bench(reading: Reading) -> OnBench | None:
    number = acts.number_of(reading.view)
    return None if number is None else bench().look(number)
