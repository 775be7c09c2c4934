"""The list of 预警规则 by indicator, grouped by 四位一体 side; and the coverage report beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.thresholds import acts, rule as thresholds_rule, words as words
from dashboard.pages.thresholds.form import SET
from dashboard.pages.thresholds.pending import waiting, waiting_panels
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, between, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from workflows.thresholds.changes import Recording, standing
from workflows.thresholds.coverage import Coverage, coverage, levels_by_row
from workflows.thresholds.register import CONFIRMED, TRIAL, Limit, Register

COVERAGE = "coverage"
STATES = {"": N_("全部"), TRIAL: N_("试运行"), CONFIRMED: N_("已确认"), "off": N_("不设预警"), "warned": N_("有预警")}


def listed(reading: Reading, register: Register) -> list[tuple[str, str, Limit]]:
    """Indicator, rule and row of all that decides now or later for the scheme looked at, by side."""
    order = words.SIDES
    codes = sorted(INDICATORS, key=lambda code: order.index(str(INDICATORS[code].side or "information")))
    found = []
    for code in codes:
        for rule in register.rules(code):
            found += [(code, rule, row) for row in thresholds_rule.rows_here(reading, register, code, rule)]
    return found


def counts_here(reading: Reading) -> Mapping[int, Counter[Level]]:
    """By row how many regions of the scheme stand at each level."""
    return reading.ask(levels_by_row, reading.scheme.code)


def show(reading: Reading) -> Component:
    register, made = thresholds_rule.load(reading)
    counts = counts_here(reading)
    rows = listed(reading, register)
    body: list[Child] = [parts.conclusion(_sentence(rows, counts), _second(reading, rows))]
    body += waiting_panels(reading, register)
    body.append(_toolbar(reading, rows))
    if reading.view.tab == COVERAGE:
        body.append(_coverage(reading, register))
    else:
        body.append(_grouped(reading, rows, counts, made))
        body.append(_confirming(reading, register, rows))
    return html.Div(body)


def _sentence(rows: list[tuple[str, str, Limit]], counts: Mapping[int, Counter[Level]]) -> list[Child]:
    trial = sum(1 for _code, _rule, row in rows if row.status == TRIAL)
    standing_now: Counter[Level] = sum((counts.get(row.id, Counter()) for _c, _r, row in rows), Counter())
    # What is within its limits stands at a level too: at none.
    del standing_now[Level.NONE]
    said = sentence(
        N_("本险种预警标准{count}条：已确认{confirmed}条，系统预置、未经本省确认{trial}条"),
        count=Strong(str(len(rows))),
        confirmed=Strong(str(len(rows) - trial)),
        trial=Strong(str(trial)),
    )
    colours = [level for level in (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE) if standing_now[level]]
    if not colours:
        return [*said, _("；现在没有超限。")]
    over = sentence(
        N_("；现在超限{count}处（须办、并入、关注、试运行合计，见预警清单）："), count=Strong(str(standing_now.total()))
    )
    return [*said, *over, *_tags(standing_now)]


def _tags(counts: Mapping[Level, int]) -> list[Child]:
    colours = [level for level in (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE) if counts.get(level)]
    return [html.Span([level_tag(level, counts[level]) for level in colours], className="tags")]


def _second(reading: Reading, rows: list[tuple[str, str, Limit]]) -> str:
    said = []
    if any(row.status == TRIAL for _code, _rule, row in rows):
        said.append(_("试运行的标准照常评判、照常显示，不发通知、不派任务。"))
    if many := len(waiting(reading)):
        said.append(_("{count}项追溯改动等待第二人确认。", count=many))
    return between().join(said)


def _toolbar(reading: Reading, rows: list[tuple[str, str, Limit]]) -> Component:
    view = reading.view
    looks = [
        (_("按指标"), view.href(tab="", sort="", measure=""), view.tab != COVERAGE),
        (_("覆盖情况"), view.href(tab=COVERAGE, sort="", measure=""), view.tab == COVERAGE),
    ]
    content: list[Child] = [parts.segment(looks, label=_("看法"), small=True)]
    if view.tab != COVERAGE:
        sides = [(_("四位一体"), view.href(measure=""), not view.measure)]
        sides += [
            (words.side_name(reading, code), view.href(measure=code), view.measure == code) for code in words.SIDES
        ]
        states = [(_(name), view.href(sort=code), view.sort == code) for code, name in STATES.items()]
        content += [
            parts.segment(sides, label=_("四位一体"), small=True),
            parts.segment(states, label=_("状态"), small=True),
        ]
    links: list[Child] = [
        html.A(_("为什么没有预警"), href=replace(view, path="/thresholds/why", tab="", sort="", measure="").href()),
        html.A(_("导入导出"), href=replace(view, path="/thresholds/files", tab="", sort="", measure="").href()),
    ]
    code = "coverage" if view.tab == COVERAGE else "limits"
    content.append(html.Div([*links, frame.exports("/thresholds", code, view)], className="push links"))
    return html.Div(content, className="toolbar")


# --- by indicator


def limit_table(
    reading: Reading,
    rows: list[tuple[str, str, Limit]],
    counts: Mapping[int, Counter[Level]],
    made: dict[int, Recording],
) -> Table:
    columns = (
        Column("side", _("四位一体"), hidden=True),
        Column("indicator", _("指标")),
        Column("unit", _("单位")),
        Column("blue", _("蓝"), className="norm"),
        Column("yellow", _("黄"), className="norm"),
        Column("orange", _("橙"), className="norm"),
        Column("red", _("红"), className="norm"),
        Column("scope", _("适用范围")),
        Column("dates", _("生效")),
        Column("status", _("状态")),
        Column("now", _("现在超限的地区")),
        Column("by", _("由谁")),
    )
    lines = [_limit_row(reading, one, counts.get(one[2].id, Counter()), made) for one in rows]
    return Table("limits", _("预警标准"), columns, lines)


def _limit_row(
    reading: Reading, one: tuple[str, str, Limit], counts: Counter[Level], made: dict[int, Recording]
) -> Row:
    code, rule, row = one
    side = INDICATORS[code].side
    by = made.get(row.since_set)
    over = {level: many for level, many in counts.items() if level}
    extra: dict[str, Child] = {} if not over else {"now": _tags(over)[0]}
    if row.status == TRIAL:
        extra["status"] = html.Span(words.status_words(row), className="tag", title=_(words.ON_TRIAL))
    return Row(
        {
            "side": words.side_name(reading, side) if side else "",
            "indicator": words.rule_name(code, rule),
            "unit": words.unit(code),
            **thresholds_rule.limit_cells(code, row),
            "scope": words.scope_words(reading.tree, row.scope),
            "dates": words.dates_words(row),
            "status": "" if row.status == TRIAL else words.status_words(row),
            "now": "" if over else (_("无") if counts else ""),
            "by": "" if by is None or row.status == TRIAL else by.recorded_by,
        },
        href=rule_href(reading, code, rule, row.id),
        extra=extra,
    )


def rule_href(reading: Reading, code: str, rule: str, row: int | None = None) -> str:
    there = replace(
        reading.view, path=f"/thresholds/{words.slug(code, rule)}", tab="", sort="", measure="", span="", item=""
    )
    return there.href(number="" if row is None else str(row))


def wanted(
    reading: Reading, rows: list[tuple[str, str, Limit]], counts: Mapping[int, Counter[Level]]
) -> list[tuple[str, str, Limit]]:
    """The rows that the filters leave."""
    side, state = reading.view.measure, reading.view.sort

    def fits(one: tuple[str, str, Limit]) -> bool:
        code, _rule, row = one
        if side in words.SIDES and INDICATORS[code].side != side:
            return False
        if state == "off":
            return not row.enabled
        if state == "warned":
            return any(level for level in counts.get(row.id, Counter()))
        return state not in (TRIAL, CONFIRMED) or row.status == state

    return [one for one in rows if fits(one)]


def _grouped(
    reading: Reading,
    rows: list[tuple[str, str, Limit]],
    counts: Mapping[int, Counter[Level]],
    made: dict[int, Recording],
) -> Component:
    """One table for the screen, a line before each side."""
    left = wanted(reading, rows, counts)
    if not left:
        return html.Div(_("没有符合条件的标准。"), className="foot")
    lines: list[Row] = []
    for side in words.SIDES:
        mine = [one for one in left if INDICATORS[one[0]].side == side]
        if mine:
            many = len({(code, rule) for code, rule, _row in mine})
            head = html.Span([words.side_name(reading, side), html.Small(_("{count}项规则", count=many))])
            lines.append(Row({"indicator": ""}, style="group", extra={"indicator": head}))
            lines += limit_table(reading, mine, counts, made).rows
    whole = limit_table(reading, [], counts, made)
    return html.Div(html_table(replace(whole, rows=lines)), className="scroll limits")


def _confirming(reading: Reading, register: Register, rows: list[tuple[str, str, Limit]]) -> Component:
    """One form that confirms what is on trial, of one side or all."""
    trial = [one for one in rows if one[2].status == TRIAL and standing(one[2])]
    if not trial or not acts.confirm_limits.open_to(reading):
        return html.Div()
    sides = [side for side in words.SIDES if any(INDICATORS[code].side == side for code, _r, _row in trial)]
    options = [("all", _("全部试运行标准（{count}条）", count=len(trial)))]
    options += [
        (
            side,
            _(
                "{side}类（{count}条）",
                side=words.side_name(reading, side),
                count=sum(1 for code, _r, _row in trial if INDICATORS[code].side == side),
            ),
        )
        for side in sides
    ]
    which = replace(acts.WHICH, options=lambda _reading: options)
    values: Values = {SET: str(register.number), which: "all"}
    body = acts.confirm_limits.form(reading, values, [SET, (which, acts.CONFIRM_REASON)])
    note = _("按系统预置的数值原样启用；从下一次评判起发通知、派任务")
    return parts.section(
        _("确认启用"), html.Div(body, key=f"confirm-{register.number}", className="limit-form"), note=note
    )


# --- coverage


def coverage_rows(reading: Reading, register: Register) -> tuple[Coverage, ...]:
    periods = {kind: thresholds_rule.period_now(reading, code) for code, kind in _ONE_OF_EACH.items()}
    return reading.ask(coverage, register, reading.scheme.code, reading.tree, periods)


_ONE_OF_EACH = {"premium_deviation": "month", "data_age": "live"}


def coverage_table(reading: Reading, found: tuple[Coverage, ...]) -> Table:
    columns = (
        Column("indicator", _("指标")),
        Column("regions", _("有数的地区"), "count"),
        Column("confirmed", _("已确认"), "count"),
        Column("trial", _("试运行"), "count"),
        Column("watched", _("只关注"), "count"),
        Column("off", _("有意不设"), "count"),
        Column("without", _("未设标准"), "count"),
        Column("which", _("未设与不设的地区")),
    )
    order = sorted(found, key=lambda one: (-len(one.without), -len(one.off), -len(one.trial)))
    rows = []
    for one in order:
        named = [name_of(reading.tree.region(code)) for code in (*one.without, *one.off)]
        told = _("、").join(named[:6]) + (_(" 等{count}个", count=len(named)) if len(named) > 6 else "")
        groups = (one.confirmed, one.trial, one.watched, one.off, one.without)
        rows.append(
            Row(
                {
                    "indicator": words.rule_name(one.indicator, one.rule),
                    "regions": sum(len(group) for group in groups),
                    "confirmed": len(one.confirmed),
                    "trial": len(one.trial),
                    "watched": len(one.watched),
                    "off": len(one.off),
                    "without": len(one.without),
                    "which": told,
                },
                href=rule_href(reading, one.indicator, one.rule),
            )
        )
    return Table("coverage", _("覆盖情况"), columns, rows)


def _coverage(reading: Reading, register: Register) -> Component:
    found = coverage_rows(reading, register)
    without = sum(1 for one in found if one.without)
    off = sum(1 for one in found if one.off)
    trial = sum(1 for one in found if one.trial)
    said = _(
        "{without}项规则有地区未设标准，{off}项有意不设，{trial}项还在试运行。", without=without, off=off, trial=trial
    )
    return parts.section(
        _("覆盖情况"),
        html.Div(html_table(coverage_table(reading, found)), className="scroll"),
        note=_("每项指标在有数的地区里各由什么标准评判"),
        foot=said,
    )
