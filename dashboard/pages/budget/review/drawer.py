"""One region's month on 月度比对: what each department compared and reported, with the forms of those whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.budget.review import acts, reading as books
from dashboard.pages.budget.review.reading import STATES, Line, State
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.budget.income_review import Side, sides
from workflows.income_reviews.register import COMPARE, NOTE, REPORT, TAKE_BACK, ReviewStep
from workflows.people.local_rights import notes_for, reviews_for

STEP_NAMES = {COMPARE: N_("已比对"), REPORT: N_("报送分析"), TAKE_BACK: N_("撤回"), NOTE: N_("已阅")}


def review_drawer(reading: Reading) -> Component | None:
    """The drawer of the region that the view names, of those that may be seen; None for no unit."""
    region = reading.view.item
    if not reading.has_months or books.unit_of(reading, region) is None:
        return None
    if not reading.scope.covers(reading.tree, region) or not sides(reading.scheme):
        return None
    month = reading.snapshot.month or 0
    side = books.side_of(reading) or sides(reading.scheme)[0]
    shown = books.line(reading, side, region, month)
    leading = [
        docked.Trio(_("累计应完成"), display.printed(figure(reading, side, shown, "due")), _("亿元")),
        docked.Trio(_("累计实际"), display.printed(figure(reading, side, shown, "actual")), _("亿元")),
        docked.Trio(_("差额"), display.printed(figure(reading, side, shown, "difference"), signed=True), _("亿元")),
    ]
    crumb = f"{_('月度比对')} · {display.month_name(month)} · {books.side_name(reading, side)}"
    title = name_of(reading.tree.region(region))
    return docked.drawer(reading, crumb=crumb, title=title, leading=leading, blocks=blocks(reading, region))


def blocks(reading: Reading, region: str) -> list[Component]:
    """Each department's comparison of a region's month, for the drawer."""
    return [docked.block(title, content, note=note) for title, content, note in _parts(reading, region)]


def sections(reading: Reading, region: str) -> Component:
    """The same side by side on the page."""
    found = [parts.section(title, content, note=note) for title, content, note in _parts(reading, region)]
    return html.Div(found, className="split halves")


def _parts(reading: Reading, region: str) -> Iterator[tuple[str, list[Child], str]]:
    """By department: its name, what was compared and done with the forms, how that stands."""
    for side in _sides(reading):
        line = books.line(reading, side, region, reading.snapshot.month or 0)
        said: list[Child] = [html.P(_compared(reading, side, line))]
        said += [_step(one) for one in line.review.steps]
        if not line.review.steps and line.state is not State.NONE:
            said.append(html.P(_("还没有比对。"), className="note"))
        told = [books.items_name(reading, side), *([_(STATES[line.state])] if line.state in STATES else [])]
        yield department_name(side.department), [*said, *_forms(reading, side, line)], " · ".join(told)


def _sides(reading: Reading) -> list[Side]:
    """The one looked at first."""
    chosen = books.side_of(reading)
    return sorted(sides(reading.scheme), key=lambda one: one != chosen)


def figure(reading: Reading, side: Side, line: Line, what: str) -> Figure:
    """One of a line's figures: plan, due, actual, difference, rate, or month_due, month, month_difference."""
    one = line.compared
    code, value = {
        "plan": ("plan.adjusted", one.plan_fen),
        "due": ("review.due", one.due_fen),
        "actual": ("to_date", one.actual_fen),
        "difference": ("review.difference", one.difference_fen),
        "rate": ("review.rate", one.rate),
        "month_due": ("review.month.due", one.month_due_fen),
        "month": ("month", one.month_fen),
        "month_difference": ("review.month.difference", one.month_difference_fen),
    }[what]
    if len(side.items) > 1 or (reading.is_province and line.region == reading.region):
        # Several items together, or all regions, without what the province manages itself: no line of the books.
        code = {"plan": "review.plan", "actual": "review.actual", "month": "review.month"}.get(what, code)
    about = books.about_of(reading, line.month)
    return about.figure(code, value, part=books.part_of(side), place=line.region, reason="no_plan")


def _compared(reading: Reading, side: Side, line: Line) -> list[Child]:
    if line.compared.due_fen is None:
        return [_("没有收入计划，不比对。")]
    values = {
        "due": display.printed(figure(reading, side, line, "due")),
        "actual": Strong(display.printed(figure(reading, side, line, "actual"))),
        "difference": Strong(display.printed(figure(reading, side, line, "difference"), signed=True)),
        "rate": display.printed(figure(reading, side, line, "rate")),
    }
    text = N_("累计应完成{due}亿元，实际{actual}亿元，差额{difference}亿元，完成{rate}%。")
    return [*sentence(text, **values), *([_("历史同期不足两年，按序时进度。")] if line.compared.plain else [])]


def _step(one: ReviewStep) -> Component:
    who = one.name + (bracketed(department_name(one.department)) if one.department else "")
    lines: list[Child] = []
    if one.step == REPORT:
        lines += [html.P([html.B(_("问题和原因")), "　", one.problem]), html.P([html.B(_("措施")), "　", one.measure])]
    elif one.problem:
        lines.append(html.P(one.problem))
    return html.Div(
        [*lines, html.Small(f"{_(STEP_NAMES[one.step])} · {who} · {display.moment(one.happened_at)}")], className="said"
    )


def _forms(reading: Reading, side: Side, line: Line) -> list[Component]:
    """What the reader may do with it now; the acts themselves check everything again."""
    if not books.open_month(reading) or line.month != reading.snapshot.month:
        return []
    review, version = line.review, reading.snapshot.version.id
    sent: Values = {acts.UNIT: line.region, acts.SIDE: side.department, acts.MONTH: line.month, acts.VERSION: version}
    waits = review.report is not None and review.noted is None
    if waits and acts.note.open_to(reading) and notes_for(reading.scope, side.department, reading.tree):
        return [acts.note.form(reading, sent)]
    if not reviews_for(reading.scope, side.department, line.region, reading.tree) or review.noted is not None:
        return []
    made: list[Component] = []
    if review.standing is None and line.state in (State.OPEN, State.LATE):
        made.append(acts.confirm.form(reading, sent))
    if review.report is None:
        made.append(_folded(_("报送分析"), acts.report.form(reading, sent)))
    if review.standing is not None:
        made.append(_folded(_("撤回"), acts.take_back.form(reading, sent, main=False)))
    return made


def _folded(title: str, form: Component) -> Component:
    return html.Details([html.Summary(title, className="button"), form])
