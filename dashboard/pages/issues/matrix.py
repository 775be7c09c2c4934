"""地区 × 四位一体: open problems and live warnings of each region by side 政策、经办、信息、监督."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child
from dashboard.components.table import Column, Kind, Row, Table
from dashboard.pages.issues.words import PATH
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import REST, Figure
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from rules.violations import SIDES, sides_of
from workflows.issues.register import Issue
from workflows.warnings.standing import Standing

# What the amount of a side is, as tables name it.
AMOUNT = "issues:open.{side}"


@dataclass(frozen=True, slots=True)
class Square:
    """One region on one side: open problems with the fen they concern, live warnings and the worst among them."""

    count: int
    amount_fen: int
    warnings: int
    worst: Level


Matrix = Mapping[tuple[str, str], Square]


def rows_of(reading: Reading) -> tuple[str, ...]:
    """The regions below the one looked at; one without any stands for itself."""
    return reading.children() or (reading.region,)


def matrix(reading: Reading, problems: Sequence[Issue], warnings: Sequence[Standing]) -> Matrix:
    """Every square of the regions below, of what is of no region below (``REST``) and, under the region looked at, the
    whole."""
    found: dict[tuple[str, str], Square] = {}
    for code in (*rows_of(reading), _rest(reading), reading.region):
        below = {reading.region} if code == _rest(reading) else set(reading.tree.subtree(code))
        for side in SIDES:
            stand = [one for one in problems if one.open and one.side == side and one.region in below]
            alive = [w for w in warnings if INDICATORS[w.subject.indicator].side == side and w.subject.region in below]
            worst = max((one.level for one in alive), default=Level.NONE)
            found[code, side] = Square(len(stand), sum(one.amount_fen for one in stand), len(alive), worst)
    return found


def _rest(reading: Reading) -> str:
    return f"{reading.region}{REST}"


def _lines(reading: Reading, found: Matrix) -> list[tuple[str, str]]:
    """The rows by code with their names: the regions, and what concerns the whole alone, so that they add up to it."""
    named = [(code, name_of(reading.tree.region(code))) for code in rows_of(reading)]
    alone = any(found[_rest(reading), side] != Square(0, 0, 0, Level.NONE) for side in SIDES)
    return [*named, (_rest(reading), _("不分地区"))] if alone and reading.children() else named


def matrix_section(reading: Reading, found: Matrix) -> Component:
    """The matrix; each square leads to the list of its region and side."""
    head = html.Thead(
        html.Tr(
            [
                html.Th(_("地区"), scope="col"),
                *(html.Th(name_of(side), scope="col", className="r") for side in sides_of(reading.scheme).values()),
            ]
        )
    )
    lines = [_line(reading, found, code, name) for code, name in _lines(reading, found)]
    whole = html.Tfoot(_line(reading, found, reading.region, _("合计"))) if len(lines) > 1 else None
    caption = html.Caption(_("地区与四位一体"), className="vh")
    table = html.Table([caption, head, html.Tbody(lines), whole], className="t matrix")
    return parts.section(
        _("地区与四位一体"),
        html.Div(table, className="scroll"),
        note=_("在办问题件数、涉及万元，及须办理的预警"),
        actions=[frame.exports(PATH, "matrix", reading.view)],
    )


def _line(reading: Reading, found: Matrix, code: str, name: str) -> Component:
    view = reading.view.without_item()
    region = code.removesuffix(REST)
    first = html.Td(html.A(name, href=view.href(path=PATH, region=region, number="")))
    cells = [
        _cell(
            found[code, side],
            view.href(path=PATH, region=region, measure=side, number="", show=""),
            reading.about_now.figure("issues", found[code, side].amount_fen, part=f"open.{side}", place=code),
        )
        for side in SIDES
    ]
    return html.Tr([first, *cells])


def _cell(square: Square, href: str, amount: Figure) -> Component:
    if not square.count and not square.warnings:
        return html.Td(display.NO_VALUE, className="none")
    said: list[Child] = []
    if square.count:
        said.append(html.B(str(square.count)))
    if square.amount_fen:
        said.append(html.Small(display.printed(amount, "wan")))
    if square.warnings:
        said.append(level_tag(square.worst, square.warnings))
    return html.Td(html.A(said, href=href), className="r")


WHAT = (("count", N_("问题")), ("amount", N_("金额")), ("warnings", N_("预警")))


def matrix_table(reading: Reading, found: Matrix) -> Table:
    """The same for files: for each side problems, amount, warnings."""
    columns = [Column("region", _("地区"))]
    kinds: dict[str, Kind] = {"count": "count", "amount": "money", "warnings": "count"}
    for side, named in sides_of(reading.scheme).items():
        columns += [
            Column(
                f"{side}-{key}",
                f"{name_of(named)} {_(name)}",
                kinds[key],
                what=AMOUNT.format(side=side) if key == "amount" else "",
            )
            for key, name in WHAT
        ]
    rows = []
    for code, name in _lines(reading, found):
        values: dict[str, object] = {"region": name}
        for side in SIDES:
            square = found[code, side]
            values |= {
                f"{side}-count": square.count,
                f"{side}-amount": square.amount_fen,
                f"{side}-warnings": square.warnings,
            }
        rows.append(Row(values, place=code))
    return Table("matrix", _("地区与四位一体"), columns, rows, unit="wan", about=reading.about_now)
