"""问题台账: the register in one list with its sums, the comparisons it comes from, and the matrix of regions and sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.issues import comparing, words as words
from dashboard.pages.issues.acts import register
from dashboard.pages.issues.matrix import matrix, matrix_section
from dashboard.pages.issues.reading import SHOWN, belongs, chosen, listed, live_warnings, shown, sums
from dashboard.pages.issues.words import PATH
from dashboard.pages.warnings.listing import filter_menu, pager
from dashboard.site import heading
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, between, name_of
from rules.violations import ORIGINS, sides_of
from workflows.issues.register import Issue

PAGE = 40
CARDS = Cards(("ref", "region"), "title", ("amount", "due_fen", "back", "late", "state"))


def page(reading: Reading) -> Component:
    every = listed(reading)
    found = chosen(reading, every)
    start = ((number_in(reading.view.number) or 1) - 1) * PAGE
    left: list[Component] = [_register(reading, every, found, start)]
    compared = comparing.section(reading, every)
    if compared is not None:
        left.append(compared)
    right = matrix_section(reading, matrix(reading, every, live_warnings(reading)))
    return html.Div(
        [
            parts.conclusion(_first(reading, every), _second(reading, every)),
            parts.band(_cells(reading, every)),
            html.Div([html.Div(left), html.Div(right)], className="split issues-split"),
            heading.footer(reading),
        ],
        className="content issues",
    )


# --- what is said


def _first(reading: Reading, every: Sequence[Issue]) -> list[Child]:
    """The open problems, what they concern and what has come back, readable aloud."""
    standing = sums([one for one in every if one.open])
    if not standing.count:
        return [_("目前没有在办的问题。")]
    recovering = sums([one for one in every if one.open and not one.paid_out])
    return sentence(
        N_("在办问题{count}件，涉及{amount}万元；应追回{due}万元，已追回{back}万元。"),
        count=Strong(str(standing.count)),
        amount=Strong(_sum(reading, "issues", standing.amount_fen, "open")),
        due=Strong(_sum(reading, "issues.due", recovering.to_recover_fen, "open")),
        back=Strong(_sum(reading, "issues.back", recovering.recovered_fen, "open")),
    ) + _to_pay(reading, every)


def _sum(reading: Reading, what: str, fen: int, of: str) -> Printed:
    """A sum over some problems of the region looked at: those open, late, upheld."""
    return display.printed(reading.about_now.figure(what, fen, part=of), "wan")


def _to_pay(reading: Reading, every: Sequence[Issue]) -> list[Child]:
    """What is owed to people and paid in addition; nothing where there is none."""
    owed = sums([one for one in every if one.open and one.paid_out])
    if not owed.to_recover_fen:
        return []
    said = sentence(
        N_("另有应补发{due}万元，已补发{back}万元。"),
        due=Strong(_sum(reading, "issues.to_pay", owed.to_recover_fen, "open")),
        back=Strong(_sum(reading, "issues.paid", owed.recovered_fen, "open")),
    )
    return [between(), *said]


def _second(reading: Reading, every: Sequence[Issue]) -> list[Child]:
    today = reading.today
    late = [one for one in every if words.late_days(one, today)]
    new = [one for one in every if (one.found_on.year, one.found_on.month) == (today.year, today.month)]
    closed = [
        one for one in every if one.closed_on and (one.closed_on.year, one.closed_on.month) == (today.year, today.month)
    ]
    said: list[Child] = []
    if late:
        left = sum(one.outstanding_fen for one in late)
        said += sentence(
            N_("超过整改期限{count}件，尚未追回或补发{amount}万元；"),
            count=str(len(late)),
            amount=_sum(reading, "issues.left", left, "overdue"),
        )
    said.append(_("本月新发现{new}件、销号{closed}件", new=len(new), closed=len(closed)))
    study = sum(one.open and one.last("study") is not None for one in every)
    if study:
        said.append(_("；拟提请研究{count}件（待联席会议审定）", count=study))
    return [*said, _("。")]


def _cells(reading: Reading, every: Sequence[Issue]) -> list[Cell]:
    """Leads, verified, being mended, late, waiting for a second person, and what came back of all there is."""
    whole = sums([one for one in every if one.upheld and not one.paid_out])
    back = Fraction(whole.recovered_fen * 100, whole.to_recover_fen) if whole.to_recover_fen else None
    cells = []
    for code in ("lead", "verified", "mending", "overdue", "asked"):
        part = [one for one in every if belongs(reading, one, code)]
        amount = _sum(reading, "issues", sum(one.amount_fen for one in part), code)
        line = sentence(N_("涉及 {amount} 万元"), amount=amount)
        href = reading.view.href(path=PATH, show=code, number="", item="")
        cells.append(Cell(_(SHOWN[code]), str(len(part)), _("件"), lines=(line,), href=href))
    of_all = sentence(
        N_("{back} / {due} 万元"),
        back=_sum(reading, "issues.back", whole.recovered_fen, "upheld"),
        due=_sum(reading, "issues.due", whole.to_recover_fen, "upheld"),
    )
    rate = display.printed(reading.about_now.figure("issues.rate", back, part="upheld", reason="no_denominator"))
    cells.append(Cell(_("已核实追回率"), rate, "%", lines=(of_all,)))
    return cells


# --- the list


def _register(reading: Reading, every: Sequence[Issue], found: Sequence[Issue], start: int) -> Component:
    table = issue_table(reading, found[start : start + PAGE], screen=True)
    body: list[Child] = [html.P(_empty(every), className="foot")]
    if found:
        sorts = {key: reading.view.href(sort=key, number="", item="") for key in ("amount", "due")}
        body = [
            html.Div(html_table(table, sort_hrefs=sorts, sorted_by=reading.view.sort, cards=CARDS), className="scroll")
        ]
        body += pager(reading, len(found), start, PAGE)
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    if register.open_to(reading):
        actions.insert(0, html.A(_("登记问题"), href=reading.view.href(item="new"), className="button small"))
    bar = html.Div(_filters(reading, every), className="toolbar")
    return parts.section(table.title, [bar, *body], note=_("金额万元"), actions=actions)


def _empty(every: Sequence[Issue]) -> str:
    return _("没有符合筛选条件的问题。") if every else _("这里没有登记的问题。")


def _filters(reading: Reading, every: Sequence[Issue]) -> list[Child]:
    view = reading.view.without_item()
    switch = parts.segment(
        [
            (
                f"{_(name)} {sum(belongs(reading, one, code) for one in every)}",
                view.href(show=code, number=""),
                code == shown(reading),
            )
            for code, name in SHOWN.items()
            if code in ("", "overdue", "asked", "closed")
        ],
        label=_("状态"),
    )
    mine = [one for one in every if belongs(reading, one, shown(reading))]
    states = Counter(one.state for one in every if one.open)
    sides, origins = Counter(one.side for one in mine), Counter(one.origin for one in mine)
    return [
        switch,
        filter_menu(
            _("环节"),
            [(code, _(SHOWN[code]), states[code]) for code in ("lead", "verified", "mending") if states[code]],
            shown(reading),
            lambda code: view.href(show=code, number=""),
        ),
        filter_menu(
            _("四位一体"),
            [(code, name_of(side), sides[code]) for code, side in sides_of(reading.scheme).items() if sides[code]],
            view.measure,
            lambda code: view.href(measure=code, number=""),
        ),
        filter_menu(
            _("来源"),
            [(code, name_of(origin), origins[code]) for code, origin in ORIGINS.items() if origins[code]],
            view.span,
            lambda code: view.href(span=code, number=""),
        ),
    ]


def issue_table(reading: Reading, found: Sequence[Issue], *, screen: bool = False) -> Table:
    """The register as a table; files have every column."""
    columns = (
        Column("ref", _("编号")),
        Column("region", _("地区")),
        Column("title", _("问题"), className="written"),
        Column("origin", _("来源")),
        Column("side", _("四位一体")),
        Column("amount", _("涉及"), "money"),
        Column("due_fen", _("应追回或补发"), "money"),
        Column("back", _("已追回或补发"), "money"),
        Column("due", _("整改期限"), "day", hidden=screen),
        Column("late", _("期限")),
        Column("state", _("状态")),
        Column("category", _("类别"), hidden=True),
        Column("department", _("责任部门"), hidden=True),
        Column("found", _("发现日期"), "day", hidden=True),
        Column("persons", _("涉及人数"), "count", hidden=True),
        Column("evidence", _("依据"), hidden=True, className="written"),
    )
    rows = [_row(reading, one, screen) for one in found]
    return Table("issues", _("问题台账"), columns, rows, unit="wan")


def _row(reading: Reading, one: Issue, screen: bool) -> Row:
    late = words.late_days(one, reading.today)
    said = _("逾期{days}天", days=late) if late else (display.short_day(one.due_on) if one.due_on and one.open else "—")
    values = {
        "ref": one.ref,
        "region": words.place(reading, one.region),
        "title": one.title,
        "origin": words.origin(one),
        "side": words.side(reading, one),
        "amount": words.figure(reading, one, "issue", one.amount_fen),
        "due_fen": words.to_recover(reading, one),
        "back": words.recovered(reading, one),
        "due": one.due_on,
        "late": said,
        "state": words.state(one),
        "category": words.category(one),
        "department": words.department(one),
        "found": one.found_on,
        "persons": one.persons,
        "evidence": one.evidence,
    }
    extra: dict[str, Child] = {}
    if one.paid_out and one.to_recover_fen:
        extra["due_fen"] = html.Span(_("补发"), className="muted")
    if screen and late:
        extra["late"], values["late"] = html.B(said), ""
    return Row(values, href=words.issue_href(reading, one.ref), extra=extra)
