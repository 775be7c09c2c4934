"""读成: the rows that a file is read as, each with the cell it stands in and what it is beside the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.problems import column_name
from dashboard.words.published import UNITS, measure_name, unit_words
from dashboard.words.wording import N_, _, language, name_of
from data_access.intake.importers.tables import TABLES
from rules.department import Department
from rules.movements import MOVEMENTS, Account
from rules.projection.groups import GROUPS
from rules.published import unit_of
from rules.scheme import Scheme, load_scheme, scheme_codes

if TYPE_CHECKING:
    from data_access.intake.workbench.examine import Examined

PAGE_ROWS = 40
MOST_COLUMNS = 5
FEW = 3  # rows that are told apart by their place and day, though all say the same
STATES = {
    "new": N_("新增"),
    "same": N_("相同，不重复记"),
    "differs": N_("与已有不同"),
    "like": N_("可能重复"),
    "refused": N_("不合格"),
    "left_out": N_("不取"),
}
# What tells a row at a glance comes first; amounts stand last, at the right.
FIRST = (
    *("insured_group", "age", "region", "item", "measure", "month", "year", "since", "until"),
    *("business_date", "day", "account", "movement"),
)
HEADS = ("contributors", "retirees")


def chosen(examined: Examined, show: str) -> list[int]:
    """The places of the rows that a filter leaves: *guess*, a state, or every one."""
    everything = range(len(examined.cells))
    if show == "guess":
        rests = examined.guessed
        return [at for at in everything if examined.cells[at] in rests]
    if show in STATES and examined.states:
        return [at for at in everything if examined.states[at] == show]
    return [*everything]


def varying(examined: Examined) -> tuple[list[str], dict[str, str]]:
    """The columns in which rows differ, those that tell a row first; and what all rows say alike, by column."""
    alike: dict[str, str] = {}
    differ: list[str] = []
    for name, texts in examined.columns.items():
        distinct = set(texts)
        if len(distinct) > 1 or (distinct != {""} and (_is_amount(name) or (name in FIRST and len(texts) <= FEW))):
            differ.append(name)
        elif distinct and (text := distinct.pop()):
            alike[name] = text
    order = {name: place for place, name in enumerate(FIRST)}
    differ.sort(key=lambda name: (_is_amount(name), order.get(name, len(order))))
    amounts = [name for name in differ if _is_amount(name)]
    others = [name for name in differ if not _is_amount(name)]
    # What tells one row from another stands also beside many amounts.
    key = TABLES[examined.target].key if examined.target in TABLES else ()
    telling = min(2, sum(name in key for name in others))
    others = others[: max(1, telling, MOST_COLUMNS - len(amounts))]
    shown = others + amounts[:MOST_COLUMNS]
    alike |= {n: examined.columns[n][0] for n in differ if n not in shown and len(set(examined.columns[n])) == 1}
    return shown, alike


def _is_amount(name: str) -> bool:
    return name.endswith(("_fen", "_yuan")) or name in ("value", *HEADS)


def table(examined: Examined, places: Sequence[int]) -> Component:
    """Some of the rows, each beside its cell."""
    names, _alike = varying(examined)
    guessed = examined.guessed
    titles = [html.Th(_("出处"), scope="col")]
    titles += [
        html.Th(title(examined, name), scope="col", className="r" if _is_amount(name) else None) for name in names
    ]
    titles.append(html.Th(_("与已有"), scope="col"))
    body = []
    for at in places:
        cell = examined.cells[at]
        cells: list[Component] = [html.Td(html.A(cell, href=f"#{cell}", **attributes(data_goes=cell)))]
        for place, name in enumerate(names):
            content: list[Child] = [said(examined, name, examined.columns[name][at])]
            if place == 0 and cell in guessed:
                content.append(html.Span(_("推断"), className="tag"))
            cells.append(html.Td(content, className="r n" if _is_amount(name) else None))
        cells.append(html.Td(_beside(examined, at), className="dim"))
        body.append(html.Tr(cells, **attributes(data_row=cell)))
    head = html.Thead(html.Tr(titles))
    return html.Div(html.Table([head, html.Tbody(body)], className="t read"), className="scroll")


def title(examined: Examined, name: str) -> str:
    """The head of a column: amounts are shown in yuan."""
    if not examined.target:
        return name
    return column_name(examined.target, f"{name.removesuffix('fen')}yuan" if name.endswith("_fen") else name)


def said_alike(examined: Examined, alike: Mapping[str, str]) -> list[str]:
    """What all rows say, column by column."""
    return [f"{title(examined, name)} {said(examined, name, text)}" for name, text in alike.items()]


def said(examined: Examined, name: str, text: str) -> str:
    """One value of a row as the reader knows it: names for codes, yuan for fen."""
    if not text:
        return display.NO_VALUE
    if name.endswith("_fen"):
        try:
            return display.number(Fraction(int(text), 100))
        except ValueError:
            return text
    if name in HEADS and text.isdigit():
        return display.number(int(text), 0)
    if name == "region" and (region := examined.previewed.regions.get(text)):
        return name_of(region)
    if name == "scheme" and text in scheme_codes():
        return name_of(load_scheme(text))
    if name == "insured_group" and text in GROUPS:
        return name_of(GROUPS[text])
    if name == "item" and (scheme := _scheme(examined)) and text in {item.code for item in scheme.items}:
        return name_of(scheme.item(text))
    if name == "unit":
        return unit_name(text)
    if name == "measure":
        return measure_name(text)
    if name == "account" and text in {*Account}:
        return _(display.ACCOUNT_NAMES[Account(text)])
    if name == "department" and text in {*Department}:
        return department_name(text)
    if language() == "zh" and (word := _word(examined.target, name, text)):
        return word
    if name in ("month", "since", "until") and text.isdigit() and len(text) == 6:
        return display.month_name(int(text))
    return text


def _word(target: str, name: str, code: str) -> str:
    """The word that a choice or a movement of money is taken by, "" where it has none."""
    if name == "movement" and code in MOVEMENTS:
        return MOVEMENTS[code].name
    columns = TABLES[target].columns if target in TABLES else ()
    column = next((one for one in columns if one.code == name), None)
    return "" if column is None else next((word for word, one in column.names.items() if one == code), "")


def unit_name(text: str) -> str:
    """A unit as the reader knows it; as it is written where it is not known."""
    unit = unit_of(text)
    return unit_words(unit.code) if unit is not None and unit.code in UNITS else text


def _scheme(examined: Examined) -> Scheme | None:
    """The scheme that every row is of."""
    codes = set(examined.columns.get("scheme", ()))
    return load_scheme(codes.pop()) if len(codes) == 1 and codes <= {*scheme_codes()} else None


def _beside(examined: Examined, at: int) -> list[Child]:
    if not examined.states:
        return [display.NO_VALUE]
    state = examined.states[at]
    content: list[Child] = [_(STATES[state])]
    stands = (examined.stored or {}).get(at, {})
    if stands:
        was = _("，").join(said(examined, name, text) for name, text in stands.items())
        content.append(html.Small(_("现为{was}", was=was)))
    return content
