"""各部门报送情况 of 来源与更新: each department's sources, on time or late, and how punctual the last months were."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.data.sources import about_of, late_figure, show as show_sources
from dashboard.site.reading import Reading
from dashboard.words import as_of
from dashboard.words.departments import department_name
from dashboard.words.wording import _, bracketed
from data_access.intake.sources.status import SourceStatus, source_statuses
from data_access.intake.sources.timeliness import MONTHS, Delivered, Timeliness, load_timeliness
from rules.department import Department
from workflows.people.rights import department_of

PATH = "/data"
COUNTED = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING, Timeliness.UNKNOWN)


def show(reading: Reading) -> Component:
    """来源与更新: departments, then the sources; the sources alone where there are none."""
    return show_sources(
        reading, [_section(reading)] if reading.ask(source_statuses, reading.now, reading.scheme.code) else []
    )


def _section(reading: Reading) -> Component:
    """The summary, the reader's own department first; a department's line leads to its sources."""
    table = department_table(reading)
    return parts.section(
        table.title,
        html.Div(html_table(table), className="scroll"),
        note=as_of.noted(reading, _("点部门查看其来源")),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_(
            "近{months}期按月计：到当月最后一个工作日的数据在时限内入库为按时。时限早于本系统首批数据的月份无从判断，计为不详。",
            months=MONTHS,
        ),
    )


def department_table(reading: Reading) -> Table:
    """One row per department that has sources: how many, late now, rejected rows, and the months by how they came."""
    columns = (
        Column("department", _("部门")),
        Column("sources", _("来源数"), "count", what="delivery.sources"),
        Column("in_time", _("按时"), "count", what="delivery.in_time"),
        Column("not_due", _("未到期未报"), "count", what="delivery.not_due"),
        Column("late", _("逾期"), "count", what="delivery.late"),
        Column("worst", _("最长逾期（工作日）"), "count", sums=False),
        Column("rejected", _("最近一批退回行"), "count", what="delivery.rejected"),
        Column("on_time", _("近{months}期按时", months=MONTHS), "count", what="delivery.months.on_time"),
        Column("late_months", _("迟报"), "count", what="delivery.months.late"),
        Column("missing", _("缺报"), "count", what="delivery.months.missing"),
        Column("unknown", _("不详"), "count", what="delivery.months.unknown"),
    )
    now, code = reading.now, reading.scheme.code
    every = reading.ask(source_statuses, now, code)
    delivered = reading.ask(load_timeliness, code, now)
    own = department_of(reading.scope)
    known = [one for one in Department if any(source.department == one for source in every)]
    rows = []
    for one in sorted(known, key=lambda department: department != own):
        sources = [source for source in every if source.department == one]
        name = department_name(one) + (bracketed(_("本部门")) if one == own else "")
        href = reading.view.href(tab="sources", measure=one)
        values = {"department": name, **_values(sources, [delivered[source.code] for source in sources], reading)}
        rows.append(Row(values, href=href, selected=reading.view.measure == one, part=one))
    whole = {"department": _("合计"), **_values(every, list(delivered.values()), reading)}
    foot = [Row(whole, style="sum")] if len(rows) > 1 else []
    return Table("departments", _("各部门报送情况"), columns, rows, foot=foot, of_now=True, about=about_of(reading))


def _values(sources: Sequence[SourceStatus], delivered: Sequence[Delivered], reading: Reading) -> dict[str, object]:
    late = [one for one in sources if one.late(reading.now)]
    # What never delivered is not on time because its first day is still to come.
    not_due = [one for one in sources if one.never_delivered and one not in late]
    worst = max(late, key=lambda one: one.working_days_late or 0, default=None)
    counts = {one: sum(of.count(one) for of in delivered) for one in COUNTED}
    # Where nothing can be said of any month, none was on time, late or missing either.
    known = any(counts[one] for one in COUNTED[:-1])
    rejected = [one.rejected for one in sources if one.rejected is not None]
    return {
        "sources": len(sources),
        "in_time": len(sources) - len(late) - len(not_due),
        "not_due": len(not_due),
        "late": len(late),
        "worst": None if worst is None else late_figure(about_of(reading), worst),
        "rejected": sum(rejected) if rejected else None,
        "on_time": counts[Timeliness.ON_TIME] if known else None,
        "late_months": counts[Timeliness.LATE] if known else None,
        "missing": counts[Timeliness.MISSING] if known else None,
        "unknown": counts[Timeliness.UNKNOWN],
    }
