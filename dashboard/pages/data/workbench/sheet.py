"""原表: one sheet as it stands, its own letters and numbers, with what was understood of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.words.wording import N_, _

if TYPE_CHECKING:
    from data_access.intake.files.book import Area, Sheet
    from data_access.intake.workbench.offer import Offer

ROWS_SHOWN = 60
COLUMNS_SHOWN = 40
LONGEST = 60
SKIPPED = {
    "title": N_("标题"),
    "unit": N_("单位行"),
    "preamble": N_("表前说明"),
    "header": N_("表头"),
    "total": N_("合计"),
    "note": N_("附注"),
    "signature": N_("签名"),
    "other": N_("其他"),
}


@dataclass(frozen=True)
class Marks:
    """What is to be seen on a sheet, by (row, column) place: the class of each cell; ``words``: beside a row, by place."""

    cells: Mapping[tuple[int, int], str]
    words: Mapping[int, str]


def marks(offer: Offer, first: int = 0) -> Marks:
    """What was understood of each cell shown from a row on: *read*, *head*, *nil*, *out* (not taken), *open* (must be asked); a total that
    differs is *wrong*, what rests on a guess is *guess*."""
    found, sheet = offer.found, offer.found.sheet
    places: dict[tuple[int, int], str] = {}
    words: dict[int, str] = {}
    lines = {int(line): at for at, line in enumerate(sheet.lines)}
    shown = range(first, first + ROWS_SHOWN)
    for row in found.header:
        places |= {(row, at): "head" for at in range(len(sheet.columns))}
    for one in found.skipped:
        row = lines[one.line]
        words[row] = _(SKIPPED[one.what])
        places |= {(row, at): _used(found.text(row, at)) for at in range(len(sheet.columns)) if found.text(row, at)}
    taken = {cell.rpartition("!")[2] for cell in offer.cells}
    nil = {cell.rpartition("!")[2] for cell in offer.nil}
    asked = {cell.rpartition("!")[2] for question in offer.questions for cell in question.addresses}
    unknown = {question.text for question in offer.questions if question.about == "name"}
    wrong = {one.address for one in offer.sums if not one.agrees}
    guessed = {guess.text for guess in offer.guesses}
    dropped = {at for at, head in enumerate(found.heads) if "/".join(head) in offer.left_out}
    fields = {at for at, head in enumerate(found.heads) if head and at not in dropped}
    for row in (row for row in (*found.rows, *found.totals, *found.header) if row in shown):
        none = 0
        for at in range(len(sheet.columns)):
            address, text = sheet.address(row, at), found.text(row, at)
            kind = places.get((row, at), "")
            if address in wrong:
                kind = "wrong"
            elif row in found.totals or at in found.total_columns:
                kind = "out" if row not in found.header else kind
            elif address in nil:
                kind, none = "nil", none + 1
            elif address in asked or (text and text in unknown):
                kind = "open"
            elif row in found.header:
                kind = "out" if at in dropped else "head"
            elif address in taken or (text and at in fields):
                kind = "read"
            places[row, at] = f"{kind} guess" if text and text in guessed else kind
        if none:
            words[row] = _("无值{count}", count=none)
    return Marks(places, words)


def _used(text: str) -> str:
    """A text above or below the table: what named unit or period was used, though its row is not taken."""
    from data_access.intake.workbench.find import UNIT
    from data_access.intake.workbench.mapping import table_period

    return "head" if UNIT.fullmatch(text) or (len(text) < 20 and table_period((text,)) is not None) else "out"


def grid(sheet: Sheet, seen: Marks, first: int = 0) -> Component:
    """Some rows of a sheet from one on, under its own letters; merged cells as they are merged."""
    from data_access.intake.files.book import column_letters

    width = min(len(sheet.columns), COLUMNS_SHOWN)
    shown = range(first, min(first + ROWS_SHOWN, sheet.height))
    head: list[Component] = [html.Td(className="corner")]
    head += [html.Th(column_letters(at + 1), scope="col") for at in range(width)]
    rest = _("另{count}列", count=len(sheet.columns) - width) if len(sheet.columns) > width else ""
    body = [html.Tr([*head, html.Td(rest, className="word")], className="letters")]
    covered = _covered(sheet.merged)
    for row in shown:
        line = int(sheet.lines[row])
        cells: list[Component] = [html.Th(str(line), scope="row")]
        at = 0
        while at < width:
            area = covered.get((line, at + 1))
            if area is not None and (area.top, area.left) != (line, at + 1):
                at += 1
                continue
            across = min(area.right, width) - at if area else 1
            down = min(area.bottom, int(sheet.lines[shown[-1]])) - line + 1 if area else 1
            cells.append(_cell(sheet, seen, row, at, across, down))
            at += across
        cells.append(html.Td(seen.words.get(row, ""), className="word"))
        body.append(html.Tr(cells))
    return html.Table(html.Tbody(body), className="cells", **attributes(aria_label=_("原表"), data_sheet=sheet.name))


def _covered(merged: Sequence[Area]) -> dict[tuple[int, int], Area]:
    """The area of each merged cell, by line and column; areas so large that nobody merged them by hand are left alone."""
    found: dict[tuple[int, int], Area] = {}
    for area in merged:
        if (area.bottom - area.top + 1) * (area.right - area.left + 1) <= 2_000:
            for line in range(area.top, area.bottom + 1):
                for column in range(area.left, area.right + 1):
                    found[line, column] = area
    return found


def _cell(sheet: Sheet, seen: Marks, row: int, at: int, across: int, down: int) -> Component:
    text = (sheet.columns[at][row].as_py() or "").strip()
    kind = seen.cells.get((row, at), "")
    content: Child = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    classes = f"{kind} r" if _is_number(text) else kind
    return html.Td(
        html.S(content) if kind.startswith("out") and text else content,
        className=classes.strip(),
        title=text if len(text) > LONGEST else None,
        rowSpan=down if down > 1 else None,
        colSpan=across if across > 1 else None,
        tabIndex="-1",
        **attributes(data_cell=sheet.address(row, at)),
    )


def _is_number(text: str) -> bool:
    digits = sum(one.isdigit() for one in text)
    return digits * 2 > len(text) or text in ("-", "—", "–", "…")
