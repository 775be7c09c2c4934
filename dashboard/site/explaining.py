"""情况说明 in the drawer: what departments say about a figure, and the acts of writing and withdrawing it.

Whoever sees a figure sees what was said about it; written it is by those in charge of the region and its business.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.parts import Child
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Text, Whole
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, bracketed, name_of
from data_access.books.indicators import month_period
from rules.errors import NotAllowed, StaleRow
from rules.execution_form import EXPENDITURE_SUBTOTAL, EXPENDITURE_TOTAL, INCOME_SUBTOTAL, INCOME_TOTAL
from rules.indicators import INDICATORS
from workflows.people.accounts import Role
from workflows.people.rights import OFFICES
from workflows.sayings.explanations import (
    Explanation,
    add_explanation,
    explanation,
    load_explanations,
    withdraw_explanation,
)

LONGEST = 500
LINES = frozenset({INCOME_TOTAL, INCOME_SUBTOTAL, EXPENDITURE_TOTAL, EXPENDITURE_SUBTOTAL})


def said(reading: Reading, figures: tuple[str, ...] | None = None) -> tuple[Explanation, ...]:
    """What stands said about figures (None: about any) of the month shown, of the region looked at and those right
    below it, newest first."""
    if reading.snapshot.month is None:
        return ()
    regions = (reading.region, *reading.children())
    period = month_period(reading.snapshot.month)
    # Of all figures at once: page and drawer ask for different ones.
    found = reading.ask(load_explanations, reading.scheme.code, period, regions)
    return tuple(one for one in found if figures is None or one.figure in figures)


def count_words(reading: Reading, figures: tuple[str, ...] | None = None) -> str:
    """说明n条, for the head of a section; "" when nothing was said."""
    count = len(said(reading, figures))
    return _("说明{count}条", count=count) if count else ""


def known(reading: Reading, figure: str) -> bool:
    """Whether a name is a figure that can be explained."""
    return figure in INDICATORS or figure in LINES or any(item.code == figure for item in reading.scheme.items)


def block(reading: Reading, figure: str) -> tuple[list[Component], str]:
    """The drawer's section: every explanation with who and when, and for those in charge the form; and its count."""
    texts = said(reading, (figure,))
    lines: list[Component] = [_line(reading, one) for one in texts]
    if not lines:
        lines.append(html.P(_("还没有情况说明。"), className="note"))
    if reading.snapshot.month is not None and write.open_to(reading, reading.region):
        lines.append(_form(reading, figure))
    return lines, _("{count}条", count=len(texts)) if texts else ""


def _line(reading: Reading, one: Explanation) -> Component:
    when = display.short_day(display.local(one.at).date())
    who = one.by_name if one.department is None else one.by_name + bracketed(department_name(one.department))
    place = "" if one.region == reading.region else f"{name_of(reading.tree.region(one.region))} · "
    content: list[Child] = [html.P(one.text), html.Small(f"{place}{who} · {when}")]
    if withdraw.open_to(reading, one.region):
        content.append(withdraw.form(reading, {NUMBER: one.id}, main=False))
    return html.Div(content, className="said")


def _form(reading: Reading, figure: str) -> Component:
    form = write.form(reading, {FIGURE: figure, MONTH: reading.snapshot.month})
    return html.Details([html.Summary(_("写说明"), className="button"), form])


# --- acts

FIGURE = Text("figure", N_("指标"), most=64, hidden=True)
MONTH = Whole("month", N_("月份"), hidden=True)
TEXT = Area("text", N_("情况说明"), most=LONGEST, placeholder=N_("原因、影响、打算怎么办"))
NUMBER = Whole("id", N_("编号"), hidden=True)


@act("write_explanation", N_("提交"), OFFICES, (FIGURE, MONTH, TEXT))
def write(deed: Deed) -> Done:
    """Say something about a figure of the region and month looked at. Raises NotAllowed outside the account's region."""
    reading = deed.reading
    if not write.open_to(reading, reading.region):
        raise NotAllowed(f"{reading.region} is not the account's", region=reading.region)
    figure, month = deed[FIGURE], deed[MONTH]
    # What was meant is the figure as it stood on screen.
    if not known(reading, figure) or month != reading.snapshot.month:
        raise StaleRow(f"{figure} of {month} is not what is shown", figure=figure)
    period = month_period(month)
    number = add_explanation(
        deed.connection,
        scheme=reading.scheme.code,
        figure=figure,
        region=reading.region,
        period=period,
        text=deed[TEXT],
        by_login=deed.account.login,
        by_name=deed.account.name,
        department=deed.account.department,
        at=deed.now,
    )
    subject = f"{reading.scheme.code} {figure} {reading.region} {period}"
    return Done(_("说明已记下。"), subject, {"id": number})


@act("withdraw_explanation", N_("撤回"), OFFICES, (NUMBER,))
def withdraw(deed: Deed) -> Done:
    """Take back an explanation: its writer, or a monitor in charge of the region. Raises NotAllowed, StaleRow."""
    taken = explanation(deed.connection, deed[NUMBER])
    if taken is None or taken.scheme != deed.reading.scheme.code:
        raise StaleRow("the explanation is gone")
    own = taken.by_login == deed.account.login
    if not withdraw.open_to(deed.reading, taken.region) or not (own or deed.account.role is Role.MONITOR):
        raise NotAllowed(f"explanation {taken.id} is not the account's", region=taken.region)
    withdraw_explanation(deed.connection, taken, by_login=deed.account.login, by_name=deed.account.name, at=deed.now)
    subject = f"{taken.scheme} {taken.figure} {taken.region} {taken.period}"
    return Done(_("说明已撤回，留有记录。"), subject)


ACTS = (write, withdraw)
