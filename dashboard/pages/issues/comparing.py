"""数据比对结果: what each comparison brought, and of a run here every rule in every region."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.issues import words as words
from dashboard.pages.issues.words import PATH
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import _, name_of
from rules.persons.comparisons import COMPARISONS, Comparison
from workflows.comparisons.register import Raised, Run, Tally, runs, suspicions
from workflows.comparisons.results import Result, results, tallies
from workflows.issues.register import Issue

# On a phone what does not fit is left out.
BATCH = Cards((), "comparison", ("suspects", "verified", "cleared", "amount", "back"))
BY_RULE = Cards(("region", "state"), "rule", ("suspects", "verified", "cleared", "amount"))


def found(reading: Reading, every: Sequence[Issue]) -> tuple[Result, ...]:
    """The comparisons of the scheme, with the problems that the reader sees of each."""
    known = reading.ask(runs, reading.scheme.code)
    raised: tuple[Raised, ...] = reading.ask(suspicions, reading.scheme.code) if known else ()
    return results(every, known, tallies(raised))


def section(reading: Reading, every: Sequence[Issue]) -> Component | None:
    """By batch, or one run by rule and region; None where nothing was compared."""
    of = found(reading, every)
    if not of:
        return None
    one = looked_at(reading, of)
    if one is not None and one.run is not None:
        return _run_section(reading, one, one.run)
    table = comparison_table(reading, of)
    return parts.section(
        table.title,
        html.Div(html_table(table, cards=BATCH), className="scroll"),
        note=_("疑点—核实—追回，金额万元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        className="compared",
    )


def looked_at(reading: Reading, of: Sequence[Result]) -> Result | None:
    """The run that the address names; None for none."""
    number = number_in(reading.view.id)
    return next((one for one in of if one.run is not None and one.run.number == number), None)


def comparison_table(reading: Reading, of: Sequence[Result]) -> Table:
    """疑点数—核实数—排除数—追回额 by comparison; a run that found nothing says so."""
    columns = (
        Column("comparison", _("比对批次")),
        Column("problems", _("问题件数"), "count"),
        *_counted(),
        Column("amount", _("涉及"), "money", what="issues"),
        Column("back", _("追回"), "money", what="issues.back"),
        Column("open", _("在办"), "count"),
    )
    rows = [
        Row(
            {
                "comparison": one.comparison if one.problems else _("{batch}：未发现疑点", batch=one.comparison),
                "problems": len(one.problems),
                "suspects": one.suspects,
                "verified": one.verified,
                "cleared": one.cleared,
                "undecided": one.undecided,
                "amount": one.amount_fen,
                "back": one.recovered_fen,
                "open": one.open,
            },
            part=one.comparison.replace("|", "／"),  # the key's own mark
            href=reading.view.href(path=PATH, id=str(one.run.number), item="") if one.run else "",
        )
        for one in of
    ]
    return Table("comparisons", _("数据比对结果"), columns, rows, unit="wan", about=reading.about_now)


def _counted() -> tuple[Column, ...]:
    return (
        Column("suspects", _("疑点数"), "count"),
        Column("verified", _("核实数"), "count"),
        Column("cleared", _("排除数"), "count"),
        Column("undecided", _("待核数"), "count"),
    )


# --- one run


def _run_section(reading: Reading, one: Result, run: Run) -> Component:
    table = run_table(reading, one, run)
    back = html.A(_("各批次"), href=reading.view.href(path=PATH, id="", item=""), className="button small")
    about = _(
        "{moment}由{who}比对至{month}，读取个人明细{rows}条，至第{delivery}次投递（摘要{digest}）。",
        moment=display.moment(run.run_at),
        who=f"{department_name(run.department)} {run.name}".strip(),
        month=display.month_name(run.until),
        rows=f"{run.lake_rows:,}",
        delivery=run.delivery,
        digest=run.digest[:12] or "—",
    )
    body: list[Child] = [
        html.P(about, className="foot"),
        html.Div(html_table(table, cards=BY_RULE), className="scroll"),
    ]
    actions: list[Child] = [back, frame.exports(PATH, table.code, reading.view)]
    note = _("按规则和地区，金额万元")
    return parts.section(table.title, body, note=note, actions=actions, className="compared")


def run_table(reading: Reading, one: Result, run: Run) -> Table:
    """A run by rule and region, each row a problem; a rule that found nothing, or was not asked, has a row of its own."""
    columns = (
        Column("rule", _("比对规则")),
        Column("region", _("地区")),
        *_counted(),
        Column("amount", _("涉及"), "money"),
        Column("back", _("追回"), "money"),
        Column("state", _("状态")),
    )
    raised = reading.ask(suspicions, reading.scheme.code, run=run.number)
    counted, rule_of = tallies(raised), {each.ref: each.rule for each in raised}
    rows = []
    for code, rule in COMPARISONS.items():
        of = [each for each in one.problems if rule_of.get(each.ref) == code]
        if reading.scheme.code in rule.schemes:
            without = _without(rule, asked=code in run.rules)
            rows += [_problem(reading, name_of(rule), each, counted[each.ref]) for each in of] or [without]
    title = _("{batch}：各规则各地区", batch=one.comparison)
    return Table("comparison-run", title, columns, rows, unit="wan", about=reading.about_now)


def _problem(reading: Reading, name: str, one: Issue, of: Tally) -> Row:
    values = {
        "rule": name,
        "region": words.place(reading, one.region),
        "suspects": of.count,
        "verified": of.upheld,
        "cleared": of.cleared,
        "undecided": of.open,
        "amount": words.figure(reading, one, "issue", one.amount_fen),
        "back": words.recovered(reading, one),
        "state": words.state(one),
    }
    return Row(values, href=words.issue_href(reading, one.ref))


def _without(rule: Comparison, *, asked: bool) -> Row:
    """A rule that found nothing, or that could not be asked because its registers were never delivered."""
    keys = ("suspects", "verified", "cleared", "undecided")
    values = {**dict.fromkeys(keys, 0 if asked else None), "amount": None, "back": None}
    said = _("未发现疑点") if asked else _("未比对，登记数据未报")
    return Row({"rule": name_of(rule), "region": "—", **values, "state": said})
