"""One rule [/thresholds/INDICATOR-low]: its rows, the editor beside the live trial, its history, and what decides where."""

from __future__ import annotations

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Children, Strong, norm, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.thresholds import acts, form as thresholds_form, trial as thresholds_trial, words as words
from dashboard.pages.thresholds.pending import waiting_panels
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import Scope
from rules.indicators import INDICATORS
from workflows.thresholds.changes import Recording, as_new, recordings, standing
from workflows.thresholds.register import PRESET, Limit, Register, load_register

NEW = "new"
SYSTEM = N_("系统预置")


def load(reading: Reading) -> tuple[Register, dict[int, Recording]]:
    """The register as it stands, and who made each set of it."""
    return reading.ask(load_register), reading.ask(recordings)


def period_now(reading: Reading, indicator: str) -> str:
    """The present period of an indicator: the running month, or this minute."""
    if INDICATORS[indicator].period == "live":
        return f"{display.local(reading.now):%Y-%m-%dT%H:%M}"
    return f"{reading.today:%Y-%m}"


def rows_here(reading: Reading, register: Register, indicator: str, rule: str) -> list[Limit]:
    """Rows of a rule that decide now or later for the scheme looked at or all, the widest scope first."""
    now = period_now(reading, indicator)
    found = [
        row
        for row in register.rows(indicator, rule)
        if standing(row) and row.scope.scheme in (None, reading.scheme.code) and (row.ends is None or now < row.ends)
    ]
    return sorted(found, key=lambda row: (row.scope.score, row.scope.region or "", row.starts))


def edited(reading: Reading, register: Register, indicator: str, rule: str) -> Limit | None:
    """The row the form is filled from: the one asked for, else the newest of the scope that decides here."""
    rows = rows_here(reading, register, indicator, rule)
    asked = reading.view.number
    if asked == NEW or not rows:
        return None
    chosen = next((row for row in rows if str(row.id) == asked), None)
    subject = Scope(indicator, reading.scheme.code, reading.node.level, reading.region)
    deciding = register.deciding(subject, rule, period_now(reading, indicator))
    scope = rows[0].scope if deciding is None else deciding.scope
    return chosen or next((row for row in reversed(rows) if row.scope == scope), rows[0])


def show(reading: Reading, indicator: str, rule: str) -> Component:
    register, made = load(reading)
    row = edited(reading, register, indicator, rule)
    body: list[Child] = [parts.conclusion(_sentence(reading, register, indicator, rule), _second(row, made))]
    body += waiting_panels(reading, register, indicator, rule)
    body.append(_rows(reading, register, indicator, rule, made, row))
    trial = html.Div(
        _first_trial(reading, register, indicator, rule, row), id="trial", **attributes(aria_live="polite")
    )
    right = parts.section(_("试算"), trial, note=_("拟用标准与现行标准对照，只读历史，不保存"))
    if acts.save_limit.open_to(reading):
        left = parts.section(_title(row, reading), _editor(reading, register, indicator, rule, row))
        body.append(html.Div([left, right], className="split even"))
    else:
        body.append(right)
    body.append(resolution(reading, register, indicator, rule, reading.region, period_now(reading, indicator)))
    body.append(_history(reading, register, indicator, rule, made))
    return html.Div(body)


def _title(row: Limit | None, reading: Reading) -> str:
    return _("新设标准") if row is None else _("改标准：{scope}", scope=words.scope_words(reading.tree, row.scope))


def _sentence(reading: Reading, register: Register, indicator: str, rule: str) -> list[Child]:
    name = Strong(words.rule_name(indicator, rule))
    subject = Scope(indicator, reading.scheme.code, reading.node.level, reading.region)
    here = register.deciding(subject, rule, period_now(reading, indicator))
    if here is None:
        return sentence(N_("{name}在{place}未设预警标准。"), name=name, place=name_of(reading.node))
    return sentence(
        N_("{name}在{place}的现行标准（{unit}）：{limits}。"),
        name=name,
        place=name_of(reading.node),
        unit=words.unit(indicator),
        limits=[html.B(norm(words.limits_words(here.threshold)))],
    )


def _second(row: Limit | None, made: dict[int, Recording]) -> Children:
    if row is None:
        return ""
    if row.status == "trial":
        return _(words.ON_TRIAL)
    by = made.get(row.since_set)
    if by is None:
        return ""
    reason = [html.Span(by.reason, className="written")]
    return sentence(N_("{name} {day}确认：{reason}"), name=by.recorded_by, day=_day(by), reason=reason)


def _day(by: Recording) -> str:
    return display.day_name(display.local(by.recorded_at).date())


def _rows(
    reading: Reading, register: Register, indicator: str, rule: str, made: dict[int, Recording], chosen: Limit | None
) -> Component:
    table = row_table(reading, rows_here(reading, register, indicator, rule), indicator, made, chosen)
    actions: list[Child] = []
    if acts.save_limit.open_to(reading):
        actions.append(html.A(_("按范围另设"), href=reading.view.href(number=NEW)))
    actions.append(html.A(_("为什么没有预警"), href=why_href(reading, indicator, rule)))
    if table.rows:
        actions.append(frame.exports(reading.view.path, table.code, reading.view))
    actions.append(html.A(_("全部规则"), href=replace(reading.view, path="/thresholds", number="", span="").href()))
    body: Component = (
        html.Div(html_table(table), className="scroll") if table.rows else html.Div(_("还没有标准。"), className="foot")
    )
    return parts.section(_("现行与将行标准"), body, actions=actions, note=words.unit(indicator))


def why_href(reading: Reading, indicator: str, rule: str, region: str = "") -> str:
    """The explanation of a rule in a region."""
    view = replace(reading.view, path="/thresholds/why", measure=f"{indicator}.{rule}", number="", item="")
    return view.href(region=region or reading.region)


def row_table(
    reading: Reading, rows: list[Limit], indicator: str, made: dict[int, Recording], chosen: Limit | None
) -> Table:
    columns = (
        Column("scope", _("适用范围")),
        Column("blue", _("蓝"), className="norm"),
        Column("yellow", _("黄"), className="norm"),
        Column("orange", _("橙"), className="norm"),
        Column("red", _("红"), className="norm"),
        Column("dates", _("生效")),
        Column("status", _("状态")),
        Column("by", _("由谁")),
        Column("reason", _("理由"), className="written"),
    )
    lines = [
        Row(
            {
                "scope": words.scope_words(reading.tree, row.scope),
                **limit_cells(indicator, row),
                "dates": words.dates_words(row),
                "status": words.status_words(row),
                **_by(made.get(row.since_set)),
            },
            href=reading.view.href(number=str(row.id)),
            selected=chosen is not None and row.id == chosen.id,
        )
        for row in rows
    ]
    return Table("rows", _("标准"), columns, lines)


def limit_cells(indicator: str, row: Limit) -> dict[str, object]:
    """The four limits as shown; colours the row does not use stay blank."""
    cells: dict[str, object] = dict.fromkeys(words.LEVELS, "")
    if row.enabled:
        cells |= {limit.level.code: display.as_set(limit.at) for limit in row.threshold.limits}
    return cells


def _by(by: Recording | None) -> dict[str, object]:
    if by is None or by.recorded_by == PRESET:
        return {"by": "" if by is None else _(SYSTEM), "reason": ""}
    approved = _("，{name}复核", name=by.approved_by) if by.approved_by else ""
    return {"by": f"{by.recorded_by} {_day(by)}{approved}", "reason": by.reason}


# --- the editor


def _editor(reading: Reading, register: Register, indicator: str, rule: str, row: Limit | None) -> list[Child]:
    view = replace(reading.view, item="", show="")
    form = acts.save_limit.form(
        reading, shown=thresholds_form.layout(reading, register, indicator, rule, row), view=view
    )
    # Another row, or another state of the register, is another form: nothing typed before stays in it.
    key = f"{'' if row is None else row.id}-{register.number}-{reading.scheme.code}"
    content: list[Child] = [
        html.Div(form, key=key, className="limit-form", **attributes(data_trial="1")),
        dcc.Store(id="trial-draft"),
    ]
    if row is not None:
        content.append(_other_acts(reading, register, row, key))
    return content


def _other_acts(reading: Reading, register: Register, row: Limit, key: str) -> Component:
    ends = thresholds_form.first_period(reading, str(row.scope.indicator), None)
    values: Values = {thresholds_form.SET: str(register.number), acts.ROW: str(row.id), acts.ENDS: ends}
    made: list[Component] = []
    if row.status == "trial":
        made.append(
            html.Div(
                [
                    html.Div(_(words.ON_TRIAL), className="foot"),
                    acts.confirm_limits.form(
                        reading, values, [thresholds_form.SET, acts.ROW, acts.CONFIRM_REASON], main=False
                    ),
                ]
            )
        )
    made.append(
        html.Details(
            [html.Summary(_("停用这条标准")), acts.end_limit.form(reading, values, main=False)], className="advanced"
        )
    )
    return html.Div(made, key=f"other-{key}", className="other-acts")


def _first_trial(reading: Reading, register: Register, indicator: str, rule: str, row: Limit | None) -> Component:
    """The trial of what the form shows before anything is typed."""
    if row is None:
        return thresholds_trial.panel(reading, register, None, rule)
    return thresholds_trial.panel(reading, register, as_new(row), rule)


# --- what decides where


def resolution(reading: Reading, register: Register, indicator: str, rule: str, region: str, period: str) -> Component:
    """The record in force for a region and period, and the losing ones with their scores."""
    subject = Scope(indicator, reading.scheme.code, reading.tree.region(region).level, region)
    found = register.resolve(subject, rule, period)
    by_id = {row.record.id: row for row in register.rows(indicator, rule)}
    records = [record for record in (found.winner, *found.losing) if record is not None]
    columns = (
        Column("result", ""),
        Column("scope", _("适用范围")),
        Column("score", _("优先分"), "count"),
        Column("limits", _("标准"), className="norm"),
        Column("dates", _("生效")),
        Column("status", _("状态")),
    )
    rows = [
        Row(
            {
                "result": _("生效") if record is found.winner else _("落选"),
                "scope": words.scope_words(reading.tree, record.scope),
                "score": record.scope.score,
                "limits": words.limits_words(by_id[record.id].threshold) if record.enabled else "",
                "dates": words.dates_words(by_id[record.id]),
                "status": words.status_words(by_id[record.id]),
            },
            style="total" if record is found.winner else "",
        )
        for record in records
    ]
    body: Component = (
        html.Div(html_table(Table("resolution", _("以哪条标准为准"), columns, rows)), className="scroll")
        if rows
        else html.Div(
            _("没有适用的标准：{place}未设预警标准。", place=name_of(reading.tree.region(region))), className="foot"
        )
    )
    return parts.section(
        _("以哪条标准为准"),
        body,
        note=_(
            "{place}，{period}。越具体的越优先：地区4分、地区级别2分、险种1分，整条生效，不拼接。",
            place=name_of(reading.tree.region(region)),
            period=words.period_words(period),
        ),
    )


# --- history


def history_table(reading: Reading, register: Register, indicator: str, rule: str, made: dict[int, Recording]) -> Table:
    """Every row the rule ever had, the newest first."""
    columns = (
        Column("at", _("记录时间")),
        Column("by", _("由谁")),
        Column("reason", _("理由"), className="written"),
        Column("scope", _("适用范围")),
        Column("limits", _("标准"), className="norm"),
        Column("dates", _("生效")),
        Column("status", _("状态")),
        Column("ended", _("停用")),
    )
    rows = []
    for row in reversed(register.rows(indicator, rule)):
        by, ended = made.get(row.since_set), made.get(row.ended_set or 0)
        rows.append(
            Row(
                {
                    "at": "" if by is None else display.moment(by.recorded_at),
                    **_by(by),
                    "scope": words.scope_words(reading.tree, row.scope),
                    "limits": words.limits_words(row.threshold),
                    "dates": _dates(row),
                    "status": words.status_words(row),
                    "ended": "" if ended is None else f"{ended.recorded_by} {_day(ended)}",
                }
            )
        )
    return Table("history", _("历次版本"), columns, rows)


def _dates(row: Limit) -> str:
    return words.dates_words(row) if standing(row) else _("已撤换，未再适用")


def _history(reading: Reading, register: Register, indicator: str, rule: str, made: dict[int, Recording]) -> Component:
    table = history_table(reading, register, indicator, rule, made)
    if not table.rows:
        return html.Div()
    return parts.section(
        _("历次版本"),
        html.Div(html_table(table), className="scroll"),
        note=_("每次改动都是新的一条，原来的只停用、不覆盖"),
        actions=[frame.exports(reading.view.path, table.code, reading.view)],
    )
