"""为什么没有预警 [/thresholds/why]: one indicator, region and month; value, record in force, counters, silence, trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Children, norm, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.thresholds import rule as thresholds_rule, words as words
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between, bracketed, name_of
from rules.alerts.condition import Gap
from rules.alerts.explanation import Answer, Explanation, explain
from rules.alerts.threshold import Level, Scope
from rules.indicators import INDICATORS
from workflows.thresholds.register import ELSEWHERE, TRIAL, WATCH, Register
from workflows.warnings.alerts import Subject
from workflows.warnings.held_back import active_silences, was_withheld
from workflows.warnings.histories import history
from workflows.warnings.observations import Series
from workflows.warnings.silences import SilenceRow
from workflows.warnings.standing import subject_standings

SHOWN = 24
ANSWERS: dict[Answer, str] = {
    Answer.NO_SUBJECT: N_("这项指标在这里没有数值：不适用，或数据还没有报来。"),
    Answer.NO_LIMIT: N_("未设预警标准，所以不评判。"),
    Answer.SWITCHED_OFF: N_("标准写明不设预警，是有意不监测。"),
    Answer.NOT_FINAL: N_("本期尚未定稿，定稿之后才评判；现在的数只作预计。"),
    Answer.NO_VALUE: N_("本期无数据：没有数不等于没有问题，按标准里“没有数据时”的规定处理。"),
    Answer.WITHIN: N_("数值没有越过任何一条标准（正好等于标准时按标准写明的办法）。"),
    Answer.COUNTING: N_("数值已越过标准，但还没有连续满规定的期数。"),
    Answer.ON_TRIAL: N_("标准在试运行：已评判、已显示，不发通知、不派任务。"),
    Answer.WATCHED: N_("这条标准只供关注：显示颜色，不派任务。"),
    Answer.SILENCED: N_("有暂缓提醒，期内未发通知。"),
    Answer.ELSEWHERE: N_("与下级或上级的预警同一原因，在原因所在地一并办理，这里不另派单。"),
    Answer.WARNED: N_("已经预警。"),
}


def asked(reading: Reading) -> tuple[str, str]:
    """The indicator and rule the address names; the first with a limit otherwise."""
    code, _dot, rule = reading.view.measure.partition(".")
    if code in INDICATORS and rule in words.RULES:
        return code, rule
    return "premium_deviation", "low"


def show(reading: Reading) -> Component:
    register, _made = thresholds_rule.load(reading)
    code, rule = asked(reading)
    known = history(reading.published, reading.scheme.code, code)
    found = sorted((part, series) for (_c, region, part), series in known.series.items() if region == reading.region)
    part, series = found[0] if found else ("", [])
    judged = [when for when, value in series if value is not Gap.NOT_DUE]
    period = reading.view.span or (judged[-1] if judged else thresholds_rule.period_now(reading, code))
    said = explained(reading, register, code, rule, series, period)
    held: tuple[SilenceRow, ...] = ()
    if said.after.level:
        latest = bool(judged) and period == judged[-1]
        silenced, held = _silences(reading, code, rule, part, said, latest=latest)
        untold = [Answer.SILENCED] if silenced else []
        untold += [Answer.ELSEWHERE] if latest and _elsewhere(reading, code, rule, part) else []
        said = explained(reading, register, code, rule, series, period, untold)
    body: list[Child] = [parts.conclusion(_sentence(reading, code, rule, said, part), _answers(said))]
    body.append(_choices(reading, register, code, rule, series, period))
    body.append(
        html.Div(
            [_facts(reading, code, part, said, held), _past(reading, register, code, rule, part, series)],
            className="split even",
        )
    )
    body.append(thresholds_rule.resolution(reading, register, code, rule, reading.region, period))
    return html.Div(body)


def explained(
    reading: Reading,
    register: Register,
    code: str,
    rule: str,
    series: Series,
    period: str,
    untold: Sequence[Answer] = (),
) -> Explanation:
    """The explanation of one period of the region looked at, by the limits as they were in force through time."""
    subject = Scope(code, reading.scheme.code, reading.node.level, reading.region)
    row = register.deciding(subject, rule, period)
    return explain(
        series,
        register.versions(subject, rule),
        register.resolve(subject, rule, period),
        period,
        trial=row is not None and row.status == TRIAL,
        watch=row is not None and row.kind == WATCH,
        untold=untold,
    )


def _elsewhere(reading: Reading, code: str, rule: str, part: str) -> bool:
    """Whether the warning that stands now is worked at the place of its cause."""
    subject = Subject(reading.scheme.code, code, rule, reading.region, part)
    standing = reading.ask(subject_standings, (subject,)).get(subject)
    return standing is not None and standing.standing == ELSEWHERE


def _silences(
    reading: Reading, code: str, rule: str, part: str, said: Explanation, latest: bool
) -> tuple[bool, tuple[SilenceRow, ...]]:
    """Whether the period's notice was held back, and the silences that hold the warning back now."""
    subject = Subject(reading.scheme.code, code, rule, reading.region, part)
    withheld = reading.ask(was_withheld, subject, said.period)
    now = reading.ask(active_silences, subject, reading.tree, said.after.level, reading.now) if latest else ()
    return withheld or bool(now), now


def _sentence(reading: Reading, code: str, rule: str, said: Explanation, part: str) -> list[Child]:
    place = name_of(reading.node) + (bracketed(part) if part else "")
    start = sentence(
        N_("{place} {period} {name}：{value}"),
        place=place,
        period=words.period_words(said.period),
        name=words.rule_name(code, rule),
        value=[html.B(words.observation_words(reading, code, part, said.period, said.observation))],
    )
    if said.after.level is Level.NONE:
        return [*start, _("，没有预警。")]
    return [*start, _("，"), level_tag(said.after.level, long=True)]


def _answers(said: Explanation) -> str:
    return between().join(_(ANSWERS[answer]) for answer in said.answers)


def _choices(reading: Reading, register: Register, code: str, rule: str, series: Series, period: str) -> Component:
    view = reading.view
    rules = [(one, way) for one in INDICATORS for way in register.rules(one)]
    indicators = [
        parts.option(words.rule_name(one, way), view.href(measure=f"{one}.{way}", span=""), (one, way) == (code, rule))
        for one, way in rules
    ]
    newest = [when for when, _value in reversed(series)][:SHOWN]
    months = [parts.option(words.period_words(when), view.href(span=when), when == period) for when in newest]
    return html.Div(
        [
            parts.menu(words.rule_name(code, rule), indicators, className="pick", title=_("指标")),
            *([parts.menu(words.period_words(period), months, className="pick", title=_("期次"))] if months else []),
            html.Span(_("地区在页首选择。"), className="muted"),
            html.Div(
                [
                    html.A(
                        _("这条规则"),
                        href=replace(view, measure="", span="", path=f"/thresholds/{words.slug(code, rule)}").href(),
                    )
                ],
                className="push links",
            ),
        ],
        className="toolbar",
    )


def _facts(reading: Reading, code: str, part: str, said: Explanation, held: tuple[SilenceRow, ...]) -> Component:
    threshold = said.threshold
    lines: list[tuple[str, Children]] = [
        (_("本期数值"), words.observation_words(reading, code, part, said.period, said.observation)),
        (_("现行标准"), norm(words.limits_words(threshold)) if threshold else _("未设预警标准")),
        (_("评判前颜色"), level_tag(said.before.level) if said.before.level else _("无")),
        (_("评判后颜色"), level_tag(said.after.level) if said.after.level else _("无")),
    ]
    if said.after.pending:
        lines.append((_("正在累计"), level_tag(said.after.pending)))
    lines += [
        (_("暂缓提醒"), _("至{moment}：{reason}", moment=display.moment(row.ends_at), reason=row.reason))
        for row in held
    ]
    body: list[Child] = [
        html.Dl([one for term, text in lines for one in (html.Dt(term), html.Dd(text))], className="facts")
    ]
    if threshold is not None:
        body.append(html.Div(html_table(_counters(code, said)), className="scroll"))
    return parts.section(_("本期评判"), body)


def _counters(code: str, said: Explanation) -> Table:
    """Per colour how often in a row it was passed and no longer held, beside how often is needed."""
    assert said.threshold is not None
    columns = (
        Column("level", _("颜色")),
        Column("at", _("标准"), className="norm"),
        Column("back", _("回落到"), className="norm"),
        Column("up", _("连续超限")),
        Column("down", _("连续回落")),
    )
    names = dict(words.LEVELS.values())
    rows = [
        Row(
            {
                "level": _(names[limit.level]),
                "at": display.as_set(limit.at),
                "back": display.as_set(limit.recover_at),
                "up": _("{have}期，需{need}期", have=said.after.up[limit.level], need=limit.for_periods),
                "down": _(
                    "{have}期，需{need}期", have=said.after.down[limit.level], need=said.threshold.recover_periods
                ),
            }
        )
        for limit in said.threshold.limits
    ]
    return Table("counters", _("计数"), columns, rows)


def _past(reading: Reading, register: Register, code: str, rule: str, part: str, series: Series) -> Component:
    columns = (
        Column("period", _("期次")),
        Column("value", _("数值")),
        Column("level", _("颜色")),
        Column("why", _("说明")),
    )
    rows = []
    for when, value in reversed(series[-12:]):
        said = explained(reading, register, code, rule, series, when)
        extra = {"level": level_tag(said.after.level)} if said.after.level else {}
        rows.append(
            Row(
                {
                    "period": words.period_words(when),
                    "value": words.observation_words(reading, code, part, when, value),
                    "level": "" if extra else _("无"),
                    "why": _short(said),
                },
                href=reading.view.href(span=when),
                extra=extra,
            )
        )
    body: Component = (
        html.Div(html_table(Table("past", _("近12期"), columns, rows)), className="scroll")
        if rows
        else html.Div(_("没有数值。"), className="foot")
    )
    return parts.section(_("近12期"), body)


SHORT = {
    Answer.NO_SUBJECT: N_("没有数值"),
    Answer.NO_LIMIT: N_("未设预警标准"),
    Answer.SWITCHED_OFF: N_("不设预警"),
    Answer.NOT_FINAL: N_("未定稿"),
    Answer.NO_VALUE: N_("本期无数据"),
    Answer.WITHIN: N_("未越过标准"),
    Answer.COUNTING: N_("期数未满"),
    Answer.ON_TRIAL: N_("试运行"),
    Answer.WATCHED: N_("只关注"),
    Answer.SILENCED: N_("暂缓提醒"),
    Answer.WARNED: N_("已预警"),
}


def _short(said: Explanation) -> str:
    return _("、").join(_(SHORT[answer]) for answer in said.answers)
