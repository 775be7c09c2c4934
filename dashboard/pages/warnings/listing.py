"""预警清单: every subject that stands at a level, on trial and watched ones apart from those that must be worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import LONG, SHORT, level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.chart import day_of
from dashboard.pages.warnings.why import limit_said, subject_href
from dashboard.pages.warnings.work import matters
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.alerts.threshold import COLOURS, Level
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.thresholds.register import ACT, ELSEWHERE, TRIAL, WATCH
from workflows.warnings.standing import Standing, standing_subjects

PATH = "/warnings"
PAGE = 40
# What a standing means to the reader, in the order of the switch.
KINDS = {"": N_("须办"), ELSEWHERE: N_("并入"), TRIAL: N_("试运行"), WATCH: N_("关注")}
EXPLAINED = {
    "": N_("按已确认的标准判定，须有人办理。"),
    ELSEWHERE: N_("与下级或上级的预警同一原因，在原因所在地一并办理，不另派单。"),
    TRIAL: N_("标准为系统预置、未经本省确认：只判定和显示，不派单、不发通知。"),
    WATCH: N_("结构性指标，只提示，不派单。"),
}


def listed(reading: Reading) -> list[Standing]:
    """What stands at a level in the region looked at and below, as far as the reader may see it."""
    found = reading.ask(standing_subjects, reading.scheme.code)
    tree, scope = reading.tree, reading.scope
    return [
        one
        for one in found
        if one.subject.region in tree
        and scope.covers(tree, one.subject.region)
        and reading.region in tree.path(one.subject.region)
    ]


def kind(reading: Reading) -> str:
    return reading.view.show if reading.view.show in KINDS else ""


def chosen(reading: Reading, every: Sequence[Standing]) -> list[Standing]:
    """Those that the view's filters leave: standing, level, indicator; the worst first, then by region."""
    view, wanted = reading.view, kind(reading) or ACT
    found = [one for one in every if one.standing == wanted]
    if view.measure in COLOURS:
        found = [one for one in found if one.level is COLOURS[view.measure]]
    if view.span in INDICATORS:
        found = [one for one in found if one.subject.indicator == view.span]
    return sorted(found, key=_order(reading))


def _order(reading: Reading) -> Callable[[Standing], tuple[object, ...]]:
    place = {code: index for index, code in enumerate(reading.tree.codes)}
    if reading.view.sort == "since":
        return lambda one: (one.since, -one.level)
    if reading.view.sort == "region":
        return lambda one: (place[one.subject.region], -one.level)
    return lambda one: (-one.level, one.subject.indicator, place[one.subject.region], one.subject.part)


CARDS = Cards(("level", "region"), "name", ("value", "limit", "since", "lasted"))


def page(reading: Reading) -> list[Child]:
    every = listed(reading)
    found = chosen(reading, every)
    table = table_of(reading, found, screen=True)
    start = ((number_in(reading.view.number) or 1) - 1) * PAGE
    shown = Table(table.code, table.title, table.columns, table.rows[start : start + PAGE])
    body: list[Child] = [html.Div(_empty(reading, every), className="foot")]
    if found:
        sorts = {key: reading.view.href(sort=key, number="", item="") for key in ("region", "since")}
        body = [
            html.Div(html_table(shown, sort_hrefs=sorts, sorted_by=reading.view.sort, cards=CARDS), className="scroll")
        ]
        body += pager(reading, len(found), start, PAGE)
    note = _(EXPLAINED[kind(reading)])
    actions = [frame.exports(PATH, table.code, reading.view)]
    return [
        parts.conclusion(_said(reading, every)),
        html.Div(_filters(reading, every), className="toolbar"),
        parts.section(table.title, body, note=note, actions=actions),
    ]


def _said(reading: Reading, every: Sequence[Standing]) -> list[Child]:
    """How many stand at each level among those to be worked and as how many cases; the others, and all, by number."""
    counts = Counter(one.standing for one in every)
    levels = Counter(one.level for one in every if one.standing == ACT)
    said = sentence(N_("超过预警标准共{all}处（一个地区的一项指标为一处）："), all=Strong(str(len(every))))
    if not levels:
        said.append(_("没有须办理的"))
    else:
        worst = [
            _("{level}{count}处", level=_(SHORT[level]), count=levels[level])
            for level in reversed(Level)
            if levels.get(level)
        ]
        said += sentence(
            N_("须办{count}处（{levels}），合并为{cases}项预警事项"),
            count=Strong(str(levels.total())),
            levels=_("，").join(worst),
            cases=Strong(str(len(matters(reading)))),
        )
    rest = sentence(
        N_("；另有并入{merged}处在原因所在地办理，试运行{trial}处、关注{watch}处只提示不派单。"),
        merged=Strong(str(counts[ELSEWHERE])),
        trial=Strong(str(counts[TRIAL])),
        watch=Strong(str(counts[WATCH])),
    )
    return [*said, *rest]


def _empty(reading: Reading, every: Sequence[Standing]) -> str:
    if any(one.standing == (kind(reading) or ACT) for one in every):
        return _("没有符合筛选条件的预警。")
    return _("这里没有达到预警标准的指标。")


def _filters(reading: Reading, every: Sequence[Standing]) -> list[Child]:
    view = reading.view.without_item()
    counts = Counter(one.standing for one in every)
    switch = parts.segment(
        [
            (
                f"{_(name)} {counts[code or ACT]}",
                view.href(show=code, number="", span="", measure=""),
                code == kind(reading),
            )
            for code, name in KINDS.items()
        ],
        label=_("办理方式"),
    )
    mine = [one for one in every if one.standing == (kind(reading) or ACT)]
    indicators = Counter(one.subject.indicator for one in mine)
    return [
        switch,
        level_filter(reading, Counter(one.level for one in mine)),
        filter_menu(
            _("指标"),
            [(code, name_of(INDICATORS[code]), count) for code, count in indicators.most_common()],
            view.span,
            lambda code: view.href(span=code, number=""),
        ),
    ]


def level_filter(reading: Reading, counts: Mapping[Level, int]) -> Component:
    view = reading.view.without_item()
    options = [
        (code, _(LONG[level]), counts.get(level, 0)) for code, level in reversed(COLOURS.items()) if counts.get(level)
    ]
    return filter_menu(_("等级"), options, view.measure, lambda code: view.href(measure=code, number=""))


def filter_menu(
    label: str, options: Sequence[tuple[str, str, int]], current: str, href: Callable[[str], str]
) -> Component:
    """A menu of (code, name, how many) under a name; the chosen one stands in its place."""
    chosen = next((name for code, name, _count in options if code == current), "")
    entries = [parts.option(_("全部"), href(""), not chosen)]
    entries += [parts.option(name, href(code), code == current, str(count)) for code, name, count in options]
    shown: list[Child] = [html.Span(label, className="muted"), html.Span(chosen or _("全部"))]
    return parts.menu(shown, entries, className="filter")


def pager(reading: Reading, count: int, start: int, size: int) -> list[Child]:
    """Which rows are shown and the way to the others; nothing where all are."""
    if count <= size:
        return []
    view, number = reading.view.without_item(), start // size + 1
    said: list[Child] = [
        html.Span(_("第{first}—{last}条，共{count}条", first=start + 1, last=min(count, start + size), count=count))
    ]
    if number > 1:
        said.append(html.A(_("上一页"), href=view.href(number=str(number - 1))))
    if start + size < count:
        said.append(html.A(_("下一页"), href=view.href(number=str(number + 1))))
    return [html.Nav(said, className="pager")]


def table_of(reading: Reading, found: Sequence[Standing], *, screen: bool = False) -> Table:
    """The list as a table: on screen the level is a tag, in files a word."""
    columns = (
        Column("level", _("等级")),
        Column("region", _("地区")),
        Column("name", _("事项")),
        Column("period", _("期间")),
        Column("value", _("数值"), right=True, units=True),
        Column("limit", _("标准"), className="norm"),
        Column("since", _("自")),
        Column("lasted", _("持续")),
    )
    rows = []
    for one in found:
        part = words.part_name(reading, one.subject)
        rows.append(
            Row(
                {
                    "level": "" if screen else _(LONG[one.level]),
                    "region": words.place(reading, one.subject),
                    "name": words.title(one.subject) + (bracketed(part) if part else ""),
                    "period": period_name(one.period),
                    "value": words.value_of(reading, one),
                    "limit": limit_said(one),
                    "since": period_name(one.since),
                    "lasted": words.lasted(reading, one),
                },
                href=subject_href(reading, one),
                extra={"level": level_tag(one.level)} if screen else {},
            )
        )
    return Table("list", _("预警清单"), columns, rows)


def period_name(period: str) -> str:
    """A month by name, a minute by its day."""
    month = Month.parse(period)
    return day_of(period) if month is None else display.month_name(month)
