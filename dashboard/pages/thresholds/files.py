"""导入导出 [/thresholds/files]: the register as CSV or YAML, a dry run of a file, and its application by token."""

from __future__ import annotations

from urllib.parse import quote

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, make_response

from dashboard.components import parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.thresholds import file_acts, rule as thresholds_rule, words as words
from dashboard.pages.thresholds.acts import TOKEN
from dashboard.pages.thresholds.pending import preview_words, step_words
from dashboard.site.act import Part
from dashboard.site.reading import Reading, current_scope
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.people import rights
from workflows.thresholds.proposals import APPLIED, DRY_RUN, WAITING, Proposal, proposal
from workflows.thresholds.register import limits

PATH = "/thresholds"
SHOWN = 100
STATES = {APPLIED: N_("这次试导已经生效。"), WAITING: N_("这次试导含追溯改动，正在等待第二人确认。")}


def register(server: Flask, site: Site) -> None:
    """The register as a file: ``/export-thresholds.KIND``."""

    @server.get("/export-thresholds.<kind>")
    def export(kind: str) -> Response:
        if not rights.may_open(current_scope(), PATH):
            abort(403)
        if kind not in ("csv", "yaml"):
            abort(404)
        # The reader of files brings the import machinery with it, which a worker loads only when it is asked for.
        from workflows.thresholds.files import csv_text, exported, yaml_text

        asked = transaction(site)
        today = display.local(asked.now)
        rows = exported(asked.published.ask(limits), f"{today:%Y-%m}")
        response = make_response(csv_text(rows) if kind == "csv" else yaml_text(rows))
        response.mimetype = "text/csv" if kind == "csv" else "application/yaml"
        name = f"{_('预警标准')}_{today:%Y%m%d}.{kind}"
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return response


def show(reading: Reading) -> Component:
    token = reading.view.number
    kept = None
    if token:
        kept = reading.ask(proposal, token)
    first = sentence(
        N_("导出的文件原样导入不产生改动；导入先试导，看过差异和试算再应用，{all}。"),
        all=Strong(_("要么全部生效，要么全部不动")),
    )
    body: list[Child] = [parts.conclusion(first, _("文件里没有的标准保持不变；改标准请把生效月份写成尚未评判的月份。"))]
    if kept is not None:
        body.append(_dry_run(reading, kept))
    left = parts.section(_("导出"), _export_links(), note=_("含现行与将行的全部标准"))
    if file_acts.dry_run_limits.open_to(reading):
        form = html.Div(file_acts.dry_run_limits.form(reading), className="limit-form", key="dry-run")
        right = parts.section(_("导入"), form, note=_("试导不改动任何标准"))
        body.append(html.Div([left, right], className="split even"))
    else:
        body.append(left)
    body.append(_columns())
    return html.Div(body)


def _export_links() -> Component:
    links = [
        html.A(text, href=f"/export-thresholds.{kind}", className="button", download="")
        for kind, text in (("csv", "CSV"), ("yaml", "YAML"))
    ]
    return html.Div(links, className="actions two-acts")


def _dry_run(reading: Reading, kept: Proposal) -> Component:
    """The difference that a file would make, with what the trial says, and the button that applies it."""
    register, _made = thresholds_rule.load(reading)
    if kept.state in STATES:
        return parts.message(_(STATES[kept.state]))
    if kept.state != DRY_RUN:
        return parts.message(_("这次试导已作废。"), _("同一账户只保留最近一次试导。"))
    lines: list[Child] = [html.B(_("试导结果：{count}项改动", count=len(kept.steps)))]
    lines.append(html.P(_("理由：{reason}", reason=kept.reason), className="written"))
    shown = [html.Li(step_words(reading, register, step)) for step in kept.steps[:SHOWN]]
    lines.append(html.Ul(shown, className="reasons norm"))
    if len(kept.steps) > SHOWN:
        lines.append(html.P(_("另有{count}项未列出。", count=len(kept.steps) - SHOWN)))
    if preview := preview_words(kept.preview):
        lines.append(html.P(preview))
    if kept.retroactive:
        lines.append(html.P(_("含追溯生效的改动：应用后等待第二人确认。")))
    if kept.threshold_set != register.number:
        lines.append(html.P(_("试导之后标准已有改动，请重新试导。")))
    fields: list[Part] = [TOKEN]
    if kept.preview.get("warnings"):
        fields.append(file_acts.CONFIRMED)
        lines.append(html.Ul([html.Li(text) for text in warning_words(kept)], className="reasons"))
    lines.append(file_acts.apply_limits.form(reading, {TOKEN: kept.token}, fields))
    return html.Div(lines, className="panel pending", key=kept.token)


def warning_words(kept: Proposal) -> list[str]:
    """The findings of a dry run that have to be confirmed."""
    found = kept.preview.get("warnings", [])
    return [words.finding(str(code), {}) for code in found]


COLUMNS = (
    ("indicator, operator, from", N_("必填：指标代码，比较方式（lt 低于、le 低于或等于、gt 高于、ge 高于或等于），生效月份如 2026-12")),
    ("blue … red", N_("四色标准，至少一个；只写数字、小数点和负号，不带千位分隔符、百分号和单位")),
    ("scheme, region_level, region", N_("范围：险种代码、地区级别（province、city、county）或地区代码；空为不限")),
    ("to", N_("失效月份，空为一直有效")),
    ("enabled, kind, status", N_("yes 或 no（不设预警）；act 须办理或 watch 只关注；confirmed 或 trial")),
    ("for_periods, recover_periods, no_data, stale_after, scale, recover_margin, blue_recover_at …, blue_for_periods …",
     N_("高级：连续几期超限才预警、连续几期回落才解除、没有数据时（keep、ok、breach:颜色）、几期缺数算逾期、小数位、解除幅度、各色解除值和期数")),
)  # fmt: skip


def _columns() -> Component:
    pairs = [one for names, text in COLUMNS for one in (html.Dt(names), html.Dd(_(text)))]
    return parts.section(_("文件的列"), html.Dl(pairs, className="facts"))
