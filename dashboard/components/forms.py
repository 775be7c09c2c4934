"""Fields of the forms by which readers act; names and wording are the caller's, the looks are here.

Dash's own controls send nothing with a form, so these are the browser's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.site.markup import Element
from dashboard.words.wording import _

Kind = Literal["text", "date", "password", "file", "checkbox", "radio", "hidden", "area", "select"]


def control(
    kind: Kind,
    name: str,
    value: str = "",
    *,
    placeholder: str = "",
    required: bool = False,
    on: bool = False,
    rows: int = 3,
    options: Sequence[tuple[str, str]] = (),
    accept: str = "",
) -> Component:
    """The bare control. ``on`` ticks a box; ``options`` are a select's (value, text); ``accept``: what a file may be."""
    given = {"name": name, "required": required, "placeholder": placeholder or None, "className": "control"}
    if kind == "area":
        return Element("textarea", value, rows=rows, autoComplete="off", **given)
    if kind == "select":
        return Element("select", _options(options, value), autoComplete="off", **given)
    complete = "current-password" if kind == "password" else "off"
    stated = {"accept": accept or None} if kind == "file" else {"value": value}
    return Element("input", type=kind, checked=on, autoComplete=complete, **stated, **given)


def _options(options: Sequence[tuple[str, str]], value: str) -> list[Component]:
    """The entries of a select; where none has the value it begins blank and sends nothing."""
    entries: list[Component] = [Element("option", text, value=one, selected=one == value) for one, text in options]
    blank = Element("option", "", value="", selected=True, disabled=True, hidden=True)
    return entries if any(one == value for one, _text in options) else [blank, *entries]


def field(label: str, inside: Component, note: str = "", phrases: Sequence[str] = ()) -> Component:
    """A labelled control; the whole of it is the label, so that a click on the words focuses it. With ``phrases`` it begins
    with buttons that put usual words in, and what is written is kept by the browser until it is taken."""
    content: list[Child] = [html.Span(label, className="name"), inside]
    if note:
        content.append(html.Small(note))
    labelled = html.Label(content, className="field")
    if not phrases:
        return labelled
    usual = [html.Button(one, type="button", className="button", **attributes(data_phrase="1")) for one in phrases]
    kept = attributes(data_kept=_("没有连上：草稿已存在本机，连上后请再送出。"))
    return html.Div([html.Div(usual, className="phrases", **kept), labelled], className="phrased")


def tick(name: str, label: str, value: str = "1", *, on: bool = False) -> Component:
    """A box to tick, words behind it."""
    return html.Label([control("checkbox", name, value, on=on), html.Span(label)], className="tick-box")


def hidden(name: str, value: str) -> Component:
    """What the act needs and the reader need not see, e.g. the row version the page showed."""
    return control("hidden", name, value)


def row(*fields: Component) -> Component:
    """Fields side by side."""
    return html.Div(list(fields), className="fields")
