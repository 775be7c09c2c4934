"""One warning, the left side: what is wrong, why it warns, four facts, and the other signals of the same matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts.graph import graph
from dashboard.components import frame, parts, ranking
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, norm, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.chart import why_chart
from dashboard.pages.warnings.directions import plan_words
from dashboard.pages.warnings.words import SubjectFigures
from dashboard.site.reading import LIVE, Reading
from dashboard.site.view import View
from dashboard.words import display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, language, name_of
from data_access.books.indicators import Wanted
from rules.alerts.threshold import Level
from rules.alerts.way_out import mildest_limit
from rules.calendar import months_before
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.warnings.standing import Standing

PATH = "/warnings"
YEARS = 3
SIGNALS = 5
# What may stand behind a warning of income, as far as it is known.
CLUES = ("collection_rate", "contributor_growth", "enrolment_progress")
ABOUT_INCOME = ("income_deviation", "premium_deviation", "collection_rate")


def head(reading: Reading, found: SubjectFigures) -> Component:
    """Level, place, title, how long it has lasted; then the sentence."""
    standing = found.standing
    line = [
        level_tag(standing.level, long=True) if standing.level else html.Span(_("已回落"), className="tag"),
        html.H1(f"{words.place(reading, standing.subject)}　{words.title(standing.subject)}"),
        html.Span(words.lasted(reading, standing) if standing.level else "", className="muted"),
    ]
    return html.Header([html.Div(line, className="line"), html.P(words.conclusion(reading, found))], className="what")


def why(reading: Reading, found: SubjectFigures) -> Component:
    chart = why_chart(reading, found.standing)
    view = reading.view
    as_table = view.show == "table"
    look = html.A(_("看图") if as_table else _("看表格"), href=view.href(show="" if as_table else "table"))
    actions: list[Child] = [
        html.A(_("计算依据"), href=view.href(item=found.subject.indicator)),
        look,
        frame.exports(view.path, chart.code, view, chart=True),
    ]
    if as_table or not chart.span:
        body: list[Component] = [html.Div(html_table(chart.table), className="sheet why")]
    else:
        body = [graph(chart, str(g.theme), size="why")]
    return parts.section(_("为什么预警"), body, note=f"{chart.title}{_('，')}{chart.unit}", actions=actions)


# --- facts


def facts(reading: Reading, found: SubjectFigures) -> Component:
    cells = [
        *([_plan_cell(found)] if found.year is not None else [_inputs_cell(reading, found)]),
        _years_cell(reading, found),
        _place_cell(reading, found),
        _clues_cell(reading, found),
    ]
    shown = [
        html.Div([html.Div(label, className="label"), *(html.Div(line, className="line") for line in lines if line)])
        for label, lines in cells
        if lines
    ]
    return html.Div(shown, className="facts")


def wanted(reading: Reading, standing: Standing) -> list[Wanted]:
    """The values that the page of a subject needs, for ``Snapshot.read``: its own, earlier ones, and its clues."""
    values, month = words.wanted(reading, [standing]), Month.parse(standing.period)
    if month is None:
        return values
    code, snapshot = standing.subject.indicator, reading.published.snapshot(reading.scheme.code, LIVE)
    earlier = [months_before(month, 1), *(month - 100 * back for back in range(1, YEARS + 1))]
    clues = CLUES if code in ABOUT_INCOME else ()
    values += [snapshot.wanted(code, one) for one in earlier]
    return values + [snapshot.wanted(clue, month) for clue in clues]


Cell = tuple[str, list[list[Child]]]


def _plan_cell(found: SubjectFigures) -> Cell:
    year = found.year
    assert year is not None
    label, first = plan_words(found, year)
    mean = found.of_year("month.recent_mean", year.recent_mean)
    return label, [first, sentence(N_("近3月月均 {mean}"), mean=mean)]


def _inputs_cell(reading: Reading, found: SubjectFigures) -> Cell:
    """What the value was computed from: every term, so that the working closes before the reader's eyes."""
    if found.value is None:
        return _("计算所用"), []
    code = found.subject.indicator
    told = [
        (one, figures.input_figure(reading.running, code, found.value, one.name, of=found.about))
        for one in INDICATORS[code].inputs
        if one.unit in ("fen", "days", "rows", "persons")
    ]
    unit = closing_unit([int(given.value) for one, given in told if one.unit == "fen" and given.value])
    lines: list[list[Child]] = []
    for needed, given in told:
        if given.value is None:
            continue
        label = needed.label if language() == "zh" else needed.label_en
        name = f" {display.unit_name(unit)}" if needed.unit == "fen" else ""
        lines.append([f"{label} ", html.B([display.printed(given, unit), name])])
    if code == "unpaid_due" and found.figure.value is not None:
        terms = {one.name: given for one, given in told}
        lines += closing([terms["due_fen"], terms["paid_fen"], terms["held_fen"]], found.figure, unit)
    return _("计算所用"), lines


def closing_unit(terms: Sequence[int]) -> str:
    """The largest unit in which no term that is there shows as next to nothing beside the others."""
    least = min((abs(fen) for fen in terms if fen), default=0)
    return "yi" if least >= display.UNITS["yi"].fen else "wan" if least >= display.UNITS["wan"].fen else "yuan"


def closing(terms: Sequence[Figure], result: Figure, unit: str) -> list[list[Child]]:
    """The first term less the others, written out, with the note where the rounded terms do not add up."""
    told = [display.printed(one, unit) for one in (*terms, result)]
    line: list[Child] = [told[0], *(piece for one in told[1:-1] for piece in (" − ", one)), " ＝ ", told[-1]]
    note = display.rounding_note(told[:1], told[1:-1], told[-1])
    return [line, [note]] if note else [line]


def _years_cell(reading: Reading, found: SubjectFigures) -> Cell:
    """The same month of earlier years, and the province's value of this one."""
    month, code = Month.parse(found.standing.period), found.subject.indicator
    if month is None:
        return _province_cell(reading, found)
    first: list[Child] = []
    for back in range(YEARS, 0, -1):
        period = display.period_month(month - 100 * back)
        earlier = words.found_value(reading, found.subject, period)
        if earlier is not None and earlier.value is not None:
            subject = found.subject
            figure = figures.observed(reading, code, subject.region, subject.part, period, earlier.value)
            first += ["　"] if first else []
            first.append(display.printed(figure, signed=figure.unit == "points"))
    first = first or [_("以前年度没有可比的数")]
    label = _("近{years}年{month}末", years=YEARS, month=display.short_month(month))
    return label, [first, *_province_cell(reading, found)[1]]


def _province_cell(reading: Reading, found: SubjectFigures) -> Cell:
    root = reading.tree.root
    if found.subject.region == root or found.subject.part:
        return _("全省"), []
    rows = _siblings(reading, found, (root,), found.standing.period)
    value = rows.get(root)
    if value is None:
        return _("全省"), []
    figure = figures.observed(reading, found.subject.indicator, root, "", found.standing.period, value)
    shown = display.printed(figure, signed=figure.unit == "points")
    return _("全省"), [sentence(N_("全省本期 {value}"), value=shown)]


def _siblings(
    reading: Reading, found: SubjectFigures, regions: Sequence[str], period: str
) -> dict[str, Decimal | None]:
    live = INDICATORS[found.subject.indicator].period == LIVE
    rows = reading.published.snapshot(found.subject.scheme, LIVE).values(
        found.subject.indicator, None if live else Month.parse(period)
    )
    return {code: rows[code].value if code in rows else None for code in regions}


def _place_cell(reading: Reading, found: SubjectFigures) -> Cell:
    """名次: the rank, the number ranked and the rank a month before; nothing else of other regions."""
    subject, period = found.subject, found.standing.period
    siblings = reading.peers(subject.region)
    if not siblings or subject.part or INDICATORS[subject.indicator].worse is None:
        return _("本月名次"), []
    now = _rank(reading, found, siblings, period)
    if now is None:
        return _("本月名次"), []
    place, count = now
    lines: list[list[Child]] = [sentence(N_("第 {place} 位，共{count}个"), place=Strong(str(place)), count=str(count))]
    month = Month.parse(period)
    before = None if month is None else _rank(reading, found, siblings, display.period_month(months_before(month, 1)))
    if before is not None:
        lines.append([_("上月第{place}位", place=before[0])])
    return _("本月名次"), lines


def _rank(reading: Reading, found: SubjectFigures, siblings: Sequence[str], period: str) -> tuple[int, int] | None:
    values = _siblings(reading, found, siblings, period)
    placed = ranking.rank(values, higher_first=INDICATORS[found.subject.indicator].worse == "lower")
    own = next((place for code, _value, place in placed if code == found.subject.region), None)
    return None if own is None else (own, sum(value is not None for value in values.values()))


def _clues_cell(reading: Reading, found: SubjectFigures) -> Cell:
    """原因线索: other indicators of the same region and month that bear on it, where they have a value."""
    month = Month.parse(found.standing.period)
    lines: list[list[Child]] = []
    if found.subject.indicator in ABOUT_INCOME and month is not None:
        for code in CLUES:
            if code == found.subject.indicator:
                continue
            value = reading.published.snapshot(found.subject.scheme, LIVE).values(code, month).get(found.subject.region)
            if value is not None and value.value is not None:
                subject = found.subject
                figure = figures.observed(reading, code, subject.region, "", found.standing.period, value.value)
                lines.append([f"{name_of(INDICATORS[code])} ", html.B(words.shown(figure))])
    return _("原因线索"), lines[:2]


# --- the same matter


def signals_table(reading: Reading, others: Sequence[Standing], place: str = "") -> Table:
    """The other signals merged into one matter at a place: level, what, value, the limit reached."""
    columns = (
        Column("level", _("预警")),
        Column("what", _("信号")),
        Column("value", _("数值"), right=True),
        Column("limit", _("标准"), className="norm"),
    )
    rows = []
    for standing in others:
        subject = standing.subject
        name = name_of(INDICATORS[subject.indicator])
        part = words.part_name(reading, subject)
        said = f"{words.place(reading, subject)} {name}{f' {part}' if part else ''}"
        rows.append(
            Row(
                {
                    "level": "",
                    "what": said,
                    "value": words.short(words.value_of(reading, standing)),
                    "limit": limit_said(standing),
                },
                href=subject_href(reading, standing),
                extra={"level": level_tag(standing.level)},
            )
        )
    return Table("signals", _("同一事项的其他信号"), columns, rows, place=place)


def limit_said(standing: Standing) -> str:
    """The limit reached, or why the signal is only shown."""
    if standing.standing == "trial":
        return _("试运行")
    if standing.standing == "watch":
        return _("关注，仅提示")
    if standing.standing == "elsewhere":
        return _("同一原因，在原因所在地办理")
    limit = next(
        (one for one in (standing.limits.limits if standing.limits else ()) if one.level is standing.level), None
    )
    if limit is None:
        return display.NO_VALUE
    return words.trimmed_number(standing.subject.indicator, limit.at)


def subject_href(reading: Reading, standing: Standing) -> str:
    """The page of one signal by itself."""
    view = reading.view
    return View(f"{PATH}/s{standing.id}", view.scheme, period=view.period).href()


def signals(reading: Reading, others: Sequence[Standing]) -> Component:
    if not others:
        return parts.section(_("同一事项的其他信号"), html.Div(_("没有其他信号。"), className="foot"))
    table, whole = signals_table(reading, others), reading.view.span == "all"
    more = []
    if len(others) > SIGNALS:
        said = _("收起") if whole else _("全部{count}条", count=len(others))
        more = [html.A(said, href=reading.view.href(span="" if whole else "all"))]
    shown = replace(table, rows=table.rows if whole else table.rows[:SIGNALS])
    return parts.section(table.title, html.Div(html_table(shown), className="scroll"), note=_("合并办理"), actions=more)


def still_firing(found: SubjectFigures) -> list[Child]:
    """Why it cannot be closed yet: 指标须回落到−1以内，当前−5.60."""
    standing = found.standing
    if standing.level is Level.NONE or standing.limits is None:
        return []
    limit = words.trimmed_number(standing.subject.indicator, mildest_limit(standing.limits))
    value = display.printed(found.figure, signed=found.figure.unit == "points")
    return sentence(N_("销号条件未满足：指标须回落到{limit}以内，当前{value}。"), limit=[norm(limit)], value=value)
