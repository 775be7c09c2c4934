"""One statutory day in the drawer: its ground, how it stands by unit, what departments noted, and the forms to note it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame
from dashboard.components.drawer import Trio
from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.calendar.acts import DEADLINE, DONE_ON, PLACE, SEEN, done, reopen
from dashboard.pages.calendar.reading import PATH, fen, named, statutory, told
from dashboard.pages.calendar.words import (
    STATES,
    STEPS,
    day_words,
    ground,
    moved,
    proof_words,
    state_words,
    what,
    whose,
)
from dashboard.site.fields import Field
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import _, name_of
from rules.statutory.days import Level
from workflows.people.local_rights import answers_for
from workflows.statutory.evidence import Share
from workflows.statutory.register import Mark, standing_mark
from workflows.statutory.standing import Standing, State, grouped


def drawer(reading: Reading) -> Component | None:
    one = named(reading, reading.view.item)
    if one is None:
        return None
    leading = [Trio(_("截止日"), display.day_name(one.day.due), "")]
    if one.due_fen is not None and told(reading, one):
        leading += [
            Trio(_("应上解"), display.printed(fen(reading, "due", one, one.due_fen)), display.unit_name("yi")),
            Trio(_("未上解"), display.printed(fen(reading, "left", one, one.left_fen)), display.unit_name("yi")),
        ]
    blocks = [_about(reading, one), *_units(reading, one), *_forms(reading, one), *_journal(reading, one)]
    crumb = f"{_('法定日历')} › {whose(one.day)}"
    return docked.drawer(reading, crumb=crumb, title=what(one.day), leading=leading, blocks=blocks)


def _about(reading: Reading, one: Standing) -> Component:
    day = one.day
    how = _("由账目和登记判定，不须登记办结") if one.by_facts else _("由责任部门登记办结")
    entries: tuple[tuple[str, Child | Sequence[Child]], ...] = (
        (_("状态"), state_words(reading, one)),
        (_("截止日"), f"{day_words(day.due)} {moved(day)}".strip()),
        (_("依据"), html.Span(ground(day.rests_on), className="quoted")),
        (_("责任部门"), whose(day)),
        (_("判定"), how),
    )
    pairs = [piece for term, text in entries for piece in (html.Dt(term), html.Dd(text))]
    return docked.block(_("办理情况"), html.Dl(pairs))


# --- by unit


def unit_table(reading: Reading, one: Standing) -> Table:
    """The regions below the one looked at: what each has to hand on and has left, or whether it has done its part; the
    worst first."""
    amounts = one.due_fen is not None
    columns = [Column("region", _("地区"))]
    if amounts:
        columns += [Column("due", _("应上解"), "money"), Column("left", _("未上解"), "money")]
    columns.append(Column("state", _("状态")))
    found = grouped(reading.tree, one, reading.region, reading.today)
    ordered = sorted(found, key=lambda pair: (pair[1].done, -(pair[1].left_fen or 0), pair[0]))
    rows = [_unit(reading, one, code, share, amounts) for code, share in ordered]
    foot = []
    if amounts:
        whole = {"due": fen(reading, "due", one, one.due_fen), "left": fen(reading, "left", one, one.left_fen)}
        foot = [Row({"region": _("合计"), **whole, "state": ""}, style="sum")]
    return Table("units", what(one.day), columns, rows, foot=foot, of_now=True)


def _unit(reading: Reading, one: Standing, code: str, share: Share, amounts: bool) -> Row:
    values: dict[str, object] = {"region": name_of(reading.tree.region(code)), "state": _share_words(one, share)}
    if amounts:
        values["due"] = fen(reading, "due", one, share.due_fen, code)
        values["left"] = fen(reading, "left", one, share.left_fen, code)
    return Row(values, place=code)


def _share_words(one: Standing, share: Share) -> str:
    if share.done:
        return proof_words(share.proof) or _("已办结")
    return _(STATES[State.OVERDUE]) if one.by_clock is State.OVERDUE else _("未办")


def units_of(reading: Reading) -> Table | None:
    """The table of the day that the address names; None where it is none of the units'."""
    one = named(reading, reading.view.item)
    return None if one is None or not one.of_units or not one.shares else unit_table(reading, one)


def _units(reading: Reading, one: Standing) -> list[Component]:
    table = units_of(reading)
    if table is None:
        return []
    export = frame.exports(PATH, table.code, reading.view)
    note = _("亿元，最差在前") if one.due_fen is not None else _("未办在前")
    return [docked.block(_("分地区"), html_table(table), note=note, right=export)]


# --- what departments noted


def _places(reading: Reading, one: Standing) -> tuple[str, ...]:
    """The regions whose journal the reader sees: the province's, or the cities' looked at."""
    if one.day.duty.level is Level.PROVINCE:
        return (reading.tree.root,) if reading.sees_siblings else ()
    return tuple(one.shares)


def _journal(reading: Reading, one: Standing) -> list[Component]:
    if one.by_facts:
        return []
    known = statutory(reading).journal
    lines = [mark for place in _places(reading, one) for mark in known.get((one.day.key, place), ())]
    if not lines:
        return []
    listed = [_line(reading, one, mark) for mark in sorted(lines, key=lambda mark: mark.at)]
    return [docked.block(_("经过"), html.Ul(listed, className="journal"), note=_("只增不改"))]


def _line(reading: Reading, one: Standing, mark: Mark) -> Component:
    place = name_of(reading.tree.region(mark.region)) if one.of_units else ""
    who = " ".join(
        part for part in (display.moment(mark.at), place, department_name(mark.department), mark.name) if part
    )
    day = "" if mark.done_on is None else display.day_name(mark.done_on)
    said = " · ".join(part for part in (day, mark.document, mark.note) if part)
    return html.Li(
        [
            html.B(_(STEPS[mark.step])),
            html.Span(who, className="muted"),
            html.P(html.Span(said, className="quoted")),
        ]
    )


def _forms(reading: Reading, one: Standing) -> list[Component]:
    """The form of each region that the reader answers for: at most one, as a city's account has one city."""
    if one.by_facts or one.state is State.VOID:
        return []
    known = statutory(reading).journal
    places = one.shares if one.of_units else (reading.tree.root,)
    for place in places:
        if not answers_for(reading.scope, one.day.duty, place, reading.tree):
            continue
        seen = len(known.get((one.day.key, place), ()))
        given: dict[Field[Any], Any] = {DEADLINE: one.day.key, PLACE: place, SEEN: seen}
        if standing_mark(known, one.day.key, place) is None:
            return [docked.block(_("登记办结"), done.form(reading, {**given, DONE_ON: reading.today}))]
        return [docked.block(_("撤回办结"), reopen.form(reading, given, main=False))]
    return []
