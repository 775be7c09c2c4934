"""工作日历: which years' holidays are known, what each month has of working days, and what a calendar that waits would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.master import change_section, change_table, waiting_note, way_in
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.data.imports import seen
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.intake.importers.history import offered_changes
from data_access.intake.master import HOLIDAY, CalendarDay, calendar_after, calendar_days, waiting_batches
from data_access.intake.sources.status import load_calendar
from rules import deadlines
from rules.calendar import WorkingCalendar
from rules.expiry import has_year
from rules.month import Month

TARGET = "calendar_day"
# The State Council's notice of the next year comes in October or November.
NOTICE_MONTH = 11


def show(reading: Reading) -> Component:
    years, year = _years(reading), _year(reading)
    names = [(str(one), reading.view.href(show=str(one)), one == year) for one in years]
    months, days = month_table(reading), day_table(reading)
    left = parts.section(
        _("{year}年各月工作日", year=year),
        html.Div(html_table(months), className="scroll"),
        note=_months_note(reading, year),
        actions=[parts.segment(names, label=_("年份"), small=True), frame.exports(PATH, months.code, reading.view)],
        foot=_("月度定稿期限遇节假日顺延到下一个工作日；督办限期和来源逾期按工作日计算，随日历变化。"),
    )
    listed: Children = _("没有{year}年的放假安排，只按周一至周五算工作日。", year=year)
    right = parts.section(
        _("{year}年放假和调休", year=year),
        html.Div(html_table(days), className="scroll") if days.rows else html.Div(listed, className="foot"),
        actions=[frame.exports(PATH, days.code, reading.view)] if days.rows else (),
        foot=_("依据国务院办公厅每年关于部分节假日安排的通知，一天一行：holiday 为放假，workday 为周末上班。"),
    )
    nothing = _("系统启用以来，工作日历没有改动过。")
    return html.Div(
        [
            parts.conclusion(_conclusion(reading), _second(reading), way_in(reading, TARGET)),
            *waiting_note(reading, TARGET),
            html.Div([left, right], className="split halves"),
            change_section(reading, TARGET, nothing),
        ]
    )


def _conclusion(reading: Reading) -> Children:
    known = sorted({one.day.year for one in reading.ask(calendar_days)})
    calendar, following = reading.ask(load_calendar), reading.today.year + 1
    whole = [year for year in known if has_year(calendar, year)]
    if not whole:
        return _("还没有导入过放假安排，只按周一至周五算工作日。")
    said = sentence(N_("已导入{first}—{last}年的放假安排。"), first=str(whole[0]), last=Strong(str(whole[-1])))
    if has_year(calendar, following):
        return said
    if reading.today.month >= NOTICE_MONTH:
        return [*said, html.B(_("{year}年的尚未导入，请按国务院办公厅通知尽快导入。", year=following))]
    return [*said, _("{year}年的通知一般在每年11月前后公布，届时导入。", year=following)]


def _second(reading: Reading) -> str:
    if has_year(reading.ask(load_calendar), reading.today.year + 1):
        return _("期限、逾期和督办时限都按本日历算工作日。")
    following = date(reading.today.year + 1, 1, 1)
    return _("缺少时，{day}起只按周一至周五算工作日，期限和逾期会算错。", day=display.day_name(following))


def _years(reading: Reading) -> list[int]:
    """The years that can be looked at: the next one, and back as far as is known."""
    first = min((one.day.year for one in reading.ask(calendar_days)), default=reading.today.year)
    return list(range(max(first, reading.today.year - 2), reading.today.year + 2))


def _year(reading: Reading) -> int:
    """The year looked at: the one asked for, else the year that waits or the running one."""
    asked = [one for one in _years(reading) if str(one) == reading.view.show]
    if asked:
        return asked[0]
    waits = {int(one.key["day"][:4]) for one in _offered(reading)}
    return max(waits & set(_years(reading)), default=reading.today.year)


def _offered(reading: Reading) -> Sequence:  # type: ignore[type-arg]
    """The rows that deliveries which wait for a second person would change."""
    waiting = reading.ask(waiting_batches, TARGET, seen(reading))
    return [change for one in reversed(waiting) for change in reading.ask(offered_changes, one.id)]


def _months_note(reading: Reading, year: int) -> str:
    if _offered(reading):
        return _("“导入后”为待复核的一批通过后的情况")
    known = has_year(reading.ask(load_calendar), year)
    return _("按已导入的放假安排") if known else _("没有放假安排，按周一至周五")


def month_table(reading: Reading) -> Table:
    """A row a month: working days, and by when the month before is to be signed; with what a delivery that waits would
    make of both."""
    year, now = _year(reading), reading.ask(load_calendar)
    offered = _offered(reading)
    after = calendar_after(now, offered) if offered else now
    columns = [
        Column("month", _("月份")),
        Column("days", _("工作日"), "count", sums=False),
        Column("close", _("月度定稿期限"), "day"),
    ]
    if offered:
        columns += [
            Column("days_after", _("导入后工作日"), "count", sums=False),
            Column("close_after", _("导入后定稿期限"), "day"),
        ]
    rows = []
    for number in range(1, 13):
        month = Month(year * 100 + number)
        values: dict[str, object] = {"month": display.month_name(month)}
        values |= {"days": _working_days(now, month), "close": _closing(reading, month, now)}
        if offered:
            values |= {"days_after": _working_days(after, month), "close_after": _closing(reading, month, after)}
        changed = bool(offered) and (values["days"], values["close"]) != (values["days_after"], values["close_after"])
        rows.append(Row(values, style="sum" if changed else ""))
    return Table("months", _("{year}年各月工作日", year=year), columns, rows, of_now=True)


def _working_days(calendar: WorkingCalendar, month: Month) -> int:
    return calendar.until(month.first - timedelta(days=1), month.last)


def _closing(reading: Reading, month: Month, calendar: WorkingCalendar) -> date | None:
    """By when a month is signed 月度定稿: None where the scheme sets no day."""
    found = [one.on for one in _deadlines(reading, month) if one.code == "closing_day"]
    return calendar.on_working(found[0]) if found else None


def _deadlines(reading: Reading, month: Month) -> tuple[deadlines.Deadline, ...]:
    if reading.scheme.kind != "ledger":
        return ()
    return deadlines.of_month(reading.scheme, month.first)


def day_table(reading: Reading) -> Table:
    """The days of the year looked at that are not as the week has them, in runs of one name and kind."""
    columns = (
        Column("name", _("节日")),
        Column("kind", _("类型")),
        Column("first", _("起"), "day"),
        Column("last", _("止"), "day"),
        Column("days", _("天数"), "count", sums=False),
    )
    rows = []
    year = _year(reading)
    for run in _runs([one for one in reading.ask(calendar_days) if one.day.year == year]):
        kind = _("放假") if run[0].kind == HOLIDAY else _("调休上班")
        values = {"name": run[0].name, "kind": kind, "first": run[0].day, "last": run[-1].day, "days": len(run)}
        rows.append(Row(values))
    return Table("holidays", _("{year}年放假和调休", year=year), columns, rows, of_now=True)


def _runs(days: Sequence[CalendarDay]) -> list[list[CalendarDay]]:
    """Days that follow one another under one name and of one kind, together."""
    found: list[list[CalendarDay]] = []
    for one in days:
        last = found[-1][-1] if found else None
        if last is not None and (last.name, last.kind, last.day + timedelta(days=1)) == (one.name, one.kind, one.day):
            found[-1].append(one)
        else:
            found.append([one])
    return found


TAB = Tab(
    "calendar",
    N_("工作日历"),
    show,
    tables={
        "months": month_table,
        "holidays": day_table,
        "calendar-day-changes": lambda reading: change_table(reading, TARGET),
    },
)
