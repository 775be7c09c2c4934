"""标注 of time charts: 待遇调整, 缓缴, 政策变更; shown on every chart over months, added and withdrawn by those in charge."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.charts.events import Event, merged, numbered
from dashboard.components import forms
from dashboard.components.parts import Child
from dashboard.site import access, acting
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, language, name_of
from rules.errors import NotAllowed
from workflows.sayings.annotations import (
    KINDS,
    Annotation,
    add_annotation,
    annotation,
    load_annotations,
    withdraw_annotation,
)

ADD, WITHDRAW = "add_annotation", "withdraw_annotation"
KIND_NAMES = dict(zip(KINDS, (N_("待遇调整"), N_("缓缴"), N_("政策变更"), N_("其他")), strict=True))
LONGEST = 40
FIRST_YEAR, LAST_YEAR = 2000, 2099


def standing(reading: Reading, region: str = "") -> tuple[Annotation, ...]:
    """What is annotated for a region (that looked at, if none is named) and those above it: what concerns the whole
    concerns its parts."""
    return reading.ask(load_annotations, reading.scheme.code, reading.tree.path(region or reading.region))


def events(reading: Reading, region: str = "") -> list[Event]:
    """The same as charts show it."""
    return [Event(one.month, f"{display.month_name(one.month)} {_text(one)}") for one in standing(reading, region)]


def key(reading: Reading, months: Sequence[int], region: str = "") -> Component | None:
    """The words behind the numbers under a chart of these months; None where the chart has the words itself."""
    shown = events(reading, region)
    if not numbered(shown, months):
        return None
    words = [f"{at} {one.text}" for at, one in enumerate(merged(shown, months), start=1)]
    return html.Div("　".join(words), className="foot")


def panel(reading: Reading) -> Component:
    """The list of annotations, newest first, with the acts of those in charge."""
    rows: list[Component] = [_row(reading, one) for one in reversed(standing(reading))]
    if not rows:
        rows.append(html.P(_("还没有标注。"), className="note"))
    return html.Div(
        [*rows, *([_form(reading)] if _in_charge(reading, reading.region) else [])], className="annotations"
    )


def _row(reading: Reading, one: Annotation) -> Component:
    when = display.month_name(one.month) if one.day is None else display.day_name(one.day)
    place = _("全省") if one.region == reading.tree.root else name_of(reading.tree.region(one.region))
    words = html.P([html.B(when), f"　{_(KIND_NAMES[one.kind])}　{_text(one)}"])
    signed = html.Small(f"{place} · {one.by_name} · {display.short_day(display.local(one.at).date())}")
    content: list[Child] = [words, signed]
    if _in_charge(reading, one.region):
        reason = forms.write("reason", _("撤回理由"), required=True)
        fields = [forms.hidden("id", str(one.id)), reason]
        form = acting.act_form(reading.view, WITHDRAW, fields, button=_("撤回"), main=False)
        content.append(html.Details([html.Summary(_("撤回")), form]))
    return html.Div(content, className="said")


def _form(reading: Reading) -> Component:
    kinds = [(kind, _(name)) for kind, name in KIND_NAMES.items()]
    fields = [
        forms.row(
            forms.write("month", _("月份"), placeholder="2026-07", required=True),
            forms.day("day", _("日期（可不填）")),
            forms.choose("kind", _("类别"), kinds),
        ),
        forms.row(
            forms.write("text", _("标注文字"), placeholder=_("如：调待补发"), required=True),
            forms.write("text_en", _("英文（可不填）")),
        ),
    ]
    return html.Details(
        [html.Summary(_("加标注"), className="button"), acting.act_form(reading.view, ADD, fields, button=_("加上"))]
    )


def _text(one: Annotation) -> str:
    return one.text_en if language() == "en" and one.text_en else one.text


def _in_charge(reading: Reading, region: str) -> bool:
    return access.may_do(reading.scope, ADD) and reading.scope.covers(reading.tree, region)


# --- acts


def add(deed: acting.Deed) -> acting.Done:
    """Annotate a month for the region looked at. Raises NotAllowed outside the account's region."""
    reading, form = deed.reading, deed.form
    if not _in_charge(reading, reading.region):
        raise NotAllowed(f"{reading.region} is not the account's", region=reading.region)
    month = _month(form.text("month", _("月份"), most=7))
    day = form.day("day", _("日期（可不填）")) if form.text("day", _("日期（可不填）"), required=False) else None
    if day is not None and day.year * 100 + day.month != month:
        raise acting.FieldNotDay(f"{day} is not in {month}", label=_("日期（可不填）"), got=str(day))
    number = add_annotation(
        deed.connection,
        scheme=reading.scheme.code,
        region=reading.region,
        month=month,
        day=day,
        kind=form.choice("kind", _("类别"), KINDS),
        text=form.text("text", _("标注文字"), most=LONGEST),
        text_en=form.text("text_en", _("英文（可不填）"), most=2 * LONGEST, required=False),
        by_login=deed.account.login,
        by_name=deed.account.name,
        at=deed.now,
    )
    return acting.Done(_("标注已加上。"), f"{reading.scheme.code} {reading.region} {month}", {"id": number})


def _month(written: str) -> int:
    year, _dash, number = written.partition("-")
    if not (
        year.isdecimal() and number.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(number) <= 12
    ):
        raise acting.FieldNotDay(f"{written} is not a month", label=_("月份"), got=written)
    return int(year) * 100 + int(number)


def withdraw(deed: acting.Deed) -> acting.Done:
    """Take back an annotation of the account's own region. Raises NotAllowed, Conflict."""
    taken = annotation(deed.connection, deed.form.whole("id", _("编号")))
    if taken is None or taken.scheme != deed.reading.scheme.code:
        raise acting.Conflict("the annotation is gone")
    if not _in_charge(deed.reading, taken.region):
        raise NotAllowed(f"annotation {taken.id} is not the account's", region=taken.region)
    reason = deed.form.text("reason", _("撤回理由"), most=200)
    withdraw_annotation(
        deed.connection, taken, reason=reason, by_login=deed.account.login, by_name=deed.account.name, at=deed.now
    )
    subject = f"{taken.scheme} {taken.region} {taken.month}"
    return acting.Done(_("标注已撤回，留有记录。"), subject, {"id": taken.id, "reason": reason})


ACTS = {ADD: add, WITHDRAW: withdraw}
