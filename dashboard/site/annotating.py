"""标注 of time charts: 待遇调整, 缓缴, 政策变更; shown on every chart over months, added and withdrawn by those in charge."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.charts.events import Event, placed
from dashboard.components.parts import Child
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Choice, Day, FieldNotDay, Month, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, language, name_of
from rules import month as months
from rules.errors import NotAllowed, StaleRow
from workflows.people import rights
from workflows.people.accounts import Role
from workflows.sayings.annotations import (
    KINDS,
    Annotation,
    add_annotation,
    annotation,
    load_annotations,
    withdraw_annotation,
)

KIND_NAMES = dict(zip(KINDS, (N_("待遇调整"), N_("缓缴"), N_("政策变更"), N_("其他")), strict=True))
LONGEST = 40


def standing(reading: Reading, region: str = "") -> tuple[Annotation, ...]:
    """What is annotated for a region (that looked at, if none is named) and those above it: what concerns the whole
    concerns its parts."""
    return reading.ask(load_annotations, reading.scheme.code, reading.tree.path(region or reading.region))


def events(reading: Reading, months: Sequence[int], region: str = "") -> dict[int, str]:
    """The same as a chart of these months shows it, by their places."""
    noted = [Event(one.month, f"{display.month_name(one.month)} {_text(one)}") for one in standing(reading, region)]
    return placed(noted, months)


def panel(reading: Reading) -> Component:
    """The list of annotations, newest first, with the acts of those in charge."""
    rows: list[Component] = [_row(reading, one) for one in reversed(standing(reading))]
    if not rows:
        rows.append(html.P(_("还没有标注。"), className="note"))
    return html.Div(
        [*rows, *([_form(reading)] if add.open_to(reading, reading.region) else [])], className="annotations"
    )


def _row(reading: Reading, one: Annotation) -> Component:
    when = display.month_name(one.month) if one.day is None else display.day_name(one.day)
    place = _("全省") if one.region == reading.tree.root else name_of(reading.tree.region(one.region))
    words = html.P([html.B(when), f"　{_(KIND_NAMES[one.kind])}　{_text(one)}"])
    signed = html.Small(f"{place} · {one.by_name} · {display.short_day(display.local(one.at).date())}")
    content: list[Child] = [words, signed]
    if withdraw.open_to(reading, one.region):
        form = withdraw.form(reading, {NUMBER: one.id}, main=False)
        content.append(html.Details([html.Summary(_("撤回")), form]))
    return html.Div(content, className="said")


def _form(reading: Reading) -> Component:
    return html.Details([html.Summary(_("加标注"), className="button"), add.form(reading)])


def _text(one: Annotation) -> str:
    return one.text_en if language() == "en" and one.text_en else one.text


# --- acts

IN_CHARGE = rights.MONITORS | {Role.CITY}

MONTH = Month("month", N_("月份"), placeholder="2026-07")
DAY = blank(Day("day", N_("日期（可不填）")))
KIND = Choice("kind", N_("类别"), KIND_NAMES)
TEXT = Text("text", N_("标注文字"), most=LONGEST, placeholder=N_("如：调待补发"))
TEXT_EN = Text("text_en", N_("英文（可不填）"), most=2 * LONGEST, required=False)
NUMBER = Whole("id", N_("编号"), hidden=True)
REASON = Text("reason", N_("撤回理由"), most=200)


@act("add_annotation", N_("加上"), IN_CHARGE, ((MONTH, DAY, KIND), (TEXT, TEXT_EN)))
def add(deed: Deed) -> Done:
    """Annotate a month for the region looked at. Raises NotAllowed outside the account's region."""
    reading = deed.reading
    if not add.open_to(reading, reading.region):
        raise NotAllowed(f"{reading.region} is not the account's", region=reading.region)
    month, day = deed[MONTH], deed[DAY]
    if day is not None and months.Month.of(day) != month:
        raise DAY.refusal(FieldNotDay, got=str(day))
    number = add_annotation(
        deed.connection,
        scheme=reading.scheme.code,
        region=reading.region,
        month=month,
        day=day,
        kind=deed[KIND],
        text=deed[TEXT],
        text_en=deed[TEXT_EN],
        by_login=deed.account.login,
        by_name=deed.account.name,
        at=deed.now,
    )
    return Done(_("标注已加上。"), f"{reading.scheme.code} {reading.region} {month}", {"id": number})


@act("withdraw_annotation", N_("撤回"), IN_CHARGE, (NUMBER, REASON))
def withdraw(deed: Deed) -> Done:
    """Take back an annotation of the account's own region. Raises NotAllowed, StaleRow."""
    taken = annotation(deed.connection, deed[NUMBER])
    if taken is None or taken.scheme != deed.reading.scheme.code:
        raise StaleRow("the annotation is gone")
    if not withdraw.open_to(deed.reading, taken.region):
        raise NotAllowed(f"annotation {taken.id} is not the account's", region=taken.region)
    withdraw_annotation(
        deed.connection, taken, reason=deed[REASON], by_login=deed.account.login, by_name=deed.account.name, at=deed.now
    )
    subject = f"{taken.scheme} {taken.region} {taken.month}"
    return Done(_("标注已撤回，留有记录。"), subject)


ACTS = (add, withdraw)
