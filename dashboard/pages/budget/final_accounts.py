"""决算: the last closed year's final accounts beside its December, what differs explained, signed and decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Children, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Text
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.books.reported import load_reported
from rules.department import Department
from rules.month import Month
from workflows.final_accounts import register
from workflows.final_accounts.register import SIGNING, FinalRefused, FinalStep, FinalYear, lines_of, load_steps
from workflows.people import rights
from workflows.people.accounts import Role

PATH = "/budget"
FORM = "final"
DECEMBER = 12
DECISIONS = {"review": N_("省政府审定"), "approve": N_("省人大常委会批准"), "file": N_("报财政部、人社部备案")}
DRAWING_UP = frozenset({Role.FINANCE, Role.MONITOR, Role.AGENCY})
ITEM = Choice("item", N_("项目"), lambda reading: _open_items(reading))
WHY = Area("why", N_("差异原因"), rows=2)
REASON = Area("why", N_("理由"), rows=2)
DOCUMENT, ON = Text("document", N_("文号")), Day("day", N_("日期"))


def final_year(reading: Reading) -> FinalYear | None:
    """The last year of which final accounts came in by now and whose December the ledger has, as they stand; None while
    there is none."""
    snapshot = reading.snapshot
    if reading.scheme.kind != "ledger" or snapshot.month is None:
        return None
    newest = Month(snapshot.facts.months[-1])
    last = newest.year if newest.number == DECEMBER else newest.year - 1
    for year in (last, last - 1):
        found = _year(reading, year)
        if found is not None:
            return found
    return None


def _year(reading: Reading, year: int) -> FinalYear | None:
    root, scheme = reading.tree.root, reading.scheme
    known = reading.ask(load_reported, scheme.code, year, reading.about_now.version)
    whole = (Month.at(year, 1), Month.at(year, DECEMBER))
    final = {
        one.item: one.amount_fen
        for one in known
        if (one.form, one.region, one.department) == (FORM, root, Department.FISCAL) and (one.since, one.until) == whole
    }
    if not final:
        return None
    facts = reading.published.snapshot(scheme.code, Month.at(year, DECEMBER).iso).facts
    if not set(whole) <= set(facts.months):
        return None
    first, at = facts.index(whole[0]), facts.index(whole[1])
    items = [item.code for item in scheme.items]
    december = {code: int(facts.item(root, code)[first : at + 1].sum()) for code in items}
    return FinalYear(year, lines_of(december, final, items), reading.ask(load_steps, scheme.code, year))


# --- on the page


def final_section(reading: Reading) -> list[Component]:
    """The section of 调整与决算, of the province alone."""
    found = final_year(reading) if reading.is_province else None
    if found is None:
        said = (
            _("没有可比对的决算。请在“数据接入”导入财政部门的决算表。")
            if reading.is_province
            else _("决算按全省编制，请在页首选择全省。")
        )
        return [parts.section(_("决算"), html.Div(said, className="foot"))]
    table = final_table(reading)
    assert table is not None, "there are final accounts"
    return [
        parts.section(
            _("{year}年决算", year=found.year),
            [html.P(_said(reading, found), className="note"), html.Div(html_table(table), className="scroll")],
            note=as_of.noted(reading, _("亿元；与12月定稿比")),
            actions=[frame.exports(PATH, table.code, reading.view)],
            foot=_signed(found),
        ),
        *_forms(reading, found),
    ]


def _said(reading: Reading, found: FinalYear) -> Children:
    differ = [line for line in found.lines if line.difference_fen]
    if not differ:
        return _("{count}个项目与12月定稿一致。", count=len(found.lines))
    text = N_("{count}个项目中{differ}个与12月定稿不同，{open}个未写明原因。")
    counts = {"count": str(len(found.lines)), "differ": str(len(differ)), "open": str(len(found.unexplained))}
    return sentence(text, **{name: Strong(one) for name, one in counts.items()})


def final_table(reading: Reading) -> Table | None:
    """Item by item; what differs first named with who explained it."""
    found = final_year(reading) if reading.is_province else None
    if found is None:
        return None
    columns = (
        Column("item", _("项目")),
        Column("december", _("12月累计（定稿）"), "money"),
        Column("final", _("决算数"), "money"),
        Column("difference", _("差额"), "money", signed=True),
        Column("why", _("差异原因"), className="wrap"),
    )
    whole = f"{found.year}-01..{found.year}-12"
    about = replace(reading.about_now, period=whole)
    rows = []
    for line in found.lines:
        item = reading.scheme.item(line.item)
        said = found.explained(line.item) if line.difference_fen else None
        part = f"final.{Department.FISCAL}.{line.item}"
        values: dict[str, object] = {
            "item": name_of(item) if item.parent is None else _("其中：") + name_of(item),
            "december": about.figure("reported.ledger", line.december_fen, part=line.item),
            "final": about.figure("reported", line.final_fen, part=part),
            "difference": about.figure("reported.difference", line.difference_fen, part=part),
            "why": "" if not line.difference_fen else _("未写明") if said is None else _by(said),
        }
        rows.append(Row(values, indent=int(item.parent is not None)))
    return Table("final", _("{year}年决算与12月定稿", year=found.year), columns, rows, about=about, of_now=True)


def _by(one: FinalStep) -> str:
    return _("{why}（{name}，{day}）", why=one.text, name=one.name, day=_day(one))


def _day(one: FinalStep) -> str:
    return display.day_name(one.day or display.local(one.happened_at).date())


def _signed(found: FinalYear) -> list[Component]:
    """Who signed and who has not, what changed since, and what was decided by which document."""
    lines: list[Children] = []
    for department in SIGNING:
        one = found.signatures.get(department)
        office = department_name(department)
        if one is None:
            lines.append(_("{office}：待签署", office=office))
            continue
        changed = len(found.changed_since(one))
        said = _("{office}：{name}，{day}签署", office=office, name=one.name, day=_day(one))
        lines.append(said + (_("；签后有{count}项变动，须重新签署", count=changed) if changed else ""))
    for step, name in DECISIONS.items():
        decided = found.decisions.get(step)
        if decided is not None:
            lines.append(_("{what}：{document}，{day}", what=_(name), document=decided.document, day=_day(decided)))
    return [html.Div(line) for line in lines]


def _forms(reading: Reading, found: FinalYear) -> list[Component]:
    forms: list[Component] = []
    if found.unexplained and final_explain.open_to(reading):
        forms.append(_panel(_("写明差异原因"), final_explain.form(reading)))
    office = rights.department_of(reading.scope)
    if final_sign.open_to(reading) and office in SIGNING and not found.decisions:
        standing = found.signatures.get(office)
        if standing is None or found.changed_since(standing):
            if not found.unexplained:
                said = _("签署即确认上表各数和差异原因。")
                forms.append(_panel(_("签署决算"), html.P(said), final_sign.form(reading)))
        else:
            forms.append(_panel(_("撤回签署"), final_take_back.form(reading, main=False)))
    following = found.next_decision
    if following is not None and final_decide.open_to(reading):
        forms.append(_panel(_(DECISIONS[following]), final_decide.form(reading)))
    return forms


def _panel(title: str, *content: Child) -> Component:
    return html.Div([html.B(title), *content], className="panel next")


def _open_items(reading: Reading | None) -> Sequence[tuple[str, str]]:
    """What may be explained: lines that differ, those not yet explained first."""
    found = None if reading is None else final_year(reading)
    if reading is None or found is None:
        return []
    differ = sorted(
        (one for one in found.lines if one.difference_fen), key=lambda one: found.explained(one.item) is not None
    )
    return [(one.item, name_of(reading.scheme.item(one.item))) for one in differ]


# --- acts


def _found(deed: Deed) -> FinalYear:
    found = final_year(deed.reading)
    if found is None:
        raise FinalRefused("there are no final accounts", "order")
    return found


def _done(deed: Deed, found: FinalYear, message: str) -> Done:
    return Done(message, f"{deed.reading.scheme.code} {found.year}", href=deed.reading.view.href())


@act("final_explain", N_("写明差异原因"), DRAWING_UP, (ITEM, WHY), whole=True)
def final_explain(deed: Deed) -> Done:
    """Say why an item differs from December. Raises FinalRefused."""
    found = _found(deed)
    register.explain(deed.connection, deed.reading.scheme.code, found, deed[ITEM], deed[WHY], deed.by)
    return _done(deed, found, _("差异原因已记录。"))


@act("final_sign", N_("签署决算"), DRAWING_UP, whole=True)
def final_sign(deed: Deed) -> Done:
    """Sign for one's department. Raises FinalRefused."""
    found = _found(deed)
    register.sign(deed.connection, deed.reading.scheme.code, found, deed.by)
    return _done(deed, found, _("已签署。"))


@act("final_take_back", N_("撤回签署"), DRAWING_UP, (REASON,), whole=True)
def final_take_back(deed: Deed) -> Done:
    """Take one's department's signature back. Raises FinalRefused."""
    found = _found(deed)
    register.take_back(deed.connection, deed.reading.scheme.code, found, deed[REASON], deed.by)
    return _done(deed, found, _("签署已撤回。"))


@act("final_decide", N_("登记"), frozenset({Role.FINANCE}), ((DOCUMENT, ON),), whole=True)
def final_decide(deed: Deed) -> Done:
    """Note the decision that is next, with document and day. Raises FinalRefused."""
    found = _found(deed)
    step = found.next_decision or ""
    register.decide(deed.connection, deed.reading.scheme.code, found, step, deed[DOCUMENT], deed[ON], deed.by)
    return _done(deed, found, _("已登记。"))


ACTS: tuple[Act, ...] = (final_explain, final_sign, final_take_back, final_decide)
