"""The small parts every page is made of. Records or plain values in, components out; no callbacks, no data access."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.words.passport import Printed
from dashboard.words.wording import NO_VALUE, _, pieces

Child = Component | str
Children = Child | Sequence[Child] | None


class Strong(str):
    """A figure that a sentence sets in bold."""

    __slots__ = ("said",)

    said: str

    def __new__(cls, text: str) -> Strong:
        made = super().__new__(cls, text)
        made.said = text
        return made


def sentence(text: str, **values: str | Sequence[Child]) -> list[Child]:
    """A translated text with its figures, which keep their passports; those given as Strong stand out. A value may be
    parts that were made before."""
    return [child for piece in pieces(_(text), values) for child in _pieces(piece)]


def _pieces(piece: object) -> list[Child]:
    if isinstance(piece, Strong):
        return [html.B(piece.said)]
    if isinstance(piece, list):
        return piece
    return [piece if isinstance(piece, Printed) else str(piece)]


def known(text: str, otherwise: str, **values: str) -> list[Child]:
    """The same where every figure is known; with one missing another sentence, which takes those that are."""
    missing = any(str(value) == NO_VALUE for value in values.values())
    return sentence(otherwise if missing else text, **values)


def norm(text: str) -> Component:
    """A limit, aim or weight that somebody set, in a sentence: it reads as a figure of the funds and is none."""
    return html.Span(text, className="norm")


def pieces_of(children: Children) -> list[str]:
    """A sentence as the texts it is made of, in their order, for documents: its figures keep their passports."""
    if children is None or isinstance(children, str):
        return [children] if children else []
    within = children if isinstance(children, Sequence) else [children.children]
    return [piece for one in within for piece in pieces_of(one)]


def plain(parts: Iterable[Child]) -> str:
    """A sentence as text, for titles and exports."""
    return "".join(pieces_of(list(parts)))


def conclusion(first: Children, second: Children = None, actions: Sequence[Component] = ()) -> Component:
    """The page's two lines, readable aloud."""
    lines = [html.P(first, className="first"), html.P(second or "", className="second")]
    return html.Div([html.Div(lines), html.Div(list(actions), className="actions")], className="say")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the band: label (with a mark, such as a warning's level), figure with unit, a 14 px
    micro-chart and up to two lines. ``linked``: links stand in its lines, so that only the figure leads to ``href``;
    ``only``: the class of what stands on a phone alone, or not on one."""

    label: str
    figure: str | list[Child]
    unit: str = ""
    micro: Component | None = None
    lines: Sequence[Children] = field(default_factory=tuple)
    href: str = ""
    linked: bool = False
    swatch: str = ""
    mark: Sequence[Component] = ()
    only: str = ""


def band(cells: Sequence[Cell], *, accounts: bool = False) -> Component:
    """The band of figures between one heavy and one light line."""
    style = {"--count": str(len(cells) - 1)} if accounts else None
    return html.Section(
        [_cell(cell, micro=not accounts) for cell in cells],
        className="band accounts" if accounts else "band",
        style=style,
        **attributes(aria_label=_("主要数字")),
    )


def _cell(cell: Cell, *, micro: bool) -> Component:
    swatch = [html.Span(className=f"swatch {cell.swatch}")] if cell.swatch else []
    said = cell.figure if isinstance(cell.figure, list) else [cell.figure]
    figure: list[Child] = [*said, html.Span("" if cell.figure == NO_VALUE else cell.unit, className="unit")]
    content: list[Component] = [
        html.Div([*swatch, cell.label, *cell.mark], className="label", title=cell.label),
        # A figure that is missing has no unit.
        html.Div(html.A(figure, href=cell.href) if cell.linked else figure, className="figure"),
    ]
    if micro:
        content.append(html.Div(cell.micro, className="micro"))
    content.extend(html.Div(line, className="line") for line in cell.lines)
    name = f"cell {cell.only}".strip()
    if cell.href and not cell.linked:
        return html.A(content, href=cell.href, className=name)
    return html.Div(content, className=name)


def section(
    title: str,
    body: Children,
    *,
    note: Child = "",
    actions: Sequence[Child] = (),
    foot: Children = None,
    className: str = "",
) -> Component:
    """A titled zone: title, grey note, actions at the right, body, a grey line under it."""
    aside = html.Span(note, className="note") if isinstance(note, str) else note
    head = [html.H2(title), aside, html.Div(list(actions), className="actions")]
    content: list[Child] = [html.Div(head, className="head")]
    content.extend([body or ""] if body is None or isinstance(body, (str, Component)) else body)
    if foot:
        content.append(html.Div(foot, className="foot"))
    return html.Section(content, className=f"section {className}".strip())


def segment(
    options: Sequence[tuple[str, str, bool]], *, label: str, small: bool = False, numbered: bool = False
) -> Component:
    """A switch of two to four links: (text, href, selected); ``numbered`` ones have a key of the keyboard each, from 1."""
    links = [
        html.A(
            text,
            href=href,
            **attributes(aria_current="true" if on else None, data_key=str(number) if numbered else None),
        )
        for number, (text, href, on) in enumerate(options, start=1)
    ]
    return html.Div(
        links, className="segment small" if small else "segment", role="group", **attributes(aria_label=label)
    )


def menu(label: Children, entries: Sequence[Child], *, className: str = "", title: str = "") -> Component:
    """A button that opens a list of links. Works without script; script only closes it again."""
    return html.Details(
        [html.Summary(label, title=title), html.Div(list(entries), className="pop")],
        className=f"menu {className}".strip(),
    )


def option(text: str, href: str, selected: bool = False, note: str = "") -> Component:
    content: list[Child] = [text, *([html.Small(note)] if note else [])]
    return html.A(content, href=href, **attributes(aria_current="true" if selected else None))


def track(share: float | None, tick: float | None = None, *, spend: bool = False, mini: bool = False) -> Component:
    """A bar of a share 0–1 with an ink tick, e.g. progress and 历史同期."""
    marks: list[Component] = []
    if share is not None:
        marks.append(html.Span(className="fill", style={"width": f"{min(max(share, 0), 1) * 100:.2f}%"}))
    if tick is not None:
        marks.append(html.Span(className="tick", style={"left": f"{min(max(tick, 0), 1) * 100:.2f}%"}))
    return html.Span(marks, className=f"track{' spend' if spend else ''}{' mini' if mini else ''}")


def stack(shares: Sequence[tuple[float, str]]) -> Component:
    """One bar divided by (share 0–1, colour class)."""
    visible = [(share, colour) for share, colour in shares if share > 0]
    return html.Div(
        [html.Span(className=colour, style={"width": f"{share * 100:.3f}%"}) for share, colour in visible],
        className="stack",
        **attributes(aria_hidden="true"),
    )


def spark(values: Sequence[float]) -> Component:
    """A line without axes in the accent colour; nothing for fewer than two values."""
    if len(values) < 2:
        return html.Span()
    low, high = min(values), max(values)
    step = 100 / (len(values) - 1)
    points = " ".join(f"{i * step:.1f},{12 - 10 * (v - low) / ((high - low) or 1):.1f}" for i, v in enumerate(values))
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 14" preserveAspectRatio="none"><polyline points="'
        f'{points}" fill="none" stroke="#000" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
    )
    mask = f'url("data:image/svg+xml,{quote(drawn)}") 0 0 / 100% 100% no-repeat'
    return html.Span(className="spark", style={"mask": mask, "WebkitMask": mask})


def icon(name: str) -> Component:
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def message(title: str, text: str = "", actions: Sequence[Component] = ()) -> Component:
    """An empty state or an error: what happened, what is shown instead, what to do."""
    content: list[Component] = [html.B(title)]
    if text:
        content.append(html.P(text))
    if actions:
        content.append(html.Div(list(actions), className="actions"))
    return html.Div(content, className="panel", role="status")
