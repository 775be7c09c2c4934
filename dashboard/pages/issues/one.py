"""One problem [/issues/NUMBER]: what it is and what happened at the left, 办理 at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child, Children, sentence
from dashboard.pages.issues import suspicions, words as words
from dashboard.pages.issues.acts import PERSONS, ROW_VERSION, STEPS, TO_RECOVER
from dashboard.pages.issues.reading import subject
from dashboard.pages.issues.words import STEP_NAMES
from dashboard.site.act import Values
from dashboard.site.attaching import links
from dashboard.site.fields import Field
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.violations import STATES
from workflows.attachments import Attachment, attachments_of
from workflows.comparisons.register import Tally, tally
from workflows.issues.register import Issue, IssueStep
from workflows.issues.steps import OPEN_TO

# What comes next in each state stands open; the rest is folded.
NEXT = {"lead": ("verify",), "verified": ("assign",), "mending": ("recover",), "closed": ()}
ASKED = ("close", "decline")


def show(reading: Reading) -> Component:
    one = subject(reading)
    if one is None:
        back = [html.A(_("回到问题台账"), href=words.list_href(reading), className="button")]
        said = parts.message(_("没有这个问题。"), _("它可能属于别的险种或地区。"), back)
        return html.Div(said, className="content")
    files = reading.ask(attachments_of, "issue", one.scheme, one.ref).get(one.ref, ())
    found = suspicions.of_issue(reading, one)
    left = [_head(reading, one), _facts(reading, one), _about(reading, one)]
    if found:
        rule = suspicions.rule_section(found)
        left += [*([] if rule is None else [rule]), suspicions.section(reading, one, found)]
    left.append(_journal(reading, one, files))
    return html.Div([html.Div(left, className="content"), _panel(reading, one, tally(found))], className="one issue")


def _head(reading: Reading, one: Issue) -> Component:
    late = words.late_days(one, reading.today)
    line: list[Child] = [
        html.Span(words.state(one), className="tag"),
        html.Span(f"{words.place(reading, one.region)} · {words.department(one)}", className="muted"),
    ]
    if late:
        line.append(html.B(_("超过整改期限{days}天", days=late), className="late"))
    return html.Div([html.Div(line, className="line"), html.H1(one.title, className="written")], className="what")


def _facts(reading: Reading, one: Issue) -> Component:
    """What it concerns, what is to come back, what came back, by when."""
    due = display.day_name(one.due_on) if one.due_on else _("未定")
    persons = _("{count}人", count=f"{one.persons:,}") if one.persons is not None else ""
    excluded: Children = ""
    if one.excluded_fen:
        taken = words.figure(reading, one, "issue.excluded", one.excluded_fen)
        excluded = sentence(N_("不可抗力剔除 {amount}"), amount=words.wan(taken))
    left = words.figure(reading, one, "issue.left", one.outstanding_fen)
    rest = sentence(N_("尚余 {amount}"), amount=words.wan(left)) if left.value is not None else ""
    cells: list[tuple[str, Children, Children]] = [
        (_("涉及金额"), words.wan(words.figure(reading, one, "issue", one.amount_fen)), persons),
        (_("应补发") if one.paid_out else _("应追回"), words.wan(words.to_recover(reading, one)), excluded),
        (_("已补发") if one.paid_out else _("已追回"), words.wan(words.recovered(reading, one)), rest),
        (_("整改期限"), due, _("销号 {day}", day=display.day_name(one.closed_on)) if one.closed_on else ""),
    ]
    blocks = [
        html.Div(
            [
                html.Div(label, className="label"),
                html.Div(html.B(figure), className="line"),
                html.Div(line, className="line"),
            ]
        )
        for label, figure, line in cells
    ]
    return html.Div(blocks, className="facts")


def _about(reading: Reading, one: Issue) -> Component:
    entries: list[tuple[str, Child]] = [
        (_("来源"), words.origin(one)),
        (_("四位一体"), words.side(reading, one)),
        (_("类别"), words.category(one)),
        (_("发现日期"), display.day_name(one.found_on)),
        (_("依据"), html.Span(one.evidence, className="written")),
    ]
    if one.comparison:
        suspects = _("疑点{count}条", count=one.suspects) if one.suspects is not None else ""
        entries.append((_("比对批次"), f"{one.comparison} {suspects}".strip()))
    related = words.related_link(reading, one)
    if related is not None:
        entries.append((_("关联"), related))
    pairs = [part for term, text in entries for part in (html.Dt(term), html.Dd(text))]
    return parts.section(_("问题情况"), html.Dl(pairs, className="pairs"))


def _journal(reading: Reading, one: Issue, files: Sequence[Attachment]) -> Component:
    """Every step, oldest first; what was attached at registration stands with the first."""
    by_number = {file.id: file for file in files}
    named = {step.attachment for step in one.steps}
    loose = [file for file in files if file.id not in named]
    lines = [_entry(reading, one, step, by_number, loose if place == 0 else []) for place, step in enumerate(one.steps)]
    if not lines:
        return parts.section(_("办理过程"), html.P(_("线索由文件导入，还没有办理。"), className="foot"))
    return parts.section(_("办理过程"), html.Ol(lines, className="timeline"), note=_("只增不改"))


def _entry(
    reading: Reading, one: Issue, step: IssueStep, files: dict[int, Attachment], loose: Sequence[Attachment]
) -> Component:
    said: list[Child] = [html.B(_(STEP_NAMES[step.step]))]
    if step.amount_fen:
        part = f"{one.ref}.{step.place}"
        said += [" ", *words.wan(words.figure(reading, one, "issue.step", step.amount_fen, part))]
    if step.persons is not None:
        said += [" ", _("{count}人", count=f"{step.persons:,}")]
    if step.due_on is not None:
        said += [" ", _("限{day}前", day=display.day_name(step.due_on))]
    text = " · ".join(part for part in (step.document or "", step.text) if part)
    if text:
        said.append(html.Div(text, className="text written"))
    own = [files[step.attachment]] if step.attachment in files else []
    return html.Li(
        [
            html.Time(display.moment(step.happened_at)),
            html.Span(f"{department_name(step.department)} {step.name}".strip(), className="who"),
            html.Div([*said, *links([*own, *loose])]),
        ]
    )


# --- 办理


def _panel(reading: Reading, one: Issue, of: Tally) -> Component:
    back = html.A(_("回到问题台账"), href=words.list_href(reading))
    number = html.Span([html.Span(one.ref, className="muted"), back], className="right")
    top = html.Div([html.H2(_("办理")), number], className="top")
    return html.Aside([top, _bar(one), _state(one), *_forms(reading, one, of)], className="work")


def _bar(one: Issue) -> Component:
    """线索—核实—整改—销号."""
    at = list(STATES).index(one.state)
    done = one.state == "closed"
    steps = [
        html.Li(name_of(state), className="done" if place < at or done else "now" if place == at else "")
        for place, state in enumerate(STATES.values())
    ]
    return html.Ol(steps, className="steps four")


def _state(one: Issue) -> Component:
    pairs: list[tuple[str, Child]] = [(_("状态"), html.B(words.state(one))), (_("责任"), words.department(one))]
    asked = one.asked_to_close
    if asked is not None:
        pairs.append((_("销号"), _("{name}已申请，须另一人同意", name=asked.name)))
    study = one.last("study")
    if study is not None and one.open:
        pairs.append((_("提请"), _("拟提请研究（待联席会议审定）")))
    return html.Dl([part for term, text in pairs for part in (html.Dt(term), html.Dd(text))])


def open_steps(reading: Reading, one: Issue) -> list[str]:
    """The steps that the reader may make now, what comes next first."""
    asked = one.asked_to_close is not None
    first = ASKED if asked else NEXT[one.state]
    found = []
    for step in (*first, *(step for step in STEPS if step not in first)):
        if one.state not in OPEN_TO[step] or not STEPS[step].open_to(reading):
            continue
        if not ((step in ASKED and not asked) or (step == "ask_close" and asked)):
            found.append(step)
    return found


def _forms(reading: Reading, one: Issue, of: Tally) -> list[Component]:
    every = open_steps(reading, one)
    if not every:
        text = _("已销号。") if one.state == "closed" else _("您可以查看，办理由省级部门和责任地区进行。")
        return [html.P(text, className="foot")]
    offered = [step for step in every if step not in _closed_by(of)]
    made: list[Component] = []
    if of.open:
        text = _("还有{count}条疑点待核；逐条判定后，才能核实、查否或更正金额。", count=of.open)
        made.append(html.P(text, className="foot"))
    for place, step in enumerate(offered):
        form = STEPS[step].form(reading, _known(one, step, of), main=place == 0)
        made.append(html.Details([html.Summary(_(STEP_NAMES[step])), form], className="paper", open=place == 0))
    return made


def _closed_by(of: Tally) -> tuple[str, ...]:
    """The steps that the suspicions of a problem do not allow as they stand: see ``workflows.comparisons.steps``."""
    if of.open:
        return ("verify", "dismiss", "amount")
    if of.upheld:
        return ("dismiss",)
    return ("verify",) if of.count else ()


def _known(one: Issue, step: str, of: Tally) -> Values:
    """What stands in the fields of a step before anything is typed: of suspicions what was upheld."""
    known: dict[Field[Any], Any] = {ROW_VERSION: one.row_version, PERSONS: of.upheld if of.count else one.persons}
    if step in ("verify", "amount"):
        without = one.amount_fen if step == "verify" else one.to_recover_fen + one.excluded_fen
        known[TO_RECOVER] = of.upheld_fen if of.count else without
    return known
